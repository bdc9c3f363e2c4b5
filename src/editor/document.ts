import * as vscode from 'vscode';
import { AppError } from '../errors.js';
import type { Dialect, Lines, TextEdit } from '../httpFile/index.js';

/** A document as httpFile reads it: line by line, so that the cost is that of the lines that are looked at. */
export function linesOf(document: vscode.TextDocument): Lines {
  return { lineCount: document.lineCount, lineAt: (line) => document.lineAt(line).text };
}

export function isMarkdown(document: vscode.TextDocument): boolean {
  return document.languageId === 'markdown';
}

/** Whether requests can be looked for in a document: an `.http` or `.rest` file, Markdown, or a text that has no file yet. */
export function mayHoldRequests({ languageId, uri, isUntitled }: vscode.TextDocument): boolean {
  return languageId === 'http' || languageId === 'markdown' || /\.(http|rest)$/i.test(uri.path) || isUntitled;
}

/** How the client that is installed reads the file; httpYac reads what REST Client does, and more. */
export function installedDialect(): Dialect {
  const has = (id: string): boolean => vscode.extensions.getExtension(id) !== undefined;
  return has('humao.rest-client') && !has('anweber.vscode-httpyac') ? 'rest-client' : 'httpyac';
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

function rangeOf({ startLine, startCharacter, endLine, endCharacter }: TextEdit): vscode.Range {
  return new vscode.Range(startLine, startCharacter, endLine, endCharacter);
}
