import assert from 'node:assert/strict';
import { CANCEL, ENTER } from '../support/scriptedPrompter.js';
import { entryOf, secretOf } from '../support/entries.js';
import { editor } from '../support/vscode.js';
import { Selection, Uri } from '../support/vscodeTypes.js';
import { inWorld, type World } from '../support/world.js';

const QUESTION = 'Write an access token of Acme into a document outside of the workspace?';
const [OUTSIDE, INSIDE] = [Uri.file('/elsewhere/a.http'), Uri.file('/workspace/a.http')];
const untitled = (count: number): Uri => Uri.from({ scheme: 'untitled', path: `Untitled-${count}` });

/** The extension with a tenant of the settings, and what its service has been asked. */
async function open(world: World) {
  const sandbox = await world.sandbox();
  const extension = await world.start();
  extension.tenants = [entryOf(sandbox, 'sandbox-cloud-director', { id: 'acme' })];
  const token = await extension.addToken('acme', 'Ada', ...secretOf(sandbox, 'sandbox-cloud-director'));
  const { origin, requests } = sandbox.services['cloud-director'];
  const request = `GET ${origin}/cloudapi/1.0.0/sessions/current`;
  /** Shows a document with a request, and gives what reads the lines below it. */
  const show = (uri: Uri, ...below: readonly string[]) => {
    const { document } = editor.open([request, ...below].join('\n'), { uri, languageId: 'http' });
    return { document, lines: () => document.getText().split('\n').slice(1) };
  };
  const { run, prompter } = extension;
  return { extension, run, prompter, token, show, requests };
}

describe('threats: commands of other extensions', () => {
  it(
    'row 73: a token goes into a document without a file, or outside the workspace, only after a person has agreed, and is not exchanged before',
    inWorld(async (world) => {
      const { run, prompter, show, requests } = await open(world);
      for (const uri of [untitled(1), OUTSIDE])
        for (const id of ['insertHeaders', 'insertHeadersInFile', 'newRequest'] as const) {
          const { lines } = show(uri);
          prompter.when(QUESTION, id === 'newRequest' ? ENTER : CANCEL);
          await run(id, { tenant: 'acme' });
          assert.ok(!/Bearer/.test(lines().join()), id);
          assert.equal(requests.length, 0, id);
          assert.deepEqual(prompter.question(QUESTION).labels, ['Don’t Insert', 'Insert']);
        }

      const first = show(untitled(1));
      prompter.when(QUESTION, 'Insert');
      await run('insertHeaders', { tenant: 'acme' });
      assert.match(first.lines()[0] ?? '', /^Authorization: Bearer /);
      await run('insertHeaders', { tenant: 'acme' });
      // Another one of the same name, after that was closed, and any other one.
      editor.close(first.document);
      for (const uri of [untitled(1), untitled(2), OUTSIDE]) {
        show(uri);
        prompter.when(QUESTION, CANCEL);
        await run('insertHeaders', { tenant: 'acme' });
      }
      const { lines } = show(INSIDE);
      await run('insertHeaders', { tenant: 'acme' });
      assert.match(lines()[0] ?? '', /^Authorization: Bearer /);
    }),
  );

  it(
    'row 73: an expired token is not renewed in such a document either',
    inWorld(async (world) => {
      const { run, prompter, token, show, requests } = await open(world);
      const { lines } = show(INSIDE);
      await run('insertHeaders', { token });
      const [former = ''] = lines();
      await world.clock.advance(30 * 24 * 3600_000);
      const sent = requests.length;
      editor.set({ 'tenantTokens.updateHeadersOnExchange': true });
      const outside = show(untitled(1), former);
      prompter.when('Where do you want to replace the expired headers?', 'This file').when(QUESTION, ENTER);
      await run('updateHeaders');
      assert.deepEqual([outside.lines()[0], requests.length], [former, sent]);
      await run('exchange', { token });
      assert.equal(outside.lines()[0], former, 'it is updated with an exchange');
      assert.notEqual(lines()[0], former);
      prompter.when(QUESTION, 'Insert');
      await run('updateHeaders');
      assert.match(outside.lines()[0] ?? '', /^Authorization: Bearer /);
      assert.notEqual(outside.lines()[0], former);
    }),
  );

  it(
    'row 73: nobody is asked about sandbox tokens, which give access to nothing else, or about references, which are not tokens',
    inWorld(async (world) => {
      const { extension, prompter, run, show } = await open(world);
      editor.install('anweber.vscode-httpyac');
      const { lines } = show(untitled(1));
      await run('insertReference', { tenant: 'acme' });
      assert.match(lines()[0] ?? '', /TENANT_TOKEN_ACME/);
      prompter.when(/^The sandbox runs on this machine/, CANCEL);
      await run('startSandbox');
      editor.set({ 'tenantTokens.insertAs': 'token' });
      editor.active!.selection = new Selection(5, 0, 5, 0);
      await run('insertHeaders', { token: extension.tokenOf('sandbox-cloud-director', 'Ada') });
      assert.match(editor.active?.document.getText() ?? '', /Bearer /);
    }),
  );
});

