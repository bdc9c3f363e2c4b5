import path from 'node:path';
import * as vscode from 'vscode';
import { tell } from '../views/ask.js';
import type { CommitWarning } from './commitGuard.js';
import type { TokenKnowledge } from './foundTokens.js';
import type { Repository } from './git.js';
import { rangeOfToken, replaceByReferences, tokensOf } from './replaceTokens.js';
import { describeTokens } from './tokenTexts.js';

/** Tells of access tokens that are about to be committed or just were, and offers what helps. */
export async function showCommitWarning(warning: CommitWarning, known: TokenKnowledge): Promise<void> {
  const buttons = buttonsFor(warning, known);
  const chosen = await vscode.window.showWarningMessage(textOf(warning), ...buttons.keys());
  await buttons.get(chosen ?? '')?.();
}

function textOf({ when, files }: CommitWarning): string {
  const names = files.map(({ uri }) => path.posix.basename(uri.path)).join(', ');
  const tokens = describeTokens(
    files.flatMap((file) => file.tokens),
    Date.now(),
  );
  const text =
    when === 'committed'
      ? vscode.l10n.t('The last commit holds {0} in {1}. Replace it and amend the commit before you push.', tokens, names)
      : files.length === 1
        ? vscode.l10n.t('{0} is staged for commit and holds {1}.', names, tokens)
        : vscode.l10n.t('{0} are staged for commit and hold {1}.', names, tokens);
  // VS Code makes links of `[text](address)`, which a name must not.
  return text.replaceAll('](', '] (');
}

function buttonsFor({ repository, when, files }: CommitWarning, known: TokenKnowledge): Map<string, () => Promise<void>> {
  const buttons = new Map<string, () => Promise<void>>();
  const uris = files.map(({ uri }) => uri);
  const [uri] = uris;
  if (uri) buttons.set(vscode.l10n.t('Open'), () => open(uri, known));
  if (when === 'staged') buttons.set(vscode.l10n.t('Unstage'), () => unstage(repository, uris));
  if (files.some(({ tokens }) => tokens.some(({ reference }) => reference)))
    buttons.set(vscode.l10n.t('Replace by Reference'), () => replace(uris, known));
  return buttons;
}

async function unstage(repository: Repository, uris: readonly vscode.Uri[]): Promise<void> {
  try {
    await repository.revert(uris.map(({ fsPath }) => fsPath));
  } catch {
    void vscode.window.showErrorMessage(vscode.l10n.t('Git did not unstage it. Its own log says why.'));
  }
}

async function open(uri: vscode.Uri, known: TokenKnowledge): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const [token] = tokensOf(document, known);
  await vscode.window.showTextDocument(document, token && { selection: rangeOfToken(token) });
}

/** What is staged or committed stays as it is until the person stages the file again. */
async function replace(uris: readonly vscode.Uri[], known: TokenKnowledge): Promise<void> {
  for (const uri of uris) await open(uri, known);
  const count = await replaceByReferences(uris, known);
  tell(vscode.l10n.t('{0} replaced. Save, and stage again', count));
}
