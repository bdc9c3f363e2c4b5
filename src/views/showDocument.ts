import * as vscode from 'vscode';

/** Shows a document in an editor. Lint forbids any other way (eslint.config.mjs). */
export async function showDocument(what: vscode.TextDocument | vscode.Uri, how?: vscode.TextDocumentShowOptions): Promise<void> {
  const document = what instanceof vscode.Uri ? await vscode.workspace.openTextDocument(what) : what;
  await vscode.window.showTextDocument(document, how);
}
