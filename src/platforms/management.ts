import { AppError, type ErrorCode } from '../base/errors.js';
import type { HttpRequest, HttpResponse } from '../net/http.js';
import { isHtml, readJson, refusal, refusalOf, type Json } from './tokenResponse.js';
import { isRecord } from './jwt.js';
import type { Conversation, RemoteToken, Reply } from './lifecycle.js';

/** What a call's statuses below 500 say. Any other status says what it says of an exchange. */
export type Refusals = Readonly<Partial<Record<400 | 401 | 403 | 404 | 409, ErrorCode>>>;

export const OF_LOGIN = { 401: 'login-refused', 403: 'rights-missing', 404: 'token-api-missing' } as const satisfies Refusals;
/** Of a call about all API tokens: to make one, or to list them. */
export const OF_TOKENS = {
  401: 'session-refused',
  403: 'rights-missing',
  404: 'token-api-missing',
  409: 'name-taken',
} as const satisfies Refusals;
/** Of a call that names one API token. */
export const OF_ONE_TOKEN = { ...OF_TOKENS, 404: 'token-gone' } as const satisfies Refusals;

/** More than anybody has; a service that never says which page is the last is not asked for ever. */
const MAX_PAGES = 100;
const END_OF_9999 = Date.UTC(10000, 0, 1) - 1;

/**
 * Does nothing if the service did what it was asked: 200, 201 or 204, and no web page.
 * @param secrets what the request held; none of it gets into the facts
 * @throws AppError of `refusals` or as {@link refusal}
 */
export function requireDone({ response, sentAt }: Reply, secrets: readonly string[], refusals: Refusals): void {
  const { status } = response;
  if (![200, 201, 204].includes(status)) throw refused(response, undefined, secrets, sentAt, refusals);
  if (isHtml(response)) throw new AppError('web-page', { status });
}

/**
 * The JSON object of the answer to a call; an empty one for 204.
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
 * The JSON object of the answer to a call that has changed something at the service whether it can be read or not.
 * @param uncertain the error for an answer that says yes and cannot be read
 */
export function readChange(reply: Reply, secrets: readonly string[], refusals: Refusals, uncertain: AppError): Json {
  const { status } = reply.response;
  // Accepted, whatever has come of it.
  if (status > 201 && status < 300) throw uncertain;
  requireDone(reply, secrets, refusals);
  try {
    return readJson(reply.response);
  } catch (error) {
    throw error instanceof AppError ? new AppError(uncertain.code, { ...uncertain.facts, cause: error.code }, error) : error;
  }
}

/**
 * Why a service did not do what it was asked.
 * @param words the object in which it says so, where that is not the whole answer
 */
export function refused(
  response: HttpResponse,
  words: Json | undefined,
  secrets: readonly string[],
  sentAt: number,
  refusals: Refusals,
): AppError {
  const { status } = response;
  // A web server that does not know the path says so with a page.
  if (status === 404 && isHtml(response)) return new AppError('token-api-missing', { status });
  const error = words ? refusalOf(response, words, secrets, sentAt) : refusal(response, secrets, sentAt);
  if (error.code === 'web-page' || error.code === 'rate-limited' || error.code === 'service-failed') return error;
  const taken = refusals[409] === 'name-taken' && saysTaken(response.body);
  const code = taken ? 'name-taken' : refusals[status as keyof Refusals];
  return new AppError(code ?? (status < 300 ? 'request-refused' : error.code), error.facts);
}

/** No platform documents how it says so, and not all of them use 409. */
function saysTaken(body: string): boolean {
  return /already exists|exists already|already in use|duplicate|not unique|must be unique/i.test(body);
}

/**
 * The error for an API token that was made, and whose value nobody got.
 * @param error why
 */
export function halfDone(error: unknown, id: string, name: string): AppError {
  const { code, facts } = error instanceof AppError ? error : { code: 'unknown', facts: {} };
  return new AppError('creation-half-done', { ...facts, id, name, cause: code }, error);
}

/** The entries of a page, and how many there are on all pages, where the service says. */
export interface Page {
  readonly entries: readonly Json[];
  readonly total?: number | undefined;
}

/**
 * The tokens on all pages of a list, at most 100 pages of them.
 * @param request for a page, counted from 1, after `count` entries
 * @param remote what an entry tells; undefined if that is nothing of use. `now` in epoch ms
 */
export function* allPages(
  size: number,
  request: (page: number, count: number) => HttpRequest,
  read: (reply: Reply) => Page,
  remote: (entry: Json, now: number) => RemoteToken | undefined,
): Conversation<readonly RemoteToken[]> {
  // By ID, because tokens that come and go move others from page to page.
  const tokens = new Map<string, RemoteToken>();
  let count = 0;
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const reply = yield request(page, count);
    const { entries, total } = read(reply);
    count += entries.length;
    for (const token of remoteTokens(entries, reply, remote)) tokens.set(token.id, token);
    // Services may put less on a page than they are asked to: a total counts more.
    const isLast = total === undefined ? entries.length < size : count >= total;
    if (isLast || entries.length === 0) break;
  }
  return [...tokens.values()];
}

/** What the entries of a list tell, of each ID once; see {@link allPages}. */
export function remoteTokens(
  entries: readonly Json[],
  { sentAt }: Reply,
  remote: (entry: Json, now: number) => RemoteToken | undefined,
): RemoteToken[] {
  const tokens = entries.map((entry) => remote(entry, sentAt)).filter((token) => token !== undefined);
  return [...new Map(tokens.map((token) => [token.id, token])).values()];
}

/** The objects of a list; empty for what is none. */
export function readList(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** A service's text on one line, at most `max` characters; undefined where there is none. */
export function readText(value: unknown, max = 256): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ').trim();
  return text === '' ? undefined : text.slice(0, max);
}

export function readTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map((one) => readText(one)).filter((text) => text !== undefined) : [];
}

/** An ID that may stand in a path: text or a number. Undefined where there is none. */
export function readId(value: unknown): string | undefined {
  const id = typeof value === 'number' ? String(value) : value;
  return typeof id === 'string' && /^[\x21-\x7E]{1,256}$/.test(id) && !/^\.{1,2}$/.test(id) ? id : undefined;
}

/**
 * Epoch ms of a time as services write it: ISO 8601 (UTC, if it names no zone), or the epoch's seconds or milliseconds, as
 * a number or in digits. Undefined for everything else, 0 included.
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

/** No second of this millennium is as great as 1e11, and no millisecond since 1973 as small. */
function epochTime(value: unknown): number | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return Math.floor(value >= 1e11 ? value : value * 1000);
}

/** The end of an API token: null where the service says that there is none, undefined where it says nothing of use. */
export function readEnd(value: unknown): number | null | undefined {
  return value === null ? null : readTime(value);
}

/** By its end; `now` in epoch ms. */
export function stateAt(endsAt: number | null | undefined, now: number): RemoteToken['state'] {
  return typeof endsAt === 'number' && endsAt <= now ? 'ended' : 'active';
}

/** The fields that are there, as optional fields want it. */
export function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
