import { AccessTokens } from './accessTokens.js';
import { bearer, header, json, readJson, Refusal, type Answer, type Call } from './message.js';
import { sampleFile, type Circumstances, type SandboxLogin, type StartedPlatform } from './platform.js';
import type { Route } from './router.js';
import { startService } from './service.js';
import { opaque, password, seconds } from './synthetic.js';
import { commvaultToken, type TokenTerms } from './commvaultTerms.js';

const BASE = '/commandcenter/api';
const DAY_SECONDS = 24 * 60 * 60;
const RENEW_WINDOW_SECONDS = 14 * DAY_SECONDS;
const LOGIN_SECONDS = 30 * 60;
const FINE = { errorMessage: '', errorCode: 0 };

interface User {
  readonly id: number;
  readonly name: string;
  /** Undefined for a user who cannot sign in. */
  readonly password?: string;
  /** May create API tokens after signing in. */
  readonly makesTokens?: true;
}

interface Pair {
  readonly accessToken: string;
  /** Undefined for a pair that cannot be renewed. */
  readonly refreshToken?: string;
  readonly expiresAt: number;
}

/** A created token and its renewals. Only the current pair may be renewed; sending an older one revokes them all. */
interface Chain {
  readonly id: number;
  readonly user: User;
  readonly createdAt: number;
  terms: TokenTerms;
  current: Pair;
}

/** What authorizes a request: an access token, which may not manage tokens, or a login. */
type Session = Chain | { readonly user: User; readonly interactive: true };

