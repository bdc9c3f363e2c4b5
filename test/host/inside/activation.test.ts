import assert from 'node:assert/strict';
import process from 'node:process';
import * as vscode from 'vscode';

describe('the extension in its host', () => {
  const extension = () => vscode.extensions.getExtension('tenant-tokens.tenant-tokens');

  it('is loaded as this run says', async () => {
    const found = extension();
    assert.ok(found, 'the extension is not there');
    await found.activate();
    assert.equal(found.isActive, true);
    assert.equal(
      process.env['HOST_MODE'] === 'installed',
      !found.extensionPath.includes('test') && found.extensionPath.includes('extensions'),
    );
  });

  it('registers every command of its manifest', async () => {
    const known = await vscode.commands.getCommands(true);
    const { contributes } = extension()!.packageJSON as { contributes: { commands: { command: string }[] } };
    const missing = contributes.commands.map(({ command }) => command).filter((command) => !known.includes(command));
    assert.deepEqual(missing, []);
  });
});
