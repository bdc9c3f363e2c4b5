import path from 'node:path';
import * as vscode from 'vscode';
import type { Option, Prompter } from '../../views/prompter.js';
import { showDocument } from '../../views/showDocument.js';
import type { CommitWarning } from './commitGuard.js';
import type { TokenKnowledge } from './foundTokens.js';
import type { Repository } from './git.js';
import { rangeOfToken, replaceByReferences, tokensOf } from './replaceTokens.js';
import { describeTokens } from './foundTokenTexts.js';

/** Warns about access tokens that are about to be committed or just were, and offers remedies. */
export async function showCommitWarning(prompter: Prompter, warning: CommitWarning, known: TokenKnowledge): Promise<void> {
  const help = await prompter.notify('warning', textOf(warning), optionsFor(prompter, warning, known));
  await help?.();
}

function textOf({ when, files }: CommitWarning): string {
  const names = files.map(({ uri }) => path.posix.basename(uri.path)).join(', ');
  const tokens = describeTokens(
    files.flatMap((file) => file.tokens),
    Date.now(),
  );
  if (when === 'committed')
    return vscode.l10n.t('The last commit holds {0} in {1}. Replace it and amend the commit before you push.', tokens, names);
  return files.length === 1
    ? vscode.l10n.t('{0} is staged for commit and holds {1}.', names, tokens)
    : vscode.l10n.t('{0} are staged for commit and hold {1}.', names, tokens);
}

function optionsFor(
  prompter: Prompter,
  { repository, when, files }: CommitWarning,
  known: TokenKnowledge,
): Option<() => Promise<void>>[] {
  const options: Option<() => Promise<void>>[] = [];
  const uris = files.map(({ uri }) => uri);
  const [uri] = uris;
  if (uri) options.push({ label: vscode.l10n.t('Open'), value: () => open(uri, known) });
  if (when === 'staged') options.push({ label: vscode.l10n.t('Unstage'), value: () => unstage(prompter, repository, uris) });
  if (files.some(({ tokens }) => tokens.some(({ reference }) => reference)))
    options.push({ label: vscode.l10n.t('Replace by Reference'), value: () => replace(prompter, uris, known) });
  return options;
}

async function unstage(prompter: Prompter, repository: Repository, uris: readonly vscode.Uri[]): Promise<void> {
  try {
    await repository.revert(uris.map(({ fsPath }) => fsPath));
  } catch {
    void prompter.notify('error', vscode.l10n.t('Git could not unstage it. See the Git log.'));
  }
}

async function open(uri: vscode.Uri, known: TokenKnowledge): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const [token] = tokensOf(document, known);
  await showDocument(document, token && { selection: rangeOfToken(token) });
}

/** Staged and committed contents stay unchanged until the person stages the file again. */
async function replace(prompter: Prompter, uris: readonly vscode.Uri[], known: TokenKnowledge): Promise<void> {
  for (const uri of uris) await open(uri, known);
  const count = await replaceByReferences(uris, known);
  prompter.done(vscode.l10n.t('{0} replaced. Save, and stage again', count));
}
