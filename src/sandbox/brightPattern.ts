import { AccessTokens } from './accessTokens.js';
import { bearer, json, readForm, Refusal, type Answer, type Call } from './message.js';
import { sampleFile, type Circumstances, type StartedPlatform } from './platform.js';
import type { Route } from './router.js';
import { startService } from './service.js';
import { alphanumerics, hexadecimal } from './synthetic.js';

interface User {
  readonly loginId: string;
  readonly apiSecret: string;
  current?: { readonly accessToken: string; readonly expiresAt: number };
}

/** Bright Pattern Contact Center: client credentials, with the tenant identified by the host name. */
export async function startBrightPattern({ now, lifetimeSeconds = 3600 }: Circumstances): Promise<StartedPlatform> {
  const ada: User = { loginId: 'ada.lovelace', apiSecret: alphanumerics(41) };
  const accessTokens = new AccessTokens<User>(now);

  const exchange = (call: Call): Answer => {
    const form = readForm(call);
    // Older documentation calls the scope `tenant`.
    const tenant = form['scope'] ?? form['tenant'];
    if (!form['grant_type'] || !tenant) throw new Refusal(400, 'invalid_request', 'grant_type and scope are required');
    const known = form['client_id'] === ada.loginId && form['client_secret'] === ada.apiSecret;
    if (form['grant_type'] !== 'client_credentials' || !known || tenant !== new URL(service.origin).hostname)
      throw new Refusal(401, 'invalid_client', 'Authentication failed');
    const { accessToken, expiresAt } = currentToken(ada);
    return json({
      access_token: accessToken,
      token_type: 'Bearer',
      // A string, with the remaining lifetime of a token that may have been issued before.
      expires_in: String(Math.floor((expiresAt - now()) / 1000)),
      scope: tenant,
    });
  };

  /** Returns the user's current token again while most of its lifetime remains. */
  const currentToken = (user: User) => {
    if (user.current && user.current.expiresAt - now() > lifetimeSeconds * 900) return user.current;
    const accessToken = accessTokens.issue(hexadecimal(), user, lifetimeSeconds);
    return (user.current = { accessToken, expiresAt: now() + lifetimeSeconds * 1000 });
  };

  const requireUser = ({ headers }: Call): User => {
    const user = accessTokens.holder(bearer(headers.authorization));
    if (!user) throw new Refusal(401, 'invalid_token', 'Access token is expired or malformed');
    return user;
  };

  const routes: readonly Route[] = [
    { method: 'POST', path: '/configapi/v2/oauth/token', exchange: true, answer: exchange },
    { method: 'POST', path: '/configapi/v3/oauth/token', exchange: true, answer: exchange },
    {
      method: 'GET',
      path: '/configapi/v2/user/:loginId',
      answer: (call) => {
        const { loginId } = requireUser(call);
        if (call.parameters['loginId'] !== loginId) throw new Refusal(403, 'forbidden', 'The privilege is missing');
        return json({ loginId, firstName: 'Ada', lastName: 'Lovelace', disabled: false });
      },
    },
    {
      method: 'GET',
      path: '/configapi/v2/user',
      answer: (call) => {
        const { loginId } = requireUser(call);
        return json([{ loginId, firstName: 'Ada', lastName: 'Lovelace' }]);
      },
    },
    {
      method: 'GET',
      path: '/configapi/v3/campaign/getAll',
      answer: (call) => {
        requireUser(call);
        return json([{ name: 'Renewals', lists: ['Customers'], state: 'RUNNING' }]);
      },
    },
  ];

  const service = await startService(now, routes, ({ code, message }) => ({
    error: code,
    error_description: message,
  }));

  const url = service.origin;
  return {
    service,
    tenants: [
      {
        tenant: { id: 'sandbox-bright-pattern', name: 'Contact', platform: 'bright-pattern', url, loginId: ada.loginId },
        tokens: [{ name: 'Ada', secret: { apiSecret: ada.apiSecret } }],
        sample: sampleFile('A Bright Pattern Contact Center.', [
          { title: 'My user', notes: [], url: `${url}/configapi/v2/user/${ada.loginId}` },
          { title: 'All users', notes: [], url: `${url}/configapi/v2/user` },
        ]),
      },
    ],
  };
}