/** Commvault Command Center, where each renewal replaces the pair. */
export async function startCommvault({ now, lifetimeSeconds = 1800, variants }: Circumstances): Promise<StartedPlatform> {
  const ada: User = { id: 12, name: 'ada', password: password(), makesTokens: true };
  const grace: User = { id: 14, name: 'grace', password: password() };
  const living = new Map<number, Chain>();
  /** Pairs of valid chains by refresh token, including the used ones. */
  const pairs = new Map<string, { readonly chain: Chain; readonly pair: Pair }>();
  const accessTokens = new AccessTokens<Session>(now);
  let lastId = 4710;

  const makePair = ({ expiresAt }: TokenTerms): Pair => ({
    accessToken: opaque('access'),
    ...(expiresAt === undefined && { refreshToken: opaque('refresh') }),
    expiresAt: expiresAt ?? now() + lifetimeSeconds * 1000,
  });
  const adopt = (chain: Chain, pair: Pair): Pair => {
    chain.current = pair;
    if (pair.refreshToken !== undefined) pairs.set(pair.refreshToken, { chain, pair });
    accessTokens.issue(pair.accessToken, chain, (pair.expiresAt - now()) / 1000);
    return pair;
  };
  const create = (user: User, terms: TokenTerms): Chain => {
    const chain: Chain = { id: (lastId += 1), user, createdAt: now(), terms, current: makePair(terms) };
    living.set(chain.id, chain);
    adopt(chain, chain.current);
    return chain;
  };
  const end = (ended: Chain): void => {
    living.delete(ended.id);
    for (const [refreshToken, { chain }] of pairs) if (chain === ended) pairs.delete(refreshToken);
    accessTokens.revoke(ended);
  };

  const renew = (call: Call): Answer => {
    const { accessToken, refreshToken } = readJson(call);
    if (typeof accessToken !== 'string' || typeof refreshToken !== 'string')
      throw new Refusal(400, '2', 'accessToken and refreshToken are required');
    const { authorization } = call.headers;
    // A refusal here leaves the pair valid.
    const named = authorization === undefined ? !variants.commvaultRenewsWithBearer : bearer(authorization) === accessToken;
    if (!named) throw new Refusal(401, '5', 'Access denied');
    const known = pairs.get(refreshToken);
    if (known?.pair.accessToken !== accessToken) throw new Refusal(403, '5', 'Invalid access token or refresh token');
    const { chain, pair } = known;
    if (pair !== chain.current) {
      end(chain);
      // This endpoint reports failures with status 200.
      return json({ errorCode: 587, errorMessage: 'Token reuse detected. The token has been purged.' });
    }
    const { renewableUntil = 0 } = chain.terms;
    if (now() > Math.min(pair.expiresAt + RENEW_WINDOW_SECONDS * 1000, renewableUntil))
      return json({ errorCode: 588, errorMessage: 'The token can no longer be renewed.' });
    const next = adopt(chain, makePair(chain.terms));
    return json({
      accessToken: next.accessToken,
      refreshToken: next.refreshToken,
      tokenExpiryTimestamp: seconds(next.expiresAt),
      renewableUntilTimestamp: seconds(renewableUntil),
    });
  };

  const whoIs = ({ headers }: Call): Session => {
    const authtoken = header(headers, 'authtoken');
    const given = [
      ...(headers.authorization === undefined ? [] : [bearer(headers.authorization)]),
      ...(authtoken === undefined ? [] : [bearer(authtoken) ?? authtoken]),
    ].map((token) => accessTokens.holder(token));
    const [session] = given;
    if (!session || given.some((one) => one !== session)) throw new Refusal(401, '5', 'Access denied');
    return session;
  };

  /** Answers a wrong password with status 200, a list of errors and no token. */
  const logIn = (call: Call): Answer => {
    const { username, password: encoded } = readJson(call);
    if (typeof username !== 'string' || typeof encoded !== 'string')
      throw new Refusal(400, '2', 'username and password are required');
    const given = Buffer.from(encoded, 'base64').toString('utf8');
    const user = [ada, grace].find(({ name }) => name === username);
    if (user?.password !== given) return json({ errList: [{ errLogMessage: 'Invalid Username/Password.', errorCode: 1116 }] });
    return json({
      aliasName: String(user.id),
      userGUID: `00000000-0000-4000-8000-${String(user.id).padStart(12, '0')}`,
      loginAttempts: 0,
      remainingLockTime: 0,
      smtpAddress: `${user.name}@sandbox.example`,
      userName: user.name,
      token: accessTokens.issue(`QSDK ${opaque('login')}`, { user, interactive: true }, LOGIN_SECONDS),
      forcePasswordChange: false,
      isAccountLocked: false,
      errList: [],
    });
  };

  const logOut = (call: Call): Answer => {
    whoIs(call);
    accessTokens.end(header(call.headers, 'authtoken') ?? '');
    return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'User logged out' };
  };

  /** The requesting user, who must be signed in and may create API tokens. */
  const requireMaker = (call: Call): User => {
    const session = whoIs(call);
    if (!('interactive' in session)) throw new Refusal(403, '5', 'An access token cannot manage access tokens');
    if (!session.user.makesTokens) throw new Refusal(403, '5', 'User does not have the permission to manage access tokens');
    return session.user;
  };

  /** Whether a name is taken, which the service reports with status 200. */
  const nameTaken = (user: User, wanted: string, except?: Chain): boolean =>
    [...living.values()].some((one) => one !== except && one.user === user && one.terms.name === wanted);
  const TAKEN = { errorMessage: 'A token with this name exists already.', errorCode: 586 };

  const creation = (call: Call): Answer => {
    const user = requireMaker(call);
    const terms = commvaultToken(readJson(call), now());
    if (nameTaken(user, terms.name)) return json({ error: TAKEN });
    const chain = create(user, terms);
    const { accessToken, refreshToken, expiresAt } = chain.current;
    return json({
      error: FINE,
      tokenInfo: {
        ...shown(chain),
        accessToken,
        ...(refreshToken !== undefined && {
          refreshToken,
          refreshTokenExpiryTimestamp: seconds(expiresAt) + RENEW_WINDOW_SECONDS,
        }),
      },
    });
  };

  /** Lists the user's own tokens; an access token is sufficient. */
  const list = (call: Call): Answer => {
    const { user } = whoIs(call);
    if (call.query.get('userId') !== String(user.id)) throw new Refusal(403, '5', 'These are the tokens of another user');
    return json({ ...FINE, tokens: [...living.values()].filter((one) => one.user === user).map(shown) });
  };

  const namedToken = (call: Call): Chain => {
    const user = requireMaker(call);
    const chain = living.get(Number(call.parameters['id']));
    if (chain?.user !== user) throw new Refusal(404, '2', 'Access token not found');
    return chain;
  };

  const update = (call: Call): Answer => {
    const chain = namedToken(call);
    const { name, type, expiresAt, renewableUntil, apiEndpoints } = chain.terms;
    const present = {
      tokenName: name,
      tokenType: type,
      ...(expiresAt !== undefined && { tokenExpiryTimestamp: seconds(expiresAt) }),
      ...(renewableUntil !== undefined && type !== 'DEFAULT' && { renewableUntilTimestamp: seconds(renewableUntil) }),
      apiEndpoints,
    };
    const terms = commvaultToken({ ...present, ...readJson(call) }, now());
    if (nameTaken(chain.user, terms.name, chain)) return json(TAKEN);
    chain.terms = terms;
    if (terms.expiresAt !== undefined) adopt(chain, { ...chain.current, expiresAt: terms.expiresAt });
    return json(FINE);
  };

  const revoke = (call: Call): Answer => {
    end(namedToken(call));
    return json(FINE);
  };

  const management: readonly Route[] = [
    { method: 'POST', path: `${BASE}/V4/AccessToken`, manage: true, answer: creation },
    { method: 'GET', path: `${BASE}/V4/AccessToken/`, manage: true, answer: list },
    { method: 'PUT', path: `${BASE}/V4/AccessToken/:id`, manage: true, answer: update },
    { method: 'DELETE', path: `${BASE}/V4/AccessToken/:id`, manage: true, answer: revoke },
  ];

  const service = await startService(
    now,
    [
      { method: 'POST', path: `${BASE}/V4/AccessToken/Renew`, exchange: true, answer: renew },
      ...(variants.commvaultWithoutV4 ? [] : management),
      { method: 'POST', path: `${BASE}/Login`, answer: logIn },
      { method: 'POST', path: `${BASE}/Logout`, answer: logOut },
      {
        method: 'GET',
        path: `${BASE}/v2/WhoAmI`,
        answer: (call) => {
          const { id: userId, name: userName } = whoIs(call).user;
          return json({
            user: { userId, userName, fullName: `${userName} of the sandbox` },
            company: { id: 0, name: 'Commcell' },
          });
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
  const token = (name: string, user: User) => {
    const { accessToken, refreshToken = '' } = create(user, commvaultToken({ tokenName: name }, now())).current;
    return { name, secret: { accessToken, refreshToken } };
  };
  const signIn = ({ name, password: secret = '' }: User): SandboxLogin => ({ user: name, password: secret });
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
        tokens: [token('Laptop', ada), token('Build server', { id: 13, name: 'build' })],
        login: signIn(ada),
        readOnlyLogin: signIn(grace),
        sample: sampleFile('A Commvault Command Center. Each exchange replaces both tokens of the pair.', [
          {
            title: 'Who am I?',
            notes: ['Authtoken or Authorization: Bearer, depending on the tenant.'],
            url: `${url}/v2/WhoAmI`,
          },
          { title: 'The virtual machines that are backed up', notes: [], url: `${url}/VM` },
        ]),
      },
    ],
  };
}

const shown = ({ id, user, createdAt, terms, current }: Chain) => ({
  accessTokenId: id,
  tokenName: terms.name,
  tokenType: terms.type,
  userId: user.id,
  createdTimestamp: seconds(createdAt),
  tokenExpiryTimestamp: seconds(current.expiresAt),
  renewableUntilTimestamp: terms.renewableUntil === undefined ? 0 : seconds(terms.renewableUntil),
  ...(terms.apiEndpoints && { apiEndpoints: terms.apiEndpoints }),
});
