import { constructEnd, mayOpen } from './dialects/constructs.js';
import { readingCurlHead } from './curl/curlRequest.js';
import type { Grammar } from './dialects/grammar.js';
import { isBlank, isComment, type Lines, type Span } from './lines.js';
import { readingHead, type Refusal, type RequestBlock, type RequestHead, type Warning, type WarningKind } from './request.js';
import { readInnerRequestLine, readRequestLine, startsRequest, type RequestLine } from './dialects/requestLine.js';
import { isPause, type Work } from './work.js';

/** The lines between two separators. */
export interface Region extends Span {
  readonly requests: readonly RequestBlock[];
  /** Why the region has no request; only valid if it has none. */
  readonly refusal: Refusal;
}

/** Reads from `start` up to the separator that ends the region, or the limit. */
export function* readingRegion(lines: Lines, start: number, limit: number, grammar: Grammar): Work<Region> {
  const reader = new RegionReader(lines, limit, grammar);
  const end = yield* reader.readFrom(start);
  const requests = reader.heads.map((head, index): RequestBlock => {
    const warnings = [...head.warnings, ...reader.warnings].toSorted((a, b) => a.line - b.line);
    return { ...head, region: { start, end }, end: reader.heads[index + 1]?.line ?? end, warnings };
  });
  return { start, end, requests, refusal: reader.refusal };
}

/** How the headers of a request change the way httpYac reads its body. */
interface Body {
  /** A Markdown body may contain headings: only `###` alone ends it. */
  readonly markdown: boolean;
  /** A `multipart/mixed` body may contain requests: no line starts one before the closing boundary. */
  readonly closingBoundary: string | undefined;
}

/** A line of a body that no client interprets, such as most JSON: no construct starts with these characters. */
const CONTENT = /^\s*(?:[^\s#/{<>A-Za-z]|\{(?!\{)|$)/;

/** A response that is kept below its request: httpYac reads the rest of the region as its text. */
const RESPONSE = /^\s*(?:HTTP\/\S+\s*[1-5]\d\d|(?:SSE|AMQP)\s*(?:-1|0)|(?:GRPC|MQTT)\s*\d|WS\s*(?:\d{4}|0))/;

const PLAIN_BODY: Body = { markdown: false, closingBoundary: undefined };

const FORCE_DELIMITER = /^\s*(#+|\/{2,})\s+@force(R|-r)egion(D|-d)elimiter(\s|$)/;

class RegionReader {
  readonly heads: RequestHead[] = [];
  /** Warnings about the region as a whole; only for REST Client and JetBrains, whose regions hold at most one request. */
  readonly warnings: Warning[] = [];
  refusal: Refusal = 'no-request';
  private body: Body | undefined;
  private forced = false;
  private readonly lines: Lines;
  private readonly limit: number;
  private readonly grammar: Grammar;

  constructor(lines: Lines, limit: number, grammar: Grammar) {
    this.lines = lines;
    this.limit = limit;
    this.grammar = grammar;
  }

  *readFrom(start: number): Work<number> {
    let line = start;
    while (line < this.limit) {
      if (isPause(line)) yield;
      const text = this.lines.lineAt(line);
      if (this.body && this.body.closingBoundary === undefined && CONTENT.test(text)) {
        line++;
        continue;
      }
      if (this.grammar.isSeparator(text) && !(this.body?.markdown && text.trim() !== '###')) return line;
      if (FORCE_DELIMITER.test(text)) this.forced = true;
      line = yield* this.body ? this.readBody(line, text) : this.readLeading(line, text);
    }
    return this.limit;
  }

  private *readLeading(line: number, text: string): Work<number> {
    if (text.includes('\r')) return yield* this.refuse(line, 'lone-carriage-return');
    if (isBlank(text) || isComment(text) || this.grammar.isDefinition(text)) return line + 1;
    const past = mayOpen(text) ? yield* constructEnd(this.lines, line, this.limit, this.grammar, false) : undefined;
    if (past !== undefined) {
      if (this.grammar.dialect === 'rest-client') this.warn('sent-as-url', line);
      return past;
    }
    const requestLine = readRequestLine(text, this.grammar);
    return yield* requestLine ? this.open(line, requestLine) : this.refuse(line, 'no-request');
  }

  private *readBody(line: number, text: string): Work<number> {
    if (this.grammar.dialect !== 'httpyac') return this.warnOfBody(line, text);
    const past = mayOpen(text) ? yield* constructEnd(this.lines, line, this.limit, this.grammar, true) : undefined;
    if (past !== undefined) return past;
    if (!this.forced && startsRequest(text, this.grammar)) {
      const requestLine = readInnerRequestLine(text, this.grammar);
      return yield* requestLine ? this.open(line, requestLine) : this.refuse(line, 'no-request');
    }
    const boundary = this.body?.closingBoundary;
    if (this.body && boundary !== undefined && RESPONSE.test(text)) this.body = { ...this.body, closingBoundary: undefined };
    else if (boundary !== undefined && text.includes(boundary)) this.forced = false;
    return line + 1;
  }

  private *open(line: number, requestLine: RequestLine): Work<number> {
    if (requestLine.trouble === 'not-sent-by-client') return yield* this.refuse(line, 'not-sent-by-client');
    const { lines, limit, grammar } = this;
    const isCurl = requestLine.kind === 'curl';
    const head = yield* isCurl
      ? readingCurlHead(lines, line, limit, grammar)
      : readingHead(lines, line, limit, grammar, requestLine);
    if (yield* this.enter(head)) this.heads.push(head);
    else this.refusal = 'lone-carriage-return';
    return head.headersEnd;
  }

  /** Continues as below a request: httpYac sends something for the line, and reads what follows as its headers and body. */
  private *refuse(line: number, refusal: Refusal): Work<number> {
    this.refusal = refusal;
    const head = yield* readingHead(this.lines, line, this.limit, this.grammar, { kind: 'request', method: '', target: '' });
    yield* this.enter(head);
    return head.headersEnd;
  }

  /** @returns whether its lines end where the editor shows it */
  private *enter(head: RequestHead): Work<boolean> {
    this.body = this.grammar.dialect === 'httpyac' ? bodyOf(head) : PLAIN_BODY;
    this.forced ||= this.body.closingBoundary !== undefined;
    let isBroken = false;
    for (let line = head.line; line < head.headersEnd; line++) {
      if (isPause(line)) yield;
      const text = this.lines.lineAt(line);
      if (FORCE_DELIMITER.test(text)) this.forced = true;
      isBroken ||= text.includes('\r');
    }
    return !isBroken;
  }

  private warnOfBody(line: number, text: string): number {
    if (/^\s+#{3}/.test(text)) this.warn('indented-separator', line);
    if (readInnerRequestLine(text, this.grammar)) this.warn('second-request', line);
    return line + 1;
  }

  private warn(kind: WarningKind, line: number): void {
    this.warnings.push({ kind, line });
  }
}

function bodyOf({ headers }: RequestHead): Body {
  const contentType = headers.find(({ name }) => name.toLowerCase() === 'content-type')?.value ?? '';
  const [type, ...parameters] = contentType.split(';').map((part) => part.trim());
  const boundary = parameters.find((parameter) => parameter.startsWith('boundary='))?.slice('boundary='.length);
  return {
    markdown: type === 'text/markdown',
    closingBoundary: type === 'multipart/mixed' ? `--${boundary ?? ''}--` : undefined,
  };
}
