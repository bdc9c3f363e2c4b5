import assert from 'node:assert/strict';
import { platforms } from '../../src/platforms/index.js';
import { CANCEL } from '../support/scriptedPrompter.js';
import { editor } from '../support/vscode.js';
import { inWorld } from '../support/world.js';

describe('The sandbox', () => {
  it(
    'comes with tenants of all platforms, and goes without a trace',
    inWorld(async (world) => {
      const extension = await world.start();
      const { prompter, run } = extension;
      const settings = [...editor.settings];
      prompter.when(/^The sandbox runs on this machine/, CANCEL);
      await run('startSandbox');
      const shown = new Set(
        (await extension.rows()).filter(({ path }) => path.length === 1).map(({ description }) => description),
      );
      assert.deepEqual([...shown].sort(), platforms.map(({ label }) => `sandbox · ${label}`).sort());
      await run('exchange', { tenant: 'sandbox-cloud-director-system' });
      assert.match(extension.statusBar ?? '', /^Active token: Operator of Provider, (59m|1h 0m) left$/);
      await run('editTenant', { tenant: 'sandbox-cloud-director-system' });
      assert.equal(prompter.texts('info').at(-1), 'Provider belongs to the sandbox and cannot be changed.');

      await run('stopSandbox');
      assert.deepEqual([await extension.rows(), extension.statusBar, [...editor.settings]], [[], undefined, settings]);
      assert.deepEqual(
        [...world.secrets.values.keys()].filter((key) => key.startsWith('token.')),
        [],
      );
    }),
  );
});
