import { constructEnd, mayOpen } from './dialects/constructs.js';
import { grammarOf } from './dialects/dialects.js';
import { fenceAt, fences } from './fences.js';
import type { Dialect, Grammar } from './dialects/grammar.js';
import { indexed } from './lineIndex.js';
import { isBlank, isComment, wholeOf, type Lines, type Span } from './lines.js';
import { readingRegion, type Region } from './regions.js';
import type { Refusal, RequestBlock } from './request.js';
import { readRequestLine, startsRequest } from './dialects/requestLine.js';
import { finish, isPause, type Work } from './work.js';

export interface FindOptions {
  /** The document is Markdown: only its fences hold requests, and each fence counts as a document. */
  readonly markdown?: boolean;
}

export type Found =
  { readonly request: RequestBlock; readonly refused?: undefined } | { readonly request?: undefined; readonly refused: Refusal };

/**
 * The request at the cursor: the last one whose request line is not below it or, above the first request, that one. On a
 * separator it is the request below or, without one, the request above.
 *
 * Looks from the cursor to the nearest separators and no further, with two exceptions for httpYac: below a titled separator
 * without a method line above the cursor, it searches upwards for the nearest request, whose Markdown body this may be; and it
 * searches for the end of a comment block that is open at a separator. It does not see a comment block that is open *above* the
 * cursor's region; a request in it is edited without effect.
 */
export const findRequest = (lines: Lines, cursorLine: number, dialect: Dialect, options: FindOptions = {}): Found =>
  finish(new Finder(lines, dialect, options).at(cursorLine));

/** {@link findRequest} for several lines, in pieces. Reads each region once if the lines are in order. */
export function* findingRequestsAt(
  lines: Lines,
  cursorLines: readonly number[],
  dialect: Dialect,
  options: FindOptions = {},
): Work<Found[]> {
  const finder = new Finder(lines, dialect, options);
  const found: Found[] = [];
  for (const line of cursorLines) {
    yield;
    found.push(yield* finder.at(line));
  }
  return found;
}

class Finder {
  readonly #lines: Lines;
  readonly #grammar: Grammar;
  /** In Markdown. */
  readonly #fences: readonly Span[] | undefined;
  /** The last region that was read, and the line that it was read for. */
  #last: { readonly region: Region; readonly line: number } | undefined;

  constructor(given: Lines, dialect: Dialect, { markdown = false }: FindOptions) {
    this.#lines = indexed(given);
    this.#grammar = grammarOf(dialect, markdown);
    this.#fences = markdown ? fences(this.#lines) : undefined;
  }

