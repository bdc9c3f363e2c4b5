import type { ErrorCode } from '../base/errors.js';
import { isRecord } from './jwt.js';
import { ELLIPSIS, type Redact } from './redaction.js';

export type Json = Readonly<Record<string, unknown>>;

/** Error codes of services, including those of RFC 6749 §5.2, RFC 8628 §3.5, RFC 8707, RFC 9449, RFC 9470 and OpenID Connect. */
const BY_CODE: ReadonlyMap<string, ErrorCode> = new Map(
  (
    [
      [
        'api-token-refused',
        // GitHub, Slack, Zoho, HubSpot, Supabase, Microsoft
        'invalid_grant bad_refresh_token invalid_refresh_token refresh_token_expired refresh_token_revoked token_expired',
        'token_revoked invalid_code invalid_token expired_token refresh_token_not_found refresh_token_already_used',
        'interaction_required login_required consent_required account_selection_required insufficient_user_authentication',
        'invalid_access_token expired_access_token invalid_auth not_authed account_inactive invalid_api_key inactive_user',
        'invalid_refreshtoken invalid_session_id unauthenticated invalid_authentication_token',
      ],
      [
        'client-refused',
        'invalid_client unauthorized_client incorrect_client_credentials invalid_client_id bad_client_id invalid_client_secret',
        'bad_client_secret deleted_client disabled_client application_suspended invalid_client_credentials',
      ],
      [
        'request-refused',
        'invalid_request invalid_scope unsupported_grant_type invalid_grant_type invalid_target invalid_resource',
        'invalid_dpop_proof use_dpop_nonce unsupported_response_type',
      ],
      ['service-failed', 'temporarily_unavailable server_error service_unavailable internal_error fatal_error unknown_error'],
      ['service-failed', 'request_timeout internal_server_error'],
      ['rate-limited', 'slow_down authorization_pending rate_limit_exceeded ratelimited rate_limited too_many_requests'],
      ['rate-limited', 'over_request_rate_limit quota_exceeded throttled throttling too_many_attempts resource_exhausted'],
    ] as const satisfies readonly (readonly [ErrorCode, ...string[]])[]
  ).flatMap(([code, ...lines]) => lines.flatMap((line) => line.split(' ').map((word) => [word, code] as const))),
);

/** Matches a sentence that calls a refresh token invalid (Atlassian, LinkedIn, Twitch); takes precedence over the code. */
const OF_DEAD_TOKEN =
  /(?:invalid|unknown|expired|revoked|incorrect|malformed) (?:or \w{1,10} )?(?:refresh|api)[ _-]?(?:token|key)|(?:refresh|api)[ _-]?(?:token|key)(?: \w{1,12}){0,3} (?:invalid|expired|revoked|unknown|incorrect|malformed|not found|not valid|be found|not exist)|(?:refresh|api)[ _-]?token (?:invalid|expired|revoked)/i;
/** Matches the same for an unspecified token; a specific code takes precedence. */
const OF_DEAD_SECRET =
  /\b(?:invalid|unknown|expired|revoked|incorrect|malformed|stale) (?:or \w{1,10} )?(?:(?:access|auth|bearer|oauth|provided) ){0,2}token(?![ _-](?:type|endpoint|url|request))|\btoken(?![ _-](?:type|endpoint|url|request))(?: \w{1,12}){0,3} (?:invalid|expired|revoked|unknown|incorrect|malformed|inactive|not active|not found|not valid|not exist)/i;
const OF_WRONG_CLIENT =
  /(?:invalid|incorrect|unknown|missing|wrong) client(?: secret|[ _-]?id| credentials)?\b|client (?:authentication failed|(?:id|secret|identifier|credentials|application)? ?(?:is |are |was )?(?:invalid|incorrect|unknown|not found))|\ninvalid application$/i;
const OF_HASTE = /too many (?:\w{1,12} ){0,3}(?:requests|attempts)|\brate[ -]?limit|\bthrottl/i;
/** Matches a refusal of a repeated request, not of its token (Microsoft, Salesforce); takes precedence over the code. */
const OF_REPETITION = /\bAADSTS50196\b|\btoken request is already being processed/i;

