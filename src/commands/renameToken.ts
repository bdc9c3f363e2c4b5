import * as vscode from 'vscode';
import { askText, BACK } from '../views/ask.js';
import type { Command } from './command.js';
import { pickToken } from './pick.js';
import { validateTokenName } from './tokenQuestions.js';

export const renameToken: Command = async (services, target) => {
  const chosen = await pickToken(services, target, vscode.l10n.t('Rename API Token'));
  if (!chosen) return;
  const name = await askText({
    title: vscode.l10n.t('Rename API Token'),
    prompt: vscode.l10n.t('A name for this API token of {0}', chosen.tenant.name),
    value: chosen.token.name,
    validate: (value) => validateTokenName(services, chosen.tenant, value, chosen.token.id),
  });
  if (name === undefined || name === BACK) return;
  const before = services.names.nameOf(chosen.token.id);
  await services.vault.rename(chosen.token.id, name);
  const after = services.names.nameOf(chosen.token.id);
  if (before !== undefined && after !== undefined && before !== after) await offerReplacing(before, after);
};

/** A reference has the token's name in it: files that hold the former one find no token any more. */
async function offerReplacing(before: string, after: string): Promise<void> {
  const replace = vscode.l10n.t('Replace in Files');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('The reference of this API token is {0} now. Requests that still refer to {1} find no token.', after, before),
    replace,
  );
  if (chosen !== replace) return;
  const search = { query: before, replace: after, matchWholeWord: true, isRegex: false, triggerSearch: true };
  await vscode.commands.executeCommand('workbench.action.findInFiles', search);
}
