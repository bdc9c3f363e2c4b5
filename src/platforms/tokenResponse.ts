import { AppError, type ErrorCode, type Facts } from '../base/errors.js';
import { headerOf, type HttpResponse } from '../net/http.js';
import { isCutOff, jsonFlaw } from '../net/json.js';
import { once } from './fields.js';
import { isRecord, jwtClaims } from './jwt.js';
import type { Exchanged, Remark } from './platform.js';
import { redactor } from './redaction.js';
import { codeOfRefusal, saidIn, shownOf, wordsIn, type Json } from './refusalWords.js';

export type { Json } from './refusalWords.js';

/**
 * The characters that large services use, out of those that RFC 6749 A.12 allows. Others are unsafe: a `.http` client
 * evaluates `{{…}}` in a header as code, and quotes, `$`, backquotes, backslashes and angle brackets have a meaning in
 * shells, pages and JSON.
 */
export const ACCESS_TOKEN = /^[A-Za-z0-9\-._~+/!#%^|:*@,;=]+$/;
const MAX_TOKEN_LENGTH = 16 * 1024;
const MAX_LIFETIME_S = 365 * 24 * 3600;
/** Lifetimes are capped at a year, whatever the service says. */
export const MAX_LIFETIME_MS = MAX_LIFETIME_S * 1000;

/** How a platform's answers may differ from RFC 6749 §5.1. */
export interface Profile {
  /** Whether `token_type` must be present. A type other than bearer is refused, except with `any`. */
  readonly tokenType?: 'required' | 'optional' | 'any' | undefined;
  /** The tenant's field that sets `tokenType`, if there is one; errors name it. */
  readonly tokenTypeField?: string;
  /** The `expires_in` that means unknown. */
  readonly unknownLifetime?: number;
  /** Only the client was authenticated, so a 401 is about the client. */
  readonly isClientOnly?: boolean;
  /** A client was authenticated as well as the token. */
  readonly hasClient?: boolean;
}

/**
 * Reads a successful answer of an OAuth 2.0 token endpoint (RFC 6749 §5.1), and checks that the access token is fit to be
 * stored and put into a file.
 * @param secret what was sent; the access token must not equal any of it
 * @param sentAt epoch ms at which the request was sent
 * @throws AppError as {@link readAnswer} and {@link readAccessToken}; `unexpected-answer` for a token type other than bearer
 * and for a malformed refresh token
 */
export function readTokenResponse(
  response: HttpResponse,
  secret: Readonly<Record<string, string>>,
  sentAt: number,
  profile: Profile = {},
): Pick<Exchanged, 'accessToken' | 'expiresAt' | 'scope' | 'remarks'> {
  const secrets = Object.values(secret);
  const on401 = onUnauthorized(response, profile);
  const answer = readAnswer(response, secrets, sentAt, on401);
  // Commvault uses an object for success; here an object describes an error.
  if (saysNo(answer) || (isNone(answer['access_token']) && saysWhy(answer)))
    throw refusalOf(response, answer, secrets, sentAt, on401);
  const accessToken = readAccessToken(answer['access_token'], [...secrets, answer['refresh_token']]);
  const type = answer['token_type'];
  requireBearer(type, profile);
  // Zoho's old answers have milliseconds in `expires_in` and seconds in `expires_in_sec`.
  const seconds = answer['expires_in_sec'] ?? answer['expires_in'] ?? answer['expiresIn'];
  const given = seconds === profile.unknownLifetime ? undefined : seconds;
  const end = answer['expires_at'] ?? answer['expires_on'] ?? answer['expiration'];
  const lifetime = given ?? secondsUntil(end, response, sentAt);
  const scope = readScope(answer['scope']);
  requireRefreshToken(answer['refresh_token']);
  return {
    accessToken,
    expiresAt: expiryOf(lifetime, accessToken, sentAt),
    ...(scope && { scope }),
    ...remarked([...mediaTypeRemarks(response), isNone(type) && 'token-type-missing', lifetimeRemark(lifetime)]),
  };
}

/** The `remarks` field of an {@link Exchanged}; empty without remarks. */
export function remarked(remarks: readonly (Remark | false)[]): Pick<Exchanged, 'remarks'> {
  const said = remarks.filter((remark) => remark !== false);
  return said.length > 0 ? { remarks: said } : {};
}

export function mediaTypeRemarks(response: HttpResponse): readonly Remark[] {
  return isJson(response) === 'perhaps' ? ['json-undeclared'] : [];
}

/**
 * The JSON object of a successful answer: status 200, as RFC 6749 §5.1 requires, or 201 (Supabase).
 * @throws AppError as {@link readJson}, or of {@link refusal} for any other status
 */
export function readAnswer(response: HttpResponse, secrets: readonly string[], sentAt: number, on401?: ErrorCode): Json {
  if (response.status !== 200 && response.status !== 201) throw refusal(response, secrets, sentAt, on401);
  const json = readJson(response);
  // Some services refuse with status 200. A token beside an error must not be trusted either.
  if (json['error'] && !isRecord(json['error'])) throw refusalOf(response, json, secrets, sentAt);
  return json;
}

/**
 * The JSON object of an answer with any status.
 * @throws AppError `web-page` for HTML (a login or maintenance page, often with status 200), `connection-lost` for truncated
 * JSON, `not-json`, `unexpected-answer` for JSON that cannot be trusted
 */
export function readJson(response: HttpResponse): Json {
  if (isHtml(response)) throw new AppError('web-page', { status: response.status });
  const { json, flaw: findFlaw } = isJson(response) ? read(response) : {};
  if (!json && isJson(response) && wasCutOff(response)) throw new AppError('connection-lost', { cause: 'cut off' });
  if (!json) throw new AppError('not-json', { status: response.status });
  const flaw = findFlaw?.();
  if (flaw) throw new AppError('unexpected-answer', { reason: flaw });
  return json;
}

/**
 * The error for a 401 without a reason. By RFC 6749 §5.2 it is about client authentication, with a challenge if the client
 * tried Basic; most services also use it for an invalid refresh token.
 */
function onUnauthorized(response: HttpResponse, { isClientOnly, hasClient }: Profile): ErrorCode {
  const isChallenged = hasClient === true && /^basic\b/i.test(headerOf(response, 'www-authenticate'));
  return isClientOnly || isChallenged ? 'client-refused' : 'api-token-refused';
}

/** Whether an answer reports a failure. Slack uses `ok`, Fitbit a list; an empty list is no failure. */
function saysNo({ error, errors, ok, success }: Json): boolean {
  return Boolean(error) || ok === false || success === false || (Array.isArray(errors) && errors.length > 0);
}

/** Whether an answer without a token gives a reason (WeChat, TikTok). */
function saysWhy(answer: Json): boolean {
  const { reason, detail } = saidIn(answer);
  return reason !== '' || detail !== '';
}

/**
 * The error for an answer without a token, by its status first and its words second.
 * @param sentAt epoch ms
 * @param on401 the code for a 401 without a reason
 */
export function refusal(
  response: HttpResponse,
  secrets: readonly string[],
  sentAt: number,
  on401: ErrorCode = 'api-token-refused',
): AppError {
  const { status, body } = response;
  if (isHtml(response) && status < 500 && status !== 429) return new AppError('web-page', { status });
  const words = isHtml(response) ? {} : (read(response).json ?? wordsIn(body, headerOf(response, 'content-type')));
  return refusalOf(response, words, secrets, sentAt, on401);
}

/**
 * The error that a service's words describe.
 * @param words the whole answer, or the object in it that describes the error
 */
export function refusalOf(
  response: HttpResponse,
  words: Json,
  secrets: readonly string[],
  sentAt: number,
  on401: ErrorCode = 'api-token-refused',
): AppError {
  const { status } = response;
  const said = saidIn(words);
  const { detail, reason: ownReason } = shownOf(said, redactor(secrets));
  const reason = ownReason || (status > 201 && status < 300 ? 'status is not 200' : '');
  const code = codeOfRefusal(status, said, on401);
  // RFC 9110 §10.2.3: an unavailable service says how long it expects to be unavailable.
  const mayWait = code === 'service-failed' && (status === 503 || status < 500) && 'retry-after' in response.headers;
  return new AppError(code, {
    status,
    ...(reason && { reason }),
    ...(detail && { detail }),
    ...((mayWait || code === 'rate-limited') && { retryAfter: retryAfterSeconds(response, sentAt) }),
  } satisfies Facts);
}

/**
 * Checks that an access token is fit for a header and a file.
 * @param others secrets, sent and received, that it must not equal: inserting it would expose them
 * @throws AppError `unexpected-answer` if it is missing or equals one of them, `access-token-unsafe` if it is too long or
 * has unsafe characters
 */
export function readAccessToken(value: unknown, others: readonly unknown[]): string {
  if (isNone(value) || typeof value !== 'string') throw new AppError('unexpected-answer', { reason: 'no access token' });
  if (value.length > MAX_TOKEN_LENGTH || !ACCESS_TOKEN.test(value)) throw new AppError('access-token-unsafe');
  if (others.includes(value)) throw new AppError('unexpected-answer', { reason: 'the access token equals a stored secret' });
  return value;
}

/**
 * @throws AppError `unexpected-answer` for a type other than bearer (RFC 6749 §7.1: a client must not use a type that it
 * does not understand)
 */
function requireBearer(value: unknown, { tokenType = 'required', tokenTypeField: field }: Profile): void {
  if (isNone(value)) {
    if (tokenType !== 'required') return;
    const remedy = field === undefined ? '' : `; "${field}": "optional" allows that`;
    throw new AppError('unexpected-answer', { reason: `token_type is missing${remedy}` });
  }
  if (typeof value === 'string' && (tokenType === 'any' || value.toLowerCase() === 'bearer')) return;
  const remedy = field === undefined ? '' : `; "${field}": "any" accepts it as bearer`;
  throw new AppError('unexpected-answer', { reason: `token_type is not bearer${remedy}` });
}

/**
 * A lifetime in seconds, from a JSON number or a string of digits (RFC 6749 appendix A.14; Bright Pattern sends strings),
 * capped at a year. Undefined, meaning unknown, for everything else, including 0 and negative numbers.
 */
export function readLifetimeSeconds(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && /^[0-9]{1,10}$/.test(value) ? Number(value) : value;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 1) return undefined;
  return Math.min(Math.floor(seconds), MAX_LIFETIME_S);
}

