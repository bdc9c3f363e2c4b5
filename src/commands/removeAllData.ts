import * as vscode from 'vscode';
import { tell } from '../views/ask.js';
import type { Command } from './command.js';

/** Uninstalling leaves an extension's secrets behind (microsoft/vscode#123817): this is the way to be rid of them. */
export const removeAllData: Command = async (services) => {
  const yes = vscode.l10n.t('Remove All Tokens');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Remove all data of Tenant Tokens?'),
    {
      modal: true,
      detail: vscode.l10n.t(
        'All API tokens and access tokens ({0} tokens) are deleted from this machine’s key store and cannot be shown again. The tenants stay in your settings. At the services the API tokens stay valid until they are revoked there.',
        services.vault.entries.length,
      ),
    },
    yes,
  );
  if (chosen !== yes) return;
  await services.sandbox.stop();
  await services.vault.removeAll();
  services.manager.forgetAll();
  await services.notes.forgetAll();
  await services.history.clear();
  await services.issued.forgetAll();
  await services.active.set(undefined);
  await services.clipboard.clear();
  tell(vscode.l10n.t('All tokens removed'));
};
