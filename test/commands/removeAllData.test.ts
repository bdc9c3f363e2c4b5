import assert from 'node:assert/strict';
import { entryOf, secretOf, TENANTS } from '../support/entries.js';
import { CANCEL } from '../support/scriptedPrompter.js';
import { inWorld } from '../support/world.js';

const CLOUD = 'sandbox-cloud-services';
const ACME = 'sandbox-cloud-director';

describe('Remove All Data', () => {
  it(
    'asks, and then removes every token and no tenant',
    inWorld(async (world) => {
      const sandbox = await world.sandbox();
      const extension = await world.start();
      const tenants = [CLOUD, ACME].map((id) => entryOf(sandbox, id));
      extension.tenants = tenants;
      for (const id of [CLOUD, ACME]) await extension.addToken(id, 'Ada', ...secretOf(sandbox, id));
      const { prompter, run } = extension;
      prompter.when('Remove all data of Tenant Tokens?', CANCEL, 'Remove All Tokens');
      await run('removeAllData');
      assert.match(prompter.question('Remove all data').text, /\(2 tokens\)/);
      assert.ok(await extension.row('Acme', 'Ada'));

      await run('removeAllData');
      const rows = async (of: typeof extension) => (await of.rows()).map(({ label, description }) => [label, description]);
      const expected = [
        ['Cloud org', 'VMware Cloud Services · no API token yet'],
        ['Acme', 'VMware Cloud Director · no API token yet'],
      ];
      assert.deepEqual(await rows(extension), expected);
      assert.equal(extension.statusBar, undefined);
      assert.deepEqual(
        [...world.secrets.values.keys()].filter((key) => key.startsWith('token.')),
        [],
      );
      await extension.stop();
      assert.deepEqual(await rows(await world.start({ [TENANTS]: tenants })), expected);
    }),
  );
});