  *at(cursorLine: number): Work<Found> {
    const span = this.#fences ? fenceAt(this.#fences, cursorLine) : wholeOf(this.#lines);
    if (!span || span.start >= span.end) return { refused: 'no-request' };
    const cursor = Math.min(Math.max(cursorLine, span.start), span.end - 1);
    if (!this.#isSeparator(cursor)) return yield* this.#requestAt(cursor, span);
    const through = this.#grammar.dialect === 'httpyac' ? yield* this.#regionAbove(cursor, span) : undefined;
    if (through && through.end > cursor) return requestIn(through, cursor);
    const hasBelow = cursor + 1 < span.end && !this.#isSeparator(cursor + 1);
    const below = hasBelow ? yield* this.#requestAt(cursor + 1, span) : undefined;
    if (below?.request || cursor === span.start || this.#isSeparator(cursor - 1)) return below ?? { refused: 'no-request' };
    const above = through ? requestIn(through, cursor - 1) : yield* this.#requestAt(cursor - 1, span);
    return above.request ? above : (below ?? above);
  }

  #isSeparator(line: number): boolean {
    return this.#grammar.isSeparator(this.#lines.lineAt(line));
  }

  *#requestAt(line: number, span: Span): Work<Found> {
    return requestIn(yield* this.#regionAt(line, span), line);
  }

  *#regionAt(line: number, span: Span): Work<Region> {
    const last = this.#last;
    if (last && last.line <= line && line < last.region.end) return last.region;
    const region = yield* readingRegionAt(this.#lines, line, span, this.#grammar);
    this.#last = { region, line };
    return region;
  }

  /** The nearest region above a line that looks like a separator. It may go on through the line, as a Markdown body does. */
  *#regionAbove(separator: number, span: Span): Work<Region | undefined> {
    let above = separator - 1;
    while (above >= span.start && this.#isSeparator(above)) if (isPause(above--)) yield;
    return above < span.start ? undefined : yield* this.#regionAt(above, span);
  }
}

/** True if setting the same headers yields the same text: the clients need not agree on lines that are not touched. */
export function sameReading(a: Found, b: Found): boolean {
  if (!a.request || !b.request) return !a.request === !b.request;
  const placesOf = ({ line, insertAfter, headers }: RequestBlock) =>
    [line, insertAfter, ...headers.map((header) => `${header.line}–${header.endLine} ${header.name}`)].join();
  return placesOf(a.request) === placesOf(b.request);
}

/** Every request of a document, in order. */
export const findRequests = (lines: Lines, dialect: Dialect, options: FindOptions = {}): RequestBlock[] =>
  finish(findingRequests(lines, dialect, options));

/** {@link findRequests}, in pieces. */
export function* findingRequests(given: Lines, dialect: Dialect, options: FindOptions = {}): Work<RequestBlock[]> {
  const lines = indexed(given);
  const found: RequestBlock[] = [];
  const grammar = grammarOf(dialect, options.markdown);
  for (const { start, end } of options.markdown ? fences(lines) : [wholeOf(lines)]) {
    for (let line = start; line < end;) {
      const region = yield* readingRegion(lines, line, end, grammar);
      // No spread: there may be more requests than a call takes arguments.
      for (const request of region.requests) found.push(request);
      line = region.end + 1;
    }
  }
  return found;
}

function requestIn({ requests, refusal }: Region, cursor: number): Found {
  const request = requests.findLast(({ line }) => line <= cursor) ?? requests[0];
  return request ? { request } : { refused: refusal };
}

/** The region at a line. */
export function* readingRegionAt(lines: Lines, line: number, span: Span, grammar: Grammar): Work<Region> {
  let region = yield* readingRegion(lines, yield* startingLine(lines, line, span, grammar), span.end, grammar);
  while (region.end < line) region = yield* readingRegion(lines, region.end + 1, span.end, grammar);
  return region;
}

/** The line to start from so that the region at the cursor is read correctly. */
function* startingLine(lines: Lines, cursor: number, { start, end }: Span, grammar: Grammar): Work<number> {
  const separatorAbove = function* (line: number): Work<number> {
    while (line >= start && !grammar.isSeparator(lines.lineAt(line))) if (isPause(line--)) yield;
    return line;
  };
  let separator = yield* separatorAbove(cursor);
  if (grammar.dialect !== 'httpyac') return separator + 1;
  let isCursors = true;
  while (separator >= start && lines.lineAt(separator).trim() !== '###') {
    if (yield* startsWithRequest(lines, separator + 1, isCursors ? cursor + 1 : end, grammar, isCursors)) break;
    separator = yield* separatorAbove(separator - 1);
    isCursors = false;
  }
  return Math.max(separator + 1, start);
}

/**
 * True if the region below a separator cannot continue a Markdown body. A line with a method starts a request even there. A bare
 * address does not at the cursor, but does in the regions above, so that the search ends.
 */
function* startsWithRequest(lines: Lines, from: number, limit: number, grammar: Grammar, onlyWithMethod: boolean): Work<boolean> {
  for (let line = from; line < limit;) {
    if (isPause(line)) yield;
    const text = lines.lineAt(line);
    if (grammar.isSeparator(text)) return false;
    if (startsRequest(text, grammar)) return true;
    const isSkipped = isBlank(text) || isComment(text) || grammar.isDefinition(text);
    const past = isSkipped ? line + 1 : mayOpen(text) ? yield* constructEnd(lines, line, limit, grammar, false) : undefined;
    if (past === undefined) return !onlyWithMethod && readRequestLine(text, grammar) !== undefined;
    line = past;
  }
  return false;
}
