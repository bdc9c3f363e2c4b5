import * as vscode from 'vscode';
import { AppError } from '../base/errors.js';
import type { Lines, TextEdit, Work } from '../httpFile/index.js';
import { LineIndexes } from './lineIndexes.js';

const indexes = new LineIndexes();

/** Adapts a document to httpFile, line by line, so that only the lines in question cost anything. */
export function linesOf(document: vscode.TextDocument): Lines {
  return {
    lineCount: document.lineCount,
    lineAt: (line) => document.lineAt(line).text,
    get index() {
      return indexes.of(document);
    },
  };
}

/** {@link linesOf}, building the index in pieces. */
export function* readingLines(document: vscode.TextDocument): Work<Lines> {
  yield* indexes.making(document);
  return linesOf(document);
}

/** Keeps indexes up to date: an edit then costs a look at the changed lines instead of the whole document. */
export function followEdits(): vscode.Disposable {
  indexes.forget();
  return vscode.workspace.onDidChangeTextDocument((change) => indexes.changed(change));
}

export function isMarkdown(document: vscode.TextDocument): boolean {
  return document.languageId === 'markdown';
}

/** Whether a document may contain requests: an `.http` or `.rest` file, Markdown, or an untitled text. */
export function mayHoldRequests({ languageId, uri, isUntitled }: vscode.TextDocument): boolean {
  return languageId === 'http' || languageId === 'markdown' || /\.(http|rest)$/i.test(uri.path) || isUntitled;
}

/**
 * The documents of all tabs that may contain requests, even those not loaded yet; without read-only ones, such as older versions
 * of a file that git shows.
 */
export async function openDocuments(): Promise<readonly vscode.TextDocument[]> {
  const uris = vscode.window.tabGroups.all.flatMap(({ tabs }) =>
    tabs.flatMap(({ input }) =>
      input instanceof vscode.TabInputText && /\.(http|rest|md)$/i.test(input.uri.path) ? input.uri : [],
    ),
  );
  // A file may have been deleted since its tab was opened.
  await Promise.allSettled(uris.map((uri) => vscode.workspace.openTextDocument(uri)));
  const isWritable = ({ uri }: vscode.TextDocument): boolean => vscode.workspace.fs.isWritableFileSystem(uri.scheme) !== false;
  return vscode.workspace.textDocuments.filter((document) => mayHoldRequests(document) && isWritable(document));
}

/**
 * Applies edits to a document, visible or not, as one undo step.
 * @param version the version that the edits were computed for
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
 * Applies edits as one undo step, and keeps the cursors at their text.
 * @throws AppError `document-changed` if the editor was closed or typed into, `read-only`
 */
export async function applyEdits(editor: vscode.TextEditor, edits: readonly TextEdit[]): Promise<void> {
  const { selections } = editor;
  const { version } = editor.document;
  const applied = await edit(editor, edits);
  if (!applied) throw new AppError('document-changed');
  // A read-only editor reports success.
  if (editor.document.version === version) throw new AppError('read-only');
  // VS Code moves a cursor along with text inserted exactly there, out of the person's line.
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
