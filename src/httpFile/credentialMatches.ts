import { readDefinition } from './definitions.js';
import { grammarOf } from './dialects/dialects.js';
import { fences } from './fences.js';
import { regionAt, type FindOptions } from './find.js';
import type { Dialect, Grammar } from './dialects/grammar.js';
import { headersNamed, indexed, indexOf } from './lineIndex.js';
import { isBlank, isComment, wholeOf, type Lines, type Span } from './lines.js';
import { addTo } from './maps.js';
import { literalTokens, MIN_WORD, TOKEN, tokenWords, type LiteralShape } from './literals.js';
import { sameName } from './insertion/plan.js';
import { masked, placeholders, referenceName } from './references.js';
import type { HeaderLine, RequestBlock } from './request.js';
import type { Region } from './regions.js';
import { finish, type Work } from './work.js';

/** An access token in a document, or a reference that stands for one. */
export interface CredentialMatch {
  readonly kind: 'reference' | 'literal';
  readonly line: number;
  /** Offsets in the line, of `{{…}}` with its braces or of the token alone. */
  readonly start: number;
  readonly end: number;
  /** For a reference, the environment name as written; for a literal, the token. */
  readonly text: string;
  /** The shape of a literal that looks like a token in any place. */
  readonly shape?: LiteralShape;
  /** The header, or header option of cURL, that contains it. */
  readonly header?: HeaderLine;
  /** The request that contains it; for a definition, all requests that use it, directly or through other definitions. */
  readonly requests: readonly RequestBlock[];
}

export interface MatchOptions extends FindOptions {
  /** Headers in which any word may be a token. */
  readonly credentialNames: readonly string[];
  /**
   * Whether a word that does not look like a token is one; without it, every word is. Called before the surroundings are read.
   */
  readonly isToken?: (word: string) => boolean;
}

/** Longer than any chain of definitions that a person writes; stops circular ones. */
const MAX_STEPS = 32;

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
  const { defined, others } = candidates;
  // REST Client takes definitions from anywhere in a document, even from outside all fences.
  const uses = new Uses();
  yield* uses.read(lines, wholeOf(lines), [...defined.keys()]);
  const users = new Map<string, RequestBlock[]>();
  const found: CredentialMatch[] = [];
  const places = new Places(lines, spans, grammarOf(dialect, options.markdown));
  for (const line of [...new Set([...others, ...uses.byLine.keys()])].sort((a, b) => a - b)) {
    yield;
    const place = places.at(line);
    if (!place) continue;
    for (const name of uses.byLine.get(line) ?? []) addTo(users, name, place.request);
    if (!others.has(line)) continue;
    // No spread: a line may hold more matches than a call takes arguments.
    for (const one of inRequest(place, lines.lineAt(line), line, options)) found.push(one);
  }
  for (const [name, hits] of defined) {
    yield;
    const requests = [...new Set([...uses.namesFor(name)].flatMap((used) => users.get(used) ?? []))];
    requests.sort((a, b) => a.line - b.line);
    for (const hit of hits) found.push({ ...hit, requests });
  }
  return found.sort((a, b) => a.line - b.line);
}

type Hit = Omit<CredentialMatch, 'requests' | 'header'>;

