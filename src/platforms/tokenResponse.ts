import { AppError, type ErrorCode, type Facts } from '../base/errors.js';
import { headerOf, type HttpResponse } from '../net/http.js';
import { isCutOff, jsonFlaw } from '../net/json.js';
import { isRecord, jwtClaims } from './jwt.js';
import type { Exchanged, Remark } from './platform.js';
import { redactor } from './redaction.js';
import { codeOfRefusal, saidIn, shownOf, wordsIn, type Json } from './refusalWords.js';

export type { Json } from './refusalWords.js';

/**
 * Of the characters that RFC 6749 A.12 allows those that big services use. A `.http` client evaluates `{{…}}` in a header as
 * code, and shells, pages and JSON give a meaning to quotes, `$`, backquotes, backslashes and angle brackets.
 */
export const ACCESS_TOKEN = /^[A-Za-z0-9\-._~+/!#%^|:*@,;=]+$/;
const MAX_TOKEN_LENGTH = 16 * 1024;
const MAX_LIFETIME_S = 365 * 24 * 3600;
/** Nothing is taken to live longer than a year, whatever its service says. */
export const MAX_LIFETIME_MS = MAX_LIFETIME_S * 1000;

/** Where a platform's answers may differ from RFC 6749 §5.1. */
export interface Profile {
  /** Whether `token_type` has to be there. Another type than bearer is refused, except where any is taken for bearer. */
  readonly tokenType?: 'required' | 'optional' | 'any' | undefined;
  /** The field of the tenant that decides so, where there is one: it is named when the type is missing. */
  readonly tokenTypeField?: string;
  /** The `expires_in` by which a service says that it does not know. */
  readonly unknownLifetime?: number;
  /** Nothing but the client was authenticated: a 401 is about it. */
  readonly isClientOnly?: boolean;
  /** A client was authenticated beside the token. */
  readonly hasClient?: boolean;
}

/**
 * A successful answer of an OAuth 2.0 token endpoint (RFC 6749 §5.1), held to everything that an access token has to be
 * before it may be kept and put into a file.
 * @param secret what was sent; the access token may be none of it
 * @param sentAt epoch ms at which the request was sent
 * @throws AppError as {@link readAnswer} and {@link readAccessToken}; `unexpected-answer` for another token type than bearer and
 * for a refresh token that cannot be kept
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
  // Commvault says with an object that nothing is wrong; here, an object says what is.
  if (saysNo(answer) || (isNone(answer['access_token']) && saysWhy(answer)))
    throw refusalOf(response, answer, secrets, sentAt, on401);
  const accessToken = readAccessToken(answer['access_token'], [...secrets, answer['refresh_token']]);
  const type = answer['token_type'];
  requireBearer(type, profile);
  // Zoho's old answers have milliseconds in `expires_in`, and seconds beside them.
  const seconds = answer['expires_in_sec'] ?? answer['expires_in'] ?? answer['expiresIn'];
  const told = seconds === profile.unknownLifetime ? undefined : seconds;
  const end = answer['expires_at'] ?? answer['expires_on'] ?? answer['expiration'];
  const lifetime = told ?? secondsUntil(end, response, sentAt);
  const scope = readScope(answer['scope']);
  requireRefreshToken(answer['refresh_token']);
  return {
    accessToken,
    expiresAt: expiryOf(lifetime, accessToken, sentAt),
    ...(scope && { scope }),
    ...remarked([...mediaTypeRemarks(response), isNone(type) && 'token-type-missing', lifetimeRemark(lifetime)]),
  };
}

/** The field of an {@link Exchanged} that holds what is to be said of an answer; nothing where that is nothing. */
export function remarked(remarks: readonly (Remark | false)[]): Pick<Exchanged, 'remarks'> {
  const said = remarks.filter((remark) => remark !== false);
  return said.length > 0 ? { remarks: said } : {};
}

export function mediaTypeRemarks(response: HttpResponse): readonly Remark[] {
  return isJson(response) === 'perhaps' ? ['json-undeclared'] : [];
}

/**
 * The JSON object of a successful answer.
 * @throws AppError as {@link readJson}, or what {@link refusal} makes of any other status than 200, which RFC 6749 §5.1 demands,
 * and 201, with which Supabase said the same
 */
export function readAnswer(response: HttpResponse, secrets: readonly string[], sentAt: number, on401?: ErrorCode): Json {
  if (response.status !== 200 && response.status !== 201) throw refusal(response, secrets, sentAt, on401);
  const json = readJson(response);
  // Some services say no with status 200. A token beside an error is not to be trusted either.
  if (json['error'] && !isRecord(json['error'])) throw refusalOf(response, json, secrets, sentAt);
  return json;
}

/**
 * The JSON object of an answer, whatever its status.
 * @throws AppError `web-page` for HTML (a login or maintenance page, often with status 200), `connection-lost` for JSON that
 * stops in the middle, `not-json`, `unexpected-answer` for JSON that is not fit to be trusted
 */
export function readJson(response: HttpResponse): Json {
  if (isHtml(response)) throw new AppError('web-page', { status: response.status });
  const { json, flaw } = isJson(response) ? read(response) : {};
  if (!json && isJson(response) && wasCutOff(response)) throw new AppError('connection-lost', { cause: 'cut off' });
  if (!json) throw new AppError('not-json', { status: response.status });
  if (flaw) throw new AppError('unexpected-answer', { reason: flaw });
  return json;
}

/**
 * What a 401 is about that does not say it: RFC 6749 §5.2 has it for a client that could not be authenticated, with a challenge where
 * it tried Basic; most services have it for a refresh token too.
 */
function onUnauthorized(response: HttpResponse, { isClientOnly, hasClient }: Profile): ErrorCode {
  const isChallenged = hasClient === true && /^basic\b/i.test(headerOf(response, 'www-authenticate'));
  return isClientOnly || isChallenged ? 'client-refused' : 'api-token-refused';
}

/** Slack says no with `ok`, Fitbit with a list; an empty list says nothing. */
function saysNo({ error, errors, ok, success }: Json): boolean {
  return Boolean(error) || ok === false || success === false || (Array.isArray(errors) && errors.length > 0);
}

/** Whether an answer without a token says why there is none (WeChat, TikTok). */
function saysWhy(answer: Json): boolean {
  const { reason, detail } = saidIn(answer);
  return reason !== '' || detail !== '';
}

/**
 * Why a service did not give a token, from its status first and its own words second.
 * @param sentAt epoch ms
 * @param on401 what an unexplained 401 is about
 */
export function refusal(
  response: HttpResponse,
  secrets: readonly string[],
  sentAt: number,
  on401: ErrorCode = 'api-token-refused',
): AppError {
  const { status, body } = response;
  if (isHtml(response) && status < 500 && status !== 429) return new AppError('web-page', { status });
  const words = isHtml(response) ? {} : (parseObject(body) ?? wordsIn(body, headerOf(response, 'content-type')));
  return refusalOf(response, words, secrets, sentAt, on401);
}

/** The error that a service's own words stand for: a whole answer, or the object in it that says what is wrong. */
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
  // RFC 9110 §10.2.3: said by a service that is not available, for as long as that is expected to last.
  const mayWait = code === 'service-failed' && (status === 503 || status < 500) && 'retry-after' in response.headers;
  return new AppError(code, {
    status,
    ...(reason && { reason }),
    ...(detail && { detail }),
    ...((mayWait || code === 'rate-limited') && { retryAfter: retryAfterSeconds(response, sentAt) }),
  } satisfies Facts);
}

