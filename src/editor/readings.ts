import type * as vscode from 'vscode';
import { finish, type Lines, type Work } from '../httpFile/index.js';
import { readingLines } from './document.js';
import { Pieces } from './pieces.js';

interface Reading<Result> {
  readonly version: number;
  result: Result | Promise<Result>;
}

/** A file that a person writes is shorter. */
const SHORT = { lines: 500, characters: 32_768 } as const;

/** Shared by all readings of a window. */
export const PIECES = new Pieces();

/**
 * Reads documents, and caches the result for each version. A long one is read in pieces; a short one at once, even if the machine
 * is slow: whoever sends a request from it right after an edit must not find that it has not been read.
 */
export class Readings<Result extends object> {
  readonly #read: (document: vscode.TextDocument) => Work<Result>;
  readonly #pieces: Pieces;
  #known = new WeakMap<vscode.TextDocument, Reading<Result>>();

  constructor(read: (document: vscode.TextDocument) => Work<Result>, pieces = PIECES) {
    this.#read = read;
    this.#pieces = pieces;
  }

  /**
   * The result for the latest version: if the document changes meanwhile, the reading starts again.
   * @returns no promise if the result is cached, the document is short, or one piece is enough
   */
  of(document: vscode.TextDocument): Result | Promise<Result> {
    const { version } = document;
    const known = this.#known.get(document);
    if (known?.version === version) return known.result;
    const isWanted = (): boolean => this.#known.get(document) === reading && document.version === version;
    const work = this.#read(document);
    const started = isShort(document) ? finish(work) : this.#pieces.run(work, isWanted);
    const reading: Reading<Result> = {
      version,
      result: started instanceof Promise ? started.then((result) => this.#keep(document, reading, result)) : started,
    };
    this.#known.set(document, reading);
    return reading.result;
  }

  /** Call it when something else that the results depend on has changed. */
  forget(): void {
    this.#known = new WeakMap();
  }

  #keep(document: vscode.TextDocument, reading: Reading<Result>, result: Result | undefined): Result | Promise<Result> {
    if (result === undefined || this.#known.get(document) !== reading || document.version !== reading.version)
      return this.of(document);
    reading.result = result;
    return result;
  }
}

/**
 * Reads the latest version of a document, a long one in pieces: if it changes meanwhile, the reading starts again.
 * @throws what the reading throws
 */
export async function readDocument<Result extends object | boolean>(
  document: vscode.TextDocument,
  read: (lines: Lines) => Work<Result>,
): Promise<Result> {
  for (;;) {
    const { version } = document;
    const work = reading(document, read);
    const result = isShort(document) ? finish(work) : await PIECES.run(work, () => document.version === version);
    if (result !== undefined) return result;
  }
}

function* reading<Result>(document: vscode.TextDocument, read: (lines: Lines) => Work<Result>): Work<Result> {
  return yield* read(yield* readingLines(document));
}

/** Whether reading it takes no time worth mentioning. */
export function isShort(document: vscode.TextDocument): boolean {
  if (document.lineCount > SHORT.lines) return false;
  let characters = 0;
  for (let line = 0; line < document.lineCount; line++) characters += document.lineAt(line).text.length;
  return characters <= SHORT.characters;
}
