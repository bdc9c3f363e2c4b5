import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { entryOf, secretOf } from '../support/entries.js';
import { CANCEL, ENTER } from '../support/scriptedPrompter.js';
import { editor } from '../support/vscode.js';
import type { FakeDocument } from '../support/document.js';
import { Range, Selection, Uri } from '../support/vscodeTypes.js';
import { inWorld, type World } from '../support/world.js';

const CLIENTS = ['anweber.vscode-httpyac', 'humao.rest-client'];
const REFERENCE = 'Authorization: Bearer {{$processEnv TENANT_TOKEN_ACME}}';
const ELSEWHERE = 'GET http://127.0.0.1:9/elsewhere';
const TOKEN = /^Authorization: Bearer [\w.-]{40,}$/;

/** The extension with tenants of a sandbox, an API token of each, and documents to insert into. */
async function open(world: World) {
  const sandbox = await world.sandbox();
  const extension = await world.start();
  const { prompter, run } = extension;
  const [acme, billing, metering] = ['sandbox-cloud-director', 'sandbox-oauth2', 'sandbox-oauth2-client'] as const;
  extension.tenants = [
    entryOf(sandbox, acme, { id: 'acme' }),
    entryOf(sandbox, billing, { id: 'billing' }),
    entryOf(sandbox, metering, { id: 'metering' }),
  ];
  await extension.addToken('acme', 'Ada', ...secretOf(sandbox, acme));
  await extension.addToken('billing', 'Ada', ...secretOf(sandbox, billing));
  await extension.addToken('metering', 'CI', ...secretOf(sandbox, metering));
  const director = sandbox.services['cloud-director'].origin;
  const session = `GET ${director}/cloudapi/1.0.0/sessions/current`;
  let count = 0;
  /** Shows a document of its own, and gives what reads its lines. */
  const show = (...lines: readonly string[]) => {
    const { document } = editor.open(lines.join('\n'), { uri: Uri.file(`/requests-${(count += 1)}.http`) });
    return () => document.getText().split('\n');
  };
  return { sandbox, extension, prompter, run, director, session, show };
}

const cursor = (line: number): Selection => new Selection(line, 0, line, 0);

/** Reads an Accept header with the version of the service as `Accept: …`. */
const shortened = (lines: readonly string[]): string[] =>
  lines.map((line) => line.replace(/^(Accept: )application\/json;version=.*$/, '$1…').replace(TOKEN, 'Authorization: …'));

