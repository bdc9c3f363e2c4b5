import * as vscode from 'vscode';
import { tell } from '../views/ask.js';
import type { Command } from './command.js';

export const stopSandbox: Command = async ({ sandbox }) => {
  await sandbox.stop();
  tell(vscode.l10n.t('Sandbox stopped; its tenants and tokens are gone'));
};
