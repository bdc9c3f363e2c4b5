import * as vscode from 'vscode';
import type { Command } from '../command.js';

/** Opens the user's settings.json at the tenants. */
export const openTenantSettings: Command = async () => {
  await vscode.commands.executeCommand('workbench.action.openSettingsJson', {
    revealSetting: { key: 'tenantTokens.tenants', edit: true },
  });
};
