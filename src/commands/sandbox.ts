import * as vscode from 'vscode';
import { showDocument } from '../views/showDocument.js';
import type { Command, Uses } from './command.js';

/** Starts services of all platforms on this machine, with tenants, tokens and sample files. */
export const startSandbox: Command<Uses<'sampleFolder' | 'sandbox'>> = async ({ sandbox, sampleFolder }) => {
  const { tenants } = await sandbox.start();
  await vscode.commands.executeCommand('tenantTokens.tenants.focus');
  for (const { tenant, sample } of tenants) {
    const file = vscode.Uri.joinPath(sampleFolder, `${String(tenant['id'])}.http`);
    await vscode.workspace.fs.writeFile(file, Buffer.from(sample));
  }
  const [first] = tenants;
  for (const { tenant } of tenants.toReversed()) {
    const file = vscode.Uri.joinPath(sampleFolder, `${String(tenant['id'])}.http`);
    await showDocument(file, { preview: false, preserveFocus: tenant !== first?.tenant });
  }
};

export const stopSandbox: Command<Uses<'prompter' | 'sandbox'>> = async ({ sandbox, prompter }) => {
  await sandbox.stop();
  prompter.done(vscode.l10n.t('Sandbox stopped; its tenants and tokens are gone'));
};