/** The fields in which services put their error code, the most specific first. */
export const CODE_FIELDS: readonly string[] = [
  ...['error', 'minorErrorCode', 'cspErrorCode', 'errorCode', 'error_code', 'errorType', 'code'],
];
export const SENTENCE_FIELDS: readonly string[] = [
  ...['error_description', 'message', 'errorMessage', 'errorSummary', 'reason', 'msg', 'detail', 'text'],
];

/** The same fields in any case and with any separators, and others that count only in a refusal. */
const CODES = namesOf([...CODE_FIELDS, 'errcode', 'status', '.tag', '__type', 'type', 'title']);
const SENTENCES = namesOf([
  ...SENTENCE_FIELDS,
  ...['errmsg', 'errorMsg', 'errLogMessage', 'serverMessage', 'faultstring', 'description', 'details', 'error', 'title'],
]);
/** Objects and lists that describe an error. */
const CONTAINERS = namesOf(['error', 'errors', 'errList', 'fault', 'exception', 'detail', 'details', 'status', 'meta']);
/** The fields that name what an error is about (Strava, JSON:API, FastAPI). */
const SUBJECTS = namesOf(['field', 'param', 'parameter', 'resource']);
const MAX_DEPTH = 3;
/** The description of an error has fewer fields. */
const MAX_FIELDS = 100;
const MAX_TEXT = 2000;

/** A service's reason for a refusal. */
export interface Said {
  /** Its error code, or empty. */
  readonly reason: string;
  /** Its sentence, or empty. */
  readonly detail: string;
  /** The field that it blames, or empty. */
  readonly subject: string;
}

/**
 * Reads a service's reason for a refusal. The result may contain the secrets that were sent.
 * @param words the result of {@link wordsIn}, or a whole answer
 */
export function saidIn(words: Json): Said {
  const layers = layersOf(words, 0);
  const codes = layers.flatMap((layer) => valuesOf(layer, CODES)).filter(isCode);
  const texts = codes.filter((code) => typeof code === 'string');
  const sentences = layers.flatMap((layer) => valuesOf(layer, SENTENCES)).filter(isText);
  // Firebase puts its code where others have a sentence.
  const known = [...texts, ...sentences].find((text) => codeFor(text));
  const code = known ?? texts[0] ?? codes[0] ?? '';
  const sentence = sentences.find((text) => text !== code) ?? '';
  const subject = layers.flatMap((layer) => valuesOf(layer, SUBJECTS)).find(isText) ?? '';
  return { reason: String(code), detail: sentence.slice(0, MAX_TEXT), subject };
}

/** The service's code and sentence for display, without secrets that the service echoes. */
export function shownOf(said: Said, redact: Redact): Pick<Said, 'reason' | 'detail'> {
  const [reason, detail] = [redact(cleanCode(said.reason)), redact(cleanSentence(said.detail))];
  // A secret may be split between the two.
  const both = `${reason} ${detail}`;
  return redact(both) === both ? { reason, detail } : { reason: ELLIPSIS, detail: ELLIPSIS };
}

/**
 * The error code for a refusal, by its status first and its words second.
 * @param on401 the code for a 401 without a reason
 */
export function codeOfRefusal(status: number, { reason, detail, subject }: Said, on401: ErrorCode): ErrorCode {
  if (status === 429) return 'rate-limited';
  if (status >= 500) return 'service-failed';
  const known = codeFor(reason);
  const words = `${detail}\n${reason}\n${reason} ${subject}`;
  // ServiceNow answers so for an invalid refresh token.
  if (status === 401 && reason === 'server_error') return on401;
  if (OF_REPETITION.test(words)) return 'rate-limited';
  if (known === 'api-token-refused' || OF_DEAD_TOKEN.test(words)) return 'api-token-refused';
  if (known !== 'client-refused' && OF_HASTE.test(words)) return 'rate-limited';
  if ((!known || reason === 'invalid_request') && OF_DEAD_SECRET.test(words)) return 'api-token-refused';
  if (known) return known;
  if (OF_WRONG_CLIENT.test(words)) return 'client-refused';
  if (/invalid_grant/i.test(words)) return 'api-token-refused';
  if (/invalid_client|unauthorized_client/i.test(words)) return 'client-refused';
  if (status === 401) return on401;
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  // RFC 9110 §15.5.9 and RFC 8470 §5.2: the request was not processed and may be retried.
  if (status === 408 || status === 425) return 'service-failed';
  return status >= 400 ? 'request-refused' : 'unexpected-answer';
}

