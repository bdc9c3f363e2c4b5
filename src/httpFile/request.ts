import type { Dialect, Grammar } from './dialects/grammar.js';
import { isBlank, type Lines, type Span } from './lines.js';
import { startsRequest, withoutVersion, type RequestLine } from './dialects/requestLine.js';
import { isPause, type Work } from './work.js';

/** A header of a request. Offsets are relative to their lines; a folded value ends on `endLine`. */
export interface HeaderLine {
  readonly line: number;
  readonly endLine: number;
  readonly name: string;
  readonly value: string;
  readonly nameStart: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** Something unexpected about a request, at a line. */
export interface Warning {
  readonly kind: WarningKind;
  readonly line: number;
}

export type WarningKind =
  /**
   * A part of the query below a header: httpYac adds it to the URL, REST Client sends it as a header, and JetBrains as a body.
   */
  | 'query-after-header'
  /** REST Client sends the line as a header, though it does not look like one. */
  | 'sent-as-header'
  /** REST Client reads the line as the URL of the request. */
  | 'sent-as-url'
  /** The client does not read a second request here, but a part of this one. */
  | 'second-request'
  /** An indented `###`: a comment for this client, a separator for httpYac. */
  | 'indented-separator'
  /** A line that starts the body without a blank line, with header lines below it. */
  | 'headers-not-read'
  /** An indented line below a header: continues the value in JetBrains only. */
  | 'folded-value'
  /** A spread of headers, which may override ours when the request is sent. */
  | 'spread-may-override'
  /** The client reads the lower-case method as a part of the URL. */
  | 'lower-case-method'
  /** A comment contains a header that is about to be set. */
  | 'commented-header';

/** Why there is no request to work on. */
export type Refusal =
  /** Nothing here can be a request. */
  | 'no-request'
  /** A lone carriage return ends no line in any client. */
  | 'lone-carriage-return'
  /** The client sends something other than the line says: another protocol, or cURL where it is not supported. */
  | 'not-sent-by-client';

/** One request of a file, as the client of its dialect reads it. */
export interface RequestBlock {
  readonly kind: 'request' | 'curl';
  readonly dialect: Dialect;
  /** The lines between the separators around it. */
  readonly region: Span;
  /** The request line. */
  readonly line: number;
  /** The line after its last one. */
  readonly end: number;
  readonly method: string;
  /** Includes continuation lines, but not the HTTP version. */
  readonly url: string;
  readonly headers: readonly HeaderLine[];
  /** New headers are inserted below this line. */
  readonly insertAfter: number;
  /** The line after the last one that is read as a header. */
  readonly headersEnd: number;
  readonly warnings: readonly Warning[];
}

/** A request whose end, and that of its region, are not known yet. */
export type RequestHead = Omit<RequestBlock, 'region' | 'end'>;

/** Reads from the request line to the end of the headers. */
export function* readingHead(
  lines: Lines,
  line: number,
  limit: number,
  grammar: Grammar,
  requestLine: RequestLine,
): Work<RequestHead> {
  const below = new HeadReader(lines, line, grammar);
  const headersEnd = yield* below.readTo(limit);
  return {
    kind: 'request',
    dialect: grammar.dialect,
    line,
    method: requestLine.method,
    url: withoutVersion([requestLine.target, ...below.url].join('')),
    headers: below.headers,
    insertAfter: below.insertAfter,
    headersEnd,
    warnings: [
      ...(requestLine.trouble === 'lower-case' ? [{ kind: 'lower-case-method', line } as const] : []),
      ...below.warnings,
    ],
  };
}

/** Reads the lines below a request line. */
class HeadReader {
  readonly url: string[] = [];
  readonly headers: HeaderLine[] = [];
  readonly warnings: Warning[] = [];
  insertAfter: number;
  private inUrl = true;
  private readonly lines: Lines;
  private readonly first: number;
  private readonly grammar: Grammar;

  constructor(lines: Lines, requestLine: number, grammar: Grammar) {
    this.lines = lines;
    this.first = requestLine + 1;
    this.insertAfter = requestLine;
    this.grammar = grammar;
  }

  *readTo(limit: number): Work<number> {
    for (let line = this.first; line < limit; line++) {
      if (isPause(line)) yield;
      const text = this.lines.lineAt(line);
      if (isBlank(text) || this.grammar.isSeparator(text)) return line;
      if (!this.read(line, text)) {
        yield* this.warnOfHeadersBelow(line, limit);
        return line;
      }
    }
    return limit;
  }

  /** @returns false where the body starts */
  private read(line: number, text: string): boolean {
    const role = this.grammar.role(text, this.inUrl);
    if (role === 'body') return false;
    if (role === 'url') this.readUrl(line, text);
    if (role === 'header') this.readHeader(line, text);
    if (role === 'fold') this.readFold(line, text);
    if (role === 'spread') this.readSpread(line);
    if (role === 'stray') this.warnOfStray(line, text);
    this.inUrl &&= role === 'comment' || role === 'url';
    return true;
  }

  private readUrl(line: number, text: string): void {
    this.url.push(text.trim());
    if (this.inUrl) this.insertAfter = line;
    else this.warn('query-after-header', line);
  }

  private readHeader(line: number, text: string): void {
    const field = this.grammar.field(text);
    if (!field) return;
    const { valueStart, valueEnd } = field;
    this.headers.push({ ...field, line, endLine: line, value: text.slice(valueStart, valueEnd) });
    if (this.grammar.dialect === 'rest-client' && /^\s*[?&]/.test(text)) this.warn('query-after-header', line);
  }

  private readFold(line: number, text: string): void {
    const folded = this.headers.pop();
    if (!folded) return;
    const value = `${folded.value} ${text.trim()}`.trim();
    this.headers.push({ ...folded, endLine: line, value, valueEnd: text.trimEnd().length });
  }

  private readSpread(line: number): void {
    this.insertAfter = line;
    this.warn('spread-may-override', line);
  }

  private warnOfStray(line: number, text: string): void {
    if (startsRequest(text, this.grammar)) this.warn('second-request', line);
    else if (/^\s*[?&]/.test(text)) this.warn('query-after-header', line);
    else this.warn(this.isFold(line, text) ? 'folded-value' : 'sent-as-header', line);
  }

  /** A line that starts a body without a blank line is often meant as a header, and so are the headers below it. */
  private *warnOfHeadersBelow(start: number, limit: number): Work<void> {
    const first = this.lines.lineAt(start);
    if (this.isFold(start, first)) this.warn('folded-value', start);
    // In httpYac this is an assertion (`?? status == 200`).
    if (this.grammar.dialect === 'jetbrains' && /^[?&]/.test(first)) this.warn('query-after-header', start);
    for (let line = start; line < limit; line++) {
      if (isPause(line)) yield;
      const text = this.lines.lineAt(line);
      if (isBlank(text) || this.grammar.isSeparator(text) || startsRequest(text, this.grammar)) return;
      if (line > start && this.grammar.field(text)) {
        this.warn('headers-not-read', start);
        return;
      }
    }
  }

  private isFold(line: number, text: string): boolean {
    return /^\s/.test(text) && this.headers.at(-1)?.line === line - 1;
  }

  private warn(kind: WarningKind, line: number): void {
    this.warnings.push({ kind, line });
  }
}
