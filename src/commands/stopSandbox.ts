import * as vscode from 'vscode';
import type { Command } from './command.js';

export const stopSandbox: Command = async ({ sandbox, prompter }) => {
  await sandbox.stop();
  prompter.done(vscode.l10n.t('Sandbox stopped; its tenants and tokens are gone'));
};
