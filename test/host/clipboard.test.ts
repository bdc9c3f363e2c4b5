import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.js';
import { assertG, canary } from '../threats/support/canaries.js';
import { until } from '../workbench/workbench.js';
import { mode, useEditor } from './support/editor.js';
import { addToken, entryOf, secretOf, TENANTS } from './support/entering.js';
import { seenIn } from './support/leaks.js';

const run = promisify(execFile);
const CLEARED_AFTER = 'tenantTokens.clipboardClearSeconds';
/** Longer than the second after which the clipboard is cleared in these tests. */
const WELL_AFTER_MS = 2000;
const hasCurl = spawnSync('bash', ['-c', 'curl --version']).status === 0;

describe(`the clipboard (${mode})`, () => {
  let sandbox: Sandbox;
  /** What the service gave to the extension. */
  let accessToken: string;
  const editor = useEditor(async () => {
    sandbox = await startSandbox();
    return { settings: { [TENANTS]: [entryOf(sandbox, 'sandbox-cloud-director')] } };
  });

  before(async () => {
    await editor().openView();
    await addToken(editor(), 'Acme', 'Ada', ...secretOf(sandbox, 'sandbox-cloud-director'));
    sandbox.services['cloud-director'].answerNext((due) => {
      accessToken = (JSON.parse(due.body) as { access_token: string }).access_token;
      return due;
    });
  });
  after(() => sandbox.stop());

  /** Waits until what was copied is there, of which the status bar tells. */
  async function copied(what: RegExp): Promise<string> {
    await editor().statusBar(what);
    return editor().clipboard();
  }

  it('gets the headers', async () => {
    await editor().inlineAction(['Acme', 'Ada'], 'Copy Headers');
    const [authorization, accept, ...rest] = (await copied(/Headers of Acme copied; the clipboard is cleared in 30s/)).split(
      '\n',
    );
    assert.equal(authorization, `Authorization: Bearer ${accessToken}`);
    assert.match(accept ?? '', /^Accept: application\/json;version=\d+\.\d+$/);
    assert.deepEqual(rest, []);
  });

  it('gets the access token', async () => {
    await editor().contextMenu(['Acme', 'Ada'], 'Copy Access Token');
    assert.equal(await copied(/Access token of Acme copied/), accessToken);
  });

  const shells: [string, RegExp][] = [
    ['Bash', /^curl --url '?http.* --header 'Authorization: Bearer [\w.-]+' --header 'Accept: [^']+'$/],
    ['PowerShell', /^curl\.exe --url 'http.*' --header 'Authorization: Bearer [\w.-]+' --header 'Accept: [^']+'$/],
    ['Command Prompt', /^curl --url \^"http.*\^" --header \^"Authorization: Bearer [\w.-]+\^" --header \^"Accept: [^"]+\^"$/],
  ];
  for (const [shell, line] of shells) {
    it(`gets a cURL command for ${shell}`, async () => {
      await editor().setClipboard('');
      await editor().command('Tenant Tokens: Copy as cURL…');
      await editor().quickPick('Acme');
      await editor().quickPick(shell);
      const command = await until('the command', () => editor().clipboard());
      assert.match(command, line);
      assert.ok(command.includes(accessToken));
      if (shell !== 'Bash' || !hasCurl) return;
      const { stdout } = await run('bash', ['-c', `${command} --silent --max-time 30`]);
      assert.equal((JSON.parse(stdout) as { user: { name: string } }).user.name, 'ada');
    });
  }

  it('row 41: is cleared after the time that is set, and left alone when something else was copied meanwhile', async () => {
    accessToken = canary('AT');
    sandbox.services['cloud-director'].answerNext((due) => ({
      ...due,
      body: JSON.stringify({ ...(JSON.parse(due.body) as object), access_token: accessToken }),
    }));
    await editor().inlineAction(['Acme', 'Ada'], 'Exchange');
    await editor().statusBar(/Acme: new access token/);
    await editor().changeSettings({ [CLEARED_AFTER]: 1 });
    await editor().inlineAction(['Acme', 'Ada'], 'Copy Headers');
    await editor().statusBar(/Headers of Acme copied; the clipboard is cleared in 1s/);
    await until('the clipboard to be empty', async () => (await editor().clipboard()) === '');

    await editor().contextMenu(['Acme', 'Ada'], 'Copy Access Token');
    await editor().statusBar(/Access token of Acme copied/);
    await editor().setClipboard('mine');
    await delay(WELL_AFTER_MS);
    assert.equal(await editor().clipboard(), 'mine');

    const [apiToken] = secretOf(sandbox, 'sandbox-cloud-director');
    const canaries = Object.entries({ accessToken, apiToken }).map(([name, value]) => ({ name, value: value! }));
    assertG(canaries, await seenIn(editor()));
    assert.match(readFileSync('SECURITY.md', 'utf8'), /Clipboard managers keep what was copied/);
  });

  it('is never cleared if so set', async () => {
    await editor().changeSettings({ [CLEARED_AFTER]: 0 });
    await editor().contextMenu(['Acme', 'Ada'], 'Copy Access Token');
    await editor().statusBar(/Access token of Acme copied$/);
    await delay(WELL_AFTER_MS);
    assert.equal(await editor().clipboard(), accessToken);
  });
});
