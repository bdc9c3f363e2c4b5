import * as vscode from 'vscode';

/** Follows the beginnings of lines through edits of a document, while something is pending. */
export class Anchors implements vscode.Disposable {
  readonly #subscription: vscode.Disposable;
  #positions: (vscode.Position | undefined)[];

  constructor(document: vscode.TextDocument, lines: readonly number[]) {
    this.#positions = lines.map((line) => new vscode.Position(line, document.lineAt(line).firstNonWhitespaceCharacterIndex));
    this.#subscription = vscode.workspace.onDidChangeTextDocument((event) => {
      if (event.document !== document) return;
      for (const change of event.contentChanges) this.#positions = this.#positions.map((at) => at && moved(at, change));
    });
  }

  /** Where the lines are now; undefined for a line whose beginning was deleted. */
  get lines(): readonly (number | undefined)[] {
    return this.#positions.map((at) => at?.line);
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

/** Text that is inserted at the position goes before it. */
function moved(
  at: vscode.Position,
  { range: { start, end }, text }: vscode.TextDocumentContentChangeEvent,
): vscode.Position | undefined {
  if (at.isBefore(start) || (at.isEqual(start) && at.isBefore(end))) return at;
  if (at.isBefore(end)) return undefined;
  const added = text.split('\n');
  const line = at.line - end.line + start.line + added.length - 1;
  if (at.line > end.line) return at.with({ line });
  const from = (added.length === 1 ? start.character : 0) + (added.at(-1) ?? '').length;
  return new vscode.Position(line, from + at.character - end.character);
}