/** A service may omit the lifetime, but one that it gives should be usable. */
function lifetimeRemark(value: unknown): Remark | false {
  if (value === undefined || value === null) return false;
  const seconds = readLifetimeSeconds(value);
  if (seconds === undefined) return 'expiry-unusable';
  return Number(value) > MAX_LIFETIME_S && 'expiry-capped';
}

/** The expiry of an access token, epoch ms: by the service's lifetime, else by its JWT claims; null if both are missing. */
export function expiryOf(lifetime: unknown, accessToken: string, sentAt: number): number | null {
  const seconds = readLifetimeSeconds(lifetime) ?? jwtLifetimeSeconds(accessToken, sentAt);
  return seconds === undefined ? null : sentAt + seconds * 1000;
}

/** Uses the service's own clock if the token has `iat`, so that a wrong local clock does not matter. */
function jwtLifetimeSeconds(accessToken: string, sentAt: number): number | undefined {
  const { exp, iat } = jwtClaims(accessToken) ?? {};
  if (typeof exp !== 'number') return undefined;
  return readLifetimeSeconds(exp - (typeof iat === 'number' ? iat : sentAt / 1000));
}

/**
 * Epoch ms from epoch seconds, a number or digits; undefined for 0, invalid values, and times more than ten years after
 * `now`.
 */
