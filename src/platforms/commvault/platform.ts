import { AppError } from '../../base/errors.js';
import {
  isHtml,
  isPlaceholder,
  mediaTypeRemarks,
  parseObject,
  peekAnswer,
  readAccessToken,
  readAnswer,
  readRefreshToken,
  refusal,
  refusalOf,
  remarked,
  requireRefreshToken,
} from '../tokenResponse.js';
import { failureOf, pairOf, timesOf } from './answers.js';
import { commvaultTokens } from './lifecycle.js';
import { base, hostOf } from '../fields.js';
import { cutAt } from '../pastedAddress.js';
import type { HttpResponse } from '../../net/http.js';
import type { Header, Platform } from '../platform.js';
import { accountHeader, schema, type CommvaultTenant } from './tenant.js';

/**
 * Commvault Command Center, V4 access tokens. Each renewal replaces the pair, and sending an older pair deletes every token
 * of the chain, so nothing may be sent twice.
 * @see https://documentation.commvault.com/saas/using_refresh_tokens_to_renew_access_tokens.html
 */
export const commvault: Platform<CommvaultTenant, 'accessToken' | 'refreshToken'> = {
  id: 'commvault',
  label: 'Commvault',
  icon: 'database',
  notFoundHint: 'Check the tenant’s address: it usually ends in /commandcenter/api.',
  presets: [
    { label: 'Commvault Command Center', detail: 'Customer-managed, with its own address' },
    { label: 'Commvault SaaS', detail: 'An address at metallic.io', values: { headers: 'bearer' } },
  ],
  get tenantSchema() {
    return schema();
  },
  tenantFields: [
    {
      key: 'url',
      label: 'Address',
      hint: 'Command Center’s address, as the browser shows it. The API of older sites is at /webconsole/api.',
      placeholder: 'https://cc.example.com/commandcenter/api',
      asked: true,
      isAddress: true,
    },
    {
      key: 'renewWith',
      label: 'Authorization of a renewal',
      hint: 'Some releases also require the expired access token in a header.',
      asked: false,
      choices: [
        { value: 'none', label: 'None' },
        { value: 'authtoken', label: 'Authtoken with the old access token' },
        { value: 'authtoken-bearer', label: 'Authtoken: Bearer with the old access token' },
        { value: 'bearer', label: 'Authorization: Bearer with the old access token' },
      ],
    },
    {
      key: 'lhAccountId',
      label: 'Account ID',
      hint: 'Some sites at metallic.io require it as lhAccountId.',
      placeholder: '12345',
      asked: false,
    },
  ],
  fieldsIn(address) {
    const { url, rest } = cutAt(address, (segment) => segment === 'commandcenter' || segment === 'webconsole');
    const [first = '', second = ''] = rest.map((segment) => segment.toLowerCase());
    if (first === '' && address.path.length > 0) return { url };
    return { url: `${url}/${first === 'webconsole' && second === 'api' ? first : 'commandcenter'}/api` };
  },
  headerStyles: [
    { id: 'authtoken', label: 'Authtoken' },
    { id: 'authtoken-bearer', label: 'Authtoken: Bearer' },
    { id: 'bearer', label: 'Authorization: Bearer' },
  ],
  rotation: 'always',

  secretFields: () => [
    {
      key: 'accessToken',
      label: 'Access token',
      hint: 'The first of the two values that Command Center shows once when a token is created.',
    },
    {
      key: 'refreshToken',
      label: 'Refresh token',
      hint: 'The second value. Commvault deletes a token that is also used elsewhere.',
    },
  ],

  exchangeUrl: (tenant) => `${base(tenant.url)}/V4/AccessToken/Renew`,

  exchange(tenant, { accessToken, refreshToken }) {
    const { renewWith = 'none' } = tenant;
    const extra = renewWith === 'none' ? accountHeaders(tenant) : commvault.headers(tenant, accessToken, renewWith, {});
    return {
      method: 'POST',
      url: commvault.exchangeUrl(tenant),
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        ...Object.fromEntries(extra.map(({ name, value }) => [name.toLowerCase(), value])),
      },
      body: JSON.stringify({ accessToken, refreshToken }),
    };
  },

  readExchange(response, tenant, secret, sentAt) {
    const secrets = Object.values(secret);
    // Some releases refuse a pair with 403 and an error code; any other 403 comes from a firewall.
    if (response.status === 403) {
      const error = refusal(response, secrets, sentAt);
      throw failureOf(parseObject(response.body) ?? {}) ? refusedPair(error) : error;
    }
    // readRotated keeps the pair, so the old one is not sent again.
    if (malformedPairIn(response)) throw new AppError('not-json', { status: response.status });
    const answer = readAnswer(response, secrets, sentAt);
    const failure = failureOf(answer);
    if (failure) throw refusedPair(refusalOf(response, failure, secrets, sentAt));
    const pair = pairOf(answer);
    // A renewal may extend the access token and replace only the refresh token.
    const accessToken = readAccessToken(pair['accessToken'], [secret.refreshToken, pair['refreshToken']]);
    requireRefreshToken(pair['refreshToken']);
    if (accessToken === secret.accessToken && (pair['refreshToken'] ?? secret.refreshToken) === secret.refreshToken)
      throw new AppError('unexpected-answer', { reason: 'the access token equals a stored secret' });
    const rotated = commvault.readRotated?.(response, tenant, secret);
    const { accessExpiresAt, isCapped, renewableUntil, renewBy } = timesOf(pair, response, sentAt);
    return {
      accessToken,
      expiresAt: accessExpiresAt ?? null,
      ...(rotated && { rotated }),
      ...(renewableUntil !== undefined && { apiTokenExpiresAt: renewableUntil }),
      ...(renewBy !== undefined && { exchangeBy: renewBy }),
      ...remarked([
        ...mediaTypeRemarks(response),
        Boolean(pair['tokenExpiryTimestamp']) && accessExpiresAt === undefined && 'expiry-unusable',
        isCapped && 'expiry-capped',
      ]),
    };
  },

  // The access token is half of the next pair: it is kept even where its characters forbid to hand it out.
  readRotated(response, _tenant, secret) {
    const malformed = malformedPairIn(response);
    if (malformed) return malformed;
    const answer = peekAnswer(response);
    const pair = pairOf(answer);
    const accessToken = failureOf(answer) ? undefined : readRefreshToken(pair['accessToken']);
    if (accessToken === undefined) return undefined;
    const refreshToken = readRefreshToken(pair['refreshToken']);
    return {
      accessToken,
      refreshToken: refreshToken === undefined || isPlaceholder(refreshToken) ? secret.refreshToken : refreshToken,
    };
  },

  defaultHeaderStyle: (tenant) => (/(^|\.)metallic\.io(:|$)/.test(hostOf(tenant.url)) ? 'bearer' : 'authtoken'),

  headers: (tenant, accessToken, style) => [
    {
      name: style === 'bearer' ? 'Authorization' : 'Authtoken',
      value: style === 'authtoken' ? accessToken : `Bearer ${accessToken}`,
    },
    ...accountHeaders(tenant),
  ],

  probe: (tenant) => ({ method: 'GET', url: `${base(tenant.url)}/v2/WhoAmI` }),

  lifecycle: commvaultTokens,

  portal: (tenant) => ({
    url: `${new URL(tenant.url).origin}/commandcenter/`,
    steps: [
      'Sign in.',
      'Open your user’s page: Manage → Security → Users → your name → Access tokens.',
      'Choose Add token, pick a scope and copy both values.',
    ],
  }),
};

