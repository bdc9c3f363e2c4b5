import { randomUUID } from 'node:crypto';
import { AccessTokens } from './accessTokens.js';
import { selection, summary, tokenChange, tokenTerms, type ApiToken, type TokenTerms } from './identityServicesTokens.js';
import { bearer, header, json, positive, readForm, readJson, Refusal, type Answer, type Call } from './message.js';
import { sampleFile, type Circumstances, type StartedPlatform } from './platform.js';
import { startService } from './service.js';
import { brokerToken, jwt, seconds } from './synthetic.js';

const API_TOKEN_GRANT = 'urn:custom:vcf:params:oauth:grant-type:api-token';
const TENANT = 'CUSTOMER';

const MEDIA_TYPE = 'application/vnd.vmware.vidm.api-tokens';
/** The longest lifetime that the service allows. */
const TTL_MINUTES = 180 * 24 * 60;
/** A user who may not manage API tokens. */
const POWERLESS = 'grace';

/** VMware Identity Services: an ordinary API token, a single-use one, and one without a reported expiry. */
export async function startIdentityServices({ now, lifetimeSeconds = 1800 }: Circumstances): Promise<StartedPlatform> {
  const apiTokens: ApiToken[] = [];
  const accessTokens = new AccessTokens<ApiToken>(now);

  /** `lifetime` in seconds; with `lifetimeUnknown`, the service returns -1 instead. */
  const generate = (user: string, terms: TokenTerms, lifetime: number, lifetimeUnknown = false): ApiToken => {
    const at = now();
    const token: ApiToken = {
      id: randomUUID(),
      user,
      terms,
      secret: brokerToken(at),
      createdAt: at,
      modifiedAt: at,
      expiresAt: at + terms.api_token_ttl * 60_000,
      usesLeft: terms.max_count_of_uses === 1 ? 1 : Infinity,
      lifetimeSeconds: lifetime,
      lifetimeUnknown,
    };
    apiTokens.push(token);
    return token;
  };
  const isActive = ({ expiresAt, usesLeft }: ApiToken): boolean => now() < expiresAt && usesLeft > 0;
  const activeToken = (tenant: string | undefined, secret: string): ApiToken | undefined =>
    tenant === TENANT ? apiTokens.find((one) => one.secret === secret && isActive(one)) : undefined;

  const exchange = (call: Call): Answer => {
    const { grant_type: grant, api_token: secret } = readForm(call);
    if (grant !== API_TOKEN_GRANT) throw new Refusal(400, 'unsupported_grant_type', 'The grant type is not supported');
    if (!secret) throw new Refusal(400, 'invalid_request', 'Missing api_token');
    const token = activeToken(call.parameters['tenant'], secret);
    if (!token) throw new Refusal(400, 'invalid_grant', 'The API token is invalid or expired');
    token.usesLeft -= 1;
    token.lastAccessAt = now();
    const { lifetimeSeconds: lifetime } = token;
    const issuedAt = seconds(now());
    const claims = { iss: `${service.origin}/acs/t/${TENANT}`, sub: token.user, acct: token.user, tenant: TENANT, iat: issuedAt };
    const accessToken = jwt({ ...claims, exp: issuedAt + lifetime });
    return json({
      access_token: accessTokens.issue(accessToken, token, lifetime),
      token_type: 'Bearer',
      // 0, for a lifetime of 0, means that the token has already expired.
      expires_in: token.lifetimeUnknown ? -1 : lifetime,
      scope: 'openid',
    });
  };

  const requireUser = ({ headers }: Call): ApiToken => {
    const token = accessTokens.holder(bearer(headers.authorization));
    if (!token) throw new Refusal(401, 'invalid_token', 'The access token is missing, invalid or expired');
    return token;
  };

  /** A management call: requires the vendor's media types, a known tenant, and a user with the right. */
  const managed =
    (operation: string, answered: string, status: number, answer: (user: string, body: Body, call: Call) => unknown) =>
    (call: Call): Answer => {
      const { user } = requireUser(call);
      if (call.parameters['tenant'] !== TENANT) throw new Refusal(404, 'not_found', 'No such tenant');
      if (user === POWERLESS) throw new Refusal(403, 'access_denied', 'The user may not manage API tokens');
      const body = readJson(call, `${MEDIA_TYPE}.${operation}.request+json`);
      const type = `${MEDIA_TYPE}.${answered}+json`;
      if (!header(call.headers, 'accept')?.includes(type)) throw new Refusal(406, 'not_acceptable', `Accept must be ${type}`);
      return json(answer(user, body, call), status, { 'content-type': type });
    };
  const shown = (token: ApiToken) => summary(token, isActive(token));

  const create = managed('create', 'create.response', 201, (user, body) => {
    const terms = tokenTerms(body);
    const token = generate(user, terms, terms.access_token_ttl * 60);
    return { ...shown(token), token: token.secret };
  });

  const search = managed('search', 'search.summary.list', 200, (_user, body, { query }) => {
    const first = positive(query, 'startIndex', 1) - 1;
    const found = selection(body, apiTokens.map(shown));
    return { items: found.slice(first, first + positive(query, 'pageSize', 20)) };
  });

  const patch = managed('patch', 'patch.response', 200, (_user, body, { parameters }) => {
    const token = apiTokens.find(({ id }) => id === parameters['id']);
    if (!token) throw new Refusal(404, 'not_found', 'No such API token');
    token.terms = { ...token.terms, ...tokenChange(body) };
    if ('access_token_ttl' in body) token.lifetimeSeconds = token.terms.access_token_ttl * 60;
    token.modifiedAt = now();
    return shown(token);
  });

  const regenerate = managed('regenerate', 'regenerate.response', 200, (_user, { api_token: secret }) => {
    const token = typeof secret === 'string' ? activeToken(TENANT, secret) : undefined;
    if (!token) throw new Refusal(400, 'invalid_request', 'The API token is invalid or expired');
    token.secret = brokerToken(now());
    token.modifiedAt = now();
    token.expiresAt = now() + token.terms.api_token_ttl * 60_000;
    return { ...shown(token), token: token.secret };
  });

  const service = await startService(
    now,
    [
      { method: 'POST', path: '/acs/t/:tenant/token', exchange: true, answer: exchange },
      { method: 'POST', path: '/acs/t/:tenant/api-tokens', manage: true, answer: create },
      { method: 'POST', path: '/acs/t/:tenant/api-tokens/search', manage: true, answer: search },
      { method: 'POST', path: '/acs/t/:tenant/api-tokens/regenerate', manage: true, answer: regenerate },
      { method: 'PATCH', path: '/acs/t/:tenant/api-tokens/:id', manage: true, answer: patch },
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
  const everyday = (name: string): TokenTerms => ({
    token_display_name: name,
    api_token_ttl: TTL_MINUTES,
    access_token_ttl: Math.max(1, Math.floor(lifetimeSeconds / 60)),
    max_count_of_uses: -1,
  });
  const usable = (user: string, terms: TokenTerms, lifetimeUnknown?: boolean) => ({
    name: terms.token_display_name,
    secret: { apiToken: generate(user, terms, lifetimeSeconds, lifetimeUnknown).secret },
  });
  return {
    service,
    tenants: [
      {
        tenant: { id: 'sandbox-identity-services', name: 'Broker', platform: 'identity-services', url, tenant: TENANT },
        tokens: [
          usable('ada', everyday('Everyday')),
          { ...usable('ada', { ...everyday('Single use'), max_count_of_uses: 1 }), singleUse: true },
          usable(POWERLESS, everyday('Unknown expiry'), true),
        ],
        sample: sampleFile('VCF Operations behind an Identity Broker. The "Single use" token can be exchanged once.', [
          { title: 'Version of VCF Operations', notes: [], url: `${url}/suite-api/api/versions/current` },
          { title: 'Who am I?', notes: [], url: `${url}/suite-api/api/auth/currentuser` },
        ]),
      },
    ],
  };
}

type Body = Readonly<Record<string, unknown>>;
