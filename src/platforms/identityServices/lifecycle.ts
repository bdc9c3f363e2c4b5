import { AppError } from '../../base/errors.js';
import { readRefreshToken, type Json } from '../tokenResponse.js';
import { durationOf, durationProblem, lengthProblem, minutesOf, nameField } from '../tokenForm.js';
import { base } from '../fields.js';
import type { IdentityServicesTenant } from './tenant.js';
import type { CreatedToken, TokenForm, TokenFormField, Lifecycle, RemoteToken, Session } from '../lifecycle.js';
import {
  allPages,
  halfDone,
  OF_ONE_TOKEN,
  OF_TOKENS,
  present,
  readChange,
  readEnd,
  readId,
  readList,
  readManaged,
  readText,
  readTime,
  requireDone,
  stateAt,
} from '../management.js';

const PAGE_SIZE = 20;
const ONCE = '1';

const name = nameField(3, 255);
const description: TokenFormField = {
  key: 'description',
  label: 'Description',
  hint: 'What it is for.',
  optional: true,
  problem: lengthProblem(1, 4000),
};
const accessTtl: TokenFormField = {
  key: 'accessTtl',
  label: 'Lifetime of its access tokens',
  hint: 'For example 30min; brokers usually allow up to 480 minutes.',
  placeholder: '30min',
  initial: () => '30min',
  problem: durationProblem,
};

/**
 * API tokens of an identity broker, which has no call to revoke one.
 * @see https://developer.broadcom.com/xapis/vmware-identity-broker/latest/acs/t/tenant/api-tokens/post/
 */
export const identityServicesTokens: Lifecycle<IdentityServicesTenant, 'apiToken'> = {
  authority: 'access-token',
  sessionOf: (_tenant, accessToken) => ({ headers: { authorization: `Bearer ${accessToken}` }, secrets: [accessToken] }),

  createFields: [
    name,
    {
      key: 'apiTtl',
      label: 'Lifetime',
      hint: 'For example 90d or 12h; brokers usually allow up to 180 days.',
      placeholder: '90d',
      initial: () => '90d',
      problem: durationProblem,
    },
    accessTtl,
    {
      key: 'maxUses',
      label: 'Uses',
      hint: 'How often it can be exchanged.',
      choices: [
        { value: '-1', label: 'Any number' },
        { value: ONCE, label: 'Once', detail: 'Its first access token is its only one' },
      ],
      initial: () => '-1',
    },
    description,
    {
      key: 'clientId',
      label: 'Client ID',
      hint: 'The client that may use it, if any.',
      optional: true,
      problem: lengthProblem(1, 256),
    },
  ],

  *create(tenant, session, draft) {
    const { name: tokenName = '', apiTtl = '', maxUses } = draft;
    const body = {
      ...changesOf(draft),
      api_token_ttl: minutesOf(apiTtl),
      max_count_of_uses: Number(maxUses ?? -1),
      client_id: draft['clientId'],
    };
    const reply = yield request('POST', tokensUrl(tenant), 'create.request', 'create.response', session, body);
    const uncertain = new AppError('creation-uncertain', { name: tokenName });
    const answer = readChange(reply, session.secrets, OF_TOKENS, uncertain);
    const id = readId(answer['id']);
    try {
      const endsAt = reply.sentAt + (minutesOf(apiTtl) ?? 0) * 60_000;
      const { secret, token } = newToken(answer, reply.sentAt);
      return {
        secret,
        token: { ...token, name: tokenName, endsAt: token.endsAt ?? endsAt },
        ...(maxUses === ONCE && { singleUse: true }),
      };
    } catch (error) {
      throw id === undefined ? uncertain : halfDone(error, id, tokenName);
    }
  },

  list(tenant, session) {
    // This API follows SCIM (RFC 7644 §3.4.2.4): the index counts entries from 1.
    const url = (count: number): string => `${tokensUrl(tenant)}/search?startIndex=${count + 1}&pageSize=${PAGE_SIZE}`;
    const order = { sort_by: 'expiration_date', sort_order: 'asc' };
    return allPages(
      PAGE_SIZE,
      (_page, count) => request('POST', url(count), 'search.request', 'search.summary.list', session, order),
      (reply) => ({ entries: readList(readManaged(reply, session.secrets, OF_TOKENS)['items']) }),
      (entry, now) => (readId(entry['id']) === undefined ? undefined : remoteToken(entry, now)),
    );
  },

  updateFields: [name, description, { ...accessTtl, optional: true }],
  formOf: ({ name: tokenName, description: words, accessLifetimeSeconds }) => ({
    name: tokenName,
    ...(words !== undefined && { description: words }),
    ...(accessLifetimeSeconds !== undefined && { accessTtl: durationOf(accessLifetimeSeconds / 60) }),
  }),
  *update(tenant, session, id, draft) {
    const url = `${tokensUrl(tenant)}/${encodeURIComponent(id)}`;
    const reply = yield request('PATCH', url, 'patch.request', 'patch.response', session, changesOf(draft));
    requireDone(reply, session.secrets, OF_ONE_TOKEN);
  },

  *regenerate(tenant, session, { apiToken }) {
    const url = regenerationUrl(tenant);
    const reply = yield request('POST', url, 'regenerate.request', 'regenerate.response', session, { api_token: apiToken });
    // 400 means that the token is invalid or expired.
    const refusals = { ...OF_ONE_TOKEN, 400: 'api-token-refused' } as const;
    const uncertain = new AppError('regeneration-uncertain');
    const answer = readChange(reply, [...session.secrets, apiToken], refusals, uncertain);
    try {
      return newToken(answer, reply.sentAt);
    } catch {
      throw uncertain;
    }
  },
};

