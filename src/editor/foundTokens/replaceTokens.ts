import * as vscode from 'vscode';
import { AppError } from '../../base/errors.js';
import { foundTokens, textKindOf, type FoundToken, type TokenKnowledge } from './foundTokens.js';

/** The access tokens in the current text of a document, saved or not. */
export function tokensOf(document: vscode.TextDocument, known: TokenKnowledge): readonly FoundToken[] {
  const kind = document.languageId === 'http' ? 'requests' : textKindOf(document.uri.path);
  return kind ? foundTokens(document.getText(), kind, known) : [];
}

/**
 * Replaces access tokens by references, in all files at once.
 * @param isMeant selects among the replaceable tokens
 * @returns how many were replaced
 * @throws AppError `document-changed`, `read-only`
 */
export async function replaceByReferences(
  uris: readonly vscode.Uri[],
  known: TokenKnowledge,
  isMeant: (uri: vscode.Uri, token: FoundToken) => boolean = () => true,
): Promise<number> {
  const edit = new vscode.WorkspaceEdit();
  const documents = await Promise.all(uris.map((uri) => vscode.workspace.openTextDocument(uri)));
  let count = 0;
  for (const document of documents)
    for (const token of tokensOf(document, known)) {
      if (token.reference === undefined || !isMeant(document.uri, token)) continue;
      edit.replace(document.uri, rangeOfToken(token), token.reference);
      count++;
    }
  if (count === 0) return 0;
  const versions = documents.map(({ version }) => version);
  if (!(await vscode.workspace.applyEdit(edit))) throw new AppError('document-changed');
  // A read-only document reports success.
  if (documents.every(({ version }, at) => version === versions[at])) throw new AppError('read-only');
  return count;
}

export const rangeOfToken = ({ line, start, end }: FoundToken): vscode.Range => new vscode.Range(line, start, line, end);
