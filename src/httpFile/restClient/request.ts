import { hostWithPort } from '../hostWithPort.js';
import { isBlank, isComment, type Lines, type Span } from '../lines.js';
import { REST_CLIENT_METHODS } from '../dialects/methods.js';
import { withoutVersion } from '../dialects/requestLine.js';
import { isPause, type Work } from '../work.js';
import { curlParts } from './curl.js';
import { TOKEN_MARK, type RestClientVariables } from './variables.js';

/** What REST Client sends for a region or a Markdown fence, as far as it is certain. */
export interface RestClientRequest {
  /** Its request line. */
  readonly line: number;
  /** As written, for display. */
  readonly url: string;
  /** As written, in upper case; empty where it is uncertain. */
  readonly method: string;
  /** As returned by `requestHost`; undefined if the document does not determine it. */
  readonly host: string | undefined;
  /** Its header lines; for a cURL command, all of its lines if only headers contain a token. */
  readonly headers: Span;
  /** The first line that is not understood, if any: then nothing else is certain. */
  readonly oddLine?: number;
  /** The `Authorization` header that REST Client may turn into something else, for another recipient (`cognito`, `aws`). */
  readonly computedLine?: number;
}

const METHODS = [...REST_CLIENT_METHODS].join('|');
const AUTHORITY = String.raw`https?://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?`;
/** A request line up to its authority, which nothing after it can change. */
const START = new RegExp(String.raw`^\s*(?:(?:${METHODS})\s+)?(${AUTHORITY})(?=[/?#]|\s+HTTP/|\s*$)`, 'i');
const COMPLETE = new RegExp(String.raw`^\s*(?:(?:${METHODS})\s+)?${AUTHORITY}[/?#]`, 'i');
const METHOD = new RegExp(String.raw`^\s*(?:${METHODS})\s+`, 'i');
const HEADER = /^[ \t]*([\w-]+)[ \t]*:(.*)$/;
/** Control characters other than tab, and characters that end a line for REST Client but not for the editor. */
const CONTROL = /[\0-\x08\n-\x1f\x7f\u2028\u2029]/;

/**
 * Reads what REST Client (Huachao/vscode-restclient: `selector.ts`, `httpRequestParser.ts`) sends for a span of lines. The
 * grammar is smaller than the client's: anything that it does not describe counts as not understood.
 *
 * @param span without separators: in a Markdown fence they are comments
 * @returns undefined if nothing is sent
 */
export function* readingRequest(
  lines: Lines,
  { start, end }: Span,
  variables: RestClientVariables,
): Work<RestClientRequest | undefined> {
  const line = yield* firstSentLine(lines, start, end);
  if (line === undefined) return undefined;
  return yield* /^\s*curl/i.test(lines.lineAt(line))
    ? curl(lines, line, end, variables)
    : new Reader(lines, line, end, variables).read();
}

/** The line that REST Client sends first; undefined if it sends nothing. */
export function* firstSentLine(lines: Lines, start: number, end: number): Work<number | undefined> {
  for (let line = start; line < end; line++) {
    if (isPause(line)) yield;
    const text = lines.lineAt(line);
    if (isBlank(text) || isComment(text) || /^\s*@[^\s=]+\s*=/.test(text)) continue;
    return /^\s*HTTP\/[\d.]/.test(text) ? undefined : line;
  }
  return undefined;
}

class Reader {
  readonly #lines: Lines;
  readonly #line: number;
  readonly #end: number;
  readonly #variables: RestClientVariables;

  constructor(lines: Lines, line: number, end: number, variables: RestClientVariables) {
    this.#lines = lines;
    this.#line = line;
    this.#end = end;
    this.#variables = variables;
  }

