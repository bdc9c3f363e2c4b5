import { AppError, type Facts } from '../errors.js';
import type { HttpResponse } from '../net/http.js';
import { jsonFlaw } from '../net/json.js';
import { isRecord, jwtClaims } from './jwt.js';

/** RFC 6750 §2.1. Stricter than RFC 6749's VSCHAR on purpose: a `.http` client evaluates `{{…}}` in a header as code. */
const B64TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;
const MAX_TOKEN_LENGTH = 16 * 1024;
const MAX_LIFETIME_S = 365 * 24 * 3600;
const YEAR_MS = MAX_LIFETIME_S * 1000;

/** Where services put their error code, and their sentence about it: the most telling first. */
export const CODE_FIELDS: readonly string[] = ['error', 'minorErrorCode', 'cspErrorCode', 'errorCode', 'code'];
export const SENTENCE_FIELDS: readonly string[] = ['error_description', 'message', 'errorMessage', 'text'];

export type Json = Readonly<Record<string, unknown>>;

/**
 * The JSON object of a successful answer.
 * @throws AppError `web-page` for HTML (a login or maintenance page, often with status 200), `not-json`, `unexpected-answer`
 * for JSON that is not fit to be trusted, or what {@link refusal} makes of any other status than 200
 */
export function readAnswer(response: HttpResponse, secrets: Iterable<string>): Json {
  if (response.status !== 200) throw refusal(response, secrets);
  if (isHtml(response)) throw new AppError('web-page', { status: response.status });
  const json = isJson(response) ? parseObject(response.body) : undefined;
  if (!json) throw new AppError('not-json', { status: response.status });
  const flaw = jsonFlaw(response.body);
  if (flaw) throw new AppError('unexpected-answer', { reason: flaw });
  // Some services say no with status 200. A token beside an error is not to be trusted either.
  if (typeof json['error'] === 'string' && json['error'] !== '') throw refusalOf(response.status, json, secrets);
  return json;
}

/** Why a service did not give a token, from its status first and its own words second. */
export function refusal(response: HttpResponse, secrets: Iterable<string>): AppError {
  const { status } = response;
  if (status === 429) return new AppError('rate-limited', { status, retryAfter: retryAfterSeconds(response) });
  if (isHtml(response) && status < 500) return new AppError('web-page', { status });
  const refused = refusalOf(status, parseObject(response.body) ?? {}, secrets);
  // RFC 9110 §10.2.3: said by a service that is not available.
  if (status !== 503 || response.headers['retry-after'] === undefined) return refused;
  return new AppError(refused.code, { ...refused.facts, retryAfter: retryAfterSeconds(response) });
}

/**
 * The error that a service's own error object stands for. Known shapes: RFC 6749 §5.2 `error`, Cloud Director's
 * `minorErrorCode`, Cloud Services' `cspErrorCode`, Commvault's `errorCode`.
 */
export function refusalOf(status: number, answer: Json, secrets: Iterable<string>): AppError {
  const reason = reasonOf(answer, secrets);
  const detail = detailOf(answer, secrets);
  const facts: Facts = { status, ...(reason && { reason }), ...(detail && { detail }) };
  if (status >= 500) return new AppError('service-failed', facts);
  if (/invalid_grant/i.test(`${reason} ${detail}`)) return new AppError('api-token-refused', facts);
  if (/invalid_client|unauthorized_client/i.test(reason)) return new AppError('client-refused', facts);
  if (status === 401) return new AppError('api-token-refused', facts);
  if (status === 403) return new AppError('forbidden', facts);
  if (status === 404) return new AppError('not-found', facts);
  if (status >= 400) return new AppError('request-refused', facts);
  return new AppError('unexpected-answer', facts);
}

/**
 * The access token itself, fit to stand in a header and in a file.
 * @throws AppError `unexpected-answer` where there is none, `access-token-unsafe` where it has other characters than a token
 */
export function readAccessToken(value: unknown): string {
  if (typeof value !== 'string' || value === '' || value === 'null' || value === 'undefined')
    throw new AppError('unexpected-answer', { reason: 'no access token' });
  if (value.length > MAX_TOKEN_LENGTH || !B64TOKEN.test(value)) throw new AppError('access-token-unsafe');
  return value;
}

