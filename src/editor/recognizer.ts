import type * as vscode from 'vscode';
import type { Dialect } from '../httpFile/index.js';
import { isMarkdown, linesOf } from './document.js';
import { recognize, type Known, type Recognized } from './recognize.js';

export type { Recognized } from './recognize.js';

interface Reading {
  readonly version: number;
  readonly dialect: Dialect;
  readonly recognized: readonly Recognized[];
}

interface Model extends Known {
  readonly dialects: { readonly current: Dialect };
}

/** {@link recognize} for documents of the editor, once for each version of their text. */
export class Recognizer {
  readonly #model: Model;
  #cache = new WeakMap<vscode.TextDocument, Reading>();

  constructor(model: Model) {
    this.#model = model;
  }

  of(document: vscode.TextDocument): readonly Recognized[] {
    const { version } = document;
    const dialect = this.#model.dialects.current;
    const known = this.#cache.get(document);
    if (known?.version === version && known.dialect === dialect) return known.recognized;
    const recognized = recognize(linesOf(document), dialect, isMarkdown(document), this.#model);
    this.#cache.set(document, { version, dialect, recognized });
    return recognized;
  }

  /** To be called when tokens or their names have changed. */
  forget(): void {
    this.#cache = new WeakMap();
  }
}
