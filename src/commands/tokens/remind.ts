import * as vscode from 'vscode';
import { platformOf } from '../../platforms/index.js';
import type { Tenant } from '../../platforms/tenant.js';
import type { Due } from '../../tokens/reminders.js';
import { can } from '../../views/capabilities.js';
import { formatDistance } from '../../views/expiryTexts.js';
import { formatDay } from '../../views/format.js';
import type { Uses } from '../command.js';

/** Warns that an API token expires soon, and offers a remedy. Skips invalid tenants, which show other problems. */
export async function remind(
  { vault, tenants, prompter, reminders }: Uses<'prompter' | 'reminders' | 'tenants' | 'vault'>,
  { id, end, days }: Due,
): Promise<void> {
  const token = vault.find(id);
  const tenant = tenants.find(token?.tenant);
  if (!token || !tenant) return;
  const remedy = remedyOf(tenant, end.kind);
  const left = end.at - Date.now();
  const message =
    left <= 0
      ? vscode.l10n.t('The API token “{0}” of {1} has expired.', token.name, tenant.name)
      : end.kind === 'unless-exchanged'
        ? vscode.l10n.t(
            'The API token “{0}” of {1} expires on {2} unless it is exchanged by then.',
            token.name,
            tenant.name,
            formatDay(end.at),
          )
        : vscode.l10n.t(
            'The API token “{0}” of {1} expires on {2}, {3}.',
            token.name,
            tenant.name,
            formatDay(end.at),
            formatDistance(left),
          );
  const act = await prompter.notify('warning', message, [
    {
      label: remedy.title,
      value: async () => {
        await reminders.settle(id, days);
        await vscode.commands.executeCommand(`tenantTokens.${remedy.command}`, { tenant: tenant.id, token: id });
      },
    },
    { label: vscode.l10n.t('Remind Tomorrow'), value: () => reminders.snooze(id) },
    { label: vscode.l10n.t('Don’t Remind'), value: () => reminders.off(id) },
  ]);
  await act?.();
}

/** How to extend or replace a token. */
function remedyOf(tenant: Tenant, kind: Due['end']['kind']): { readonly title: string; readonly command: string } {
  if (kind === 'unless-exchanged') return { title: vscode.l10n.t('Exchange'), command: 'exchange' };
  if (can(tenant, 'regenerate')) return { title: vscode.l10n.t('Regenerate…'), command: 'regenerateToken' };
  if (can(tenant, 'create')) return { title: vscode.l10n.t('Create Another…'), command: 'createToken' };
  return platformOf(tenant).portal
    ? { title: vscode.l10n.t('Open Portal'), command: 'openPortal' }
    : { title: vscode.l10n.t('Replace Token'), command: 'replaceToken' };
}
