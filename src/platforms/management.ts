import { AppError, type ErrorCode } from '../base/errors.js';
import type { HttpRequest, HttpResponse } from '../net/http.js';
import { isHtml, readJson, refusal, refusalOf, type Json } from './tokenResponse.js';
import { isRecord } from './jwt.js';
import type { Conversation, RemoteToken, Reply } from './lifecycle.js';

/** The errors for a call's statuses below 500. Other statuses mean the same as for an exchange. */
export type Refusals = Readonly<Partial<Record<400 | 401 | 403 | 404 | 409, ErrorCode>>>;

export const OF_LOGIN = { 401: 'login-refused', 403: 'rights-missing', 404: 'token-api-missing' } as const satisfies Refusals;
/** For calls that create or list API tokens. */
export const OF_TOKENS = {
  401: 'session-refused',
  403: 'rights-missing',
  404: 'token-api-missing',
  409: 'name-taken',
} as const satisfies Refusals;
/** For calls about one API token. */
export const OF_ONE_TOKEN = { ...OF_TOKENS, 404: 'token-gone' } as const satisfies Refusals;

/** More pages than anybody has; ends the loop if a service never reports a last page. */
const MAX_PAGES = 100;
const END_OF_9999 = Date.UTC(10000, 0, 1) - 1;

/**
 * Requires a successful answer: 200, 201 or 204, and no web page.
 * @param secrets the secrets in the request, which are redacted in the facts
 * @throws AppError of `refusals` or as {@link refusal}
 */
export function requireDone({ response, sentAt }: Reply, secrets: readonly string[], refusals: Refusals): void {
  const { status } = response;
  if (![200, 201, 204].includes(status)) throw refused(response, undefined, secrets, sentAt, refusals);
  if (isHtml(response)) throw new AppError('web-page', { status });
}

/**
 * The JSON object of a call's answer; empty for 204.
 * @throws AppError as {@link requireDone} and {@link readJson}
 */
export function readManaged(reply: Reply, secrets: readonly string[], refusals: Refusals): Json {
  requireDone(reply, secrets, refusals);
  const { response, sentAt } = reply;
  if (response.status === 204) return {};
  const json = readJson(response);
  if (json['error'] && !isRecord(json['error'])) throw refused(response, json, secrets, sentAt, refusals);
  return json;
}

/**
 * The JSON object of the answer to a call that has changed something at the service, even if the answer cannot be read.
 * @param uncertain the error for a successful answer that cannot be read
 */
export function readChange(reply: Reply, secrets: readonly string[], refusals: Refusals, uncertain: AppError): Json {
  const { status } = reply.response;
  // Accepted (202 and so on), but with an unknown result.
  if (status > 201 && status < 300) throw uncertain;
  requireDone(reply, secrets, refusals);
  try {
    return readJson(reply.response);
  } catch (error) {
    throw error instanceof AppError ? new AppError(uncertain.code, { ...uncertain.facts, cause: error.code }, error) : error;
  }
}

/**
 * The error for a refused call.
 * @param words the object that describes the refusal, if it is not the whole answer
 */
export function refused(
  response: HttpResponse,
  words: Json | undefined,
  secrets: readonly string[],
  sentAt: number,
  refusals: Refusals,
): AppError {
  const { status } = response;
  // A web server answers an unknown path with a page.
  if (status === 404 && isHtml(response)) return new AppError('token-api-missing', { status });
  const error = words ? refusalOf(response, words, secrets, sentAt) : refusal(response, secrets, sentAt);
  if (error.code === 'web-page' || error.code === 'rate-limited' || error.code === 'service-failed') return error;
  const taken = refusals[409] === 'name-taken' && saysTaken(response.body);
  const code = taken ? 'name-taken' : refusals[status as keyof Refusals];
  return new AppError(code ?? (status < 300 ? 'request-refused' : error.code), error.facts);
}

/** Undocumented on all platforms, and not all of them use 409. */
function saysTaken(body: string): boolean {
  return /already exists|exists already|already in use|duplicate|not unique|must be unique/i.test(body);
}

