import { readDefinition } from './definitions.js';
import { DefinitionUses } from './definitionUses.js';
import { grammarOf } from './dialects/dialects.js';
import { fences } from './fences.js';
import type { FindOptions } from './find.js';
import type { Dialect } from './dialects/grammar.js';
import { hitsIn, type Hit, type IsToken, type ValueRange } from './hits.js';
import { headersNamed, indexed, indexOf } from './lineIndex.js';
import { isBlank, isComment, wholeOf, type Lines, type Span } from './lines.js';
import { addTo } from './maps.js';
import { MIN_WORD, SHAPES, TOKEN } from './literals.js';
import { eachInOrder } from './ordered.js';
import { Places, type Place } from './places.js';
import type { HeaderLine, RequestBlock } from './request.js';
import { finish, isPause, type Work } from './work.js';

/** An access token in a document, or a reference that stands for one. */
export interface CredentialMatch extends Hit {
  /** The header, or header option of cURL, that contains it. */
  readonly header: HeaderLine | undefined;
  /**
   * The request that contains it; for a definition, all requests that use it, directly or through other definitions. Matches with
   * the same requests share one list.
   */
  readonly requests: readonly RequestBlock[];
}

export interface MatchOptions extends FindOptions {
  /** Headers in which any word may be a token. */
  readonly credentialNames: readonly string[];
  /** Called before the surroundings are read. */
  readonly isToken?: IsToken;
}

/**
 * The references of this extension and the possible tokens, in document order: in requests and definitions, but not in comments,
 * in responses or outside Markdown fences. Reads the indexed lines, and the regions of those with a match.
 */
export const credentialMatches = (lines: Lines, dialect: Dialect, options: MatchOptions): CredentialMatch[] =>
  finish(findingMatches(lines, dialect, options));

/** {@link credentialMatches}, in pieces. */
export function* findingMatches(given: Lines, dialect: Dialect, options: MatchOptions): Work<CredentialMatch[]> {
  const lines = indexed(given);
  const spans = options.markdown ? fences(lines) : [wholeOf(lines)];
  const candidates = new Candidates(lines, dialect, options);
  yield* candidates.read(spans);
  const { defined } = candidates;
  const others = eachInOrder(candidates.others);
  // REST Client takes definitions from anywhere in a document, even from outside all fences.
  const uses = yield* DefinitionUses.reading(lines, [...defined.keys()]);
  const inRequest = matcher(options);
  const found: CredentialMatch[] = [];
  const places = new Places(lines, spans, grammarOf(dialect, options.markdown));
  let count = 0;
  let nextOther = 0;
  for (const line of uses.byLine.size > 0 ? eachInOrder([...others, ...uses.byLine.keys()]) : others) {
    if (isPause(count++)) yield;
    const isOther = others[nextOther] === line;
    if (isOther) nextOther++;
    const place = yield* places.at(line);
    if (!place) continue;
    uses.enter(line, place.requests);
    if (isOther) inRequest(place, lines.lineAt(line), line, found);
  }
  const requestsOf = yield* uses.requests();
  for (const [name, hits] of defined) {
    const requests = requestsOf.get(name) ?? [];
    for (const hit of hits) {
      if (isPause(count++)) yield;
      found.push(matchOf(hit, undefined, requests));
    }
  }
  return found.sort((a, b) => a.line - b.line);
}

const matchOf = (
  { kind, line, start, end, text, shape }: Hit,
  header: HeaderLine | undefined,
  requests: readonly RequestBlock[],
): CredentialMatch => ({ kind, line, start, end, text, shape, header, requests });

