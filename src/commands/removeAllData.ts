import * as vscode from 'vscode';
import { confirmed } from '../views/prompts.js';
import type { Command, Uses } from './command.js';

/** Uninstalling leaves an extension's secrets behind (microsoft/vscode#123817); this command removes them. */
export const removeAllData: Command<
  Uses<'active' | 'clipboard' | 'history' | 'issued' | 'manager' | 'notes' | 'prompter' | 'sandbox' | 'vault'>
> = async (services) => {
  const yes = await confirmed(
    services.prompter,
    vscode.l10n.t('Remove all data of Tenant Tokens?'),
    vscode.l10n.t(
      'All API tokens and access tokens ({0} tokens) are deleted from this machine’s key store and cannot be shown again. The tenants stay in your settings. At the services the API tokens stay valid until they are revoked there.',
      services.vault.entries.length,
    ),
    vscode.l10n.t('Remove All Tokens'),
  );
  if (!yes) return;
  await services.sandbox.stop();
  await services.vault.removeAll();
  services.manager.forgetAll();
  await services.notes.forgetAll();
  await services.history.clear();
  await services.issued.forgetAll();
  await services.active.set(undefined);
  await services.clipboard.clear();
  services.prompter.done(vscode.l10n.t('All tokens removed'));
};