describe('Insert Headers', () => {
  it(
    'asks which token where several may go to the host, and no other',
    inWorld(async (world) => {
      const { prompter, run, sandbox, show } = await open(world);
      const request = `GET ${sandbox.services.oauth2.origin}/api/meters`;
      const lines = show(request);
      prompter.when('Choose a tenant’s API token', /Metering API/);
      await run('insertHeaders');
      const labels = prompter.question('Choose a tenant’s API token').labels.map((label) => label.replace(/^\$\(\S+\) /, ''));
      assert.deepEqual(labels, ['Billing API', 'Metering API']);
      assert.match(lines()[1] ?? '', /^X-Api-Key: \S+$/);
    }),
  );

  it(
    'goes into the request of the lens that was chosen, wherever the cursor is',
    inWorld(async (world) => {
      const { run, session, show } = await open(world);
      const lines = show(session, '', '###', session);
      await run('insertHeaders', { tenant: 'acme', line: 3 });
      assert.deepEqual(shortened(lines()), [session, '', '###', session, 'Authorization: …', 'Accept: …']);
    }),
  );

  it(
    'asks before a token goes to a host that is not its tenant’s or not known, and a careless key says no',
    inWorld(async (world) => {
      const { extension, prompter, run, director, show } = await open(world);
      const target = { tenant: 'acme' };
      for (const [request, host] of [
        [ELSEWHERE, '127.0.0.1:9'],
        ['GET {{host}}/elsewhere', '{{host}}'],
      ] as const)
        for (const reply of [CANCEL, ENTER, 'Don’t Insert'] as const) {
          const lines = show(request);
          prompter.when('Send the access token of Acme to another host?', reply);
          await run('insertHeaders', target);
          const { text } = prompter.question('to another host?');
          assert.ok(text.includes(`The request goes to ${host}.\nThe tenant is at ${new URL(director).host}.`), text);
          assert.deepEqual(lines(), [request]);
        }

      const once = show(ELSEWHERE);
      prompter.when('to another host?', 'Insert Anyway');
      await run('insertHeaders', target);
      assert.match(once()[1] ?? '', TOKEN);
      const hosts = () => (extension.tenants[0] as { hosts?: string[] }).hosts;
      assert.equal(hosts(), undefined);
      show(ELSEWHERE);
      prompter.when('to another host?', 'Always Allow');
      await run('insertHeaders', target);
      assert.deepEqual(hosts(), ['127.0.0.1:9']);
      const unasked = show(ELSEWHERE);
      await run('insertHeaders', target);
      assert.match(unasked()[1] ?? '', TOKEN);
      // What cannot be known again cannot be allowed for good.
      show('GET {{host}}/elsewhere');
      prompter.when('to another host?', CANCEL);
      await run('insertHeaders', target);
      assert.deepEqual(prompter.question('to another host?').labels, ['Don’t Insert', 'Insert Anyway']);
    }),
  );

  it(
    'asks about all requests that use a definition before a token is written into it',
    inWorld(async (world) => {
      const { prompter, run, session, show } = await open(world);
      const lines = [
        '@token = mine',
        session,
        'Authorization: Bearer {{token}}',
        '',
        '###',
        ELSEWHERE,
        'Authorization: Bearer {{token}}',
      ];
      const shown = show(...lines);
      editor.active!.selection = cursor(1);
      prompter.when('Replace what is there?', 'Update the Definition', 'Update the Definition');
      prompter.when('Send the access token of Acme to another host?', ENTER, 'Insert Anyway');
      await run('insertHeaders', { tenant: 'acme' });
      assert.match(prompter.question('to another host?').text, /The request goes to 127\.0\.0\.1:9\./);
      assert.deepEqual(shown(), lines);
      await run('insertHeaders', { tenant: 'acme' });
      assert.match(shown()[0] ?? '', /^@token = [\w.-]{40,}$/);
    }),
  );

  for (const [what, line, says, after] of [
    [
      'another credential away',
      'Authtoken: mine',
      'Line 2: Authtoken, another credential, is removed',
      ['Authorization: …', 'Accept: …'],
    ],
    [
      'a login of another kind away',
      'authorization: Basic user pass',
      'Line 2: authorization has credentials of another kind',
      ['Accept: …', 'authorization: …'],
    ],
  ] as const)
    it(
      `asks before it takes ${what}`,
      inWorld(async (world) => {
        const { prompter, run, session, show } = await open(world);
        const lines = show(session, line);
        prompter.when(says, CANCEL, 'Replace');
        await run('insertHeaders', { tenant: 'acme' });
        assert.deepEqual(lines(), [session, line]);
        await run('insertHeaders', { tenant: 'acme' });
        const written = lines().map((one) => one.replace(/(?<=^\w+: )Bearer [\w.-]{40,}$/, '…'));
        assert.deepEqual(shortened(written).slice(1), after);
      }),
    );

  it(
    'asks whether the definition of a variable is updated or the reference to it replaced',
    inWorld(async (world) => {
      const { prompter, run, session, show } = await open(world);
      const before = ['@token = old', '', session, 'Authorization: Bearer {{token}}'];
      const insert = async (reply: string): Promise<string[]> => {
        const lines = show(...before);
        editor.active!.selection = cursor(2);
        prompter.when('Line 4: Authorization refers to a variable of yours, defined in line 1', reply);
        await run('insertHeaders', { tenant: 'acme' });
        return lines();
      };
      const [definition, ...updated] = await insert('Update the Definition');
      assert.match(definition ?? '', /^@token = [\w.-]{40,}$/);
      assert.deepEqual(shortened(updated), before.slice(1).toSpliced(2, 0, 'Accept: …'));
      assert.deepEqual(shortened(await insert('Replace')), [...before.slice(0, 3), 'Accept: …', 'Authorization: …']);
    }),
  );

  it(
    'offers to copy the headers of the same tenant where the document is read-only',
    inWorld(async (world) => {
      const { prompter, run, session } = await open(world);
      const { document } = editor.open(session, { isReadOnly: true });
      prompter.when('This document cannot be edited', 'Copy Headers');
      await run('insertHeaders', { tenant: 'acme' });
      await world.until(Promise.resolve());
      assert.match(editor.clipboard, /^Authorization: Bearer \S+\nAccept: application\/json;version=/);
      assert.equal(document.getText(), session);
    }),
  );

  it(
    'says what to do where there is no request',
    inWorld(async (world) => {
      const { prompter, run, session, show, director } = await open(world);
      const lines = show('@base = https://api.example', '');
      prompter.when('There is no request at the cursor', CANCEL, 'New Request');
      await run('insertHeaders', { tenant: 'acme' });
      assert.deepEqual(lines(), ['@base = https://api.example', '']);
      await run('insertHeaders', { tenant: 'acme' });
      const [, blank, request, ...headers] = shortened(lines());
      assert.equal(blank, '');
      assert.ok(request?.startsWith(`GET ${director}/`), request);
      assert.deepEqual(headers, ['Authorization: …', 'Accept: …', '']);

      const { document } = editor.open(session, { uri: Uri.file('/plain.txt') });
      prompter.when('Open a .http or .rest file', CANCEL);
      await run('insertHeaders', { tenant: 'acme' });
      assert.equal(document.getText(), session);
    }),
  );

  it(
    'goes into the only file beside a page that is active, such as the walkthrough',
    inWorld(async (world) => {
      const { prompter, run, session, show } = await open(world);
      const lines = show(session, '');
      prompter.when('Open a .http or .rest file', CANCEL);
      editor.showPage('instead');
      await run('insertHeaders', { tenant: 'acme' });
      assert.deepEqual(lines(), [session, '']);
      const again = show(session, '');
      editor.showPage('beside');
      await run('insertHeaders', { tenant: 'acme' });
      assert.deepEqual(shortened(again()), [session, 'Authorization: …', 'Accept: …', '']);
    }),
  );

  it(
    'warns of a commented-out header and of a lower-case method, and fixes them on request',
    inWorld(async (world) => {
      const { prompter, run, session, show } = await open(world);
      const commented = show(session, 'Accept: a;version=1', 'X-Id: 1', '# Authorization: Bearer old', '');
      prompter.when('Line 5: a commented-out header of the same name', 'Uncomment It Instead');
      await run('insertHeaders', { tenant: 'acme' });
      assert.deepEqual(shortened(commented()).slice(1), ['Accept: a;version=1', 'X-Id: 1', 'Authorization: …', '']);
      const lower = show(session.replace('GET', 'get'), '');
      prompter.when('Line 1: the client takes a lower-case method', 'Write It in Upper Case');
      await run('insertHeaders', { tenant: 'acme' });
      assert.deepEqual(shortened(lower()), [session, 'Authorization: …', 'Accept: …', '']);
    }),
  );

  it(
    'inserts nothing when the exchange is cancelled',
    inWorld(async (world) => {
      const { prompter, run, session, show } = await open(world);
      const lines = show(session);
      prompter.cancel('Exchanging the API token “Ada” of Acme');
      await run('insertHeaders', { tenant: 'acme' });
      assert.deepEqual(lines(), [session]);
    }),
  );
});