function tokensUrl(tenant: IdentityServicesTenant): string {
  return `${base(tenant.url)}/acs/t/${encodeURIComponent(tenant.tenant)}/api-tokens`;
}

export function regenerationUrl(tenant: IdentityServicesTenant): string {
  return `${tokensUrl(tenant)}/regenerate`;
}

/** Each call has its own media types. */
function request(method: 'POST' | 'PATCH', url: string, sent: string, wanted: string, { headers }: Session, body: Json) {
  const mediaType = (kind: string): string => `application/vnd.vmware.vidm.api-tokens.${kind}+json`;
  return {
    method,
    url,
    headers: { accept: mediaType(wanted), 'content-type': mediaType(sent), ...headers },
    body: JSON.stringify(body),
  };
}

/** The fields that can be set at any time. */
function changesOf({ name: tokenName, description: words, accessTtl: ttl }: TokenForm): Json {
  return {
    token_display_name: tokenName,
    token_description: words,
    access_token_ttl: ttl === undefined ? undefined : minutesOf(ttl),
  };
}

/** @throws AppError `unexpected-answer` for an answer without a usable value */
function newToken(answer: Json, now: number): CreatedToken<'apiToken'> {
  const apiToken = readRefreshToken(answer['token']);
  if (apiToken === undefined) throw new AppError('unexpected-answer', { reason: 'no API token' });
  return {
    secret: { apiToken },
    token: remoteToken(answer, now),
    ...(answer['max_count_of_uses'] === 1 && { singleUse: true }),
  };
}

function remoteToken(entry: Json, now: number): RemoteToken {
  const id = readId(entry['id']) ?? '';
  const endsAt = readEnd(entry['expiration_date']);
  const minutes = entry['access_token_ttl'];
  const roles = readList(entry['roles']).map(({ display, value }) => readText(display) ?? readText(value));
  return {
    id,
    name: readText(entry['token_display_name']) ?? id,
    state: stateOf(readText(entry['token_status']), endsAt, now),
    ...present({
      type: readText(entry['token_sub_type']) ?? readText(entry['token_type']),
      owner: readText(entry['principal_name']) ?? readText(entry['acct']),
      description: readText(entry['token_description'], 4000),
      createdAt: readTime(entry['created_date']),
      lastUsedAt: readTime(entry['last_access_time']),
      endsAt,
      roles: roles.length > 0 ? roles.filter((role) => role !== undefined) : undefined,
      // Documented as the last characters of the value. Show no more than that.
      suffix: readText(entry['token_suffix'])?.slice(-6),
      accessLifetimeSeconds: typeof minutes === 'number' && minutes > 0 ? minutes * 60 : undefined,
    }),
  };
}

function stateOf(status: string | undefined, endsAt: number | null | undefined, now: number): RemoteToken['state'] {
  if (status === undefined || /^active$/i.test(status)) return stateAt(endsAt, now);
  return /expired/i.test(status) ? 'ended' : 'revoked';
}