export function readEpochSeconds(given: unknown, now: number): number | undefined {
  const value = typeof given === 'string' && /^[0-9]{1,12}$/.test(given) ? Number(given) : given;
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) return undefined;
  const time = Math.floor(value) * 1000;
  return time > now + 10 * MAX_LIFETIME_MS ? undefined : time;
}

/**
 * Seconds from the answer until a time in it (ISO 8601, as Square sends, or epoch seconds), by the service's own clock if
 * the answer has a Date. Undefined for other values.
 */
export function secondsUntil(value: unknown, response: HttpResponse, sentAt: number): number | undefined {
  const isIso = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/.test(value);
  const at = isIso ? Date.parse(value) : readEpochSeconds(value, sentAt);
  const answeredAt = httpTime(headerOf(response, 'date'));
  if (at === undefined || Number.isNaN(at)) return undefined;
  return (at - (Number.isNaN(answeredAt) ? sentAt : answeredAt)) / 1000;
}

export function readScope(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, 1024) : undefined;
}

/** A refresh token with the characters of RFC 6749 appendix A.17; undefined for everything else. */
export function readRefreshToken(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\x20-\x7E]{1,8192}$/.test(value) && !isNone(value) ? value : undefined;
}

/**
 * The refresh token that replaces the one sent, also in an answer that is refused for another reason. Undefined if the
 * service keeps the old one or reports a failure.
 */
export function readNewRefreshToken(response: HttpResponse, sent: string): string | undefined {
  const answer = peekAnswer(response);
  const refreshToken = saysNo(answer) ? undefined : readRefreshToken(answer['refresh_token']);
  return refreshToken === sent || isPlaceholder(refreshToken) ? undefined : refreshToken;
}

/**
 * Null and empty count as missing.
 * @throws AppError `unexpected-answer` for a malformed refresh token
 */
export function requireRefreshToken(value: unknown): void {
  if (isNone(value) || readRefreshToken(value) !== undefined) return;
  throw new AppError('unexpected-answer', { reason: 'refresh token is malformed' });
}

