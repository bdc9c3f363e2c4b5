import type { AppError, ErrorCode, Facts } from '../base/errors.js';
import { headerOf, type HttpRequest, type HttpResponse } from '../net/http.js';
import { jsonFlaw } from '../net/json.js';
import { isHtml, parseObject } from '../platforms/tokenResponse.js';
import { cleanCode, cleanSentence, CODE_FIELDS, SENTENCE_FIELDS } from '../platforms/refusalWords.js';
import { isRecord } from '../platforms/jwt.js';
import { ELLIPSIS, redactor, type Redact } from '../platforms/redaction.js';

/** A header, a parameter of a URL or a field of a body (`error.code`, `errors[0].message`). */
export interface Field {
  readonly name: string;
  /** What may be shown of the value, from its beginning. */
  readonly shown: string;
  /** How many characters follow that may not. */
  readonly hidden: number;
}

export type Body =
  | { readonly kind: 'none' }
  | { readonly kind: 'fields'; readonly fields: readonly Field[]; readonly omitted: number }
  | { readonly kind: 'web-page'; readonly bytes: number; readonly title: string }
  | { readonly kind: 'other'; readonly bytes: number };

export interface Message {
  readonly headers: readonly Field[];
  readonly body: Body;
}

export interface ShownRequest extends Message {
  readonly method: HttpRequest['method'];
  /** Origin and path. */
  readonly url: string;
  readonly parameters: readonly Field[];
}

export interface ShownResponse extends Message {
  readonly status: number;
}

export interface ShownError {
  readonly code: ErrorCode;
  readonly facts: Facts;
}

/** A request that was sent, and what came of it, as far as it may be shown to anybody: it holds no secret. */
export interface Attempt {
  /** Epoch ms. */
  readonly sentAt: number;
  readonly durationMs: number;
  readonly request: ShownRequest;
  readonly outcome: ShownResponse | ShownError;
}

/** The attempts of an exchange that failed, in their order, and the error that they ended in. */
export interface Trace {
  readonly attempts: readonly Attempt[];
  readonly error: ShownError;
}

/** What may be shown of a header: the part at its beginning that looks as it should. Of any other, only that it is there. */
const HEADERS: ReadonlyMap<string, RegExp> = new Map([
  ['accept', /^[\w.+*/;=, -]{1,100}/],
  ['authorization', /^(basic|bearer)(?= )/i],
  ['content-length', /^\d{1,9}$/],
  ['content-type', /^[\w.+-]{1,40}\/[\w.+-]{1,60}(; ?charset=[\w-]{1,20})?/i],
  ['date', /^[\w,: ]{1,32}$/],
  ['retry-after', /^[\w,: ]{1,32}$/],
  ['server', /^[A-Za-z-]{1,20}(\/[\d.]{1,12})?(?![\w.-])/],
  ['www-authenticate', /^(basic|bearer|digest|dpop|negotiate|ntlm)(?![\w-])/i],
]);

/** Fields of requests and answers that say what is asked for or what went wrong, and hold no credential. */
const CODES: ReadonlySet<string> = new Set([
  ...CODE_FIELDS,
  ...['grant_type', 'scope', 'token_type', 'expires_in', 'status', 'statusCode'],
]);
const SENTENCES: ReadonlySet<string> = new Set(SENTENCE_FIELDS);

/** What is issued is as secret as what is sent: an answer may have it in two places. */
const CREDENTIAL = /token|secret|passw|passcode|assertion|jwt|api-?key|session|cookie|authorization/i;
const MIN_CREDENTIAL_LENGTH = 8;

const MAX_FIELDS = 40;
/** More fields, or more that may be secret, are in no answer that means well: nothing of it is shown then. */
const MAX_LEAVES = 1000;
const MAX_CREDENTIALS_LENGTH = 16 * 1024;

/** A field as it was sent or came. */
interface Leaf {
  /** Names, and for items of a list their number. */
  readonly path: readonly (string | number)[];
  readonly value: string | number | boolean | null;
  readonly isCredential: boolean;
}

interface Attempted {
  readonly request: HttpRequest;
  /** All that was sent and may not be seen: the parts of the API token, a passcode. */
  readonly secrets: Iterable<string>;
  /** Epoch ms. */
  readonly sentAt: number;
  readonly endedAt: number;
  readonly outcome: HttpResponse | AppError;
}

/**
 * What may be kept and shown of an attempt. Values are shown where a list here names their field, and in the shape that they
 * should have; no secret is in what is left, nor eight characters of one, be it encoded or not.
 */
export function attempt({ request, secrets, sentAt, endedAt, outcome }: Attempted): Attempt {
  const url = new URL(request.url);
  const asked = partsOf(request);
  const answered = 'status' in outcome ? partsOf(outcome) : undefined;
  const redact = redactor([...secrets, ...asked.credentials], answered?.credentials);
  return {
    sentAt,
    durationMs: Math.max(0, endedAt - sentAt),
    request: {
      method: request.method,
      url: redact(url.origin + url.pathname),
      parameters: [...leavesOf(Object.fromEntries(url.searchParams))].map((leaf) => hide(leaf, redact)),
      ...show(asked, redact),
    },
    outcome:
      answered && 'status' in outcome
        ? { status: outcome.status, ...show(answered, redact) }
        : showError(outcome as AppError, redact),
  };
}

/** @param secrets all that the error's facts might quote: what was sent, and the access token that is there */
export function traceOf(attempts: readonly Attempt[], error: AppError, secrets: Iterable<string>): Trace {
  return { attempts, error: showError(error, redactor(secrets)) };
}

