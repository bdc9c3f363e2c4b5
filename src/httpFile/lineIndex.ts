import type { Kind, Lines, LinesOfKind, Span } from './lines.js';
import { placeIn } from './ordered.js';
import { namesIn } from './restClient/requestNames.js';
import { mayBeFile } from './restClient/files.js';
import { mayImport } from './restClient/imports.js';
import { finish, isPause, type Work } from './work.js';

/** A replacement of lines, as an editor reports it. */
export interface LineChange {
  readonly range: { readonly start: { readonly line: number }; readonly end: { readonly line: number } };
  readonly text: string;
}

type LinesByKind = Map<Kind, number[]>;

/**
 * Indexes the lines of a document that may matter. Reads each line once and, after an edit, only the changed ones. It may list a
 * line too many, but never omits one. From comments it takes separators and names only.
 */
export class LineIndex implements LinesOfKind {
  readonly #lines: Lines;
  #lineCount: number;
  #found: LinesByKind;

  constructor(lines: Lines, found = finish(read(lines, 0, lines.lineCount))) {
    this.#lines = lines;
    this.#lineCount = lines.lineCount;
    this.#found = found;
  }

  /** Builds the index in pieces. */
  static *making(lines: Lines): Work<LineIndex> {
    return new LineIndex(lines, yield* read(lines, 0, lines.lineCount));
  }

  /** The lines of a kind in a span, in order. */
  lines(kind: Kind, { start, end }: Span): readonly number[] {
    const found = this.#found.get(kind) ?? [];
    return found.slice(placeIn(found, start), placeIn(found, end));
  }

  /** The first line of a kind at or below `from`. */
  next(kind: Kind, from: number): number | undefined {
    const found = this.#found.get(kind) ?? [];
    return found[placeIn(found, from)];
  }

