import assert from 'node:assert/strict';
import { entryOf, secretOf } from '../support/entries.js';
import { CANCEL, ENTER } from '../support/scriptedPrompter.js';
import { editor } from '../support/vscode.js';
import { inWorld, type World } from '../support/world.js';
import { openWith } from './support.js';

const ACME = 'sandbox-cloud-director';

describe('Add API Token', () => {
  it(
    'asks for the secret of a first token only, says what cannot be one, takes what is pasted with a line end, and exchanges it',
    inWorld(async (world) => {
      const { extension, prompter, run, secret } = await openWith(world, ACME);
      const [token] = secret(ACME);
      const secrets: readonly [string, RegExp][] = [
        ['', /^Paste the API token\./],
        ['{{acme_token}}', /^This is a reference to a variable, not the API token itself/],
        ['EXAMPLE\u200B0123456789', /^The API token has characters in it that no token has/],
        ['x'.repeat(8193), /^This is longer than any API token/],
        ['Bearer EXAMPLE0123456789', /^This is a header with an access token, .* Paste the API token\.$/],
      ];
      prompter.when('API token:', ...secrets.map(([text]) => text), `  ${token}\n`);
      await run('addToken', { tenant: ACME });
      const problems = prompter.texts('problem');
      assert.equal(problems.length, secrets.length);
      for (const [at, [, problem]] of secrets.entries()) assert.match(problems[at]!, problem);
      assert.equal(prompter.question('API token:').kind, 'secret');
      assert.deepEqual(prompter.texts('info'), ['Acme: signed in as ada, organization acme, 1h 0m left']);
      assert.match((await extension.row('Acme', 'Default')).description, / left$/);
      assert.match(extension.statusBar ?? '', /^Active token: Default of Acme, /);
    }),
  );

  it(
    'keeps a token that the service refuses, and explains that at once',
    inWorld(async (world) => {
      const { extension, prompter, run, requests } = await openWith(world, ACME);
      prompter.when('API token:', 'EXAMPLE0123456789EXAMPLE01234567').when(/^Acme refused “Default”/, CANCEL);
      await run('addToken', { tenant: ACME });
      assert.deepEqual(prompter.question(/^Acme refused/).labels, ['Replace Token', 'Open Portal', 'Show Trace']);
      assert.equal((await extension.row('Acme', 'Default')).description, 'API token refused');
      assert.equal(requests('cloud-director').length, 1);
    }),
  );

  it(
    'exchanges no token that is good once, nor one whose exchange needs a passcode, unless it is asked to',
    inWorld(async (world) => {
      const [BROKER, GUARDED] = ['sandbox-identity-services', 'sandbox-cloud-services-mfa'];
      const { prompter, run, secret, requests } = await openWith(world, BROKER, GUARDED);
      prompter
        .when(/^Add API Token: Broker/, ...secret(BROKER, 1), 'Once')
        .when(/^Add API Token: Guarded org/, ...secret(GUARDED))
        .when('is kept. Exchange it for an access token now?', CANCEL, CANCEL);
      await run('addToken', { tenant: BROKER });
      await run('addToken', { tenant: GUARDED });
      assert.deepEqual([requests('identity-services'), requests('cloud-services')], [[], []]);
    }),
  );

  it(
    'asks when the token expires if the person wants to enter that',
    inWorld(async (world) => {
      const { extension, prompter, run, secret } = await openWith(world, ACME);
      prompter
        .when('API token:', { press: 'Enter Expiry Date' }, ...secret(ACME))
        .when('The last day it is valid', '31.3.2031', '2031-03-31');
      await run('addToken', { tenant: ACME });
      assert.deepEqual(prompter.texts('note'), ['The next question is when it expires.']);
      assert.deepEqual(prompter.texts('problem'), ['This is not a date. Write it as 2027-03-31.']);
      assert.deepEqual([prompter.question('The last day').step, prompter.question('The last day').totalSteps], [2, 2]);
      assert.match((await extension.row('Acme', 'Default', 'API token expires')).description, /2031/);
    }),
  );

  it(
    'warns of an access token that was pasted in the place of the API token',
    inWorld(async (world) => {
      const { prompter, run } = await openWith(world, ACME);
      const jwt = ['{"alg":"none"}', '{"sub":"ada"}', 'EXAMPLE'].map((part) => Buffer.from(part).toString('base64url')).join('.');
      prompter.when('API token:', jwt).forestall('Exchanging');
      await run('addToken', { tenant: ACME });
      assert.match(prompter.texts('hint')[0]!, /^This looks like an access token, .* not like the API token\./);
    }),
  );

  it(
    'warns of a secret of an unusual shape, and takes it',
    inWorld(async (world) => {
      const { extension, prompter } = await openWith(world, ACME);
      await extension.addToken(ACME, 'Ada', 'EXAMPLEtooShort');
      assert.match(prompter.texts('hint')[0]!, /^Usually 32 letters and digits: make sure that all of it was copied/);
    }),
  );

  it(
    'keeps a second token beside the first one, under another name',
    inWorld(async (world) => {
      const { extension, prompter, run, secret } = await openWith(world, ACME);
      const names: readonly [string, RegExp][] = [
        ...secret(ACME, 1).map((token): [string, RegExp] => [token, /^This looks like a token\. The name comes first/]),
        ['', /^A name is needed/],
        ['x'.repeat(65), /^A name has at most 64 characters/],
        ['Ada\u200b', /^A name must not contain control or invisible characters/],
        ['Ada', /^Acme already has a token of this name\.$/],
      ];
      const ada = await extension.addToken(ACME, 'Ada', ...secret(ACME));
      prompter
        .when('A name for this API token', ...names.map(([text]) => text), 'Service account')
        .when('API token:', ...secret(ACME, 1));
      await run('addToken', { tenant: ACME });
      const problems = prompter.texts('problem');
      assert.equal(problems.length, names.length);
      for (const [at, [, problem]] of names.entries()) assert.match(problems[at]!, problem);
      assert.equal(prompter.question('A name for this API token, to tell').value, 'API token 2');
      assert.match((await extension.row('Acme', 'Service account')).description, / left$/);
      assert.ok(await extension.row('Acme', 'Ada'));
      assert.match(extension.statusBar ?? '', /^Active token: Ada of Acme/, ada);
    }),
  );
});

