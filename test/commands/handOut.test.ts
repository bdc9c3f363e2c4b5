import assert from 'node:assert/strict';
import { editor } from '../support/vscode.js';
import { inWorld } from '../support/world.js';

const COMMANDS = [
  'insertHeaders',
  'insertHeadersInFile',
  'insertReference',
  'newRequest',
  'updateHeaders',
  'copyHeaders',
  'copyAccessToken',
  'copyCurl',
] as const;

describe('Commands that hand a token out', () => {
  it(
    'exchange nothing, ask nothing and change nothing while the window does not have the focus',
    inWorld(async (world) => {
      const { run, prompter } = await world.start();
      await run('startSandbox');
      for (const id of COMMANDS) {
        const { document } = editor.open('GET https://cloud.example/\n');
        editor.focus(false);
        await run(id, { tenant: 'sandbox-cloud-director' });
        editor.focus(true);
        assert.equal(document.getText(), 'GET https://cloud.example/\n', id);
        assert.deepEqual(prompter.asked, [], id);
        assert.equal(editor.clipboard, '', id);
      }
      assert.deepEqual(prompter.texts('progress'), []);
    }),
  );
});