/**
 * The access token itself, fit to stand in a header and in a file.
 * @param others secrets, sent and received, that it may not be: they would be handed out
 * @throws AppError `unexpected-answer` where there is none, `access-token-unsafe` where it has other characters than a token
 */
export function readAccessToken(value: unknown, others: readonly unknown[]): string {
  if (isNone(value) || typeof value !== 'string') throw new AppError('unexpected-answer', { reason: 'no access token' });
  if (value.length > MAX_TOKEN_LENGTH || !ACCESS_TOKEN.test(value)) throw new AppError('access-token-unsafe');
  if (others.includes(value)) throw new AppError('unexpected-answer', { reason: 'the access token is a secret that is kept' });
  return value;
}

/** @throws AppError `unexpected-answer` for a type that is not bearer (RFC 6749 §7.1: a client must not use it) */
function requireBearer(value: unknown, { tokenType = 'required', tokenTypeField: field }: Profile): void {
  if (isNone(value)) {
    if (tokenType !== 'required') return;
    const remedy = field === undefined ? '' : `; "${field}": "optional" allows that`;
    throw new AppError('unexpected-answer', { reason: `token_type is missing${remedy}` });
  }
  if (typeof value === 'string' && (tokenType === 'any' || value.toLowerCase() === 'bearer')) return;
  const remedy = field === undefined ? '' : `; "${field}": "any" takes it for bearer`;
  throw new AppError('unexpected-answer', { reason: `token_type is not bearer${remedy}` });
}