describe('API tokens of one tenant', () => {
  async function openWithTwo(world: World) {
    const opened = await openWith(world, ACME);
    const { extension, secret, run } = opened;
    const ada = await extension.addToken(ACME, 'Ada', ...secret(ACME));
    const service = await extension.addToken(ACME, 'Service account', ...secret(ACME, 1));
    await run('exchange', { token: ada });
    return { ...opened, ada, service };
  }

  it(
    'are renamed without anything else being changed, and the new reference is offered to files',
    inWorld(async (world) => {
      const { extension, prompter, run, ada, requests } = await openWithTwo(world);
      const [former, present] = ['ADA', 'LAPTOP'].map((name) => `TENANT_TOKEN_SANDBOX_CLOUD_DIRECTOR_${name}`);
      editor.open(`GET https://cloud.example/\nAuthorization: Bearer {{$processEnv ${former}}}\n`);
      prompter
        .when('A name for this API token of Acme', 'Service account', 'Laptop')
        .when(`The reference of this API token is ${present} now.`, 'Replace in Files');
      await run('renameToken', { token: ada });
      assert.deepEqual(
        [prompter.question('A name for this API token of').value, prompter.texts('problem')],
        ['Ada', ['Acme already has a token of this name.']],
      );
      assert.match(prompter.texts('warning').at(-1)!, new RegExp(`refer to ${former} find no token`));
      const search = editor.executed.at(-1)!;
      assert.equal(search.id, 'workbench.action.findInFiles');
      assert.deepEqual(search.args, [
        { query: former, replace: present, matchWholeWord: true, isRegex: false, triggerSearch: true },
      ]);
      assert.match((await extension.row('Acme', 'Laptop')).description, / left$/);
      assert.match(extension.statusBar ?? '', /^Active token: Laptop of Acme, .* left/);
      assert.equal(requests('cloud-director').length, 1);
    }),
  );

  it(
    'are renamed without a word about references where no file has one',
    inWorld(async (world) => {
      const { prompter, run, ada } = await openWithTwo(world);
      editor.open('GET https://cloud.example/\n');
      prompter.when('A name for this API token of Acme', 'Laptop');
      await run('renameToken', { token: ada });
      assert.deepEqual(prompter.texts('warning'), []);
    }),
  );

  it(
    'are made active by Make Active, which gets an access token, and named with the time that is left',
    inWorld(async (world) => {
      const { extension, prompter, run, service } = await openWithTwo(world);
      await run('useToken', { token: service });
      assert.match(extension.statusBar ?? '', /^Active token: Service account of Acme, (59m|1h 0m) left/);
      prompter.when('Choose a tenant’s API token', /^Acme – Ada/);
      await run('useToken');
      const { rows, active } = prompter.question('Choose a tenant’s API token');
      assert.match(rows[0]!, /^Acme – Ada – VMware Cloud Director · .* left$/);
      assert.match(rows[1]!, /^Acme – Service account – VMware Cloud Director · .* left$/);
      assert.equal(active, 'Acme');
      assert.match(extension.statusBar ?? '', /^Active token: Ada of Acme, .* left/);
    }),
  );

  it(
    'are removed only after a question, which says what stays and what references stand for then',
    inWorld(async (world) => {
      const { extension, prompter, run, ada } = await openWithTwo(world);
      const question = 'Remove the API token “Ada” of Acme?';
      prompter.when(question, CANCEL, 'Remove');
      await run('removeToken', { token: ada });
      const { text, labels } = prompter.question(question);
      assert.match(text, /At the service it stays valid until it is revoked there/);
      assert.match(text, /From then on, references to Acme that name no token refer to “Service account”\./);
      assert.deepEqual(labels, ['Remove', 'Revoke at Service…']);
      assert.ok(await extension.row('Acme', 'Ada'));

      await run('removeToken', { token: ada });
      assert.equal(world.secrets.values.has(`token.${ada}`), false);
      const left = (await extension.rows()).filter(({ path }) => path.length === 2);
      assert.deepEqual(
        left.map(({ label }) => label),
        ['Service account'],
      );
      assert.equal(extension.statusBar, undefined);
    }),
  );
});

