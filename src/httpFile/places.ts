import type { Grammar } from './dialects/grammar.js';
import { readingRegionAt } from './find.js';
import type { Lines, Span } from './lines.js';
import type { Region } from './regions.js';
import type { HeaderLine, RequestBlock } from './request.js';
import { isPause, type Work } from './work.js';

/** A line of a request. */
export interface Place {
  /** The request alone: all places in it share this list. */
  readonly requests: readonly RequestBlock[];
  /** The headers in the line, in order. */
  readonly headers: readonly HeaderLine[];
}

/** Locates lines, from top to bottom. Reads each region once. */
export class Places {
  #region: Region | undefined;
  #index = 0;
  #requests: readonly RequestBlock[] = [];
  /** The first header that does not end above the lines that are queried next. */
  #nextHeader = 0;
  /** No response starts above this line, as far as queried. */
  #contentEnd = 0;
  #spanIndex = 0;
  readonly #lines: Lines;
  readonly #spans: readonly Span[];
  readonly #grammar: Grammar;

  constructor(lines: Lines, spans: readonly Span[], grammar: Grammar) {
    this.#lines = lines;
    this.#spans = spans;
    this.#grammar = grammar;
  }

  /** Undefined if the line belongs to no request, to a response, or to none of the spans. */
  *at(line: number): Work<Place | undefined> {
    while (line >= (this.#spans[this.#spanIndex]?.end ?? Infinity)) {
      this.#spanIndex++;
      this.#region = undefined;
    }
    const span = this.#spans[this.#spanIndex];
    if (!span || line < span.start) return undefined;
    if (!this.#region || line >= this.#region.end) {
      const start = this.#region ? this.#region.end + 1 : span.start;
      this.#region = yield* readingRegionAt(this.#lines, line, { start, end: span.end }, this.#grammar);
      this.#enter(0);
    }
    const all = this.#region.requests;
    while (line >= (all[this.#index + 1]?.line ?? Infinity)) this.#enter(this.#index + 1);
    const request = all[this.#index];
    if (!request) return undefined;
    while (this.#contentEnd <= line && !/^\s*HTTP\/\d/.test(this.#lines.lineAt(this.#contentEnd)))
      if (isPause(this.#contentEnd++)) yield;
    return line < this.#contentEnd ? { requests: this.#requests, headers: this.#headersAt(line, request) } : undefined;
  }

  #enter(index: number): void {
    this.#index = index;
    this.#nextHeader = 0;
    const request = this.#region?.requests[index];
    this.#requests = request ? [request] : [];
    this.#contentEnd = request?.headersEnd ?? 0;
  }

  #headersAt(line: number, { headers }: RequestBlock): readonly HeaderLine[] {
    while ((headers[this.#nextHeader]?.endLine ?? Infinity) < line) this.#nextHeader++;
    let end = this.#nextHeader;
    while ((headers[end]?.line ?? Infinity) <= line) end++;
    return headers.slice(this.#nextHeader, end);
  }
}
