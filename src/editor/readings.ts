import type * as vscode from 'vscode';
import type { Work } from '../httpFile/index.js';
import { Pieces } from './pieces.js';

interface Reading<Result> {
  readonly version: number;
  result: Result | Promise<Result>;
}

/** Shared by all readings of a window. */
export const PIECES = new Pieces();

/** Reads documents in pieces, and caches the result for each version. */
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
   * @returns no promise if the result is cached or takes little time
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
