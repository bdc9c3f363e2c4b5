import * as vscode from 'vscode';

/** The documents that the editor features cover. One selector, so that a document that matches twice gets everything once. */
export const SELECTOR: vscode.DocumentSelector = [
  { language: 'http' },
  { language: 'markdown' },
  { pattern: '**/*.{http,rest}' },
];

/** Documents that a person does not work on: the log, older versions of files, and answers to tried requests. */
const FOREIGN_SCHEMES: readonly string[] = ['output', 'git', 'tenant-tokens-answer'];

export function isInScope(document: vscode.TextDocument): boolean {
  return !FOREIGN_SCHEMES.includes(document.uri.scheme) && vscode.languages.match(SELECTOR, document) > 0;
}
