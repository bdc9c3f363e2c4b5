import type * as vscode from 'vscode';
import { changedBy, finish, LineIndex, type Work } from '../httpFile/index.js';

/** What has changed more than that is read in pieces, when somebody wants it. */
const MAX_LINES = 1_000;

interface Kept {
  version: number;
  readonly index: LineIndex;
}

/** The line indexes of documents, updated with each edit. Never reads the whole text of a document at once. */
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

  /** Call it for each change of a document after {@link forget}. */
  changed({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const kept = this.#kept.get(document);
    // The index was already built from the new text, for an earlier listener.
    if (!kept || kept.version === document.version) return;
    const { start, end } = changedBy(contentChanges);
    // Rebuild an index that may have missed an edit: it decides who gets tokens.
    if (document.version !== kept.version + 1 || end - start > MAX_LINES) {
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
