import * as vscode from 'vscode';
import { showDocument } from '../views/showDocument.js';
import type { Prompter } from '../views/prompter.js';
import type { Command, Uses } from './command.js';

/** Starts services of all platforms on this machine, with tenants, tokens and sample files, and opens the first of these. */
export const startSandbox: Command<Uses<'prompter' | 'sampleFolder' | 'sandbox'>> = async ({
  prompter,
  sampleFolder,
  sandbox,
}) => {
  const { tenants } = await sandbox.start();
  await vscode.commands.executeCommand('tenantTokens.tenants.focus');
  const samples = tenants.map(({ tenant, sample }) => ({
    file: vscode.Uri.joinPath(sampleFolder, `${String(tenant['id'])}.http`),
    sample,
  }));
  for (const { file, sample } of samples) await vscode.workspace.fs.writeFile(file, Buffer.from(sample));
  const [first, ...others] = samples.map(({ file }) => file);
  if (first) await showDocument(first, { preview: false });
  void offerSamples(prompter, others);
};

async function offerSamples(prompter: Prompter, files: readonly vscode.Uri[]): Promise<void> {
  const message = vscode.l10n.t(
    'The sandbox runs on this machine, with tenants and API tokens of each platform. Choose “Insert headers” above the request, then send it.',
  );
  if (!(await prompter.notify('info', message, [{ label: vscode.l10n.t('Open Samples'), value: true }]))) return;
  for (const file of files) await showDocument(file, { preview: false, preserveFocus: true });
}

export const stopSandbox: Command<Uses<'prompter' | 'sandbox'>> = async ({ sandbox, prompter }) => {
  await sandbox.stop();
  prompter.done(vscode.l10n.t('Sandbox stopped; its tenants and tokens are gone'));
};
