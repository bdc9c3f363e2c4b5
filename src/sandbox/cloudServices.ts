import { randomUUID } from 'node:crypto';
import { AccessTokens } from './accessTokens.js';
import { bearer, header, json, readForm, readJson, Refusal, type Answer, type Call } from './message.js';
import { sampleFile, type Circumstances, type StartedPlatform } from './platform.js';
import { startService } from './service.js';
import { alphanumerics, jwt, seconds } from './synthetic.js';

interface Organization {
  readonly id: string;
  readonly displayName: string;
}

interface Account {
  readonly username: string;
  readonly organization: Organization;
  /** The code in the account's authenticator, if its API tokens are protected by a second factor. */
  readonly passcode?: string;
}

/** Times are epoch ms. */
interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly account: Account;
  readonly createdAt: number;
  readonly expiresAt: number;
  lastUsedAt?: number;
}

/** Six months, the console's default. */
const LIFETIME_MS = 180 * 24 * 60 * 60 * 1000;
const AUTHORIZE = '/csp/gateway/am/api/auth/api-tokens/authorize';

/** VMware Cloud Services with two organizations; one protects its API tokens with a passcode. */
export async function startCloudServices({ now, lifetimeSeconds = 1799, variants }: Circumstances): Promise<StartedPlatform> {
  const apiTokens = new Map<string, ApiToken>();
  const accessTokens = new AccessTokens<Account>(now);
  const parameter = variants.cloudServicesTakesRefreshToken ? 'refresh_token' : 'api_token';

  const usable = (name: string, account: Account) => {
    const apiToken = alphanumerics(65);
    apiTokens.set(apiToken, { id: randomUUID(), name, account, createdAt: now(), expiresAt: now() + LIFETIME_MS });
    return { name, secret: { apiToken } };
  };
  const livingToken = (secret: string): ApiToken | undefined => {
    const token = apiTokens.get(secret);
    return token && now() < token.expiresAt ? token : undefined;
  };
  const invalidGrant = (message: string) => new Refusal(400, 'cgs.auth.invalid_grant', `invalid_grant: ${message}`);

  const authorize = (call: Call): Answer => {
    const form = readForm(call);
    // `refresh_token` is the deprecated name, which all sites still accept.
    const secret = (parameter === 'api_token' ? form['api_token'] : undefined) ?? form['refresh_token'];
    if (!secret) throw new Refusal(400, 'cgs.auth.invalid_request', `invalid_request: Missing ${parameter}`);
    const token = livingToken(secret);
    // The message echoes the submitted token, like the real service.
    if (!token) throw invalidGrant(`Invalid refresh token: ${secret}`);
    const { account } = token;
    if (account.passcode !== undefined && form['passcode'] !== account.passcode)
      throw invalidGrant(form['passcode'] === undefined ? 'A passcode is required' : 'Invalid passcode');
    token.lastUsedAt = now();
    const { username, organization } = account;
    const issuedAt = seconds(now());
    const claims = {
      iss: 'https://sandbox.example',
      sub: `sandbox:${username}`,
      username,
      acct: username,
      domain: 'example.net',
      context: 'tenant',
      context_name: organization.id,
      perms: ['csp:org_member'],
      iat: issuedAt,
      exp: issuedAt + lifetimeSeconds,
    };
    return json({
      id_token: jwt({ ...claims, aud: 'sandbox' }),
      token_type: 'bearer',
      expires_in: lifetimeSeconds,
      scope: 'ALL_PERMISSIONS openid',
      access_token: accessTokens.issue(jwt(claims), account, lifetimeSeconds),
      refresh_token: secret,
    });
  };

  const time = variants.cloudServicesDetailsInMilliseconds ? (epochMs: number) => epochMs : seconds;

  /** Returns the details of a token, including its value, to anybody who has that value. */
  const details = (call: Call): Answer => {
    const { tokenValue } = readJson(call);
    if (typeof tokenValue !== 'string' || tokenValue === '')
      throw new Refusal(400, 'cgs.auth.invalid_request', 'tokenValue is required');
    const token = livingToken(tokenValue);
    if (!token) throw new Refusal(404, 'cgs.auth.token_not_found', 'The API token was not found');
    const { username, organization } = token.account;
    const orgRoles = { roles: [{ name: 'org_member' }], permissions: [], allRoles: false, allPermissions: false };
    return json({
      tokenName: token.name,
      tokenId: token.id,
      token: tokenValue,
      orgId: organization.id,
      userId: `sandbox:${username}`,
      username,
      acct: username,
      domain: 'example.net',
      idpId: 'example.net',
      scope: ['ALL_PERMISSIONS', 'openid'],
      allowedScopes: { generalScopes: ['openid'], organizationScopes: orgRoles, servicesScopes: [] },
      createdAt: time(token.createdAt),
      expiresAt: time(token.expiresAt),
      lastUsedAt: token.lastUsedAt === undefined ? null : time(token.lastUsedAt),
      deactivated: false,
    });
  };

  /** Either header is enough; a wrong value in one is refused even if the other is right. */
  const user = ({ headers }: Call): Account => {
    const given = [
      ...(headers.authorization === undefined ? [] : [bearer(headers.authorization)]),
      ...(headers['csp-auth-token'] === undefined ? [] : [header(headers, 'csp-auth-token')]),
    ].map((token) => accessTokens.holder(token));
    const [account] = given;
    if (!account || given.some((one) => one !== account)) throw new Refusal(401, 'cgs.auth.unauthorized', 'Unauthorized');
    return account;
  };

  const service = await startService(
    now,
    [
      { method: 'POST', path: AUTHORIZE, exchange: true, answer: authorize },
      { method: 'POST', path: '/csp/gateway/am/api/auth/api-tokens/details', manage: true, answer: details },
      {
        method: 'GET',
        path: '/csp/gateway/am/api/loggedin/user',
        answer: (call) => {
          const { username } = user(call);
          return json({
            username,
            acct: username,
            domain: 'example.net',
            idpId: 'example.net',
            firstName: 'Ada',
            lastName: 'Sandbox',
          });
        },
      },
      {
        method: 'GET',
        path: '/csp/gateway/am/api/orgs/:organization',
        answer: (call) => {
          const { organization } = user(call);
          if (call.parameters['organization'] !== organization.id)
            throw new Refusal(403, 'cgs.auth.forbidden', 'No access to this organization');
          return json({ id: organization.id, name: organization.id, displayName: organization.displayName });
        },
      },
    ],
    ({ status, code, message }) => ({
      statusCode: status,
      moduleCode: 340,
      cspErrorCode: code,
      message,
      requestId: randomUUID(),
    }),
  );

  const url = service.origin;
  const cloud: Organization = { id: randomUUID(), displayName: 'Cloud organization' };
  const guarded: Organization = { id: randomUUID(), displayName: 'Guarded organization' };
  const setting = parameter === 'api_token' ? {} : { parameter };
  const sample = ({ id, displayName }: Organization): string =>
    sampleFile(`${displayName} at VMware Cloud Services: csp-auth-token, Bearer, or both.`, [
      { title: 'Who am I?', notes: [], url: `${url}/csp/gateway/am/api/loggedin/user` },
      {
        title: 'My organization',
        notes: ['Change the header style of the tenant and insert again: either header is accepted.'],
        url: `${url}/csp/gateway/am/api/orgs/${id}`,
      },
    ]);
  return {
    service,
    tenants: [
      {
        tenant: { id: 'sandbox-cloud-services', name: 'Cloud org', platform: 'cloud-services', url, ...setting },
        tokens: [
          usable('Laptop', { username: 'ada@example.net', organization: cloud }),
          usable('Automation', { username: 'automation@example.net', organization: cloud }),
        ],
        sample: sample(cloud),
      },
      {
        tenant: {
          id: 'sandbox-cloud-services-mfa',
          name: 'Guarded org',
          platform: 'cloud-services',
          url,
          passcode: true,
          ...setting,
        },
        tokens: [
          {
            ...usable('Laptop (passcode 123456)', {
              username: 'grace@example.net',
              organization: guarded,
              passcode: '123456',
            }),
            passcode: '123456',
          },
        ],
        sample: sample(guarded),
      },
    ],
  };
}
