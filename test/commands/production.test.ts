import assert from 'node:assert/strict';
import type { CommandId } from '../../src/commands/ids.js';
import { entryOf, secretOf } from '../support/entries.js';
import { CANCEL } from '../support/scriptedPrompter.js';
import { editor } from '../support/vscode.js';
import { Selection, Uri } from '../support/vscodeTypes.js';
import { inWorld, type World } from '../support/world.js';
import { until } from '../workbench/until.js';

const ASKED = /^Acme is a production tenant\. /;
const HOUR_MS = 3_600_000;
const REST_CLIENT = 'humao.rest-client';
const NAME = 'TENANT_TOKEN_ACME';
const REFERENCE = `Authorization: Bearer {{$processEnv ${NAME}}}`;

/** The extension with a production tenant that has a token, and what its service has been asked. */
async function open(world: World, settings: Readonly<Record<string, unknown>> = {}) {
  const sandbox = await world.sandbox();
  const extension = await world.start(settings);
  extension.tenants = [entryOf(sandbox, 'sandbox-cloud-director', { id: 'acme', production: true })];
  const token = await extension.addToken('acme', 'Ada', ...secretOf(sandbox, 'sandbox-cloud-director'));
  const { origin, requests } = sandbox.services['cloud-director'];
  const url = `${origin}/cloudapi/1.0.0/sessions/current`;
  let count = 0;
  const show = (...lines: readonly string[]) => {
    const { document } = editor.open(lines.join('\n'), { uri: Uri.file(`/requests-${(count += 1)}.http`) });
    return { document, hasToken: () => /Bearer [\w.-]{40,}/.test(document.getText()) };
  };
  const { prompter, run } = extension;
  const questions = (): string[] => prompter.asked.flatMap(({ text }) => (ASKED.test(text) ? text.split('\n', 1) : []));
  return { extension, prompter, run, token, url, show, requests, questions };
}

