import * as vscode from 'vscode';

/** Documents that the editor helps with. One selector of several, so that a document which fits twice gets everything once. */
export const SELECTOR: vscode.DocumentSelector = [
  { language: 'http' },
  { language: 'markdown' },
  { pattern: '**/*.{http,rest}' },
];

/** Documents that show something else than what a person works on: the log, and older versions of files. */
const FOREIGN_SCHEMES: readonly string[] = ['output', 'git'];

export function isInScope(document: vscode.TextDocument): boolean {
  return !FOREIGN_SCHEMES.includes(document.uri.scheme) && vscode.languages.match(SELECTOR, document) > 0;
}