/** @throws AppError `unexpected-answer` for a type that is not bearer (RFC 6749 §7.1: a client must not use it) */
export function requireBearer(tokenType: unknown): void {
  if (tokenType === undefined || tokenType === null) return;
  if (typeof tokenType !== 'string' || tokenType.toLowerCase() !== 'bearer')
    throw new AppError('unexpected-answer', { reason: 'token type is not bearer' });
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

/** Epoch ms from a service's epoch seconds; undefined for 0, nonsense, or more than ten years after `now`. */
export function readEpochSeconds(value: unknown, now: number): number | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) return undefined;
  const time = Math.floor(value) * 1000;
  return time > now + 10 * YEAR_MS ? undefined : time;
}

export function readScope(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, 1024) : undefined;
}

/** A refresh token fit to be kept: the characters of RFC 6749 appendix A.17. Undefined for everything else. */
export function readRefreshToken(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\x20-\x7E]{1,8192}$/.test(value) ? value : undefined;
}

/** @throws AppError `unexpected-answer` for a refresh token that cannot be kept; null and empty stand for none */
export function requireRefreshToken(value: unknown): void {
  if (value === undefined || value === null || value === '' || readRefreshToken(value) !== undefined) return;
  throw new AppError('unexpected-answer', { reason: 'refresh token is malformed' });
}

/** The JSON object of an answer of status 200, whatever else is wrong with it; empty where it can be read in two ways. */
export function peekAnswer(response: HttpResponse): Json {
  const json = response.status === 200 ? parseObject(response.body) : undefined;
  return json && !jsonFlaw(response.body) ? json : {};
}

/** A web page, by what it says it is or by how it begins. */
export function isHtml({ headers, body }: HttpResponse): boolean {
  return /html\b/i.test(headers['content-type'] ?? '') || /^\s*<(!doctype|html)/i.test(body);
}

/** By its media type: JSON in any of its names, or one that says nothing. */
function isJson({ headers }: HttpResponse): boolean {
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  return /^\s*((application|text)\/([\w.*-]+\+)?json|text\/plain|)\s*$/i.test(type);
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
 * Retry-After (RFC 9110 §10.2.3) in seconds, between 1 s and an hour; a date counts from the answer's own. 60 s where the
 * service does not say.
 */
function retryAfterSeconds({ headers }: HttpResponse): number {
  const value = headers['retry-after'] ?? '';
  const seconds = /^\d{1,9}$/.test(value) ? Number(value) : (httpTime(value) - httpTime(headers['date'] ?? '')) / 1000;
  return Number.isNaN(seconds) ? 60 : Math.min(Math.max(Math.ceil(seconds), 1), 3600);
}

/** Epoch ms of the one form of date that is sent (RFC 9110 §5.6.7); NaN for what else `Date.parse` would take. */
function httpTime(value: string): number {
  return /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value) ? Date.parse(value) : NaN;
}

/** The service's error code, and no secret in it. */
function reasonOf(answer: Json, secrets: Iterable<string>): string {
  for (const key of CODE_FIELDS) {
    const code = answer[key];
    if ((typeof code === 'string' && code !== '') || typeof code === 'number')
      return cleanCode(withoutSecrets(String(code), secrets));
  }
  return '';
}

/** The service's sentence, without the secrets that some services echo in it. */
function detailOf(answer: Json, secrets: Iterable<string>): string {
  const sentence = SENTENCE_FIELDS.map((key) => answer[key]).find((value) => typeof value === 'string' && value !== '');
  return cleanSentence(withoutSecrets(typeof sentence === 'string' ? sentence : '', secrets));
}

/** A service's code in the characters that RFC 6749 §5.2 allows, at most 64 of them. */
export function cleanCode(code: string): string {
  return code.replace(/[^\x20-\x21\x23-\x5B\x5D-\x7E]/g, '').slice(0, 64);
}

/** A service's words on one line, without anything that looks like a secret, at most 200 characters. */
export function cleanSentence(words: string): string {
  return words
    .replace(/[A-Za-z0-9\-._~+/=]{20,}/g, '…')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 200);
}

function withoutSecrets(text: string, secrets: Iterable<string>): string {
  let clean = text;
  for (const secret of secrets) if (secret) clean = clean.replaceAll(secret, '…');
  return clean;
}