/**
 * The error for an API token that was created but whose value is lost.
 * @param error the reason
 */
export function halfDone(error: unknown, id: string, name: string): AppError {
  const { code, facts } = error instanceof AppError ? error : { code: 'unknown', facts: {} };
  return new AppError('creation-half-done', { ...facts, id, name, cause: code }, error);
}

/** The entries of a page, and the total of all pages if the service reports it. */
export interface Page {
  readonly entries: readonly Json[];
  readonly total?: number | undefined;
}

/**
 * Reads the tokens on all pages of a list, at most 100.
 * @param request makes the request for a page, counted from 1, after `count` entries
 * @param remote reads an entry; returns undefined for a useless one. `now` in epoch ms
 */
export function* allPages(
  size: number,
  request: (page: number, count: number) => HttpRequest,
  read: (reply: Reply) => Page,
  remote: (entry: Json, now: number) => RemoteToken | undefined,
): Conversation<readonly RemoteToken[]> {
  // By ID, because tokens move between pages when others are added or removed.
  const tokens = new Map<string, RemoteToken>();
  let count = 0;
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const reply = yield request(page, count);
    const { entries, total } = read(reply);
    count += entries.length;
    for (const token of remoteTokens(entries, reply, remote)) tokens.set(token.id, token);
    // A service may return shorter pages than requested, so a total takes precedence.
    const isLast = total === undefined ? entries.length < size : count >= total;
    if (isLast || entries.length === 0) break;
  }
  return [...tokens.values()];
}

/** The tokens in the entries of a list, once per ID; see {@link allPages}. */
export function remoteTokens(
  entries: readonly Json[],
  { sentAt }: Reply,
  remote: (entry: Json, now: number) => RemoteToken | undefined,
): RemoteToken[] {
  const tokens = entries.map((entry) => remote(entry, sentAt)).filter((token) => token !== undefined);
  return [...new Map(tokens.map((token) => [token.id, token])).values()];
}

/** The objects in a list; empty if the value is not a list. */
export function readList(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** A service's text on one line, at most `max` characters; undefined for an empty or other value. */
export function readText(value: unknown, max = 256): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ').trim();
  return text === '' ? undefined : text.slice(0, max);
}

export function readTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map((one) => readText(one)).filter((text) => text !== undefined) : [];
}

/** An ID (text or number) that is safe in a path; undefined for any other value. */
export function readId(value: unknown): string | undefined {
  const id = typeof value === 'number' ? String(value) : value;
  return typeof id === 'string' && /^[\x21-\x7E]{1,256}$/.test(id) && !/^\.{1,2}$/.test(id) ? id : undefined;
}

/**
 * Epoch ms of a service's time: ISO 8601 (UTC without a zone), or epoch seconds or milliseconds, as a number or digits.
 * Undefined for everything else, including 0.
 */
export function readTime(value: unknown): number | undefined {
  const time = typeof value === 'string' ? (isoTime(value) ?? epochTime(Number(value))) : epochTime(value);
  return time !== undefined && time > 0 && time <= END_OF_9999 ? time : undefined;
}

function isoTime(text: string): number | undefined {
  const [whole, zone] = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const time = Date.parse(zone === undefined && whole.length > 10 ? `${whole}Z` : whole);
  return Number.isNaN(time) ? undefined : time;
}

/** Values below 1e11 are seconds (until the year 5138), others milliseconds (since 1973). */
function epochTime(value: unknown): number | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return Math.floor(value >= 1e11 ? value : value * 1000);
}

/**
 * The expiry of an API token, epoch ms: null if the service says that it never expires, undefined if it is missing or
 * unusable.
 */
export function readEnd(value: unknown): number | null | undefined {
  return value === null ? null : readTime(value);
}

/** The state by the expiry. `now` in epoch ms. */
export function stateAt(endsAt: number | null | undefined, now: number): RemoteToken['state'] {
  return typeof endsAt === 'number' && endsAt <= now ? 'ended' : 'active';
}

/** Drops undefined fields, for types with optional ones. */
export function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