describe('Insert Reference', () => {
  it(
    'needs no client: Try Request resolves it',
    inWorld(async (world) => {
      const { run, session, show } = await open(world);
      const lines = show(session, '');
      await run('insertReference', { tenant: 'acme' });
      assert.deepEqual(shortened(lines()), [session, REFERENCE, 'Accept: …', '']);
    }),
  );

  it(
    'is what Insert Headers does if the person wants it, who is asked once, and is not given to REST Client unasked',
    inWorld(async (world) => {
      const { extension, prompter, run, session, show } = await open(world);
      for (const client of CLIENTS) editor.install(client);
      const lines = show(session, '');
      prompter.when('What is written into files?', /Reference/).when('Let REST Client resolve references?', 'Only in httpYac');
      await run('insertHeaders', { tenant: 'acme' });
      const { labels } = prompter.question('What is written into files?');
      assert.deepEqual(
        labels.map((label) => label.replace(/^\$\(\S+\) /, '')),
        ['Reference', 'Access token'],
      );
      assert.deepEqual(shortened(lines()), [session, REFERENCE, 'Accept: …', '']);
      assert.equal(editor.settings.get('tenantTokens.insertAs'), 'reference');
      assert.equal(editor.settings.get('tenantTokens.publishReferences'), false);
      const again = show(session, '');
      await run('insertHeaders', { tenant: 'acme' });
      assert.deepEqual(shortened(again()), [session, REFERENCE, 'Accept: …', '']);
      assert.equal(extension.tenants.length, 3);
    }),
  );

  it(
    'goes where the client reads it that the person names once, or that is set, where the two clients read differently',
    inWorld(async (world) => {
      const { prompter, run, session, show } = await open(world);
      for (const client of CLIENTS) editor.install(client);
      editor.set({ 'tenantTokens.publishReferences': false });
      const insertInto = async (): Promise<string[]> => {
        const lines = show(session, '', session, '');
        editor.active!.selection = cursor(2);
        await run('insertReference', { tenant: 'acme' });
        return shortened(lines());
      };
      prompter.when('The two clients read this request differently', 'httpYac');
      const below = [session, '', session, REFERENCE, 'Accept: …', ''];
      assert.deepEqual(await insertInto(), below);
      assert.deepEqual(await insertInto(), below);
      editor.set({ 'tenantTokens.httpClient': 'rest-client' });
      assert.deepEqual((await insertInto())[1], REFERENCE);
    }),
  );
});

