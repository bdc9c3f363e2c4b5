import * as vscode from 'vscode';
import { AppError } from '../base/errors.js';
import type { Lines, TextEdit, Work } from '../httpFile/index.js';
import { LineIndexes } from './lineIndexes.js';

const indexes = new LineIndexes();

/** A document as httpFile reads it: line by line, so that the cost is that of the lines that are looked at. */
export function linesOf(document: vscode.TextDocument): Lines {
  return {
    lineCount: document.lineCount,
    lineAt: (line) => document.lineAt(line).text,
    get index() {
      return indexes.of(document);
    },
  };
}

/** {@link linesOf} with their index, which is made in pieces. */
export function* readingLines(document: vscode.TextDocument): Work<Lines> {
  yield* indexes.making(document);
  return linesOf(document);
}

/** From now on an edit costs a look at the lines that it changes, and not at the whole document. */
export function followEdits(): vscode.Disposable {
  indexes.forget();
  return vscode.workspace.onDidChangeTextDocument((change) => indexes.changed(change));
}

export function isMarkdown(document: vscode.TextDocument): boolean {
  return document.languageId === 'markdown';
}

/** Whether requests can be looked for in a document: an `.http` or `.rest` file, Markdown, or a text that has no file yet. */
export function mayHoldRequests({ languageId, uri, isUntitled }: vscode.TextDocument): boolean {
  return languageId === 'http' || languageId === 'markdown' || /\.(http|rest)$/i.test(uri.path) || isUntitled;
}

/**
 * The documents of all tabs that may hold requests, also of those that have not been looked at yet; without those that cannot
 * be written, such as the older versions of a file that git shows.
 */
export async function openDocuments(): Promise<readonly vscode.TextDocument[]> {
  const uris = vscode.window.tabGroups.all.flatMap(({ tabs }) =>
    tabs.flatMap(({ input }) =>
      input instanceof vscode.TabInputText && /\.(http|rest|md)$/i.test(input.uri.path) ? input.uri : [],
    ),
  );
  // A file may have gone since its tab was opened.
  await Promise.allSettled(uris.map((uri) => vscode.workspace.openTextDocument(uri)));
  const isWritable = ({ uri }: vscode.TextDocument): boolean => vscode.workspace.fs.isWritableFileSystem(uri.scheme) !== false;
  return vscode.workspace.textDocuments.filter((document) => mayHoldRequests(document) && isWritable(document));
}

/**
 * Applies edits to a document that need not be shown, as one undo step of it.
 * @param version what the edits were made for
 * @throws AppError `document-changed`, `read-only`
 */
export async function applyToDocument(
  document: vscode.TextDocument,
  edits: readonly TextEdit[],
  version = document.version,
): Promise<void> {
  if (document.version !== version) throw new AppError('document-changed');
  const change = new vscode.WorkspaceEdit();
  for (const one of edits) change.replace(document.uri, rangeOf(one), one.text);
  if (!(await vscode.workspace.applyEdit(change))) throw new AppError('document-changed');
  if (document.version === version) throw new AppError('read-only');
}

/**
 * Applies edits as one undo step, and leaves the cursors at the text they were at.
 * @throws AppError `document-changed` where the editor has been closed or typed into, `read-only`
 */
export async function applyEdits(editor: vscode.TextEditor, edits: readonly TextEdit[]): Promise<void> {
  const { selections } = editor;
  const { version } = editor.document;
  const applied = await edit(editor, edits);
  if (!applied) throw new AppError('document-changed');
  // A read-only editor says that it has applied them.
  if (editor.document.version === version) throw new AppError('read-only');
  // VS Code moves a cursor along with what is inserted exactly there, out of the line that the person was in.
  const isAbove = (line: number): boolean => edits.every(({ startLine }) => startLine >= line);
  if (selections.every(({ end }) => isAbove(end.line))) editor.selections = selections;
}

async function edit(editor: vscode.TextEditor, edits: readonly TextEdit[]): Promise<boolean> {
  try {
    return await editor.edit((builder) => {
      for (const one of edits) builder.replace(rangeOf(one), one.text);
    });
  } catch (cause) {
    throw new AppError('document-changed', {}, cause);
  }
}

export function rangeOf({ startLine, startCharacter, endLine, endCharacter }: TextEdit): vscode.Range {
  return new vscode.Range(startLine, startCharacter, endLine, endCharacter);
}
