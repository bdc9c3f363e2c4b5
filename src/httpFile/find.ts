import { constructEnd } from './constructs.js';
import { grammarOf } from './dialects.js';
import { fenceAt, fences } from './fences.js';
import type { Dialect, Grammar } from './grammar.js';
import { indexed } from './lineIndex.js';
import { isBlank, isComment, wholeOf, type Lines, type Span } from './lines.js';
import { readRegion, type Region } from './regions.js';
import type { Refusal, RequestBlock } from './request.js';
import { readRequestLine, startsRequest } from './requestLine.js';

export interface FindOptions {
  /** The document is Markdown: requests stand in its fences only, each fence a document of its own. */
  readonly markdown?: boolean;
}

export type Found =
  { readonly request: RequestBlock; readonly refused?: undefined } | { readonly request?: undefined; readonly refused: Refusal };

/**
 * The request that the cursor is in: the last whose request line is not below it, or in the lines above the first one, that.
 * On a separator it is the request below, or if there is none, the one above.
 *
 * Looks from the cursor to the nearest separators and no further. Two things of httpYac take it further: below a titled
 * separator that no method line follows, it looks upwards to the nearest request, whose Markdown body this may be; and it
 * looks for the end of a comment block that is open at a separator. A comment block that is open *above* the cursor's
 * region goes unseen; a request in it is edited, to no effect.
 */
export function findRequest(given: Lines, cursorLine: number, dialect: Dialect, options: FindOptions = {}): Found {
  const lines = indexed(given);
  const span = options.markdown ? fenceAt(lines, cursorLine) : wholeOf(lines);
  const grammar = grammarOf(dialect, options.markdown);
  if (!span || span.start >= span.end) return { refused: 'no-request' };
  const cursor = Math.min(Math.max(cursorLine, span.start), span.end - 1);
  const isSeparator = (line: number) => grammar.isSeparator(lines.lineAt(line));
  if (!isSeparator(cursor)) return requestAt(lines, cursor, span, grammar);
  const hasBelow = cursor + 1 < span.end && !isSeparator(cursor + 1);
  const below = hasBelow ? requestAt(lines, cursor + 1, span, grammar) : undefined;
  if (below?.request || cursor === span.start || isSeparator(cursor - 1)) return below ?? { refused: 'no-request' };
  const above = requestAt(lines, cursor - 1, span, grammar);
  return above.request ? above : (below ?? above);
}

/** True if the same headers set at a cursor make the same of the text: the clients need not agree on what is not touched. */
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
  const { requests, refusal } = regionAt(lines, cursor, span, grammar);
  const request = requests.findLast(({ line }) => line <= cursor) ?? requests[0];
  return request ? { request } : { refused: refusal };
}

export function regionAt(lines: Lines, cursor: number, span: Span, grammar: Grammar): Region {
  let region = readRegion(lines, regionStart(lines, cursor, span, grammar), span.end, grammar);
  while (region.end < cursor) region = readRegion(lines, region.end + 1, span.end, grammar);
  return region;
}

/** Where to start reading so that the region of the cursor is read right. */
function regionStart(lines: Lines, cursor: number, { start, end }: Span, grammar: Grammar): number {
  const separatorAbove = (line: number) => {
    while (line >= start && !grammar.isSeparator(lines.lineAt(line))) line--;
    return line;
  };
  let separator = separatorAbove(cursor);
  if (grammar.dialect !== 'httpyac') return separator + 1;
  let isCursors = true;
  while (separator >= start && lines.lineAt(separator).trim() !== '###') {
    if (startsWithRequest(lines, separator + 1, end, grammar, isCursors)) break;
    separator = separatorAbove(separator - 1);
    isCursors = false;
  }
  return Math.max(separator + 1, start);
}

/**
 * True if the region below a separator cannot be the rest of a Markdown body. A line with a method starts a request even
 * there. A bare address does not: it counts in the regions above the cursor's, so that the search ends.
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