describe('Insert Headers in a long file', () => {
  /** Runs an action with a clock that each query advances by 1 ms. @returns the most characters that were read in one turn */
  async function longestTurn(document: FakeDocument, action: () => Promise<void>): Promise<number> {
    let [now, before, longest] = [performance.now(), document.charactersRead, 0];
    const clock = mock.method(performance, 'now', () => ++now);
    const look = (): void => {
      longest = Math.max(longest, document.charactersRead - before);
      before = document.charactersRead;
      turn = setImmediate(look);
    };
    let turn = setImmediate(look);
    try {
      await action();
      return longest;
    } finally {
      clearImmediate(turn);
      clock.mock.restore();
    }
  }

  const long = Array.from({ length: 10_000 }, (_, n) => n);
  const forms: readonly (readonly [
    what: string,
    command: 'insertHeaders' | 'insertHeadersInFile',
    below: (session: string) => readonly string[],
  ])[] = [
    ['of many requests', 'insertHeadersInFile', (session) => long.slice(0, 1_000).flatMap(() => ['', '###', session])],
    ['that is one request with a body', 'insertHeaders', () => ['', ...long.map((n) => `"${n}": 1`)]],
    ['with many variables', 'insertHeaders', () => ['', '###', ...long.map((n) => `@v${n} = 1`)]],
  ];
  for (const [what, command, below] of forms)
    it(
      `${what} lets others have their turn while it reads`,
      inWorld(async (world) => {
        const { run, director, session } = await open(world);
        for (const client of CLIENTS) editor.install(client);
        editor.set({ 'tenantTokens.insertAs': 'token' });
        const lines = [`@host = ${director}`, '', session.replace(director, '{{host}}'), ...below(session)];
        const { document } = editor.open(lines.join('\n'), { uri: Uri.file('/long.http') });
        editor.active!.selection = cursor(2);
        const longest = await longestTurn(document, () => run(command, { tenant: 'acme' }));
        assert.match(document.getText(), /Authorization: Bearer [\w.-]{40,}/);
        assert.ok(longest <= document.getText().length / 4, `${longest} of ${document.getText().length} characters`);
      }),
    );

  it(
    'goes into the same requests if the file is edited while it is read',
    inWorld(async (world) => {
      const { run, session } = await open(world);
      editor.set({ 'tenantTokens.insertAs': 'token' });
      const count = 1_000;
      const text = `### a\n${session}\n\n`.repeat(count);
      const { document } = editor.open(text, { uri: Uri.file('/edited.http') });
      const edit = async (): Promise<void> => {
        while (document.charactersRead < text.length / 2) await new Promise((resolve) => setImmediate(resolve));
        await editor.active!.edit((builder) => builder.replace(new Range(0, 0, 0, 0), '# a comment\n\n'));
      };
      await longestTurn(document, async () => {
        await Promise.all([run('insertHeadersInFile', { tenant: 'acme' }), edit()]);
      });
      const lines = shortened(document.getText().split('\n'));
      assert.deepEqual(lines.slice(0, 6), ['# a comment', '', '### a', session, 'Authorization: …', 'Accept: …']);
      assert.equal(lines.filter((line) => line === 'Authorization: …').length, count);
    }),
  );
});

describe('Update Headers', () => {
  it(
    'says so if no header has expired, and asks in which files to replace expired ones',
    inWorld(async (world) => {
      const { prompter, run, session, extension } = await open(world);
      const { document: first } = editor.open(session, { uri: Uri.file('/first.http') });
      await run('insertHeaders', { tenant: 'acme' });
      const before = first.getText();
      await run('updateHeaders');
      assert.match(prompter.texts('info').at(-1) ?? '', /No header of yours in an open file has expired/);
      assert.equal(first.getText(), before);

      const { document: second } = editor.open(before, { uri: Uri.file('/second.http') });
      editor.open(session, { uri: Uri.file('/other.http') });
      await world.clock.advance(2 * 3_600_000);
      prompter.when('Where do you want to replace the expired headers?', 'All open files');
      await run('updateHeaders');
      assert.deepEqual(prompter.question('the expired headers').rows, ['All open files – 2 – /first.http, /second.http']);
      for (const document of [first, second]) assert.notEqual(document.getText(), before);
      assert.equal(first.getText(), second.getText());
      assert.equal(extension.tenants.length, 3);
    }),
  );
});