const accountHeaders = (tenant: CommvaultTenant): readonly Header[] =>
  Object.entries(accountHeader(tenant)).map(([name, value]) => ({ name, value }));

/**
 * The pair in an answer with status 200 that is not valid JSON, as some releases send: the service has replaced the old pair
 * anyway. Undefined if the answer is JSON, reports a failure, or does not contain exactly one of each.
 */
function malformedPairIn(response: HttpResponse): { accessToken: string; refreshToken: string } | undefined {
  const { status, body } = response;
  if (status !== 200 || isHtml(response) || parseObject(body) || /"errorCode"\s{0,9}:\s{0,9}"?-?[1-9]/.test(body))
    return undefined;
  const [accessToken, refreshToken] = (['accessToken', 'refreshToken'] as const).map((name) => {
    const [, ...others] = body.split(`"${name}"`);
    const [, value] = /^\s{0,9}:\s{0,9}"([^"\\]{8,8192})"/.exec(others[0] ?? '') ?? [];
    return others.length === 1 ? readRefreshToken(value) : undefined;
  });
  return accessToken !== undefined && refreshToken !== undefined ? { accessToken, refreshToken } : undefined;
}

/** Whatever the number of a failed renewal, the pair is no longer valid. */
function refusedPair(error: AppError): AppError {
  return error.code === 'web-page' ? error : new AppError('api-token-refused', error.facts);
}