  /**
   * Reads the changed lines again, from the first change to the last.
   * @param changes in the order in which they were made, each relative to the text after the one before
   */
  change(changes: readonly LineChange[]): void {
    if (changes.length === 0) return;
    const { start, end, added } = changedBy(changes);
    const { lineCount } = this.#lines;
    // The index decides where a token may go, so it must never drift from the text.
    if (lineCount !== this.#lineCount + added) this.#found = finish(read(this.#lines, 0, lineCount));
    else this.#replace(start, end, added);
    this.#lineCount = lineCount;
  }

  /** @param added how many lines the text below has moved down */
  #replace(start: number, end: number, added: number): void {
    const fresh = finish(read(this.#lines, start, end));
    for (const kind of new Set([...this.#found.keys(), ...fresh.keys()])) {
      const known = this.#found.get(kind) ?? [];
      const below = known.slice(placeIn(known, end - added));
      // A long document has tens of thousands: a callback for each would take a millisecond.
      if (added !== 0) for (let at = 0; at < below.length; at++) below[at] = (below[at] ?? 0) + added;
      this.#found.set(kind, known.slice(0, placeIn(known, start)).concat(fresh.get(kind) ?? [], below));
    }
  }
}

/** The lines from the first change to the last, and how many lines the text below has moved down. */
export function changedBy(changes: readonly LineChange[]): Span & { readonly added: number } {
  let start = Infinity;
  let end = 0;
  let added = 0;
  for (const { range, text } of changes) {
    const more = text.split(/\r\n|\r|\n/).length - 1 - (range.end.line - range.start.line);
    start = Math.min(start, range.start.line);
    end = Math.max(end, range.end.line + 1) + more;
    added += more;
  }
  return { start, end, added };
}

/** The maintained index of a document, or else a new one. */
export const indexOf = (lines: Lines): LinesOfKind => lines.index ?? new LineIndex(lines);

/** The same lines with an index that is built on first use. */
export function indexed(lines: Lines): Lines {
  if ('index' in lines) return lines;
  let index: LineIndex | undefined;
  return {
    lineCount: lines.lineCount,
    lineAt: (line) => lines.lineAt(line),
    get index() {
      return (index ??= new LineIndex(lines));
    },
  };
}

const AT = 0x40;
const HASH = 0x23;
const SLASH = 0x2f;
const BACKTICK = 0x60;
const LESS = 0x3c;
const LOWER_I = 0x69;

/** The characters of a header name (RFC 9110 §5.6.2), by code. */
const NAME_CHARS = Uint8Array.from({ length: 128 }, (_, code) => Number(/[\w!#$%&'*+.^`|~-]/.test(String.fromCharCode(code))));

/** The characters that start a closer, by code. */
const CLOSING = Uint8Array.from({ length: 128 }, (_, code) => Number('}%*'.includes(String.fromCharCode(code))));

/** A reference has braces, and a JSON Web Token has a dot before its claims. */
const SOMETHING = /\{\{|\.eyJ|vidb_|-[\w#:.]*H|--header|[\u2028\u2029]/;
const TOKEN = /\$processEnv|\.eyJ|vidb_|-[\w#:.]*H|--header/;
/**
 * REST Client also finds definitions, and HttpKeeper imports, after these characters, which end no line in the editor, and even
 * in what they read as a comment.
 */
const INNER_LINE = /[\u2028\u2029][^\S\u2028\u2029]*(?:@|import)/;
/** The length of the shortest relevant line: `@a`. */
const MIN_LENGTH = 2;

/** Longer names share one kind. */
const MAX_NAME = 64;

/** The kind of headers with a name of this length. */
export const headersNamed = (length: number): number => Math.min(length, MAX_NAME);

/** The kind of comments that give a name of this length. */
export const requestsNamed = (name: string): number => -Math.min(name.length, MAX_NAME);

/** Most lines are irrelevant: each costs a look at its first character and a single search. */
function* read(lines: Lines, from: number, to: number): Work<LinesByKind> {
  const found: LinesByKind = new Map();
  const add = (kind: Kind, line: number): void => {
    const known = found.get(kind);
    if (known) known.push(line);
    else found.set(kind, [line]);
  };
  const addCloser = (text: string, line: number): void => {
    if (text === '}}' || text === '%}' || text === '*/') add(text, line);
  };
  const addNames = (text: string, line: number): void => {
    const kinds = new Set(namesIn(text).map(requestsNamed));
    if (kinds.size > 0) add('name', line);
    for (const kind of kinds) add(kind, line);
  };
  for (let line = from; line < to; line++) {
    if (isPause(line)) yield;
    const text = lines.lineAt(line);
    if (text.length < MIN_LENGTH) continue;
    const start = startOf(text);
    const first = text.charCodeAt(start);
    const isComment = first === HASH || (first === SLASH && text.charCodeAt(start + 1) === SLASH);
    if (isComment) {
      if (text.startsWith('###', start)) add(start === 0 ? 'separator' : 'indented-separator', line);
      if (text.includes('@')) addNames(text, line);
      if (!INNER_LINE.test(text)) continue;
    }
    if (first === LOWER_I && mayImport(text)) add('import', line);
    if (CLOSING[first] === 1) addCloser(text.trim(), line);
    if (first === AT || isComment) add('definition', line);
    else if (first === BACKTICK && text.startsWith('```')) add('fence', line);
    else if (first === LESS && !text.includes('{{') && mayBeFile(text)) add('file', line);
    else if (NAME_CHARS[first] === 1) {
      const colon = text.indexOf(':', start);
      if (colon > 0) add(headersNamed(lengthOfName(text, start, colon)), line);
    }
    if (!SOMETHING.test(text)) continue;
    if (INNER_LINE.test(text)) {
      if (first !== AT && !isComment) add('definition', line);
      if (first !== LOWER_I && mayImport(text)) add('import', line);
    }
    if (text.includes('{{')) {
      add('placeholder', line);
      if (first !== AT && mayBeFile(text)) add('file', line);
    }
    if (TOKEN.test(text)) add('token', line);
  }
  return found;
}

/** Clients allow whitespace before the colon, though hardly anybody writes it. */
function lengthOfName(text: string, start: number, colon: number): number {
  const isWhole = NAME_CHARS[text.charCodeAt(colon - 1)] === 1;
  return isWhole ? colon - start : text.slice(start, colon).trimEnd().length;
}

/** The offset of the first character that is not whitespace. Optimized for blanks and tabs. */
function startOf(text: string): number {
  let start = 0;
  let char = text.charCodeAt(0);
  while (char === 0x20 || char === 0x09) char = text.charCodeAt(++start);
  return char > 0x20 && char < 0x80 ? start : text.length - text.trimStart().length;
}
