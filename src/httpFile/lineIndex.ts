import type { Kind, Lines, LinesOfKind, Span } from './lines.js';
import { placeIn } from './ordered.js';
import { namesIn } from './requestNames.js';
import { mayBeFile } from './restClientFiles.js';
import { finish, type Work } from './work.js';

/** A replacement of lines, as an editor tells of it. */
export interface LineChange {
  readonly range: { readonly start: { readonly line: number }; readonly end: { readonly line: number } };
  readonly text: string;
}

type LinesByKind = Map<Kind, number[]>;

/**
 * Which lines of a document there is something to find in. Reads each line once, and after an edit those that it changed.
 * What it says is not much more than what is there, and never less. Of comments it has separators and names: nothing else is
 * taken from them.
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

  /** The same, made in pieces. */
  static *making(lines: Lines): Work<LineIndex> {
    return new LineIndex(lines, yield* read(lines, 0, lines.lineCount));
  }

  /** The lines of a kind in a span, in order. */
  lines(kind: Kind, { start, end }: Span): readonly number[] {
    const found = this.#found.get(kind) ?? [];
    return found.slice(placeIn(found, start), placeIn(found, end));
  }

  /** The next line of a kind, from a line on. */
  next(kind: Kind, from: number): number | undefined {
    const found = this.#found.get(kind) ?? [];
    return found[placeIn(found, from)];
  }

  /**
   * Reads anew what changed: the lines from the first change to the last.
   * @param changes in the order in which they were made, each in terms of the text that the one before left
   */
  change(changes: readonly LineChange[]): void {
    if (changes.length === 0) return;
    let start = Infinity;
    let end = 0;
    let added = 0;
    for (const { range, text } of changes) {
      const more = text.split(/\r\n|\r|\n/).length - 1 - (range.end.line - range.start.line);
      start = Math.min(start, range.start.line);
      end = Math.max(end, range.end.line + 1) + more;
      added += more;
    }
    const { lineCount } = this.#lines;
    // Where a token may go is read by this, so it is not to drift from the text.
    if (lineCount !== this.#lineCount + added) this.#found = finish(read(this.#lines, 0, lineCount));
    else this.#replace(start, end, added);
    this.#lineCount = lineCount;
  }

  /** @param added by how many lines those below have moved */
  #replace(start: number, end: number, added: number): void {
    const fresh = finish(read(this.#lines, start, end));
    for (const kind of new Set([...this.#found.keys(), ...fresh.keys()])) {
      const known = this.#found.get(kind) ?? [];
      const below = known.slice(placeIn(known, end - added));
      // In a long document there are tens of thousands, which a callback for each would take a millisecond for.
      if (added !== 0) for (let at = 0; at < below.length; at++) below[at] = (below[at] ?? 0) + added;
      this.#found.set(kind, known.slice(0, placeIn(known, start)).concat(fresh.get(kind) ?? [], below));
    }
  }
}

/** That of a document that is kept up with, or else a new one. */
export const indexOf = (lines: Lines): LinesOfKind => lines.index ?? new LineIndex(lines);

/** The same lines with an index, which is made when it is needed first. */
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

/** The characters of the name of a header (RFC 9110 §5.6.2), by their code. */
const NAME_CHARS = Uint8Array.from({ length: 128 }, (_, code) => Number(/[\w!#$%&'*+.^`|~-]/.test(String.fromCharCode(code))));

/** The characters with which a closer starts, by their code. */
const CLOSING = Uint8Array.from({ length: 128 }, (_, code) => Number('}%*'.includes(String.fromCharCode(code))));

/** A reference stands in braces, and a JSON Web Token has a dot before its claims. */
const SOMETHING = /\{\{|\.eyJ|vidb_|-[\w#:.]*H|--header|[\u2028\u2029]/;
const TOKEN = /\$processEnv|\.eyJ|vidb_|-[\w#:.]*H|--header/;
/** REST Client finds definitions after these, too, which end no line in the editor: also in what it takes for a comment. */
const INNER_DEFINITION = /[\u2028\u2029][^\S\u2028\u2029]*@/;
/** Of the shortest line with any of it: `@a`. */
const MIN_LENGTH = 2;

/** A pause after each of so many lines costs nothing that could be measured. */
const LINES_TO_PAUSE = 64;

/** Longer names are kept as one kind. */
const MAX_NAME = 64;

/** The kind of the headers with a name that has so many characters. */
export const headersNamed = (length: number): number => Math.min(length, MAX_NAME);

/** The kind of the comments that give a name of this length. */
export const requestsNamed = (name: string): number => -Math.min(name.length, MAX_NAME);

/** Most lines hold nothing, and are many: they cost a look at their first character and a single search. */
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
    if ((line - from) % LINES_TO_PAUSE === LINES_TO_PAUSE - 1) yield;
    const text = lines.lineAt(line);
    if (text.length < MIN_LENGTH) continue;
    const start = startOf(text);
    const first = text.charCodeAt(start);
    const isComment = first === HASH || (first === SLASH && text.charCodeAt(start + 1) === SLASH);
    if (isComment) {
      if (text.startsWith('###', start)) add(start === 0 ? 'separator' : 'indented-separator', line);
      if (text.includes('@')) addNames(text, line);
      if (!INNER_DEFINITION.test(text)) continue;
    }
    if (CLOSING[first] === 1) addCloser(text.trim(), line);
    if (first === AT || isComment) add('definition', line);
    else if (first === BACKTICK && text.startsWith('```')) add('fence', line);
    else if (first === LESS && !text.includes('{{') && mayBeFile(text)) add('file', line);
    else if (NAME_CHARS[first] === 1) {
      const colon = text.indexOf(':', start);
      if (colon > 0) add(headersNamed(lengthOfName(text, start, colon)), line);
    }
    if (!SOMETHING.test(text)) continue;
    if (first !== AT && !isComment && INNER_DEFINITION.test(text)) add('definition', line);
    if (text.includes('{{')) {
      add('placeholder', line);
      if (first !== AT && mayBeFile(text)) add('file', line);
    }
    if (TOKEN.test(text)) add('token', line);
  }
  return found;
}

/** Clients allow for whitespace before the colon, which hardly anybody writes. */
function lengthOfName(text: string, start: number, colon: number): number {
  const isWhole = NAME_CHARS[text.charCodeAt(colon - 1)] === 1;
  return isWhole ? colon - start : text.slice(start, colon).trimEnd().length;
}

/** Where a line starts but for whitespace, which nearly always is blanks and tabs. */
function startOf(text: string): number {
  let start = 0;
  let char = text.charCodeAt(0);
  while (char === 0x20 || char === 0x09) char = text.charCodeAt(++start);
  return char > 0x20 && char < 0x80 ? start : text.length - text.trimStart().length;
}