describe('A tenant whose address changes', () => {
  const PATH = '/csp/gateway/am/api/auth/api-tokens/authorize';

  it(
    'gets no token of the address before, until the person has compared the two',
    inWorld(async (world) => {
      const [sandbox, formerly] = [await world.sandbox(), await world.sandbox()];
      const origins = [formerly, sandbox].map(({ services }) => services['cloud-services'].origin);
      const [from, to] = origins.map((origin) => `${origin}${PATH}`);
      const extension = await world.start();
      const { prompter, run } = extension;
      extension.tenants = [entryOf(sandbox, 'sandbox-cloud-services', { id: 'moved', name: 'Moved', url: origins[0] })];
      const token = await extension.addToken('moved', 'Laptop', ...secretOf(sandbox, 'sandbox-cloud-services'));
      extension.tenants = [entryOf(sandbox, 'sandbox-cloud-services', { id: 'moved', name: 'Moved', url: origins[1] })];
      const row = await extension.row('Moved', 'Laptop');
      assert.deepEqual([row.description, row.icon], ['address changed', 'error']);
      await world.clock.advance(1_000);
      assert.equal(extension.badge, 1);

      const question = 'Send the API token “Laptop” to the new address?';
      prompter
        .when(/^The address of Moved has changed since its API token was entered, so the token is not sent/, 'Review Address')
        .when(question, ENTER, 'Send It There')
        .when(/^Replace API Token: Moved · Laptop/, CANCEL);
      await run('exchange', { token });
      await world.clock.advance(1_000);
      for (const shown of [prompter.texts('error')[0]!, prompter.question(question).text])
        assert.ok(shown.includes(from!) && shown.includes(to!), shown);
      assert.equal((await extension.row('Moved', 'Laptop')).description, 'address changed');
      assert.deepEqual(
        [sandbox, formerly].flatMap(({ services }) => services['cloud-services'].requests),
        [],
      );

      await run('confirmAddress', { token });
      assert.match((await extension.row('Moved', 'Laptop')).description, / left$/);
      await world.clock.advance(1_000);
      assert.equal(extension.badge, 0);
      assert.equal(sandbox.services['cloud-services'].requests.at(-1)?.status, 200);
      assert.deepEqual(formerly.services['cloud-services'].requests, []);
    }),
  );

  it(
    'gets it after one question within the edit, and an access token at once',
    inWorld(async (world) => {
      const [sandbox, formerly] = [await world.sandbox(), await world.sandbox()];
      const origins = [formerly, sandbox].map(({ services }) => services['cloud-services'].origin);
      const extension = await world.start();
      const { prompter, run } = extension;
      extension.tenants = [entryOf(sandbox, 'sandbox-cloud-services', { id: 'moved', name: 'Moved', url: origins[0] })];
      await extension.addToken('moved', 'Laptop', ...secretOf(sandbox, 'sandbox-cloud-services'));
      const question = 'Send the API token “Laptop” to the new address?';
      prompter.when('Choose what to change', 'Address').when('Address:', origins[1]!).when(question, 'Send It There');
      await run('editTenant', { tenant: 'moved' });
      assert.deepEqual(prompter.question(question).labels, ['Enter Token Again', 'Send It There']);
      assert.match((await extension.row('Moved', 'Laptop')).description, / left$/);
      assert.deepEqual(formerly.services['cloud-services'].requests, []);
    }),
  );

  it(
    'gets it without a question where only the path changes by the person’s own edit',
    inWorld(async (world) => {
      const { extension, prompter, run, secret, requests } = await openWith(world, ACME);
      const token = await extension.addToken(ACME, 'Laptop', ...secret(ACME));
      await run('exchange', { token });
      prompter.when('Choose what to change', 'Organization', CANCEL).when('Organization:', 'other');
      await run('editTenant', { tenant: ACME });
      assert.equal((await extension.row('Acme', 'Laptop')).description, 'not exchanged yet');
      prompter.when(/^Acme refused “Laptop”/, CANCEL);
      await run('exchange', { token });
      // What has failed is tried again after the correction.
      prompter.when('Choose what to change', 'Organization').when('Organization:', 'acme');
      await run('editTenant', { tenant: ACME });
      assert.match((await extension.row('Acme', 'Laptop')).description, / left$/);
      assert.deepEqual(
        requests('cloud-director').map(({ path }) => path),
        ['acme', 'other', 'acme'].map((name) => `/oauth/tenant/${name}/token`),
      );
    }),
  );
});