/** A header option of cURL whose value is in a line below. */
const HEADER_OPTION_AT_END = /(?:-[\w#:.]*H|--header)\s*[\\^`]?$/;

/** A line with a match of another kind than a word: a cheap search that may find one too many. */
const HAS_MATCH = new RegExp(String.raw`\$processEnv\sTENANT_TOKEN_\w|${SHAPES.source}`, 'i');

/** `@a=` and a word: shorter definitions matter only with a reference, for which their lines are indexed. */
const MIN_DEFINITION = MIN_WORD + 3;

/** The matches in indexed lines that can hold a token or reference: most headers cannot. */
class Candidates {
  /** Matches in definitions, by name. */
  readonly defined = new Map<string, Hit[]>();
  /** Lines with a match that may or may not belong to a request; roughly in order, and some more than once. */
  readonly others: number[] = [];
  private readonly lines: Lines;
  private readonly dialect: Dialect;
  private readonly options: MatchOptions;
  private readonly folds: boolean;
  private readonly mayHold: (text: string) => boolean;

  constructor(lines: Lines, dialect: Dialect, options: MatchOptions) {
    this.lines = lines;
    this.dialect = dialect;
    this.options = options;
    this.folds = dialect === 'jetbrains';
    this.mayHold = headerTest(options.credentialNames, this.folds);
  }

  *read(spans: readonly Span[]): Work<void> {
    let start = 0;
    for (const span of spans) {
      yield* this.readBetween({ start, end: span.start });
      yield* this.readSpan(span);
      start = span.end;
    }
    yield* this.readBetween({ start, end: this.lines.lineCount });
  }

  /** Reads outside Markdown fences, where REST Client finds definitions as well. */
  private *readBetween(span: Span): Work<void> {
    let count = 0;
    for (const line of indexOf(this.lines).lines('definition', span)) {
      if (isPause(count++)) yield;
      this.define(line, this.lines.lineAt(line));
    }
  }

  private *readSpan(span: Span): Work<void> {
    let last = -1;
    let count = 0;
    for (const line of yield* this.suspects(span)) {
      if (isPause(count++)) yield;
      const text = this.lines.lineAt(line);
      // The folded lines of a header were read with it.
      if (line <= last || this.define(line, text)) continue;
      last = line;
      const hasMatch = HAS_MATCH.test(text) || this.hits(text, line, text.indexOf(':') + 1, text.length).length > 0;
      if (hasMatch || this.isFold(line + 1, span)) this.others.push(line);
      const value = yield* this.valueBelow(line, text, span);
      if (value !== undefined) this.others.push(value);
      while (this.isFold(last + 1, span)) {
        if (isPause(++last)) yield;
        if (!isComment(this.lines.lineAt(last))) this.others.push(last);
      }
    }
  }

  private *suspects(span: Span): Work<number[]> {
    const index = indexOf(this.lines);
    const suspects = [...index.lines('token', span)];
    let count = 0;
    for (const line of index.lines('definition', span)) {
      if (isPause(count++)) yield;
      if (this.lines.lineAt(line).length >= MIN_DEFINITION) suspects.push(line);
    }
    for (const kind of new Set(this.options.credentialNames.map(({ length }) => headersNamed(length))))
      for (const line of index.lines(kind, span)) {
        if (isPause(count++)) yield;
        if (this.mayHold(this.lines.lineAt(line))) suspects.push(line);
      }
    return eachInOrder(suspects);
  }

  /** False for a line that defines nothing. */
  private define(line: number, text: string): boolean {
    const definition = readDefinition(text, line);
    if (!definition) return false;
    const { name, valueStart, valueEnd } = definition;
    for (const hit of this.hits(text, line, valueStart, valueEnd)) addTo(this.defined, name, hit);
    return true;
  }

  private hits(text: string, line: number, valueStart: number, valueEnd: number): Hit[] {
    return hitsIn(text, line, [{ valueStart, valueEnd }], this.options.isToken);
  }

  private isFold(line: number, { end }: Span): boolean {
    return this.folds && line < end && /^[ \t\f]/.test(this.lines.lineAt(line));
  }

  /** The line of the value, if the line ends with a header option. */
  private *valueBelow(line: number, text: string, { end }: Span): Work<number | undefined> {
    if (this.dialect !== 'rest-client' || !HEADER_OPTION_AT_END.test(text.trimEnd())) return undefined;
    for (let below = line + 1; below < end; below++) {
      if (isPause(below)) yield;
      const value = this.lines.lineAt(below);
      if (!isComment(value) && !isBlank(value)) return below;
    }
    return undefined;
  }
}

/** @param folds whether the value of a header may continue below its line */
function headerTest(credentialNames: readonly string[], folds: boolean): (text: string) => boolean {
  const names = credentialNames.map((name) => name.replaceAll(/[^\w-]/g, String.raw`\$&`)).join('|');
  const value = folds ? '' : `[^]*[${TOKEN}]{${MIN_WORD}}`;
  const header = new RegExp(String.raw`^\s*(?:${names})\s*:${value}`, 'i');
  return (text) => header.test(text);
}

type Matcher = (place: Place, text: string, line: number, found: CredentialMatch[]) => void;

/** Adds the matches of a line in a request. */
function matcher({ credentialNames, isToken }: MatchOptions): Matcher {
  const names = new Set(credentialNames.map((name) => name.toLowerCase()));
  return ({ headers, requests }, text, line, found) => {
    const ranges = headers.map((header) => rangeOf(header, line, text));
    const values = ranges.filter((_, index) => names.has(headers[index]?.name.toLowerCase() ?? ''));
    let index = 0;
    for (const hit of hitsIn(text, line, values, isToken)) {
      while ((ranges[index]?.valueEnd ?? Infinity) < hit.end) index++;
      const isInside = (ranges[index]?.valueStart ?? Infinity) <= hit.start;
      found.push(matchOf(hit, isInside ? headers[index] : undefined, requests));
    }
  };
}

const rangeOf = (header: HeaderLine, line: number, text: string): ValueRange => ({
  valueStart: line === header.line ? header.valueStart : 0,
  valueEnd: line === header.endLine ? header.valueEnd : text.length,
});
