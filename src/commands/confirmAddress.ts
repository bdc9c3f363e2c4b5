import * as vscode from 'vscode';
import { platformOf } from '../platforms/index.js';
import { confirmed } from '../views/prompts.js';
import { about, type Command } from './command.js';
import { pickToken } from './pick.js';

/** Lets a person compare the address that a token was entered for with the tenant's present one. */
export const confirmAddress: Command = async (services, target) => {
  const chosen = await pickToken(services, target, vscode.l10n.t('Review Address'));
  if (!chosen) return;
  const { tenant, token } = chosen;
  const from = await about({ tenant: tenant.id, token: token.id }, services.broker.boundTo(token.id));
  const to = platformOf(tenant).exchangeUrl(tenant);
  if (from === to) {
    services.prompter.done(vscode.l10n.t('API token “{0}” is for the address that {1} has', token.name, tenant.name));
    return;
  }
  const yes = await confirmed(
    services.prompter,
    vscode.l10n.t('Send the API token “{0}” to another address?', token.name),
    vscode.l10n.t(
      'It was entered for\n{0}\n\nFrom now on it is sent to\n{1}\n\nWhoever runs that address can use the token. Confirm only if you changed the address yourself.',
      from,
      to,
    ),
    vscode.l10n.t('Send It There'),
  );
  if (!yes) return;
  await services.broker.rebind(tenant, token.id);
  // It was the id at the service before: here it may be another token's.
  await services.notes.note(token.id, { remoteId: undefined });
};
