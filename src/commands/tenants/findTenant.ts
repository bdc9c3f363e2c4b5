import * as vscode from 'vscode';
import type { Command, Uses } from '../command.js';
import { selectTenant } from '../selectToken.js';

/** Selects the row of a tenant that the person picks: the tree’s own search finds nothing in ranges that are closed. */
export const findTenant: Command<Uses<'prompter' | 'tenants' | 'tree'>> = async (services) => {
  const tenant = await selectTenant(services, {}, vscode.l10n.t('Find Tenant'));
  if (tenant) await services.tree.reveal(tenant.id, undefined, true);
};
