import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { settings } from '../../settings.js';
import { readTenants, type TenantEntry } from '../../tenants/tenants.js';
import { confirmed } from '../../views/prompts.js';
import type { Command, Uses } from '../command.js';
import { selectConfiguredTenant } from '../selectToken.js';

/** Also removes the tokens of a tenant that is no longer in the settings, and an entry that is no tenant. */
export const removeTenant: Command<Uses<'active' | 'prompter' | 'tenants' | 'vault'>> = async (services, target) => {
  const wrong = services.tenants.entries.find(({ index, tenant }) => index === target.entry && !tenant);
  if (wrong) return removeWrong(services, wrong);
  const left = target.tenant !== undefined && !services.tenants.find(target.tenant) ? services.vault.of(target.tenant) : [];
  const tenant = left.length > 0 ? undefined : await selectConfiguredTenant(services, target, vscode.l10n.t('Remove Tenant'));
  const id = tenant?.id ?? left[0]?.tenant;
  if (id === undefined) return;
  const name = tenant?.name ?? id;
  const tokens = services.vault.of(id);
  const yes = await confirmed(
    services.prompter,
    vscode.l10n.t('Remove {0}?', name),
    tokens.length === 0
      ? vscode.l10n.t('It is removed from the settings. It has no API token.')
      : vscode.l10n.t(
          'It is removed from the settings, and from this machine’s key store its API tokens: {0}. They cannot be shown again. At the service they stay valid until they are revoked there.',
          tokens.map((token) => token.name).join(', '),
        ),
    vscode.l10n.t('Remove'),
  );
  if (!yes) return;
  // The settings first: if they cannot be written, no token is lost.
  if (tenant) await settings.changeTenant(tenant, undefined);
  for (const token of tokens) await services.vault.remove(token.id);
  if (tokens.some((token) => token.id === services.active.id)) await services.active.set(undefined);
  services.prompter.done(vscode.l10n.t('{0} removed', name));
};

/** Nothing else is removed: its tokens, if there are any, may be those of a tenant that is to be corrected. */
async function removeWrong({ prompter }: Uses<'prompter'>, wrong: TenantEntry): Promise<void> {
  const { index, name } = wrong;
  const question = vscode.l10n.t('Remove {0}?', name);
  const detail = vscode.l10n.t('Entry {0} of tenantTokens.tenants is removed from the settings. API tokens are kept.', index + 1);
  if (!(await confirmed(prompter, question, detail, vscode.l10n.t('Remove')))) return;
  await settings.removeEntry(index, (entries) => isDeepStrictEqual(readTenants(entries)[index], wrong));
  prompter.done(vscode.l10n.t('{0} removed', name));
}
