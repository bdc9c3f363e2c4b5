import * as vscode from 'vscode';
import type { Prompter } from '../../views/prompter.js';
import { answered } from '../../views/prompts.js';
import type { Command, Uses } from '../command.js';
import { selectToken, type SelectsToken } from '../selectToken.js';
import { validateTokenName } from './tokenQuestions.js';

export const renameToken: Command<SelectsToken & Uses<'names'>> = async (services, target) => {
  const title = vscode.l10n.t('Rename API Token');
  const chosen = await selectToken(services, target, title);
  if (!chosen) return;
  const { tenant, token } = chosen;
  const answer = services.prompter.text({
    title,
    prompt: vscode.l10n.t('A name for this API token of {0}', tenant.name),
    value: token.name,
    validate: (value) => validateTokenName(services, tenant, value, token.id),
  });
  const name = await answered(answer);
  if (name === undefined) return;
  const before = services.names.nameOf(token.id);
  await services.vault.rename(token.id, name);
  const after = services.names.nameOf(token.id);
  if (before === undefined || after === undefined || before === after) return;
  if (await isReferredTo(before)) await offerReplacing(services.prompter, before, after);
};

const FILES = '**/*.{http,rest,md,markdown}';
const EXCLUDED = '**/node_modules/**';
const MAX_FILES = 5_000;

/** A reference contains the token's name, so references in files no longer resolve after a rename. */
async function offerReplacing(prompter: Prompter, before: string, after: string): Promise<void> {
  const yes = await prompter.notify(
    'warning',
    vscode.l10n.t('The reference of this API token is {0} now. Requests that still refer to {1} find no token.', after, before),
    [{ label: vscode.l10n.t('Replace in Files'), value: true }],
  );
  if (!yes) return;
  const search = { query: before, replace: after, matchWholeWord: true, isRegex: false, triggerSearch: true };
  await vscode.commands.executeCommand('workbench.action.findInFiles', search);
}

/** Whether an open document, or a file of the workspace in which references are written, contains a name. */
async function isReferredTo(name: string): Promise<boolean> {
  const word = new RegExp(`\\b${name}\\b`);
  if (vscode.workspace.textDocuments.some((document) => word.test(document.getText()))) return true;
  if (!vscode.workspace.workspaceFolders) return false;
  for (const uri of await vscode.workspace.findFiles(FILES, EXCLUDED, MAX_FILES)) {
    const text = await vscode.workspace.fs.readFile(uri).then(
      (bytes) => Buffer.from(bytes).toString('utf8'),
      () => '',
    );
    if (word.test(text)) return true;
  }
  return false;
}