/** A header option of cURL whose value is in a line below. */
const HEADER_OPTION_AT_END = /(?:-[\w#:.]*H|--header)\s*[\\^`]?$/;

/** The matches in indexed lines that can hold a token or reference: most headers cannot. */
class Candidates {
  /** Matches in definitions, by name. */
  readonly defined = new Map<string, Hit[]>();
  /** Lines with a match that may or may not belong to a request. */
  readonly others = new Set<number>();
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
    for (const line of indexOf(this.lines).lines('definition', span)) {
      yield;
      this.define(line);
    }
  }

  private *readSpan(span: Span): Work<void> {
    let last = -1;
    for (const line of yield* this.suspects(span)) {
      yield;
      // The folded lines of a header were read with it.
      if (line <= last || this.define(line)) continue;
      const text = this.lines.lineAt(line);
      last = line;
      if (this.hits(line, text.indexOf(':') + 1, text.length).length > 0 || this.isFold(line + 1, span)) this.others.add(line);
      const value = this.valueBelow(line, span);
      if (value !== undefined) this.others.add(value);
      while (this.isFold(last + 1, span)) if (!isComment(this.lines.lineAt(++last))) this.others.add(last);
    }
  }

  private *suspects(span: Span): Work<number[]> {
    const index = indexOf(this.lines);
    const kinds = [...new Set(this.options.credentialNames.map(({ length }) => headersNamed(length)))];
    const suspects = new Set([...index.lines('definition', span), ...index.lines('token', span)]);
    for (const kind of kinds)
      for (const line of index.lines(kind, span)) {
        yield;
        if (this.mayHold(this.lines.lineAt(line))) suspects.add(line);
      }
    return [...suspects].sort((a, b) => a - b);
  }

  /** False for a line that defines nothing. */
  private define(line: number): boolean {
    const definition = readDefinition(this.lines.lineAt(line), line);
    if (!definition) return false;
    const { name, valueStart, valueEnd } = definition;
    for (const hit of this.hits(line, valueStart, valueEnd)) addTo(this.defined, name, hit);
    return true;
  }

  private hits(line: number, valueStart: number, valueEnd: number): Hit[] {
    return hitsIn(this.lines.lineAt(line), line, [{ valueStart, valueEnd }], this.options);
  }

  private isFold(line: number, { end }: Span): boolean {
    return this.folds && line < end && /^[ \t\f]/.test(this.lines.lineAt(line));
  }

  /** The line of the value, if the line ends with a header option. */
  private valueBelow(line: number, { end }: Span): number | undefined {
    if (this.dialect !== 'rest-client' || !HEADER_OPTION_AT_END.test(this.lines.lineAt(line).trimEnd())) return undefined;
    for (let below = line + 1; below < end; below++) {
      const text = this.lines.lineAt(below);
      if (!isComment(text) && !isBlank(text)) return below;
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

/** The range of a value in a line that may be a token as a whole. */
type ValueRange = Pick<HeaderLine, 'valueStart' | 'valueEnd'>;

function hitsIn(text: string, line: number, values: readonly ValueRange[], { isToken }: MatchOptions): Hit[] {
  const hits: Hit[] = [];
  const isKnown = isToken ?? (() => false);
  const inBraces = placeholders(text);
  for (const placeholder of inBraces) {
    const name = referenceName(placeholder);
    if (name) hits.push({ kind: 'reference', line, start: placeholder.start, end: placeholder.end, text: name });
  }
  const outside = masked(text, inBraces, ' ');
  const shaped = literalTokens(outside);
  for (const token of shaped) hits.push({ kind: 'literal', line, ...token });
  const unshaped = masked(outside, shaped, ' ');
  for (const { valueStart, valueEnd } of values)
    for (const { start, end, text: word } of tokenWords(unshaped.slice(valueStart, valueEnd), isKnown))
      if (!isToken || isToken(word))
        hits.push({ kind: 'literal', line, start: start + valueStart, end: end + valueStart, text: word });
  return hits.sort((one, other) => one.start - other.start);
}

function inRequest(place: Place, text: string, line: number, options: MatchOptions): CredentialMatch[] {
  const headers = place.headers.map((header) => ({
    header,
    valueStart: line === header.line ? header.valueStart : 0,
    valueEnd: line === header.endLine ? header.valueEnd : text.length,
  }));
  const values = headers.filter(({ header }) => options.credentialNames.some((name) => sameName(name, header.name)));
  let index = 0;
  return hitsIn(text, line, values, options).map((hit) => {
    while ((headers[index]?.valueEnd ?? Infinity) < hit.end) index++;
    const holder = headers[index];
    const isInside = holder && holder.valueStart <= hit.start;
    return { ...hit, ...(isInside ? { header: holder.header } : {}), requests: [place.request] };
  });
}

/** A line of a request. */
interface Place {
  readonly request: RequestBlock;
  /** The headers in the line, in order. */
  readonly headers: readonly HeaderLine[];
}

/** Locates lines, from top to bottom. Reads each region once. */
class Places {
  private region: Region | undefined;
  private index = 0;
  private headers: ReadonlyMap<number, HeaderLine[]> = new Map();
  /** No response starts above this line, as far as queried. */
  private contentEnd = 0;
  private readonly lines: Lines;
  private readonly spans: readonly Span[];
  private spanIndex = 0;
  private readonly grammar: Grammar;

  constructor(lines: Lines, spans: readonly Span[], grammar: Grammar) {
    this.lines = lines;
    this.spans = spans;
    this.grammar = grammar;
  }

  /** Undefined if the line belongs to no request, to a response, or to none of the spans. */
  at(line: number): Place | undefined {
    while (line >= (this.spans[this.spanIndex]?.end ?? Infinity)) {
      this.spanIndex++;
      this.region = undefined;
    }
    const span = this.spans[this.spanIndex];
    if (!span || line < span.start) return undefined;
    if (!this.region || line >= this.region.end) {
      const start = this.region ? this.region.end + 1 : span.start;
      this.region = regionAt(this.lines, line, { start, end: span.end }, this.grammar);
      this.enter(0);
    }
    const { requests } = this.region;
    while (line >= (requests[this.index + 1]?.line ?? Infinity)) this.enter(this.index + 1);
    const request = requests[this.index];
    if (!request) return undefined;
    while (this.contentEnd <= line && !/^\s*HTTP\/\d/.test(this.lines.lineAt(this.contentEnd))) this.contentEnd++;
    return line < this.contentEnd ? { request, headers: this.headers.get(line) ?? [] } : undefined;
  }

  private enter(index: number): void {
    this.index = index;
    const request = this.region?.requests[index];
    if (!request) return;
    this.headers = byLine(request.headers);
    this.contentEnd = request.headersEnd;
  }
}

function byLine(headers: readonly HeaderLine[]): ReadonlyMap<number, HeaderLine[]> {
  const found = new Map<number, HeaderLine[]>();
  for (const header of headers) {
    for (let line = header.line; line <= header.endLine; line++) addTo(found, line, header);
  }
  return found;
}

/** Which lines outside definitions use which of the names, directly or through definitions. */
class Uses {
  readonly byLine = new Map<number, string[]>();
  private readonly dependents = new Map<string, Set<string>>();

  *read(lines: Lines, span: Span, names: readonly string[]): Work<void> {
    if (names.length === 0) return;
    const users: { line: number; name: string }[] = [];
    for (const line of indexOf(lines).lines('placeholder', span)) {
      yield;
      const text = lines.lineAt(line);
      const definition = readDefinition(text, line);
      for (const { expression } of placeholders(text)) {
        if (definition) this.dependents.set(expression, (this.dependents.get(expression) ?? new Set()).add(definition.name));
        // `{{%name}}` makes REST Client URL-encode the value.
        else users.push({ line, name: expression.replace(/^%/, '') });
      }
    }
    const known = new Set(names.flatMap((name) => [...this.namesFor(name)]));
    for (const { line, name } of users) if (known.has(name)) addTo(this.byLine, line, name);
  }

  /** The name, and those whose definition uses it, directly or not. */
  namesFor(name: string): ReadonlySet<string> {
    const found = new Set([name]);
    let last = [name];
    for (let step = 0; step < MAX_STEPS && last.length > 0; step++) {
      last = last.flatMap((known) => [...(this.dependents.get(known) ?? [])]).filter((other) => !found.has(other));
      for (const other of last) found.add(other);
    }
    return found;
  }
}
