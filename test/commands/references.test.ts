import assert from 'node:assert/strict';
import { entryOf, secretOf, TENANTS } from '../support/entries.js';
import type { FakeDocument } from '../support/document.js';
import { editor } from '../support/vscode.js';
import { Position, Uri } from '../support/vscodeTypes.js';
import { inWorld, type World } from '../support/world.js';
import { until } from '../workbench/until.js';

const STEP_MS = 100;
/** Less than a test may take, so that its failure says what was seen instead. */
const LIMIT_MS = 10_000;
const REST_CLIENT = 'humao.rest-client';
const HTTP_YAC = 'anweber.vscode-httpyac';
const PUBLISH = 'tenantTokens.publishReferences';
const NAME = 'TENANT_TOKEN_ACME';
const REFERENCE = `Authorization: Bearer {{$processEnv ${NAME}}}`;

/** The tenant Acme with a token, REST Client, and what it finds in the environment of the extension host. */
async function open(world: World, settings: Readonly<Record<string, unknown>> = {}) {
  const sandbox = await world.sandbox();
  const extension = await world.start(settings);
  editor.install(REST_CLIENT);
  const { origin } = sandbox.services['cloud-director'];
  extension.tenants = [entryOf(sandbox, 'sandbox-cloud-director', { id: 'acme' })];
  const token = await extension.addToken('acme', 'Ada', ...secretOf(sandbox, 'sandbox-cloud-director'));
  const session = `GET ${origin}/cloudapi/1.0.0/sessions/current`;
  const { prompter, run } = extension;
  return { extension, prompter, run, token, session, elsewhere: session.replace('127.0.0.1', 'localhost') };
}

const show = (name: string, ...lines: readonly string[]) => editor.open(lines.join('\n'), { uri: Uri.file(`/${name}`) }).document;
const found = (): string | undefined => process.env[NAME];
/** Waits while time passes, by both clocks: what was typed is looked at after a pause, and what is found is exchanged. */
const becomes = (world: World, isSo: () => boolean): Promise<unknown> =>
  until(
    'the environment',
    async () => {
      await world.clock.advance(STEP_MS);
      return isSo();
    },
    { limit: LIMIT_MS, seen: () => (found() === undefined ? 'no token' : 'a token') },
  );
const isThere = (world: World) => becomes(world, () => found() !== undefined);
const isGone = (world: World) => becomes(world, () => found() === undefined);

