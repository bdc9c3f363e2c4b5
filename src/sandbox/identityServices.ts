import { AccessTokens } from './accessTokens.js';
import { bearer, json, readForm, Refusal, type Answer, type Call } from './message.js';
import { sampleFile, type Circumstances, type StartedPlatform } from './platform.js';
import { startService } from './service.js';
import { brokerToken, jwt, seconds } from './synthetic.js';

const API_TOKEN_GRANT = 'urn:custom:vcf:params:oauth:grant-type:api-token';
const TENANT = 'CUSTOMER';

interface ApiToken {
  readonly user: string;
  usesLeft: number;
  /** The service says -1 instead of the lifetime. */
  readonly lifetimeUntold?: true;
}

/** VMware Identity Services: an API token for every day, one for a single use, and one whose expiry is not told. */
export async function startIdentityServices({ now, lifetimeSeconds }: Circumstances): Promise<StartedPlatform> {
  const apiTokens = new Map<string, ApiToken>();
  const accessTokens = new AccessTokens<ApiToken>(now);

  const apiToken = (token: ApiToken): { apiToken: string } => {
    const secret = brokerToken(now());
    apiTokens.set(secret, token);
    return { apiToken: secret };
  };

  const exchange = (call: Call): Answer => {
    const { grant_type: grant, api_token: secret } = readForm(call);
    if (grant !== API_TOKEN_GRANT) throw new Refusal(400, 'unsupported_grant_type', 'The grant type is not supported');
    if (!secret) throw new Refusal(400, 'invalid_request', 'Missing api_token');
    const token = call.parameters['tenant'] === TENANT ? apiTokens.get(secret) : undefined;
    if (!token || token.usesLeft === 0) throw new Refusal(400, 'invalid_grant', 'The API token is invalid or expired');
    token.usesLeft -= 1;
    const issuedAt = seconds(now());
    const claims = { iss: `${service.origin}/acs/t/${TENANT}`, sub: token.user, acct: token.user, tenant: TENANT, iat: issuedAt };
    const accessToken = jwt({ ...claims, exp: issuedAt + lifetimeSeconds });
    return json({
      access_token: accessTokens.issue(accessToken, token, lifetimeSeconds),
      token_type: 'Bearer',
      // 0, which a lifetime of none gives, means that the token has already run out.
      expires_in: token.lifetimeUntold ? -1 : lifetimeSeconds,
      scope: 'openid',
    });
  };

  const requireUser = ({ headers }: Call): ApiToken => {
    const token = accessTokens.holder(bearer(headers.authorization));
    if (!token) throw new Refusal(401, 'invalid_token', 'The access token is missing, invalid or expired');
    return token;
  };

  const service = await startService(
    now,
    [
      { method: 'POST', path: '/acs/t/:tenant/token', exchange: true, answer: exchange },
      {
        method: 'GET',
        path: '/suite-api/api/versions/current',
        answer: (call) => {
          requireUser(call);
          return json({ releaseName: 'VCF Operations 9.1.0', major: 9, minor: 1, minorMinor: 0, buildNumber: 1 });
        },
      },
      {
        method: 'GET',
        path: '/suite-api/api/auth/currentuser',
        answer: (call) => {
          const { user } = requireUser(call);
          return json({ id: '00000000-0000-4000-8000-000000000012', username: user, enabled: true });
        },
      },
    ],
    ({ code, message }) => ({ error: code, error_description: message }),
  );

  const url = service.origin;
  return {
    service,
    tenants: [
      {
        tenant: { id: 'sandbox-identity-services', name: 'Broker', platform: 'identity-services', url, tenant: TENANT },
        tokens: [
          { name: 'Everyday', secret: apiToken({ user: 'ada', usesLeft: Infinity }) },
          { name: 'Single use', secret: apiToken({ user: 'ada', usesLeft: 1 }), singleUse: true },
          { name: 'Expiry untold', secret: apiToken({ user: 'grace', usesLeft: Infinity, lifetimeUntold: true }) },
        ],
        sample: sampleFile('VCF Operations behind an Identity Broker. The "Single use" token can be exchanged once.', [
          { title: 'Version of VCF Operations', notes: [], url: `${url}/suite-api/api/versions/current` },
          { title: 'Who am I?', notes: [], url: `${url}/suite-api/api/auth/currentuser` },
        ]),
      },
    ],
  };
}
