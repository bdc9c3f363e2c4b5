import { constructEnd } from './dialects/constructs.js';
import { grammarOf } from './dialects/dialects.js';
import { fenceAt, fences } from './fences.js';
import type { Dialect, Grammar } from './dialects/grammar.js';
import { indexed } from './lineIndex.js';
import { isBlank, isComment, wholeOf, type Lines, type Span } from './lines.js';
import { readRegion, type Region } from './regions.js';
import type { Refusal, RequestBlock } from './request.js';
import { readRequestLine, startsRequest } from './dialects/requestLine.js';

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
export function findRequest(given: Lines, cursorLine: number, dialect: Dialect, options: FindOptions = {}): Found {
  const lines = indexed(given);
  const span = options.markdown ? fenceAt(lines, cursorLine) : wholeOf(lines);
  const grammar = grammarOf(dialect, options.markdown);
  if (!span || span.start >= span.end) return { refused: 'no-request' };
  const cursor = Math.min(Math.max(cursorLine, span.start), span.end - 1);
  const isSeparator = (line: number) => grammar.isSeparator(lines.lineAt(line));
  if (!isSeparator(cursor)) return requestAt(lines, cursor, span, grammar);
  const body = grammar.dialect === 'httpyac' ? regionThrough(lines, cursor, span, grammar) : undefined;
  if (body) return requestIn(body, cursor);
  const hasBelow = cursor + 1 < span.end && !isSeparator(cursor + 1);
  const below = hasBelow ? requestAt(lines, cursor + 1, span, grammar) : undefined;
  if (below?.request || cursor === span.start || isSeparator(cursor - 1)) return below ?? { refused: 'no-request' };
  const above = requestAt(lines, cursor - 1, span, grammar);
  return above.request ? above : (below ?? above);
}

/** True if setting the same headers yields the same text: the clients need not agree on lines that are not touched. */
export function sameReading(a: Found, b: Found): boolean {
  if (!a.request || !b.request) return !a.request === !b.request;
  const placesOf = ({ line, insertAfter, headers }: RequestBlock) =>
    [line, insertAfter, ...headers.map((header) => `${header.line}–${header.endLine} ${header.name}`)].join();
  return placesOf(a.request) === placesOf(b.request);
}

/** Every request of a document, in order. */
export function findRequests(given: Lines, dialect: Dialect, options: FindOptions = {}): RequestBlock[] {
  const lines = indexed(given);
  const found: RequestBlock[] = [];
  const grammar = grammarOf(dialect, options.markdown);
  for (const { start, end } of options.markdown ? fences(lines) : [wholeOf(lines)]) {
    for (let line = start; line < end;) {
      const region = readRegion(lines, line, end, grammar);
      found.push(...region.requests);
      line = region.end + 1;
    }
  }
  return found;
}

function requestAt(lines: Lines, cursor: number, span: Span, grammar: Grammar): Found {
  return requestIn(regionAt(lines, cursor, span, grammar), cursor);
}

/** The region that goes on through a line that looks like a separator, as a Markdown body does. */
function regionThrough(lines: Lines, separator: number, span: Span, grammar: Grammar): Region | undefined {
  let above = separator - 1;
  while (above >= span.start && grammar.isSeparator(lines.lineAt(above))) above--;
  if (above < span.start) return undefined;
  const region = regionAt(lines, above, span, grammar);
  return region.end > separator ? region : undefined;
}

function requestIn({ requests, refusal }: Region, cursor: number): Found {
  const request = requests.findLast(({ line }) => line <= cursor) ?? requests[0];
  return request ? { request } : { refused: refusal };
}

export function regionAt(lines: Lines, cursor: number, span: Span, grammar: Grammar): Region {
  let region = readRegion(lines, regionStart(lines, cursor, span, grammar), span.end, grammar);
  while (region.end < cursor) region = readRegion(lines, region.end + 1, span.end, grammar);
  return region;
}

/** The line to start from so that the region at the cursor is read correctly. */
function regionStart(lines: Lines, cursor: number, { start, end }: Span, grammar: Grammar): number {
  const separatorAbove = (line: number) => {
    while (line >= start && !grammar.isSeparator(lines.lineAt(line))) line--;
    return line;
  };
  let separator = separatorAbove(cursor);
  if (grammar.dialect !== 'httpyac') return separator + 1;
  let isCursors = true;
  while (separator >= start && lines.lineAt(separator).trim() !== '###') {
    if (startsWithRequest(lines, separator + 1, isCursors ? cursor + 1 : end, grammar, isCursors)) break;
    separator = separatorAbove(separator - 1);
    isCursors = false;
  }
  return Math.max(separator + 1, start);
}

/**
 * True if the region below a separator cannot continue a Markdown body. A line with a method starts a request even there. A bare
 * address does not at the cursor, but does in the regions above, so that the search ends.
 */
function startsWithRequest(lines: Lines, from: number, limit: number, grammar: Grammar, onlyWithMethod: boolean): boolean {
  for (let line = from; line < limit;) {
    const text = lines.lineAt(line);
    if (grammar.isSeparator(text)) return false;
    if (startsRequest(text, grammar)) return true;
    const isSkipped = isBlank(text) || isComment(text) || grammar.isDefinition(text);
    const past = isSkipped ? line + 1 : constructEnd(lines, line, limit, grammar, false);
    if (past === undefined) return !onlyWithMethod && readRequestLine(text, grammar) !== undefined;
    line = past;
  }
  return false;
}
