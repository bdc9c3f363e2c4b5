import * as vscode from 'vscode';
import { platformOf } from '../../platforms/index.js';
import { can } from '../../views/capabilities.js';
import type { Command, Uses } from '../command.js';
import { selectTenant } from '../selectToken.js';
import { isOfSandbox, numbered, openInBrowser } from '../tokens/tokenQuestions.js';

/** Opens the portal's page for API tokens and shows the steps from there. */
export const openPortal: Command<Uses<'prompter' | 'tenants'>> = async (services, target) => {
  const tenant = await selectTenant(services, target, vscode.l10n.t('Open Portal'));
  if (!tenant) return;
  if (isOfSandbox(services, tenant)) return;
  const portal = platformOf(tenant).portal?.(tenant);
  if (!portal && can(tenant, 'create')) {
    const create = { label: vscode.l10n.t('Create API Token'), value: true };
    const message = vscode.l10n.t('{0} has no page for its API tokens: sign in here to create one.', tenant.name);
    if (await services.prompter.notify('info', message, [create]))
      await vscode.commands.executeCommand('tenantTokens.createToken', { tenant: tenant.id });
    return;
  }
  if (!portal) {
    await services.prompter.notify(
      'info',
      vscode.l10n.t('The portal of {0} is not known: its documentation says where to create tokens.', tenant.name),
    );
    return;
  }
  await openInBrowser(portal.url);
  const add = { label: vscode.l10n.t('Add API Token'), value: true };
  if (await services.prompter.notify('info', `${tenant.name}: ${numbered(portal)}`, [add]))
    await vscode.commands.executeCommand('tenantTokens.addToken', { tenant: tenant.id });
};
