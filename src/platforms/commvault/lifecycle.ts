import { AppError } from '../../base/errors.js';
import { DAY_MS } from '../../base/time.js';
import { readAccessToken, readRefreshToken, type Json } from '../tokenResponse.js';
import { accountHeader, type CommvaultTenant } from './tenant.js';
import { failureOf, pairOf, timesOf } from './answers.js';
import { dateProblem, dayOf, nameField, readDate } from '../tokenForm.js';
import { base } from '../fields.js';
import { isRecord } from '../jwt.js';
import type {
  Conversation,
  CreatedToken,
  TokenForm,
  TokenFormField,
  Lifecycle,
  RemoteToken,
  Reply,
  Session,
} from '../lifecycle.js';
import {
  halfDone,
  OF_LOGIN,
  OF_ONE_TOKEN,
  OF_TOKENS,
  present,
  readChange,
  readId,
  readList,
  readManaged,
  readText,
  readTexts,
  readTime,
  refused,
  remoteTokens,
  stateAt,
  type Refusals,
} from '../management.js';

/** In the order of the service's numbers. */
const TYPES = ['DEFAULT', 'MS_SCIM', 'ALL', 'CUSTOM', 'OneTouch'] as const;
/** These types have no refresh token. */
const NOT_RENEWABLE: readonly string[] = ['MS_SCIM', 'OneTouch'];
const JSON_HEADERS = { accept: 'application/json', 'content-type': 'application/json' };

const name = nameField(1, 128);
const type: TokenFormField = {
  key: 'type',
  label: 'Type',
  hint: 'What the token may be used for.',
  choices: [
    { value: 'ALL', label: 'ALL', detail: 'Every REST API that its user may call' },
    { value: 'CUSTOM', label: 'CUSTOM', detail: 'The listed endpoints and those below them' },
    { value: 'MS_SCIM', label: 'MS_SCIM', detail: 'Users and groups from Microsoft Entra ID by SCIM; expires within a year' },
    { value: 'OneTouch', label: 'OneTouch', detail: '1-Touch recovery of machines; expires within two weeks' },
    { value: 'DEFAULT', label: 'DEFAULT', detail: 'The service’s default' },
  ],
  initial: () => 'ALL',
};
const renewableUntil: TokenFormField = {
  key: 'renewableUntil',
  label: 'Renewable until',
  hint: 'The last day on which it can be exchanged. Customer-managed releases allow up to 365 days. Empty: 90 days.',
  placeholder: '2027-03-31',
  optional: true,
  initial: (now) => dayOf(now + 90 * DAY_MS),
  isAsked: (draft) => draft['type'] === 'ALL' || draft['type'] === 'CUSTOM',
  problem: dateProblem(),
};
const apiEndpoints: TokenFormField = {
  key: 'apiEndpoints',
  label: 'Endpoints',
  hint: 'The paths that it may call, separated by commas. /Client allows every path that begins with it.',
  placeholder: '/Client, /V4/ServerGroup',
  isAsked: (draft) => draft['type'] === 'CUSTOM',
  problem: (value) =>
    endpointsIn(value).every((endpoint) => /^\/[\x21-\x2B\x2D-\x7E]*$/.test(endpoint))
      ? undefined
      : 'must be paths that begin with “/”, separated by commas',
};
const endOf = (key: string, of: (typeof TYPES)[number], maxDays: number, usualDays: number): TokenFormField => ({
  key,
  label: 'Last day',
  hint: `The day on which it expires, at most ${maxDays} days ahead. Empty: ${usualDays} days.`,
  placeholder: '2027-03-31',
  optional: true,
  isAsked: (draft) => draft['type'] === of,
  problem: dateProblem(maxDays),
});
const scimEnd = endOf('scimEnd', 'MS_SCIM', 365, 30);
const oneTouchEnd = endOf('oneTouchEnd', 'OneTouch', 14, 7);

/**
 * V4 access tokens of the user who signs in.
 * @see https://documentation.commvault.com/11.42/software/access_tokens_for_rest_apis.html
 */