describe('References in REST Client', () => {
  it(
    'are resolved once the person has allowed it, and as long as that is so',
    inWorld(async (world) => {
      const { extension, prompter, run, session } = await open(world);
      const document = show('acme.http', session);
      const active = editor.active!;
      const edit = active.edit.bind(active);
      let atEdit: string | undefined;
      active.edit = (...change) => {
        atEdit = found();
        return edit(...change);
      };
      prompter.when('Let REST Client resolve references?', 'Allow');
      await run('insertReference', { tenant: 'acme' });
      assert.match(document.getText(), /\{\{\$processEnv TENANT_TOKEN_ACME\}\}/);
      assert.equal(editor.settings.get(PUBLISH), true);
      // Before it was written: what is sent at once has it.
      assert.match(atEdit ?? '', /^[\w.-]{40,}$/);
      assert.equal(document.getText().includes(atEdit!), false);

      editor.set({ [PUBLISH]: false });
      assert.equal(found(), undefined);
      editor.set({ [PUBLISH]: true });
      await isThere(world);

      const { tenants } = extension;
      await extension.stop();
      assert.equal(found(), undefined);
      await world.start({ [TENANTS]: tenants, [PUBLISH]: true });
      editor.install(REST_CLIENT);
      const again = editor.show(document).document;
      await isThere(world);
      editor.close(again);
      await isGone(world);
    }),
  );

  it(
    'are withheld while a request in an open file would take the token to another host, until that is allowed',
    inWorld(async (world) => {
      const { prompter, run, session, elsewhere, token } = await open(world, { [PUBLISH]: true });
      show('acme.http', session, REFERENCE);
      await isThere(world);
      show('elsewhere.http', elsewhere, REFERENCE);
      await isGone(world);
      prompter.when('Send the access token of Acme to another host?', 'Allow for This Session');
      await run('allowHost');
      await isThere(world);

      prompter.when('Remove the API token “Ada” of Acme?', 'Remove');
      await run('removeToken', { token });
      await isGone(world);
    }),
  );

  for (const [what, name, lines] of [
    [
      'an open file hides one where only REST Client finds it',
      'hidden.http',
      (url: string) => [url, `X: {{$processEnv ${NAME} x}}`],
    ],
    [
      'a plain text would take the token to another host, from which REST Client sends as well',
      'notes.txt',
      (url: string) => [url.replace('127.0.0.1', '127.0.0.2'), REFERENCE],
    ],
  ] as const)
    it(
      `are withheld while ${what}`,
      inWorld(async (world) => {
        const { session } = await open(world, { [PUBLISH]: true });
        const acme = show('acme.http', session, REFERENCE);
        await isThere(world);
        const other = show(name, ...lines(session));
        await isGone(world);
        editor.close(other);
        await isThere(world);
        editor.close(acme);
        await isGone(world);
      }),
    );

  it(
    'stay empty beside httpYac where the person wants them there only',
    inWorld(async (world) => {
      const { prompter, run, session } = await open(world, { 'tenantTokens.insertAs': 'reference' });
      editor.install(HTTP_YAC);
      const document = show('acme.http', session);
      prompter.when('Let REST Client resolve references?', 'Only in httpYac');
      await run('insertHeaders', { tenant: 'acme' });
      assert.ok(document.getText().includes(REFERENCE));
      await world.clock.advance(1_000);
      assert.equal(found(), undefined);
    }),
  );
});