  *read(): Work<RestClientRequest> {
    const { text, end } = yield* this.#requestLine();
    const url = withoutVersion(text.replace(METHOD, ''));
    const resolved = this.#variables.resolve(text, (part) => COMPLETE.test(part));
    const method = resolved === undefined ? '' : (METHOD.exec(resolved)?.[0].trim().toUpperCase() ?? 'GET');
    const authority = START.exec(resolved ?? '')?.[1];
    const headers = yield* this.#headers(end);
    // An address with unknown variables is not odd, only unknown.
    const isOdd = CONTROL.test(text) || (resolved !== undefined && authority === undefined);
    const oddLine = isOdd ? this.#line : headers.oddLine;
    return {
      ...headers,
      headers: { start: end, end: headers.end },
      line: this.#line,
      method,
      url,
      host: oddLine === undefined && authority ? hostOf(authority) : undefined,
      ...(oddLine !== undefined && { oddLine }),
    };
  }

  /** Includes the lines that continue the query. */
  *#requestLine(): Work<{ readonly text: string; readonly end: number }> {
    const parts = [this.#lines.lineAt(this.#line).trim()];
    let line = this.#line + 1;
    for (; line < this.#end; line++) {
      if (isPause(line)) yield;
      const text = this.#lines.lineAt(line);
      if (isComment(text)) continue;
      if (!/^\s*[&?]/.test(text)) break;
      parts.push(text.trim());
    }
    return { text: parts.join(''), end: line };
  }

  *#headers(start: number): Work<Pick<RestClientRequest, 'oddLine' | 'computedLine'> & { readonly end: number }> {
    let authorization: number | undefined;
    let computedLine: number | undefined;
    let line = start;
    for (; line < this.#end; line++) {
      if (isPause(line)) yield;
      const text = this.#lines.lineAt(line);
      if (isComment(text)) continue;
      if (isBlank(text)) break;
      const [, name, value = ''] = HEADER.exec(text) ?? [];
      if (name === undefined || isHost(name) || CONTROL.test(text)) return { end: line, oddLine: line };
      if (name.toLowerCase() !== 'authorization') continue;
      if (authorization !== undefined || isComputed(value, this.#variables)) computedLine ??= line;
      authorization = line;
    }
    return { end: line, ...(computedLine !== undefined && { computedLine }) };
  }
}

function* curl(lines: Lines, line: number, end: number, variables: RestClientVariables): Work<RestClientRequest> {
  const texts: string[] = [];
  for (let at = line; at < end; at++) {
    if (isPause(at)) yield;
    const text = lines.lineAt(at);
    if (!isComment(text)) texts.push(text);
  }
  const text = variables.resolve(texts.join('\n')) ?? '';
  const parts = curlParts(text);
  const authority = parts && START.exec(parts.url)?.[1];
  const fields = parts?.headers.map((header) => HEADER.exec(header)) ?? [];
  const isOdd = !authority || fields.some((field) => !field?.[1] || isHost(field[1]) || CONTROL.test(field[0]));
  const credentials = fields.filter((field) => field?.[1]?.toLowerCase() === 'authorization');
  const areComputed = credentials.length > 1 || credentials.some((field) => isComputed(field?.[2] ?? '', variables));
  const isInHeaders = marksIn(text) === marksIn(parts?.headers.join('') ?? '');
  return {
    line,
    headers: { start: line, end: isInHeaders ? end : line },
    method: parts?.method ?? '',
    url: parts?.url ?? '',
    host: isOdd ? undefined : hostOf(authority),
    ...(isOdd && { oddLine: line }),
    ...(areComputed && { computedLine: line }),
  };
}

const marksIn = (text: string): number => text.split(TOKEN_MARK).length;

/** REST Client's settings affect the Host header, and a service behind several names routes by it. */
const isHost = (name: string): boolean => name.toLowerCase() === 'host';

function hostOf(authority: string): string | undefined {
  const url = URL.parse(authority);
  return url ? hostWithPort(url) : undefined;
}

/**
 * REST Client parses `cognito user …` and signs in elsewhere with it; it leaves a single word, or one after `Bearer`, unchanged.
 */
function isComputed(value: string, variables: RestClientVariables): boolean {
  if (/^\s*bearer\s/i.test(value)) return false;
  const resolved = variables.resolve(value);
  return resolved === undefined || !/^\s*(?:bearer\s+)?\S*\s*$/i.test(resolved);
}