export const commvaultTokens: Lifecycle<CommvaultTenant, 'accessToken' | 'refreshToken'> = {
  authority: 'login',
  authorityHint: 'An access token cannot create, change or revoke others, not even on Commvault SaaS.',
  userHint: 'User name, or domain\\user name',

  *logIn(tenant, { user, password }) {
    const encoded = Buffer.from(password).toString('base64');
    const [, domain, username] = /^([^\\]+)\\(.+)$/.exec(user) ?? [undefined, undefined, user];
    const reply = yield {
      method: 'POST',
      url: `${base(tenant.url)}/Login`,
      headers: { ...JSON_HEADERS, ...accountHeader(tenant) },
      body: JSON.stringify({ username, password: encoded, ...(domain && { domain }) }),
    };
    const { headers, ...session } = sessionIn(reply, [password, encoded]);
    return { ...session, headers: { ...headers, ...accountHeader(tenant) } };
  },

  // https://documentation.commvault.com/v11/software/rest_api_post_logout.html
  logOut: (tenant, { headers }) => ({
    method: 'POST',
    url: `${base(tenant.url)}/Logout`,
    headers: { accept: 'application/json', ...headers },
  }),

  createFields: [name, type, renewableUntil, apiEndpoints, scimEnd, oneTouchEnd],

  *create(tenant, session, draft) {
    const reply = yield {
      method: 'POST',
      url: tokensUrl(tenant),
      headers: { ...JSON_HEADERS, ...session.headers },
      body: JSON.stringify({ tokenType: draft['type'], ...fieldsOf(draft) }),
    };
    const { name = '' } = draft;
    const uncertain = new AppError('creation-uncertain', { name });
    const answer = withoutFailure(readChange(reply, session.secrets, OF_TOKENS, uncertain), reply, session.secrets, OF_TOKENS);
    const info = pairOf(answer);
    const id = readId(info['accessTokenId']);
    try {
      return createdToken(info, reply, id ?? '', draft);
    } catch (error) {
      throw id === undefined ? uncertain : halfDone(error, id, name);
    }
  },

  *list(tenant, session) {
    const userId = session.userId ?? (yield* whoAmI(tenant, session));
    const reply = yield {
      method: 'GET',
      url: `${tokensUrl(tenant)}/?userId=${encodeURIComponent(userId)}`,
      headers: { accept: 'application/json', ...session.headers },
    };
    const answer = read(reply, session, OF_TOKENS);
    return remoteTokens(listIn(answer), reply, remoteToken);
  },

  updateFields: [name, renewableUntil, { ...apiEndpoints, optional: true }],
  formOf: ({ name: tokenName, type: tokenType, endsAt, scopes = [] }) => ({
    name: tokenName,
    ...(tokenType && { type: tokenType }),
    ...(endsAt && { renewableUntil: dayOf(endsAt) }),
    ...(scopes.length > 0 && { apiEndpoints: scopes.join(', ') }),
  }),
  *update(tenant, session, id, draft) {
    const reply = yield {
      method: 'PUT',
      url: tokenUrl(tenant, id),
      headers: { ...JSON_HEADERS, ...session.headers },
      body: JSON.stringify(fieldsOf(draft)),
    };
    read(reply, session, OF_ONE_TOKEN);
  },

  *revoke(tenant, session, id) {
    const headers = { accept: 'application/json', ...session.headers };
    read(yield { method: 'DELETE', url: tokenUrl(tenant, id), headers }, session, OF_ONE_TOKEN);
  },
};

function tokensUrl(tenant: CommvaultTenant): string {
  return `${base(tenant.url)}/V4/AccessToken`;
}

function tokenUrl(tenant: CommvaultTenant, id: string): string {
  return `${tokensUrl(tenant)}/${encodeURIComponent(id)}`;
}

/**
 * Reads the session from the answer to a login. A wrong password also has status 200, with a list of errors or without a
 * token.
 */
function sessionIn(reply: Reply, secrets: readonly string[]): Session {
  const answer = readManaged(reply, secrets, OF_LOGIN);
  const [error] = readList(answer['errList']);
  const data = isRecord(answer['data']) ? answer['data'] : {};
  const failure = error ? { errorCode: error['errorCode'], errorMessage: error['errLogMessage'] } : failureOf(answer);
  const token = data['authToken'] ?? answer['token'];
  if (failure || typeof token !== 'string' || token === '')
    throw new AppError('login-refused', refused(reply.response, failure ?? answer, secrets, reply.sentAt, OF_LOGIN).facts);
  const userId = userIdIn(answer) ?? userIdIn(data);
  return { ...headersOf(token, token === data['authToken'], secrets), ...(userId !== undefined && { userId }) };
}

