import * as vscode from 'vscode';
import { AppError } from '../base/errors.js';
import { platformOf } from '../platforms/index.js';
import type { Tenant } from '../platforms/tenant.js';
import { explain, subjectOf, type Subject } from '../views/messages.js';
import type { Option } from '../views/prompter.js';
import { changeTenant } from './tenants/changeTenant.js';
import { TargetedError, type Target, type Uses } from './command.js';

/** Shows an AppError with its buttons and the name of its tenant. @throws any other error */
export async function showError(
  services: Uses<'broker' | 'prompter' | 'tenants' | 'vault'>,
  target: Target,
  error: unknown,
): Promise<void> {
  const about = error instanceof TargetedError ? { ...target, ...error.target } : target;
  const tenant = about.tenant ?? services.vault.find(about.token)?.tenant;
  const known = error instanceof TargetedError ? error.error : error;
  if (!(known instanceof AppError)) throw error;
  const { text, actions } = explain(known, subject(services, tenant, about.token));
  const elsewhere = elsewhereOf(services.tenants.find(tenant), known);
  const options: Option<() => Promise<unknown>>[] = actions.map(({ title, command }) => ({
    label: title,
    value: async () => vscode.commands.executeCommand(command, { ...about, ...(tenant !== undefined && { tenant }) }),
  }));
  if (elsewhere)
    options.unshift({
      label: vscode.l10n.t('Try {0}', elsewhere.label),
      value: () => move(services, elsewhere.tenant, elsewhere.changed, about),
    });
  const chosen = await services.prompter.notify('error', text, options);
  await chosen?.();
}

function subject({ tenants, vault }: Uses<'tenants' | 'vault'>, id: string | undefined, token: string | undefined): Subject {
  const tenant = tenants.find(id);
  return tenant ? subjectOf(tenant, vault.find(token)) : { tenant: tenants.entryOf(id)?.name ?? id ?? '' };
}

/** Another address to try when the service answers 404. */
function elsewhereOf(tenant: Tenant | undefined, { facts }: AppError) {
  const place = tenant && facts['status'] === 404 ? platformOf(tenant).elsewhere?.(tenant) : undefined;
  return tenant && place && { tenant, ...place };
}

/** Changes the path at the service, and exchanges again what has failed. */
async function move(
  services: Uses<'broker' | 'tenants'>,
  tenant: Tenant,
  changed: Readonly<Record<string, string>>,
  about: Target,
): Promise<void> {
  await changeTenant(services, tenant, { ...tenant, ...changed });
  if (about.token !== undefined) await vscode.commands.executeCommand('tenantTokens.exchange', about);
}