describe('threats: tenants that share a host', () => {
  const [ACME, GLOBEX] = ['acme', 'globex'];
  const ACME_ID = '6f1c1b5e-1f0e-4c39-a1d4-000000000001';
  const CHOOSE = 'Choose a tenant’s API token';

  it(
    'row 74: the active token goes into no request that names another tenant, or whose tenant is unknown',
    inWorld(async (world) => {
      const sandbox = await world.sandbox();
      const { origin } = sandbox.services['cloud-director'];
      const extension = await world.start({ 'tenantTokens.insertAs': 'token' });
      const { run, prompter } = extension;
      const entry = entryOf(sandbox, 'sandbox-cloud-director');
      extension.tenants = [
        { ...entry, id: ACME, name: 'Acme', organizationId: ACME_ID },
        { ...entry, id: GLOBEX, name: 'Globex', organization: 'System', organizationId: undefined },
      ];
      await extension.addToken(ACME, 'Ada', ...secretOf(sandbox, 'sandbox-cloud-director'));
      await extension.addToken(GLOBEX, 'Operator', ...secretOf(sandbox, 'sandbox-cloud-director-system'));
      await run('useToken', { token: extension.tokenOf(GLOBEX, 'Operator') });
      let count = 0;
      /** Whose token goes into a request. */
      const insert = async (...lines: readonly string[]): Promise<string> => {
        const { document } = editor.open(lines.join('\n'), { uri: Uri.file(`/workspace/${(count += 1)}.http`) });
        const before = prompter.texts('done').length;
        await run('insertHeaders');
        const [inserted = 'nobody’s'] = prompter.texts('done').slice(before);
        assert.equal(/Bearer e/.test(document.getText()), inserted !== 'nobody’s');
        return inserted.replace(/^.* of (.*) inserted$/, '$1');
      };

      for (const lines of [
        [`GET ${origin}/tenant/acme/cloudapi/1.0.0/orgs`],
        [`GET ${origin}/api/org/${ACME_ID}?filter=/tenant/System`],
        [`GET ${origin}/cloudapi/1.0.0/orgs`, `X-VMWARE-VCLOUD-TENANT-CONTEXT: ${ACME_ID}`],
        [`GET ${origin}/cloudapi/1.0.0/orgs`, `X-VMWARE-VCLOUD-TENANT-CONTEXT: urn:vcloud:org:${ACME_ID}`],
        [
          `GET ${origin}/cloudapi/1.0.0/orgs`,
          '',
          '###',
          `GET ${origin}/`,
          'Authorization: Bearer {{$processEnv TENANT_TOKEN_ACME}}',
        ],
      ])
        assert.equal(await insert(...lines), 'Acme', lines.join('\n'));
      assert.equal(await insert(`GET ${origin}/tenant/System/cloudapi/1.0.0/orgs`), 'Globex');
      assert.deepEqual(
        prompter.asked.filter(({ text }) => text.includes(CHOOSE)),
        [],
      );

      for (const lines of [
        [`GET ${origin}/cloudapi/1.0.0/orgs`],
        [
          `GET ${origin}/tenant/initech/cloudapi/1.0.0/orgs`,
          '',
          '###',
          `GET ${origin}/`,
          'X-Id: {{$processEnv TENANT_TOKEN_ACME}}',
        ],
        [`GET ${origin}/tenant/tenant/cloudapi/1.0.0/orgs`],
      ]) {
        prompter.when(CHOOSE, CANCEL);
        assert.equal(await insert(...lines), 'nobody’s', lines.join('\n'));
        assert.equal(prompter.question(CHOOSE).active, 'Globex');
      }
      // The file has shown it then.
      prompter.when(CHOOSE, /^Acme/);
      assert.equal(await insert(`GET ${origin}/cloudapi/1.0.0/orgs`, '', '###', `GET ${origin}/api/admin`), 'Acme');
      const { active } = editor;
      active!.selection = new Selection(5, 0, 5, 0);
      await run('insertHeaders');
      assert.equal(active!.document.getText().match(/Bearer e/g)?.length, 2);
      // With one tenant at the host there is nothing to mistake.
      prompter.when('Remove the API token “Ada” of Acme?', 'Remove');
      await run('removeToken', { token: extension.tokenOf(ACME, 'Ada') });
      assert.equal(await insert(`GET ${origin}/cloudapi/1.0.0/orgs`), 'Globex');
    }),
  );

  it(
    'row 74: a sample of the sandbox gets the token of its own tenant, whichever is active',
    inWorld(async (world) => {
      const extension = await world.start();
      const { run, prompter } = extension;
      prompter.when(/^The sandbox runs on this machine/, CANCEL);
      await run('startSandbox');
      await run('useToken', { token: extension.tokenOf('sandbox-cloud-director-system', 'Operator') });
      prompter.when(CHOOSE, /Ada/);
      editor.active!.selection = new Selection(5, 0, 5, 0);
      await run('insertHeaders');
      assert.deepEqual(
        prompter.question(CHOOSE).rows.map((row) => row.split(' – ')[0]),
        ['Acme', 'Acme', 'Acme'],
      );
    }),
  );
});