describe('A production tenant', () => {
  for (const id of ['copyHeaders', 'copyAccessToken', 'copyCurl'] as const satisfies readonly CommandId[])
    it(
      `asks once in a session before ${id} copies its token, and exchanges nothing before`,
      inWorld(async (world) => {
        const { prompter, run, token, requests, questions } = await open(world);
        if (id === 'copyCurl') prompter.when('Choose what to copy', ...Array.from({ length: 3 }, () => 'cURL (Bash)'));
        prompter.when(ASKED, CANCEL, 'Copy');
        await run(id, { token });
        assert.deepEqual([editor.clipboard, requests.length], ['', 0]);
        for (let time = 0; time < 2; time++) {
          editor.clipboard = '';
          await run(id, { token });
          assert.match(editor.clipboard, /[\w.-]{40,}/);
        }
        assert.deepEqual(
          questions(),
          Array.from({ length: 2 }, () => 'Acme is a production tenant. Copy its access token?'),
        );
      }),
    );

  it(
    'does not ask before a request without its token is copied',
    inWorld(async (world) => {
      const { prompter, run, token, questions } = await open(world);
      prompter.when('Choose what to copy', 'Redacted');
      await run('copyCurl', { token });
      assert.match(editor.clipboard, /<access token>/);
      assert.deepEqual(questions(), []);
    }),
  );

  for (const id of ['insertHeaders', 'insertHeadersInFile'] as const satisfies readonly CommandId[])
    it(
      `asks once in a session before ${id} writes its headers into a request that may change something`,
      inWorld(async (world) => {
        const { prompter, run, url, show, requests, questions } = await open(world);
        prompter.when(ASKED, CANCEL, 'Insert');
        const post = show(`POST ${url}`, '', '{}');
        await run(id, { tenant: 'acme' });
        assert.deepEqual([post.hasToken(), requests.length], [false, 0]);
        const harmless = [show(`GET ${url}`), show(`HEAD ${url}`), show(url)];
        for (const { document } of harmless) {
          editor.show(document);
          await run(id, { tenant: 'acme' });
        }
        assert.ok(harmless.every(({ hasToken }) => hasToken()));
        for (const method of ['DELETE', 'PUT']) {
          const { hasToken } = show(`${method} ${url}`);
          await run(id, { tenant: 'acme' });
          assert.ok(hasToken());
        }
        assert.deepEqual(questions(), [
          'Acme is a production tenant. Insert its headers into a POST request?',
          'Acme is a production tenant. Insert its headers into a DELETE request?',
        ]);
      }),
    );

  it(
    'asks about the request that changes something where several get its headers',
    inWorld(async (world) => {
      const { prompter, run, url, show, questions } = await open(world);
      show(`GET ${url}`, '', '###', `PATCH ${url}`);
      prompter.when(ASKED, CANCEL);
      await run('insertHeadersInFile', { tenant: 'acme' });
      assert.deepEqual(questions(), ['Acme is a production tenant. Insert its headers into a PATCH request?']);
    }),
  );

  it(
    'asks before its token is written into a definition that a request uses which changes something',
    inWorld(async (world) => {
      const { prompter, run, url, show } = await open(world);
      const bearer = 'Authorization: Bearer {{token}}';
      const { hasToken, document } = show('@token = mine', `GET ${url}`, bearer, '', '###', `POST ${url}`, bearer);
      const before = document.getText();
      editor.active!.selection = new Selection(1, 0, 1, 0);
      prompter.when('Replace what is there?', 'Update the Definition').when(ASKED, CANCEL);
      await run('insertHeaders', { tenant: 'acme' });
      assert.ok(!hasToken());
      assert.equal(document.getText(), before);
    }),
  );

  it(
    'does not ask before a new request, which only reads',
    inWorld(async (world) => {
      const { run, token, show, questions } = await open(world);
      const { hasToken } = show('');
      await run('newRequest', { token });
      assert.ok(hasToken());
      assert.deepEqual(questions(), []);
    }),
  );

  it(
    'asks before an expired token is renewed in a request that changes something, and leaves it where it cannot ask',
    inWorld(async (world) => {
      const { prompter, run, token, url, show, requests } = await open(world);
      const reading = show(`GET ${url}`).document;
      await run('insertHeaders', { tenant: 'acme' });
      editor.close(reading);
      const { document } = show(reading.getText().replace('GET', 'PUT'));
      const before = document.getText();
      await world.clock.advance(2 * HOUR_MS);
      const exchanged = requests.length;
      prompter.when(ASKED, CANCEL, 'Insert');
      await run('updateHeaders');
      assert.deepEqual([document.getText(), requests.length], [before, exchanged]);
      editor.set({ 'tenantTokens.updateHeadersOnExchange': true });
      await run('exchange', { token });
      await world.pass(1_000);
      assert.equal(document.getText(), before);
      await run('updateHeaders');
      assert.notEqual(document.getText(), before);
    }),
  );

  it(
    'gives REST Client a token for a request that changes something only after the person has agreed',
    inWorld(async (world) => {
      const { prompter, run, url, show, questions } = await open(world, { 'tenantTokens.publishReferences': true });
      editor.install(REST_CLIENT);
      const becomes = (isThere: boolean) =>
        until(
          'the environment',
          async () => {
            await world.clock.advance(100);
            return (process.env[NAME] !== undefined) === isThere;
          },
          { limit: 10_000, seen: () => (process.env[NAME] === undefined ? 'no token' : 'a token') },
        );
      show(`GET ${url}`, REFERENCE);
      await becomes(true);
      const { document } = show(`POST ${url}`, REFERENCE);
      await becomes(false);
      prompter.when(ASKED, CANCEL, 'Allow');
      await run('allowReferences', { tenant: 'acme' });
      assert.equal(process.env[NAME], undefined);
      await run('allowReferences', { tenant: 'acme' });
      await becomes(true);
      assert.equal(
        questions().at(-1),
        'Acme is a production tenant. Let REST Client send requests to it that may change something?',
      );
      editor.close(document);
    }),
  );

  it(
    'asks before a reference is written into a request that changes something, and then gives REST Client the token',
    inWorld(async (world) => {
      const { prompter, run, url, show, questions } = await open(world, { 'tenantTokens.publishReferences': true });
      editor.install(REST_CLIENT);
      const { document } = show(`POST ${url}`);
      const before = document.getText();
      prompter.when(ASKED, CANCEL, 'Insert');
      await run('insertReference', { tenant: 'acme' });
      assert.equal(document.getText(), before);
      await run('insertReference', { tenant: 'acme' });
      assert.ok(document.getText().includes(REFERENCE));
      assert.ok(process.env[NAME]);
      assert.equal(questions().length, 2);
    }),
  );

  it(
    'is marked by Edit Tenant, with a color, and is asked about no longer when it is not one any more',
    inWorld(async (world) => {
      const { extension, prompter, run, token, questions } = await open(world);
      const entry = () => extension.tenants[0] as Readonly<Record<string, unknown>>;
      assert.equal((await extension.row('Acme')).description, 'production · VMware Cloud Director');
      prompter.when('Choose what to change', 'Color', 'Production', CANCEL).when(/^Edit Tenant: Acme\nColor/, 'Green');
      prompter.when(/^Edit Tenant: Acme\nProduction/, 'No');
      await run('editTenant', { tenant: 'acme' });
      assert.deepEqual([entry()['color'], 'production' in entry()], ['green', false]);
      assert.equal((await extension.row('Acme')).description, 'VMware Cloud Director');
      await run('copyHeaders', { token });
      assert.deepEqual(questions(), []);
      prompter.when('Choose what to change', 'Production', CANCEL).when(/^Edit Tenant: Acme\nProduction/, /^Yes/);
      await run('editTenant', { tenant: 'acme' });
      assert.equal(entry()['production'], true);
    }),
  );
});