/**
 * Reads the error in a body that is not a JSON object: the first object of a list, the attributes or elements of an XML
 * error, a form, or a line of text.
 * @param type the media type
 */
export function wordsIn(body: string, type: string): Json {
  const text = body.trim().slice(0, MAX_TEXT);
  if (text.startsWith('[')) return { errors: parsed(body) };
  if (text.startsWith('<')) return xmlWords(text);
  if (/^application\/x-www-form-urlencoded\b/i.test(type)) return Object.fromEntries(new URLSearchParams(text));
  return /^text\/plain\b/i.test(type) && !text.includes('\n') ? { message: text } : {};
}

/**
 * Reads Cloud Director's `<Error message="…" minorErrorCode="…">`, and elements such as `<error>` with the names of JSON
 * fields.
 */
function xmlWords(text: string): Json {
  const attributes = [...text.matchAll(/\b(\w{1,40})="([^"<>]{1,500})"/g)];
  const elements = [...text.matchAll(/<(\w{1,40})>([^<>]{1,500})</g)];
  const found = [...elements, ...attributes].map(([, name = '', value = '']) => [name, value] as const);
  return Object.fromEntries(found.filter(([name]) => CODES.includes(plain(name)) || SENTENCES.includes(plain(name))).reverse());
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** The first fields of an object, with the {@link plain} forms of their names. */
type Layer = readonly (readonly [name: string, value: unknown])[];

/** The objects that describe the error, the innermost first. */
function layersOf(value: unknown, depth: number): Layer[] {
  if (depth > MAX_DEPTH) return [];
  if (isText(value)) return [[['message', value]]];
  if (Array.isArray(value)) return layersOf((value as readonly unknown[])[0], depth + 1);
  if (!isRecord(value)) return [];
  const layer: Layer = firstFields(value).map(([key, content]) => [plain(key), content]);
  const inner = CONTAINERS.flatMap((name) => {
    const contained = layer.find(([key]) => key === name)?.[1];
    return typeof contained === 'string' && name !== 'errors' ? [] : layersOf(contained, depth + 1);
  });
  // ASP.NET groups sentences by field.
  const lists = depth === 0 ? [] : firstFields(value).filter(([, list]) => Array.isArray(list) && isText(list[0]));
  const ofLists = lists.map(([field, list]): Layer => [
    ['field', field],
    ['message', (list as readonly unknown[])[0]],
  ]);
  return [...inner, layer, ...ofLists];
}

function firstFields(value: Json): (readonly [name: string, value: unknown])[] {
  const fields: (readonly [string, unknown])[] = [];
  for (const name in value) if (fields.push([name, value[name]]) === MAX_FIELDS) break;
  return fields;
}

function valuesOf(layer: Layer, names: readonly string[]): unknown[] {
  return names.flatMap((name) => layer.filter(([key]) => key === name).map(([, value]) => value));
}

/** Accepts any notation: `INVALID_GRANT`, `InvalidGrantException`, `cgs.auth.invalid_grant`. */
function codeFor(code: string): ErrorCode | undefined {
  const [word = ''] = code.split('/');
  const last = word.slice(Math.max(word.lastIndexOf('.'), word.lastIndexOf(':')) + 1);
  const snake = last
    .replace(/([a-z])(?=[A-Z])/g, '$1_')
    .replace(/[ -]/g, '_')
    .toLowerCase();
  return BY_CODE.get(snake) ?? BY_CODE.get(snake.replace(/_(?:exception|error|fault)$/, ''));
}

/** Excludes texts that only repeat the status (Spring, Reddit) or say that there is an error. */
function isCode(value: unknown): value is string | number {
  return (
    typeof value === 'number' ||
    (isText(value) &&
      !/^(?:\d{3} )?(?:bad[ _]request|unauthorized|forbidden|not found|method not allowed|failure|failed|error|about:blank|fail|false)$/i.test(
        value,
      ))
  );
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

function namesOf(names: readonly string[]): readonly string[] {
  return [...new Set(names.map(plain))];
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** A service's code, limited to 64 of the characters that RFC 6749 §5.2 allows. */
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
