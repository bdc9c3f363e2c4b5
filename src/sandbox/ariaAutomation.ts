import { randomUUID } from 'node:crypto';
import { AccessTokens } from './accessTokens.js';
import { bearer, json, readJson, Refusal, type Answer, type Call } from './message.js';
import { sampleFile, type Circumstances, type SandboxLogin, type StartedPlatform } from './platform.js';
import { startService } from './service.js';
import { alphanumerics, jwt, password, seconds } from './synthetic.js';

interface Account extends SandboxLogin {
  readonly domain: string;
  readonly mayUseProjects: boolean;
}

interface RefreshToken {
  readonly account: Account;
  /** Epoch ms. */
  readonly expiresAt: number;
}

const LIFETIME_MS = 90 * 24 * 60 * 60 * 1000;
const LOCAL_DOMAIN = 'System Domain';

/** An appliance of Aria Automation: the identity service issues refresh tokens, the automation service exchanges them. */
export async function startAriaAutomation({ now, lifetimeSeconds = 8 * 3600 }: Circumstances): Promise<StartedPlatform> {
  const ada: Account = { user: 'ada', password: password(), domain: LOCAL_DOMAIN, mayUseProjects: true };
  const grace: Account = { user: 'grace', password: password(), domain: 'example.net', mayUseProjects: false };
  const accounts = [ada, grace];
  const refreshTokens = new Map<string, RefreshToken>();
  const accessTokens = new AccessTokens<Account>(now);

  const refreshTokenOf = (account: Account): string => {
    const token = alphanumerics(32);
    refreshTokens.set(token, { account, expiresAt: now() + LIFETIME_MS });
    return token;
  };

  /** The answer contains a refresh token only if the query has `access_token`. */
  const logIn = (call: Call): Answer => {
    const { username, password: given, domain } = readJson(call);
    const account = accounts.find((one) => one.user === username && one.password === given && one.domain === domain);
    if (!account) throw new Refusal(400, 'CLIENT_ERROR', 'Invalid credentials');
    return json(
      call.query.has('access_token') ? { refresh_token: refreshTokenOf(account) } : { cspAuthToken: alphanumerics(32) },
    );
  };

  const exchange = (call: Call): Answer => {
    const { refreshToken } = readJson(call);
    const known = refreshTokens.get(typeof refreshToken === 'string' ? refreshToken : '');
    if (!known || known.expiresAt <= now()) throw new Refusal(400, 'CLIENT_ERROR', 'Invalid refresh token');
    const { account } = known;
    const issuedAt = seconds(now());
    const claims = { iss: 'https://sandbox.example', username: account.user, domain: account.domain, iat: issuedAt };
    const token = jwt({ ...claims, exp: issuedAt + lifetimeSeconds });
    return json({ tokenType: 'Bearer', token: accessTokens.issue(token, account, lifetimeSeconds) });
  };

  const requireAccount = ({ headers }: Call): Account => {
    const account = accessTokens.holder(bearer(headers.authorization));
    if (!account) throw new Refusal(401, 'UNAUTHORIZED', 'Unauthorized');
    return account;
  };

  const page = (content: readonly object[]): Answer =>
    json({ content, totalElements: content.length, numberOfElements: content.length });

  const service = await startService(
    now,
    [
      { method: 'POST', path: '/csp/gateway/am/api/login', answer: logIn },
      { method: 'POST', path: '/iaas/api/login', exchange: true, answer: exchange },
      {
        method: 'GET',
        path: '/iaas/api/projects',
        answer: (call) => {
          if (!requireAccount(call).mayUseProjects) throw new Refusal(403, 'FORBIDDEN', 'Forbidden');
          return page([{ id: randomUUID(), name: 'Website', administrators: [{ email: 'ada@example.net' }] }]);
        },
      },
      {
        method: 'GET',
        path: '/iaas/api/about',
        answer: (call) => {
          requireAccount(call);
          return json({ latestApiVersion: '2021-07-15', supportedApis: [{ apiVersion: '2021-07-15' }] });
        },
      },
    ],
    ({ status, code, message }) => ({ message, statusCode: status, errorCode: 0, type: code }),
  );

  const url = service.origin;
  return {
    service,
    tenants: [
      {
        tenant: { id: 'sandbox-aria-automation', name: 'Automation', platform: 'aria-automation', url },
        tokens: [{ name: 'Ada', secret: { apiToken: refreshTokenOf(ada) } }],
        login: { user: ada.user, password: ada.password },
        readOnlyLogin: { user: `${grace.user}@${grace.domain}`, password: grace.password },
        sample: sampleFile('Aria Automation on premises. “Create API Token” signs in and keeps the new refresh token.', [
          { title: 'Projects', notes: [], url: `${url}/iaas/api/projects` },
          { title: 'Versions of the API', notes: [], url: `${url}/iaas/api/about` },
        ]),
      },
    ],
  };
}
