import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { editor } from '../support/vscode.js';
import { CANCEL } from '../support/scriptedPrompter.js';
import { inWorld, type World } from '../support/world.js';
import { openWith } from './support.js';

const ACME = 'sandbox-cloud-director';
const CLEARED_AFTER = 'tenantTokens.clipboardClearSeconds';
const SECOND_MS = 1_000;

const execute = promisify(execFile);
const hasCurl = spawnSync('bash', ['-c', 'curl --version']).status === 0;

/** @param seconds after which the clipboard is cleared */
async function openCopying(world: World, seconds?: number) {
  const opened = await openWith(world, ACME);
  const { extension, sandbox, secret } = opened;
  editor.set({ [CLEARED_AFTER]: seconds });
  const token = await extension.addToken(ACME, 'Ada', ...secret(ACME));
  const accessToken = world.secretOf('accessToken');
  sandbox.services['cloud-director'].answerNext((due) => ({
    ...due,
    body: JSON.stringify({ ...(JSON.parse(due.body) as object), access_token: accessToken }),
  }));
  return { ...opened, token, accessToken };
}

describe('The clipboard', () => {
  it(
    'gets the headers',
    inWorld(async (world) => {
      const { prompter, run, token, accessToken } = await openCopying(world);
      await run('copyHeaders', { token });
      const [authorization, accept, ...rest] = editor.clipboard.split('\n');
      assert.equal(authorization, `Authorization: Bearer ${accessToken}`);
      assert.match(accept ?? '', /^Accept: application\/json;version=\d+\.\d+$/);
      assert.deepEqual(rest, []);
      assert.equal(prompter.texts('done').at(-1), 'Headers of Acme copied; the clipboard is cleared in 30s');
    }),
  );

  it(
    'gets the access token',
    inWorld(async (world) => {
      const { prompter, run, token, accessToken } = await openCopying(world);
      await run('copyAccessToken', { token });
      assert.equal(editor.clipboard, accessToken);
      assert.equal(prompter.texts('done').at(-1), 'Access token of Acme copied; the clipboard is cleared in 30s');
    }),
  );

  const forms: readonly [form: string, line: RegExp][] = [
    ['cURL (Bash)', /^curl --url '?http.* --header 'Authorization: Bearer [\w.-]+' --header 'Accept: [^']+'$/],
    ['cURL (PowerShell)', /^curl\.exe --url 'http.*' --header 'Authorization: Bearer [\w.-]+' --header 'Accept: [^']+'$/],
    [
      'cURL (Command Prompt)',
      /^curl --url \^"http.*\^" --header \^"Authorization: Bearer [\w.-]+\^" --header \^"Accept: [^"]+\^"$/,
    ],
    ['HTTPie', /^http --ignore-stdin 'GET' 'http.*' 'Authorization: Bearer [\w.-]+' 'Accept: [^']+'$/],
    [
      'Invoke-RestMethod',
      /^Invoke-RestMethod -Method 'GET' -Uri 'http.*' -Headers @\{ 'Authorization' = 'Bearer [\w.-]+'; 'Accept' = '[^']+' \} -Max/,
    ],
  ];
  for (const [form, line] of forms)
    it(
      `gets the request as ${form}`,
      inWorld(async (world) => {
        const { prompter, run, token, accessToken } = await openCopying(world);
        prompter.when('Choose what to copy', form);
        await run('copyCurl', { token });
        assert.match(editor.clipboard, line);
        assert.ok(editor.clipboard.includes(accessToken));
        assert.match(
          prompter.texts('done').at(-1) ?? '',
          /^GET 127\.0\.0\.1:\d+\/cloudapi\/1\.0\.0\/sessions\/current copied as .*; the clipboard is cleared in 30s$/,
        );
        await world.clock.advance(30 * SECOND_MS);
        assert.equal(editor.clipboard, '');
      }),
    );

  it(
    'gets the request without the token for a ticket, which costs no exchange and stays there',
    inWorld(async (world) => {
      const { prompter, run, token, requests } = await openCopying(world);
      prompter.when('Choose what to copy', 'Redacted');
      await run('copyCurl', { token });
      assert.match(editor.clipboard, /^curl --url 'http.*' --header 'Authorization: Bearer <access token>'$/);
      assert.match(prompter.texts('done').at(-1) ?? '', /^GET .* copied without credentials$/);
      await world.clock.advance(60 * SECOND_MS);
      assert.notEqual(editor.clipboard, '');
      assert.deepEqual(requests('cloud-director'), []);
    }),
  );

  it(
    'is offered the form that was copied last first, with what each is for',
    inWorld(async (world) => {
      const { prompter, run, token } = await openCopying(world);
      prompter.when('Choose what to copy', 'HTTPie').when('Choose what to copy', CANCEL);
      await run('copyCurl', { token });
      const before = prompter.question('Choose what to copy');
      await run('copyCurl', { token });
      const after = prompter.question('Choose what to copy');
      assert.deepEqual(after.labels, ['HTTPie', ...before.labels.filter((label) => label !== 'HTTPie')]);
      assert.ok(after.rows.every((row) => /\bfor\b/i.test(row)));
    }),
  );

  (hasCurl ? it : it.skip)(
    'gets a cURL command that the service answers',
    inWorld(async (world) => {
      const { extension, prompter, run, secret } = await openWith(world, ACME);
      const token = await extension.addToken(ACME, 'Ada', ...secret(ACME));
      prompter.when('Choose what to copy', 'cURL (Bash)');
      await run('copyCurl', { token });
      const { stdout } = await execute('bash', ['-c', `${editor.clipboard} --silent --max-time 30`]);
      assert.equal((JSON.parse(stdout) as { user: { name: string } }).user.name, 'ada');
    }),
  );

  it(
    'row 41: is cleared after the time that is set, and left alone when something else was copied meanwhile',
    inWorld(async (world) => {
      const { run, token, accessToken } = await openCopying(world, 5);
      await run('copyAccessToken', { token });
      assert.equal(editor.clipboard, accessToken);
      await world.clock.advance(5 * SECOND_MS);
      assert.equal(editor.clipboard, '');

      await run('copyAccessToken', { token });
      editor.clipboard = 'mine';
      await world.clock.advance(60 * SECOND_MS);
      assert.equal(editor.clipboard, 'mine');
      assert.match(readFileSync('SECURITY.md', 'utf8'), /Clipboard managers keep what was copied/);
    }),
  );

  it(
    'is cleared that long after what was copied last, and when the window is closed',
    inWorld(async (world) => {
      const { extension, run, token, accessToken } = await openCopying(world, 30);
      await run('copyAccessToken', { token });
      await world.clock.advance(20 * SECOND_MS);
      await run('copyAccessToken', { token });
      await world.clock.advance(20 * SECOND_MS);
      assert.equal(editor.clipboard, accessToken);
      await extension.stop();
      assert.equal(editor.clipboard, '');
    }),
  );

  it(
    'is never cleared if so set',
    inWorld(async (world) => {
      const { extension, prompter, run, token, accessToken } = await openCopying(world, 0);
      await run('copyAccessToken', { token });
      assert.equal(prompter.texts('done').at(-1), 'Access token of Acme copied');
      await world.clock.advance(3_600 * SECOND_MS);
      await extension.stop();
      assert.equal(editor.clipboard, accessToken);
    }),
  );
});
