import * as vscode from 'vscode';

/** Follows lines of a document through its edits, while something is waited for. */
export class Anchors implements vscode.Disposable {
  readonly #subscription: vscode.Disposable;
  #lines: (number | undefined)[];

  constructor(document: vscode.TextDocument, lines: readonly number[]) {
    this.#lines = [...lines];
    this.#subscription = vscode.workspace.onDidChangeTextDocument((event) => {
      if (event.document !== document) return;
      for (const change of event.contentChanges) this.#lines = this.#lines.map((line) => moved(line, change));
    });
  }

  /** Where the lines are now; undefined for one that was deleted or joined with another. */
  get lines(): readonly (number | undefined)[] {
    return this.#lines;
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

function moved(line: number | undefined, { range, text }: vscode.TextDocumentContentChangeEvent): number | undefined {
  const { start, end } = range;
  if (line === undefined || line < start.line || (line === start.line && start.character > 0)) return line;
  const added = text.split('\n').length - 1 - (end.line - start.line);
  if (line > end.line || (line === end.line && end.character === 0)) return line + added;
  // The change goes through the line, or begins at its start: it is another line then, unless only its own text changed.
  return start.line === end.line && added === 0 ? line : undefined;
}
