import type * as vscode from 'vscode';
import { finish, LineIndex, type Work } from '../httpFile/index.js';

interface Kept {
  version: number;
  readonly index: LineIndex;
}

/** The line indexes of documents, each kept from edit to edit. Never asks for the whole text of a document. */
export class LineIndexes {
  #kept = new WeakMap<vscode.TextDocument, Kept>();

  of(document: vscode.TextDocument): LineIndex {
    return finish(this.making(document));
  }

  /** {@link of}, in pieces. */
  *making(document: vscode.TextDocument): Work<LineIndex> {
    const { version } = document;
    const kept = this.#kept.get(document);
    if (kept?.version === version) return kept.index;
    const index = yield* LineIndex.making({
      get lineCount() {
        return document.lineCount;
      },
      lineAt: (line) => document.lineAt(line).text,
    });
    this.#kept.set(document, { version, index });
    return index;
  }

  /** To be called for each change of a document, from the moment on at which everything was forgotten. */
  changed({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const kept = this.#kept.get(document);
    // It was made of the new text, for somebody who heard of the change before.
    if (!kept || kept.version === document.version) return;
    // Who is given tokens depends on it: what may have missed an edit is made anew.
    if (document.version !== kept.version + 1) {
      this.#kept.delete(document);
      return;
    }
    kept.index.change(contentChanges);
    kept.version = document.version;
  }

  forget(): void {
    this.#kept = new WeakMap();
  }
}
