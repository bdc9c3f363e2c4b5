import * as vscode from 'vscode';
import { platformOf } from '../platforms/index.js';
import type { Command } from './command.js';
import { pickTenant } from './pick.js';

/** Opens the page on which the platform makes API tokens, and says how to get there from it. */
export const openPortal: Command = async (services, target) => {
  const tenant = await pickTenant(services, target, vscode.l10n.t('Open Portal'));
  if (!tenant) return;
  const portal = platformOf(tenant).portal?.(tenant);
  if (!portal) {
    await vscode.window.showInformationMessage(
      vscode.l10n.t('{0} is a service of your own choice: its documentation says where its tokens are made.', tenant.name),
    );
    return;
  }
  await vscode.env.openExternal(vscode.Uri.parse(portal.url, true));
  const add = vscode.l10n.t('Add API Token');
  const steps = portal.steps.map((step, index) => `${index + 1}. ${step}`).join(' ');
  if ((await vscode.window.showInformationMessage(`${tenant.name}: ${steps}`, add)) === add)
    await vscode.commands.executeCommand('tenantTokens.addToken', { tenant: tenant.id });
};