function show(parts: Parts, redact: Redact): Message {
  const shown = { headers: parts.headers.map((leaf) => showHeader(leaf, redact)), body: showBody(parts, redact) };
  // What is in none of the texts may be in all of them together.
  const texts = textsOf(shown).join(' ');
  return redact(texts) === texts ? shown : { headers: [], body: { kind: 'other', bytes: Buffer.byteLength(parts.body) } };
}

function textsOf({ headers, body }: Message): readonly string[] {
  if (body.kind === 'web-page') return [body.title];
  return [...headers, ...(body.kind === 'fields' ? body.fields : [])].map(({ shown }) => shown);
}

function showBody({ fields, body, isPage }: Parts, redact: Redact): Body {
  if (body === '') return { kind: 'none' };
  const bytes = Buffer.byteLength(body);
  if (isPage) return { kind: 'web-page', bytes, title: redact(cleanSentence(titleOf(body))) };
  if (!fields) return { kind: 'other', bytes };
  const shown = fields.slice(0, MAX_FIELDS).map((leaf) => showField(leaf, redact));
  return { kind: 'fields', fields: shown, omitted: fields.length - shown.length };
}

function showHeader(leaf: Leaf, redact: Redact): Field {
  const value = String(leaf.value);
  const shown = HEADERS.get(keyOf(leaf))?.exec(value)?.[0] ?? '';
  return redact(shown) === shown ? { ...hide(leaf, redact), shown, hidden: value.length - shown.length } : hide(leaf, redact);
}

function showField(leaf: Leaf, redact: Redact): Field {
  const shown = (value: string): Field => ({ ...hide(leaf, redact), shown: value, hidden: 0 });
  if (leaf.value === null || typeof leaf.value === 'boolean') return shown(String(leaf.value));
  if (CODES.has(keyOf(leaf))) return shown(redact(spelledOnly(cleanCode(String(leaf.value)))));
  if (SENTENCES.has(keyOf(leaf))) return shown(redact(cleanSentence(String(leaf.value))));
  return hide(leaf, redact);
}

function hide({ path, value }: Leaf, redact: Redact): Field {
  const name = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${cleanName(key, redact)}`)).join('');
  return { name: name.slice(1), shown: '', hidden: String(value).length };
}

function showError({ code, facts }: AppError, redact: Redact): ShownError {
  const clean = (fact: string | number): string | number => (typeof fact === 'string' ? redact(fact) : fact);
  return { code, facts: Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, clean(fact)])) };
}

/** A secret may be a name too, of what is listed by it. */
function cleanName(name: string, redact: Redact): string {
  const isName = /^[\w.$@:-]{1,64}$/.test(name) && spelledOnly(name) === name && redact(name) === name;
  return isName ? name : ELLIPSIS;
}

/** Without long words that nobody has thought up: in names, digits and capitals are few. */
function spelledOnly(text: string): string {
  return text.replace(/[\w\-.~+/=%:]{20,}/g, (word) => {
    const capitals = /[a-z]/.test(word) ? word.replace(/[^A-Z]/g, '').length : 0;
    return /\d/.test(word) || capitals * 4 > word.length ? ELLIPSIS : word;
  });
}

function titleOf(page: string): string {
  return /^<title\b[^>]{0,200}>([^<]{0,500})/i.exec(page.slice(page.search(/<title\b/i)))?.[1] ?? '';
}

/** A message, taken apart. */
interface Parts {
  readonly headers: readonly Leaf[];
  readonly body: string;
  readonly isPage: boolean;
  /** Undefined for what is neither a form nor a JSON object, or too deeply nested or too much to be looked at. */
  readonly fields: readonly Leaf[] | undefined;
  readonly credentials: readonly string[];
}

function partsOf({ headers, body = '' }: Pick<HttpResponse, 'headers'> & { readonly body?: string }): Parts {
  const [own, fields] = [[...leavesOf(headers)], fieldsOf(headers, body)];
  const credentials = [...own, ...(fields ?? [])].flatMap(credentialOf);
  const isTooMuch = credentials.reduce((sum, { length }) => sum + length, 0) > MAX_CREDENTIALS_LENGTH;
  return {
    headers: isTooMuch ? [] : own,
    body,
    isPage: isHtml({ headers, body }),
    fields: isTooMuch ? undefined : fields,
    credentials: isTooMuch ? [] : credentials,
  };
}

function fieldsOf(headers: HttpResponse['headers'], body: string): Leaf[] | undefined {
  if (/^application\/x-www-form-urlencoded\b/i.test(headerOf({ headers }, 'content-type')))
    return [...new URLSearchParams(body)].flatMap(([name, value]) => [...leavesOf({ [name]: value })]);
  const json = parseObject(body);
  if (!json || jsonFlaw(body) === 'too deeply nested') return undefined;
  const fields: Leaf[] = [];
  for (const leaf of leavesOf(json)) if (fields.push(leaf) > MAX_LEAVES) return undefined;
  return fields;
}

/** The values of an object and of all that is in it. */
function* leavesOf(value: unknown, path: Leaf['path'] = [], isCredential = false): Generator<Leaf, void> {
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) yield* leavesOf(item, [...path, at], isCredential);
  } else if (isRecord(value)) {
    for (const name in value) yield* leavesOf(value[name], [...path, name], isCredential || CREDENTIAL.test(name));
  } else {
    yield { path, value: value as Leaf['value'], isCredential };
  }
}

function credentialOf(leaf: Leaf): string[] {
  const isHidden = typeof leaf.value === 'string' && !CODES.has(keyOf(leaf)) && !SENTENCES.has(keyOf(leaf));
  return isHidden && leaf.isCredential && leaf.value.length >= MIN_CREDENTIAL_LENGTH ? [leaf.value] : [];
}

/** The name of a field without its place, also of one in a list. */
function keyOf({ path }: Leaf): string {
  return path.findLast((key) => typeof key === 'string') ?? '';
}