/** No service issues a secret with fewer than eight or very few distinct characters: eBay sends `N/A`. */
export function isPlaceholder(value: string | undefined): boolean {
  return (
    value !== undefined &&
    (value.length < 8 || new Set(value).size < 4 || /^\W*(redacted|hidden|masked|undefined)\W*$/i.test(value))
  );
}

/**
 * Whether a value is missing, in any of the ways in which services write it: templates and concatenation turn null and
 * undefined into words.
 */
function isNone(value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === 'null' || value === 'undefined';
}

/** The JSON object of a successful answer (200 to 299), without further checks; empty if the JSON is ambiguous. */
export function peekAnswer(response: HttpResponse): Json {
  const { json, flaw } = response.status >= 200 && response.status < 300 ? read(response) : {};
  return json && !flaw?.() ? json : {};
}

/** Whether an answer is a web page, by its media type or its beginning. */
export function isHtml(response: Pick<HttpResponse, 'headers' | 'body'>): boolean {
  return /html\b/i.test(headerOf(response, 'content-type')) || /^\s*<(!doctype|html)/i.test(response.body);
}

/** Whether the media type is JSON; `perhaps` if it is missing or text/plain. */
function isJson(response: HttpResponse): 'yes' | 'perhaps' | undefined {
  const [type = ''] = headerOf(response, 'content-type').toLowerCase().split(';');
  const mediaType = type.trim();
  if (/^(application|text)\/([\w.*-]+\+)?json$/.test(mediaType)) return 'yes';
  return mediaType === '' || mediaType === 'text/plain' ? 'perhaps' : undefined;
}

/**
 * Whether the connection closed before the JSON was complete. HTTP treats such an answer as complete (RFC 9112 §8), so only
 * its content shows it. As with any lost answer, the service may have replaced the secret.
 */
function wasCutOff({ headers, body }: HttpResponse): boolean {
  const isDelimited = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  return !isDelimited && (body.trim() === '' || isCutOff(body));
}

interface Body {
  readonly json?: Json | undefined;
  /** Looked for when it is asked for: an error may have one. */
  readonly flaw?: () => ReturnType<typeof jsonFlaw>;
}

/** Caches the parsed body of each answer, because a platform reads it several times. */
const bodies = new WeakMap<HttpResponse, Body>();

/** Parses the body of an answer, if it is a JSON object. */
function read(response: HttpResponse): Body {
  let body = bodies.get(response);
  if (!body) {
    const json = parseObject(response.body);
    body = json ? { json, flaw: once(() => jsonFlaw(response.body)) } : {};
    bodies.set(response, body);
  }
  return body;
}

/** Parses a body; undefined if it is not a JSON object. */
export function parseObject(body: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(body.replace(/^\uFEFF/, ''));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Retry-After (RFC 9110 §10.2.3) in seconds, between 1 s and an hour; 60 s if it is missing. A date is relative to the
 * answer's Date, or to our clock without one (§6.6.1 uses the time of arrival): a wrong clock costs an hour at most, but
 * asking too early may cost the account.
 */
function retryAfterSeconds(response: HttpResponse, sentAt: number): number {
  const value = headerOf(response, 'retry-after');
  const answeredAt = httpTime(headerOf(response, 'date'));
  const from = Number.isNaN(answeredAt) ? sentAt : answeredAt;
  const seconds = /^\d{1,9}$/.test(value) ? Number(value) : (httpTime(value) - from) / 1000;
  return Number.isNaN(seconds) ? 60 : Math.min(Math.max(Math.ceil(seconds), 1), 3600);
}

/**
 * How far the service's clock is ahead of ours, in ms, by its Date header (RFC 9110 §6.6.1); negative if it is behind. 0 if
 * the date, which is exact to the second, lies within the exchange. Undefined if the answer has no date.
 * @param sentAt when the request was sent, epoch ms by our clock
 * @param receivedAt when the answer arrived, epoch ms by our clock
 */
export function clockSkewMs(response: HttpResponse, sentAt: number, receivedAt: number): number | undefined {
  const date = httpTime(headerOf(response, 'date'));
  if (Number.isNaN(date)) return undefined;
  return date > receivedAt ? date - receivedAt : Math.min(date + 999 - sentAt, 0);
}

/**
 * Epoch ms of an HTTP date in the only form that is sent (RFC 9110 §5.6.7); NaN for other forms, which `Date.parse` would
 * accept.
 */
function httpTime(value: string): number {
  return /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value) ? Date.parse(value) : NaN;
}