/**
 * Seconds of life, from a JSON number or a string of digits (RFC 6749 appendix A.14); Bright Pattern sends strings.
 * Undefined for everything else, 0 and negative numbers included: the lifetime is unknown. At most a year.
 */
export function readLifetimeSeconds(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && /^[0-9]{1,10}$/.test(value) ? Number(value) : value;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 1) return undefined;
  return Math.min(Math.floor(seconds), MAX_LIFETIME_S);
}

/** A service may leave the lifetime out; one that it does give should be of use. */
function lifetimeRemark(value: unknown): Remark | false {
  if (value === undefined || value === null) return false;
  const seconds = readLifetimeSeconds(value);
  if (seconds === undefined) return 'expiry-unusable';
  return Number(value) > MAX_LIFETIME_S && 'expiry-capped';
}

/** When a token ends, epoch ms: by the lifetime that the service gave, else by what its JWT says; null where neither tells. */
export function expiryOf(lifetime: unknown, accessToken: string, sentAt: number): number | null {
  const seconds = readLifetimeSeconds(lifetime) ?? jwtLifetimeSeconds(accessToken, sentAt);
  return seconds === undefined ? null : sentAt + seconds * 1000;
}

/** By the service's own clock where the token says when it was issued, so that a wrong clock here does not matter. */
function jwtLifetimeSeconds(accessToken: string, sentAt: number): number | undefined {
  const { exp, iat } = jwtClaims(accessToken) ?? {};
  if (typeof exp !== 'number') return undefined;
  return readLifetimeSeconds(exp - (typeof iat === 'number' ? iat : sentAt / 1000));
}

/** Epoch ms from a service's epoch seconds, a number or digits; undefined for 0, nonsense, or more than ten years after `now`. */
export function readEpochSeconds(told: unknown, now: number): number | undefined {
  const value = typeof told === 'string' && /^[0-9]{1,12}$/.test(told) ? Number(told) : told;
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) return undefined;
  const time = Math.floor(value) * 1000;
  return time > now + 10 * MAX_LIFETIME_MS ? undefined : time;
}

/**
 * Seconds from the answer until a time that it names (Square's ISO 8601, or the epoch's seconds), by the service's own clock where
 * it says the date; undefined for everything else.
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

/** A refresh token fit to be kept: the characters of RFC 6749 appendix A.17. Undefined for everything else. */
export function readRefreshToken(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\x20-\x7E]{1,8192}$/.test(value) && !isNone(value) ? value : undefined;
}

/**
 * The refresh token that takes the place of the one sent, also from an answer that is refused for another reason; undefined
 * where the service keeps it, or says that it has done nothing.
 */
export function readNewRefreshToken(response: HttpResponse, sent: string): string | undefined {
  const answer = peekAnswer(response);
  const refreshToken = saysNo(answer) ? undefined : readRefreshToken(answer['refresh_token']);
  return refreshToken === sent || isPlaceholder(refreshToken) ? undefined : refreshToken;
}

/** @throws AppError `unexpected-answer` for a refresh token that cannot be kept; null and empty stand for none */
export function requireRefreshToken(value: unknown): void {
  if (isNone(value) || readRefreshToken(value) !== undefined) return;
  throw new AppError('unexpected-answer', { reason: 'refresh token is malformed' });
}

/** Nobody issues a secret of fewer than eight characters, or of the same few again and again: eBay says `N/A`. */
export function isPlaceholder(value: string | undefined): boolean {
  return (
    value !== undefined &&
    (value.length < 8 || new Set(value).size < 4 || /^\W*(redacted|hidden|masked|undefined)\W*$/i.test(value))
  );
}

