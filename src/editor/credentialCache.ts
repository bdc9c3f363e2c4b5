import type * as vscode from 'vscode';
import type { Dialect } from '../httpFile/index.js';
import { isMarkdown, readingLines } from './document.js';
import { recognizing, type KnownCredentials, type Credential } from './credentials.js';
import { PIECES, Readings } from './readings.js';

export type { Credential } from './credentials.js';

interface Model extends KnownCredentials {
  readonly dialects: { readonly current: Dialect };
}

/** Caches {@link recognizing} for the documents of the editor, by version. */
export class CredentialCache {
  readonly #model: Model;
  readonly #readings: Readings<readonly Credential[]>;
  #dialect: Dialect | undefined;

  constructor(model: Model, pieces = PIECES) {
    this.#model = model;
    this.#readings = new Readings(function* (document) {
      return yield* recognizing(yield* readingLines(document), model.dialects.current, isMarkdown(document), model);
    }, pieces);
  }

  /** See {@link Readings.of}. */
  of(document: vscode.TextDocument): readonly Credential[] | Promise<readonly Credential[]> {
    const { current } = this.#model.dialects;
    if (current !== this.#dialect) this.forget();
    this.#dialect = current;
    return this.#readings.of(document);
  }

  /** Call it when tokens or their names have changed. */
  forget(): void {
    this.#readings.forget();
  }
}