describe('What happens to a reference', () => {
  const ELSEWHERE = 'REST Client: withheld, line 2 of /elsewhere.http';
  const WITHHELD =
    'REST Client would send an empty value: line 2 of /elsewhere.http would send the token of Acme to another host, or to an unknown one.';
  const NOT_ALLOWED = `REST Client would send an empty value: it may not resolve ${NAME} until you allow it.`;
  const NO_TOKEN = 'REST Client would send an empty value: there is no access token of Acme. Exchange its API token.';
  const CLASH = `Another program has set a variable ${NAME}, whose value would be sent. Rename the API token.`;
  const OF_ANOTHER = 'EXAMPLE-of-another-program';
  const said = (world: World, document: FakeDocument, isSo: (problems: string) => boolean) => {
    const problems = () => editor.problems(document).map(({ message }) => message);
    const isSaid = async () => {
      await world.clock.advance(STEP_MS);
      return isSo(problems().join());
    };
    return until('the problem', isSaid, { limit: LIMIT_MS, seen: problems });
  };
  const withheld = ({ elsewhere }: { readonly elsewhere: string }) => show('elsewhere.http', elsewhere, REFERENCE);
  const allowed = (isAllowed: boolean | undefined) => () => editor.set({ [PUBLISH]: isAllowed });
  const clash = async (_: unknown, world: World, document: FakeDocument) => {
    editor.set({ [PUBLISH]: undefined });
    await said(world, document, (problems) => problems.endsWith(NOT_ALLOWED));
    process.env[NAME] = OF_ANOTHER;
    editor.set({ [PUBLISH]: true });
  };
  const cases: readonly {
    readonly what: string;
    readonly beside: readonly string[];
    readonly arrange?: (opened: Awaited<ReturnType<typeof open>>, world: World, document: FakeDocument) => unknown;
    /** It has no access token. */
    readonly isFresh?: true;
    readonly lens?: string;
    readonly hover: readonly string[];
    readonly problem?: string;
  }[] = [
    { what: 'resolved by both', beside: [REST_CLIENT, HTTP_YAC], hover: ['httpYac: resolved', 'REST Client: resolved'] },
    { what: 'resolved by httpYac', beside: [HTTP_YAC], hover: ['httpYac: resolved'] },
    { what: 'resolved by REST Client', beside: [REST_CLIENT], hover: ['REST Client: resolved'] },
    { what: 'without a client, which is no problem', beside: [], hover: [] },
    { what: 'withheld', beside: [REST_CLIENT], arrange: withheld, lens: ELSEWHERE, hover: [ELSEWHERE], problem: WITHHELD },
    {
      what: 'withheld, and resolved by httpYac',
      beside: [REST_CLIENT, HTTP_YAC],
      arrange: withheld,
      lens: ELSEWHERE,
      hover: ['httpYac: resolved', ELSEWHERE],
      problem: `Resolved by httpYac. ${WITHHELD}`,
    },
    {
      what: 'not allowed',
      beside: [REST_CLIENT],
      arrange: allowed(false),
      lens: 'REST Client: not allowed',
      hover: ['REST Client: not allowed'],
      problem: NOT_ALLOWED,
    },
    {
      what: 'not allowed yet, and resolved by httpYac',
      beside: [REST_CLIENT, HTTP_YAC],
      arrange: allowed(undefined),
      lens: 'REST Client: not allowed',
      hover: ['httpYac: resolved', 'REST Client: not allowed'],
      problem: `Resolved by httpYac. ${NOT_ALLOWED}`,
    },
    {
      what: 'wanted in httpYac only, which is no problem',
      beside: [REST_CLIENT, HTTP_YAC],
      arrange: allowed(false),
      lens: 'REST Client: not allowed',
      hover: ['httpYac: resolved', 'REST Client: not allowed'],
    },
    {
      what: 'a variable of another program',
      beside: [REST_CLIENT],
      arrange: clash,
      lens: 'REST Client: another variable of this name',
      hover: ['REST Client: another variable of this name'],
      problem: CLASH,
    },
    {
      what: 'a variable of another program, and resolved by httpYac',
      beside: [REST_CLIENT, HTTP_YAC],
      arrange: clash,
      lens: 'REST Client: another variable of this name',
      hover: ['httpYac: resolved', 'REST Client: another variable of this name'],
      problem: `Resolved by httpYac. ${CLASH}`,
    },
    {
      what: 'without an access token',
      beside: [REST_CLIENT],
      isFresh: true,
      lens: 'REST Client: no access token',
      hover: ['REST Client: no access token'],
      problem: NO_TOKEN,
    },
    {
      what: 'without an access token, and resolved by httpYac',
      beside: [REST_CLIENT, HTTP_YAC],
      isFresh: true,
      lens: 'REST Client: no access token',
      hover: ['httpYac: resolved', 'REST Client: no access token'],
      problem: `Resolved by httpYac. ${NO_TOKEN}`,
    },
  ];
  for (const { what, beside, arrange, isFresh, lens, hover, problem } of cases)
    it(
      `is said in its lens, its hover and Problems: ${what}`,
      inWorld(async (world) => {
        const opened = await open(world, { [PUBLISH]: true });
        editor.uninstall(REST_CLIENT);
        for (const client of beside) editor.install(client);
        // Without the focus of the window nothing is exchanged unasked.
        if (isFresh) editor.focus(false);
        else await opened.run('exchange', { tenant: 'acme' });
        const document = show('acme.http', opened.session, REFERENCE);
        try {
          await arrange?.(opened, world, document);
          await said(world, document, (problems) => problems === (problem ?? ''));
          const [title = ''] = await editor.lenses(document);
          assert.equal(title.split(' · ').slice(2).join(), lens ?? '', title);
          const lines = await editor.hover(document, new Position(1, REFERENCE.indexOf(NAME)));
          const texts = lines.map((line) => line.replaceAll('\\', '')).filter((line) => /^(httpYac|REST Client): /.test(line));
          assert.deepEqual(texts, hover);
        } finally {
          if (found() === OF_ANOTHER) Reflect.deleteProperty(process.env, NAME);
        }
      }),
    );
});
