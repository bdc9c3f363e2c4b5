import assert from 'node:assert/strict';
import path from 'node:path';
import process from 'node:process';
import * as vscode from 'vscode';

const ID = 'tenant-tokens.tenant-tokens';

describe('the extension in its host', () => {
  const extension = vscode.extensions.getExtension<unknown>(ID);

  it('is the one that this run is about', () => {
    assert.ok(extension, 'it is not there');
    const isInstalled = path.basename(extension.extensionPath).startsWith(`${ID}-`);
    assert.equal(isInstalled, process.env['HOST_MODE'] === 'installed');
  });

  it('registers every command of its manifest', async () => {
    await extension?.activate();
    const known = await vscode.commands.getCommands(true);
    const { contributes } = extension?.packageJSON as { contributes: { commands: { command: string }[] } };
    const missing = contributes.commands.map(({ command }) => command).filter((command) => !known.includes(command));
    assert.deepEqual(missing, []);
  });
});