/** Nothing, in the ways in which services write it: templates and string concatenation make words of null and undefined. */
function isNone(value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === 'null' || value === 'undefined';
}

/** The JSON object of an answer that says yes (200 to 299), whatever else is wrong with it; empty where it can be read in two ways. */
export function peekAnswer(response: HttpResponse): Json {
  const { json, flaw } = response.status >= 200 && response.status < 300 ? read(response) : {};
  return json && !flaw ? json : {};
}

/** A web page, by what it says it is or by how it begins. */
export function isHtml(response: Pick<HttpResponse, 'headers' | 'body'>): boolean {
  return /html\b/i.test(headerOf(response, 'content-type')) || /^\s*<(!doctype|html)/i.test(response.body);
}

/** By its media type: JSON in any of its names, or perhaps, where that says nothing. */
function isJson(response: HttpResponse): 'yes' | 'perhaps' | undefined {
  const [type = ''] = headerOf(response, 'content-type').toLowerCase().split(';');
  const mediaType = type.trim();
  if (/^(application|text)\/([\w.*-]+\+)?json$/.test(mediaType)) return 'yes';
  return mediaType === '' || mediaType === 'text/plain' ? 'perhaps' : undefined;
}

/**
 * Whether the answer ended with its connection, before or in the middle of its JSON. Such an answer counts as complete (RFC 9112 §8),
 * so only its content tells; as with any other lost answer, the service may have replaced the secret.
 */
function wasCutOff({ headers, body }: HttpResponse): boolean {
  const isDelimited = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  return !isDelimited && (body.trim() === '' || isCutOff(body));
}

interface Body {
  readonly json?: Json | undefined;
  readonly flaw?: ReturnType<typeof jsonFlaw>;
}

/** What each answer holds that was read: a platform asks for it once for each thing that it looks for. */
const bodies = new WeakMap<HttpResponse, Body>();

/** The JSON object that the body of an answer is, if it is one, and what is wrong with it. */
function read(response: HttpResponse): Body {
  let body = bodies.get(response);
  if (!body) {
    const json = parseObject(response.body);
    body = { json, flaw: json && jsonFlaw(response.body) };
    bodies.set(response, body);
  }
  return body;
}

/** The JSON object that a body is, if it is one. */
export function parseObject(body: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(body.replace(/^\uFEFF/, ''));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Retry-After (RFC 9110 §10.2.3) in seconds, between 1 s and an hour. A date counts from the answer's own; from our clock where
 * the answer has none (§6.6.1 dates it by the time of arrival then), because a wrong clock costs an hour at most, and asking
 * earlier than told may cost the account. 60 s where the service does not say.
 */
function retryAfterSeconds(response: HttpResponse, sentAt: number): number {
  const value = headerOf(response, 'retry-after');
  const answeredAt = httpTime(headerOf(response, 'date'));
  const from = Number.isNaN(answeredAt) ? sentAt : answeredAt;
  const seconds = /^\d{1,9}$/.test(value) ? Number(value) : (httpTime(value) - from) / 1000;
  return Number.isNaN(seconds) ? 60 : Math.min(Math.max(Math.ceil(seconds), 1), 3600);
}

/**
 * By how much the service's clock is ahead of ours, in ms, by its Date header (RFC 9110 §6.6.1); negative: behind. 0 while
 * the date lies within the exchange, to the second that it is exact to. Undefined where the answer has no date.
 * @param sentAt when the request was sent, and `receivedAt` when the answer was there, epoch ms of our clock
 */
export function clockSkewMs(response: HttpResponse, sentAt: number, receivedAt: number): number | undefined {
  const date = httpTime(headerOf(response, 'date'));
  if (Number.isNaN(date)) return undefined;
  return date > receivedAt ? date - receivedAt : Math.min(date + 999 - sentAt, 0);
}

/** Epoch ms of the one form of date that is sent (RFC 9110 §5.6.7); NaN for what else `Date.parse` would take. */
function httpTime(value: string): number {
  return /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value) ? Date.parse(value) : NaN;
}
