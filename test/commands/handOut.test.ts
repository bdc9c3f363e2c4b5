import assert from 'node:assert/strict';
import { CANCEL } from '../support/scriptedPrompter.js';
import { editor } from '../support/vscode.js';
import type { AcquiresToken } from '../../src/commands/access/acquireAccessToken.js';
import type { Command } from '../../src/commands/command.js';
import type { CommandId } from '../../src/commands/ids.js';
import { commands } from '../../src/commands/index.js';
import { inWorld } from '../support/world.js';

const idsOf = (handsOut: boolean): CommandId[] =>
  Object.entries(commands).flatMap(([id, command]) =>
    typeof command !== 'function' && command.handsOut === handsOut ? (id as CommandId) : [],
  );

describe('Commands that hand a token out', () => {
  it('do not compile in the table of commands unless it marks them', () => {
    const command: Command<AcquiresToken> = () => Promise.resolve();
    // @ts-expect-error The services of commands hold no access token.
    const unmarked: Command = command;
    assert.ok(unmarked);
  });

  it('are all commands that exchange, but for those whose access token goes to its service alone', () => {
    assert.deepEqual(idsOf(false), ['addTenant', 'testTenant', 'addToken', 'createToken', 'exchange', 'useToken']);
  });

  it(
    'exchange nothing, ask nothing and change nothing while the window does not have the focus',
    inWorld(async (world) => {
      const { run, prompter } = await world.start();
      prompter.when(/^The sandbox runs on this machine/, CANCEL);
      await run('startSandbox');
      const asked = prompter.asked.length;
      for (const id of idsOf(true)) {
        const { document } = editor.open('GET https://cloud.example/\n');
        editor.focus(false);
        await run(id, { tenant: 'sandbox-cloud-director' });
        editor.focus(true);
        assert.equal(document.getText(), 'GET https://cloud.example/\n', id);
        assert.equal(prompter.asked.length, asked, id);
        assert.equal(editor.clipboard, '', id);
      }
      assert.deepEqual(prompter.texts('progress'), []);
    }),
  );
});
