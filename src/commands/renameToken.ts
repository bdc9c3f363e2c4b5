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
  if (name !== undefined && name !== BACK) await services.vault.rename(chosen.token.id, name);
};
