/** Read access to a document by line, without line ends. A `vscode.TextDocument` fits behind it in three lines. */
export interface Lines {
  readonly lineCount: number;
  lineAt(line: number): string;
  /** Of a document that is kept up with; it is made anew where there is none. */
  readonly index?: LinesOfKind;
}

/** Lines from `start` up to, but without, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Position {
  readonly line: number;
  readonly character: number;
}

/** What to look at a line for. */
export type Kind =
  /** It may define a variable. */
  | 'definition'
  /** It has a `{{`. */
  | 'placeholder'
  /** It has the start of a token or reference, or an option of cURL that sets a header. */
  | 'token'
  /** It may open or close a fence of Markdown. */
  | 'fence'
  /** It starts with `###`, or with whitespace and `###`. */
  | 'separator'
  | 'indented-separator'
  /** It closes a script, a handler or a comment block, and holds nothing else. */
  | Closer
  /** A comment that names a request (`# @name x`), or what the person is asked for. */
  | 'name'
  /** REST Client may send a file in its place, with the variables in it replaced (`<@ file`). */
  | 'file'
  /**
   * It may be a header whose name has so many characters: most that are not looked for need no look at all. Negative: a comment
   * that gives a name of so many characters to a request.
   */
  | number;

export type Closer = '}}' | '%}' | '*/';

/** Which lines of a document there is something to find in. */
export interface LinesOfKind {
  /** @returns those of a kind in a span, in order */
  lines(kind: Kind, span: Span): readonly number[];
  /** @returns the next one of a kind, from a line on */
  next(kind: Kind, from: number): number | undefined;
}

export const wholeOf = (lines: Lines): Span => ({ start: 0, end: lines.lineCount });

/** Whitespace-only lines end the headers in every dialect, as empty ones do. */
export const isBlank = (text: string): boolean => text.trim() === '';

/** `#` or `//`: no client takes anything from such a line, except httpYac from `#a` among headers. */
export const isComment = (text: string): boolean => /^\s*(?:#|\/\/)/.test(text);

export const indentationOf = (text: string): string => text.slice(0, text.length - text.trimStart().length);
