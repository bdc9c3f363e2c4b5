import type * as vscode from 'vscode';
import type { Work } from '../httpFile/index.js';
import { Pieces } from './pieces.js';

interface Reading<Result> {
  readonly version: number;
  result: Result | Promise<Result>;
}

/** All readings of a window take turns. */
export const PIECES = new Pieces();

/** What is read of documents, in pieces and once for each version. */
export class Readings<Result extends object> {
  readonly #read: (document: vscode.TextDocument) => Work<Result>;
  readonly #pieces: Pieces;
  #known = new WeakMap<vscode.TextDocument, Reading<Result>>();

  constructor(read: (document: vscode.TextDocument) => Work<Result>, pieces = PIECES) {
    this.#read = read;
    this.#pieces = pieces;
  }

  /**
   * Of a document as it is at the end: where it is changed while it is read, that reading ends, and it is read anew.
   * @returns no promise if it has been read, or does not take long
   */
  of(document: vscode.TextDocument): Result | Promise<Result> {
    const { version } = document;
    const known = this.#known.get(document);
    if (known?.version === version) return known.result;
    const isWanted = (): boolean => this.#known.get(document) === reading && document.version === version;
    const started = this.#pieces.run(this.#read(document), isWanted);
    const reading: Reading<Result> = {
      version,
      result: started instanceof Promise ? started.then((result) => this.#keep(document, reading, result)) : started,
    };
    this.#known.set(document, reading);
    return reading.result;
  }

  /** To be called when what is read depends on something else that has changed. */
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
