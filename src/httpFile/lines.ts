import type { LineIndex } from './lineIndex.js';

/** Read access to a document by line, without line ends. A `vscode.TextDocument` fits behind it in three lines. */
export interface Lines {
  readonly lineCount: number;
  lineAt(line: number): string;
  /** Of a document that is kept up with; it is made anew where there is none. */
  readonly index?: LineIndex;
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

export const wholeOf = (lines: Lines): Span => ({ start: 0, end: lines.lineCount });

/** Whitespace-only lines end the headers in every dialect, as empty ones do. */
export const isBlank = (text: string): boolean => text.trim() === '';

/** `#` or `//`: no client takes anything from such a line, except httpYac from `#a` among headers. */
export const isComment = (text: string): boolean => /^\s*(?:#|\/\/)/.test(text);

export const indentationOf = (text: string): string => text.slice(0, text.length - text.trimStart().length);
