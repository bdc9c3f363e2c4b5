import * as vscode from 'vscode';
import type { Command } from '../command.js';

/** settings.json of the user, with the cursor at the tenants. */
export const openTenantSettings: Command = async () => {
  await vscode.commands.executeCommand('workbench.action.openSettingsJson', {
    revealSetting: { key: 'tenantTokens.tenants', edit: true },
  });
};
