import { AccessTokens } from './accessTokens.js';
import { bearer, header, json, readJson, Refusal, type Answer, type Call } from './message.js';
import { sampleFile, type Circumstances, type StartedPlatform } from './platform.js';
import { startService } from './service.js';
import { opaque, seconds } from './synthetic.js';

const BASE = '/commandcenter/api';
const DAY_SECONDS = 24 * 60 * 60;
const RENEW_WINDOW_SECONDS = 14 * DAY_SECONDS;
const RENEWABLE_SECONDS = 90 * DAY_SECONDS;

interface Pair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAt: number;
}

/** A created token and all renewals of it. Only the current pair may be renewed; an older one ends them all. */
interface Chain {
  readonly userName: string;
  readonly renewableUntil: number;
  current: Pair;
}

/** Commvault Command Center: pairs that rotate with each renewal. */
export async function startCommvault({ now, lifetimeSeconds, variants }: Circumstances): Promise<StartedPlatform> {
  /** By refresh token: those of a living chain, the used ones included. */
  const chains = new Map<string, { readonly chain: Chain; readonly pair: Pair }>();
  const accessTokens = new AccessTokens<Chain>(now);

  const makePair = (): Pair => ({
    accessToken: opaque('access'),
    refreshToken: opaque('refresh'),
    expiresAt: now() + lifetimeSeconds * 1000,
  });
  const adopt = (chain: Chain, pair: Pair): Pair => {
    chain.current = pair;
    chains.set(pair.refreshToken, { chain, pair });
    accessTokens.issue(pair.accessToken, chain, lifetimeSeconds);
    return pair;
  };
  const create = (userName: string): Pair => {
    const pair = makePair();
    return adopt({ userName, renewableUntil: now() + RENEWABLE_SECONDS * 1000, current: pair }, pair);
  };
  const end = (ended: Chain): void => {
    for (const [refreshToken, { chain }] of chains) if (chain === ended) chains.delete(refreshToken);
    accessTokens.revoke(ended);
  };

  const renew = (call: Call): Answer => {
    const { accessToken, refreshToken } = readJson(call);
    if (typeof accessToken !== 'string' || typeof refreshToken !== 'string')
      throw new Refusal(400, '2', 'accessToken and refreshToken are required');
    const { authorization } = call.headers;
    // What is refused here leaves the pair as it is.
    const named = authorization === undefined ? !variants.commvaultRenewsWithBearer : bearer(authorization) === accessToken;
    if (!named) throw new Refusal(401, '5', 'Access denied');
    const known = chains.get(refreshToken);
    if (known?.pair.accessToken !== accessToken) throw new Refusal(403, '5', 'Invalid access token or refresh token');
    const { chain, pair } = known;
    if (pair !== chain.current) {
      end(chain);
      // A failure that arrives as 200, as this endpoint is known to do.
      return json({ errorCode: 587, errorMessage: 'Token reuse detected. The token has been purged.' });
    }
    if (now() > Math.min(pair.expiresAt + RENEW_WINDOW_SECONDS * 1000, chain.renewableUntil))
      return json({ errorCode: 588, errorMessage: 'The token can no longer be renewed.' });
    const next = adopt(chain, makePair());
    return json({
      accessToken: next.accessToken,
      refreshToken: next.refreshToken,
      tokenExpiryTimestamp: seconds(next.expiresAt),
      renewableUntilTimestamp: seconds(chain.renewableUntil),
    });
  };

  const whoIs = ({ headers }: Call): Chain => {
    const authtoken = header(headers, 'authtoken');
    const given = [
      ...(headers.authorization === undefined ? [] : [bearer(headers.authorization)]),
      ...(authtoken === undefined ? [] : [bearer(authtoken) ?? authtoken]),
    ].map((token) => accessTokens.holder(token));
    const [chain] = given;
    if (!chain || given.some((one) => one !== chain)) throw new Refusal(401, '5', 'Access denied');
    return chain;
  };

  const service = await startService(
    now,
    [
      { method: 'POST', path: `${BASE}/V4/AccessToken/Renew`, exchange: true, answer: renew },
      {
        method: 'GET',
        path: `${BASE}/v2/WhoAmI`,
        answer: (call) => {
          const { userName } = whoIs(call);
          return json({ user: { userId: 12, userName, fullName: 'Ada Sandbox' }, company: { id: 0, name: 'Commcell' } });
        },
      },
      {
        method: 'GET',
        path: `${BASE}/VM`,
        answer: (call) => {
          whoIs(call);
          return json({ vmStatusInfoList: [{ name: 'web-1', strGUID: '00000000-0000-4000-8000-000000000001' }] });
        },
      },
    ],
    ({ code, message }) => ({ errorMessage: message, errorCode: Number.parseInt(code, 10) || 1 }),
  );

  const url = `${service.origin}${BASE}`;
  const token = (name: string, userName: string) => {
    const { accessToken, refreshToken } = create(userName);
    return { name, secret: { accessToken, refreshToken } };
  };
  return {
    service,
    tenants: [
      {
        tenant: {
          id: 'sandbox-commvault',
          name: 'Backup',
          platform: 'commvault',
          url,
          ...(variants.commvaultRenewsWithBearer && { renewWith: 'bearer' }),
        },
        tokens: [token('Laptop', 'ada'), token('Build server', 'build')],
        sample: sampleFile('A Commvault Command Center. Each exchange replaces both tokens of the pair.', [
          {
            title: 'Who am I?',
            notes: ['Authtoken, raw, or Authorization: Bearer: as the tenant says.'],
            url: `${url}/v2/WhoAmI`,
          },
          { title: 'The virtual machines that are backed up', notes: [], url: `${url}/VM` },
        ]),
      },
    ],
  };
}