/** SaaS takes its token as Bearer; elsewhere the kind of session precedes the value. */
function headersOf(token: string, isBearer: boolean, others: readonly string[]): Pick<Session, 'headers' | 'secrets'> {
  const [, kind = 'QSDK', value] = /^(?:(QSDK|SAML|Bearer) )?(.*)$/s.exec(token) ?? [];
  const checked = readAccessToken(value, others);
  const headers = isBearer ? { authorization: `Bearer ${checked}` } : { authtoken: `${kind} ${checked}` };
  return { headers, secrets: [checked] };
}

function userIdIn(answer: Json): string | undefined {
  return readId(isRecord(answer['user']) ? answer['user']['userId'] : answer['userId']);
}

function* whoAmI(tenant: CommvaultTenant, session: Session): Conversation<string> {
  const headers = { accept: 'application/json', ...session.headers };
  const userId = userIdIn(read(yield { method: 'GET', url: `${base(tenant.url)}/v2/WhoAmI`, headers }, session, OF_TOKENS));
  if (userId === undefined) throw new AppError('unexpected-answer', { reason: 'no user ID' });
  return userId;
}

function read(reply: Reply, { secrets }: Session, refusals: Refusals): Json {
  return withoutFailure(readManaged(reply, secrets, refusals), reply, secrets, refusals);
}

/** @throws AppError for a failure with status 200 */
function withoutFailure(answer: Json, reply: Reply, secrets: readonly string[], refusals: Refusals): Json {
  const failure = failureOf(answer);
  if (failure) throw refused(reply.response, failure, secrets, reply.sentAt, refusals);
  return answer;
}

/** A draft as the service's fields, with times in seconds. */
function fieldsOf({ name, renewableUntil, apiEndpoints, scimEnd, oneTouchEnd }: TokenForm): Json {
  return present({
    tokenName: name,
    renewableUntilTimestamp: secondsOf(renewableUntil),
    apiEndpoints: apiEndpoints === undefined ? undefined : endpointsIn(apiEndpoints),
    tokenExpiryTimestamp: secondsOf(scimEnd ?? oneTouchEnd),
  });
}

function secondsOf(day: string | undefined): number | undefined {
  const end = day === undefined ? undefined : readDate(day);
  return end === undefined ? undefined : end / 1000;
}

function endpointsIn(value: string): string[] {
  return value.split(',').map((endpoint) => endpoint.trim());
}

/** @throws AppError for an unusable pair */
function createdToken(
  info: Json,
  { response, sentAt }: Reply,
  id: string,
  draft: TokenForm,
): CreatedToken<'accessToken' | 'refreshToken'> {
  const accessToken = readAccessToken(info['accessToken'], [info['refreshToken']]);
  const refreshToken = readRefreshToken(info['refreshToken']);
  const { accessExpiresAt, renewableUntil: until, renewBy } = timesOf(info, response, sentAt);
  const endsAt = refreshToken === undefined ? accessExpiresAt : until;
  return {
    secret: { accessToken, refreshToken: refreshToken ?? '' },
    token: { id, name: draft['name'] ?? '', state: 'active', ...present({ type: draft['type'], endsAt }) },
    access: { token: accessToken, expiresAt: accessExpiresAt ?? null },
    ...(refreshToken === undefined && { singleUse: true }),
    ...(refreshToken !== undefined && renewBy !== undefined && { exchangeBy: renewBy }),
  };
}

/** The name of the list is undocumented. */
function listIn(answer: Json): readonly Json[] {
  return readList([answer['tokenInfo'], answer['tokens'], answer['accessTokens'], ...Object.values(answer)].find(Array.isArray));
}

function remoteToken(entry: Json, now: number): RemoteToken | undefined {
  const id = readId(entry['accessTokenId']);
  if (id === undefined) return undefined;
  const tokenType = typeof entry['tokenType'] === 'number' ? TYPES[entry['tokenType']] : readText(entry['tokenType']);
  const isRenewable = tokenType === undefined || !NOT_RENEWABLE.includes(tokenType);
  const endsAt = readTime(entry[isRenewable ? 'renewableUntilTimestamp' : 'tokenExpiryTimestamp']);
  const scopes = readTexts(entry['apiEndpoints']);
  return {
    id,
    name: readText(entry['tokenName']) ?? id,
    state: stateAt(endsAt, now),
    ...present({ type: tokenType, endsAt, scopes: scopes.length > 0 ? scopes : undefined }),
  };
}
