/** Read access to a document by line, without line ends. Wrapping a `vscode.TextDocument` takes three lines. */
export interface Lines {
  readonly lineCount: number;
  lineAt(line: number): string;
  /** The maintained index of the document; without it, one is built. */
  readonly index?: LinesOfKind;
}

/** Lines from `start` up to, but excluding, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Position {
  readonly line: number;
  readonly character: number;
}

/** Why a line may matter. */
export type Kind =
  /** It may define a variable. */
  | 'definition'
  /** It has a `{{`. */
  | 'placeholder'
  /** It contains the start of a token or reference, or an option of cURL that sets a header. */
  | 'token'
  /** It may open or close a Markdown fence. */
  | 'fence'
  /** It starts with `###`, or with whitespace and `###`. */
  | 'separator'
  | 'indented-separator'
  /** It only closes a script, a handler or a comment block. */
  | Closer
  /** A comment that names a request (`# @name x`) or a prompt. */
  | 'name'
  /** REST Client may replace it by a file, with the variables in the file replaced (`<@ file`). */
  | 'file'
  /** HttpKeeper may import the file that it names. */
  | 'import'
  /**
   * It may be a header with a name of this length, so that most other headers need no look at all. Negative: a comment that gives
   * a request a name of this length.
   */
  | number;

export type Closer = '}}' | '%}' | '*/';

/** The lines of a document that may matter, by kind. */
export interface LinesOfKind {
  /** @returns the lines of a kind in a span, in order */
  lines(kind: Kind, span: Span): readonly number[];
  /** @returns the first line of a kind at or below `from` */
  next(kind: Kind, from: number): number | undefined;
}

export const wholeOf = (lines: Lines): Span => ({ start: 0, end: lines.lineCount });

/** In every dialect, whitespace-only lines end the headers as empty ones do. */
export const isBlank = (text: string): boolean => text.trim() === '';

/** `#` or `//`: every client ignores such a line, except httpYac `#a` among headers. */
export const isComment = (text: string): boolean => /^\s*(?:#|\/\/)/.test(text);

export const indentationOf = (text: string): string => text.slice(0, text.length - text.trimStart().length);
