import assert from 'node:assert/strict';
import { entryOf, secretOf, TENANTS } from '../support/entries.js';
import { BACK, CANCEL, ENTER } from '../support/scriptedPrompter.js';
import { editor } from '../support/vscode.js';
import { inWorld, type World } from '../support/world.js';

const KIND = 'VMware Cloud Director';

/** The extension with a sandbox beside it, and tenants of that in the settings. */
async function open(world: World) {
  const sandbox = await world.sandbox();
  const extension = await world.start();
  const { prompter, run } = extension;
  const director = sandbox.services['cloud-director'];
  const acme = (change = {}) => entryOf(sandbox, 'sandbox-cloud-director', { id: 'acme', ...change });
  const cloud = (change = {}) => entryOf(sandbox, 'sandbox-cloud-services', { id: 'cloud', ...change });
  const secret = (token = 0) => secretOf(sandbox, 'sandbox-cloud-director', token);
  return { sandbox, extension, prompter, run, director, acme, cloud, secret };
}

describe('Add Tenant', () => {
  it(
    'takes four steps to an access token: the kind, an address of the portal, the API token, and the exchange that follows',
    inWorld(async (world) => {
      const { extension, prompter, run, director, secret } = await open(world);
      prompter.when(/^Add Tenant/, KIND, `${director.origin}/tenant/acme/vdcs?page=1#top`, ...secret());
      await run('addTenant');
      assert.deepEqual(
        prompter.asked.map(({ title, step, totalSteps }) => [title, step, totalSteps]),
        [
          ['Add Tenant', 1, 1],
          [`Add Tenant: ${KIND}`, 2, 4],
          ['Add Tenant: acme', 3, 3],
        ],
      );
      assert.deepEqual(prompter.texts('note'), [`Will use ${director.origin}, organization acme.`]);
      assert.deepEqual(prompter.texts('info'), ['acme: signed in as ada, organization acme, 1h 0m left']);
      assert.deepEqual(extension.tenants, [
        { id: 'acme', name: 'acme', platform: 'cloud-director', url: director.origin, organization: 'acme' },
      ]);
      assert.match(extension.statusBar ?? '', /^Active token: Default of acme, /);
    }),
  );

  it(
    'says what is wrong with an answer, and takes the one that is right',
    inWorld(async (world) => {
      const { extension, prompter, run, director } = await open(world);
      const wrong: readonly [text: string, problem: RegExp][] = [
        ['cloud', /^Address must be a full URL, such as/],
        ['https://cloud.example.net /x', /without spaces/],
        ['http://cloud.example.net', /^Address must begin with https:\/\/ \(http only reaches this machine\)/],
        ['https://ada:synthetic@cloud.example.net', /must not contain a user name or password/],
        ['ftp://cloud.example.net', /^Address must begin with https/],
        ['https://cloud.example.net/tenant/%20acme', /^Organization must not begin or end with a space/],
        ['', /^Enter the address\.$/],
        ['..', /^Organization must not be “\.” or “\.\.”/],
        ['.', /^Organization must not be “\.” or “\.\.”/],
        ['', /^Enter the organization\.$/],
      ];
      const texts = wrong.map(([text]) => text);
      prompter
        .when('Choose the service', KIND)
        .when('Address:', ...texts.slice(0, 7), director.origin)
        .when('Organization:', ...texts.slice(7), CANCEL);
      await run('addTenant');
      const problems = prompter.texts('problem');
      assert.equal(problems.length, wrong.length);
      for (const [at, [, problem]] of wrong.entries()) assert.match(problems[at]!, problem);
      assert.deepEqual(extension.tenants, []);
    }),
  );

  it(
    'adds https:// to the name of a host',
    inWorld(async (world) => {
      const { prompter, run } = await open(world);
      prompter.when('Choose the service', KIND).when('Address:', 'cloud.example.net/tenant/acme').when('API token:', CANCEL);
      await run('addTenant');
      assert.deepEqual(prompter.texts('note'), ['Will use https://cloud.example.net, organization acme.']);
    }),
  );

  it(
    'keeps the answers on the way back, and asks anew for another service or another address',
    inWorld(async (world) => {
      const { extension, prompter, run, director } = await open(world);
      const { origin } = director;
      prompter
        .when('Choose the service', KIND, 'Bright Pattern Contact Center')
        .when('Address:', `${origin}/tenant/globex`, origin, BACK, CANCEL)
        .when('Organization:', 'acme', BACK)
        .when('API token:', BACK, BACK);
      await run('addTenant');
      assert.deepEqual(
        prompter.asked.map(({ step, totalSteps, value, active }) => [step, totalSteps, active ?? value]),
        [
          [1, 1, prompter.asked[0]!.labels[0]],
          [2, 4, ''],
          [3, 3, ''],
          [2, 3, origin],
          [3, 4, ''],
          [4, 4, ''],
          [3, 4, 'acme'],
          [2, 4, origin],
          [1, 4, KIND],
          [2, 4, ''],
        ],
      );
      assert.deepEqual(extension.tenants, []);
    }),
  );

  it(
    'changes nothing when it is left at any of its questions about the tenant',
    inWorld(async (world) => {
      const { prompter, run, director } = await open(world);
      const questions = ['Choose the service', 'Address:', 'Organization:'];
      const answers = [KIND, director.origin];
      for (const [left, question] of questions.entries()) {
        for (const [at, answer] of answers.slice(0, left).entries()) prompter.when(questions[at]!, answer);
        prompter.when(question, CANCEL);
        await run('addTenant');
      }
      assert.equal(editor.settings.has(TENANTS), false);
    }),
  );

  it(
    'keeps the tenant and no token when it is left at the question about the token, and sends nothing',
    inWorld(async (world) => {
      const { extension, prompter, run, director } = await open(world);
      prompter.when('Choose the service', KIND).when('Address:', `${director.origin}/tenant/acme`).when('API token:', CANCEL);
      await run('addTenant');
      assert.deepEqual(prompter.texts('done'), ['acme added, without an API token']);
      assert.match((await extension.row('acme')).description, /no API token yet$/);
      prompter.when('API token:', '', CANCEL);
      await run('addToken', { tenant: 'acme' });
      assert.equal(prompter.asked.at(-1)?.kind, 'secret');
      assert.match((await extension.row('acme')).description, /no API token yet$/);
      assert.equal((await extension.rows()).length, 1);
      assert.deepEqual([director.requests, [...world.secrets.values.keys()]], [[], []]);
    }),
  );

  it(
    'asks for a name where another tenant has the same, and gives tenants of one name different ids',
    inWorld(async (world) => {
      const { extension, prompter, run, director } = await open(world);
      prompter.when('Name:', ENTER);
      for (let time = 0; time < 2; time++) {
        prompter.when('Choose the service', KIND).when('Address:', `${director.origin}/tenant/acme`).when('API token:', CANCEL);
        await run('addTenant');
      }
      assert.equal(prompter.question('Name:').value, 'acme');
      assert.deepEqual(
        extension.tenants.map((entry) => (entry as { id: string }).id),
        ['acme', 'acme-2'],
      );
      assert.equal((await extension.rows()).length, 2);
    }),
  );

  it(
    'asks for a scope, which may be left out',
    inWorld(async (world) => {
      const { extension, prompter, run } = await open(world);
      prompter
        .when('Choose the service', 'OAuth 2.0 (client credentials)')
        .when('Token endpoint:', 'id.example.com/oauth2/token')
        .when('Client ID:', 'billing')
        .when('Client authentication', ENTER)
        .when('Scope:', 'invoices')
        .when('Client secret:', CANCEL);
      await run('addTenant');
      assert.match(prompter.question('Client secret:').text, /Paste the client secret of id\.example\.com/);
      const [entry] = extension.tenants as [Record<string, unknown>];
      assert.deepEqual([entry['tokenUrl'], entry['scope']], ['https://id.example.com/oauth2/token', 'invoices']);
    }),
  );

  it(
    'says so when settings.json cannot be written, and offers to open it',
    inWorld(async (world) => {
      const { extension, prompter, run, director, secret } = await open(world);
      editor.isReadOnly = true;
      prompter
        .when(/^Add Tenant/, KIND, `${director.origin}/tenant/acme`, ...secret())
        .when(/^Your settings could not be changed/, 'Open Settings');
      await run('addTenant');
      assert.equal(editor.executed.at(-1)?.id, 'workbench.action.openSettingsJson');
      assert.deepEqual(extension.tenants, []);
    }),
  );
});

describe('Edit Tenant', () => {
  it(
    'shows what is set, and changes the header style',
    inWorld(async (world) => {
      const { extension, prompter, run, acme, cloud } = await open(world);
      extension.tenants = [acme(), cloud()];
      prompter.when('Choose what to change', 'Header style', CANCEL).when(/\nHeader style$/, 'Both headers');
      await run('editTenant', { tenant: 'cloud' });
      const shown = prompter.asked.filter(({ text }) => text.includes('Choose what to change'));
      assert.deepEqual(
        shown.map(({ rows }) => rows.find((row) => row.startsWith('Header style'))),
        ['Header style – not set', 'Header style – Both headers'],
      );
      assert.deepEqual(extension.tenants, [acme(), cloud({ headers: 'both' })]);
    }),
  );

  it(
    'refuses what is wrong, takes what is right, and lets an optional field be emptied',
    inWorld(async (world) => {
      const { extension, prompter, run, acme, cloud } = await open(world);
      extension.tenants = [acme({ apiVersion: '39.0' }), cloud()];
      prompter
        .when('Choose what to change', 'Organization', 'API version', 'Name', CANCEL)
        .when('Organization:', '..', 'acme2')
        .when('API version:', '')
        .when('Name:', 'Acme Two');
      await run('editTenant', { tenant: 'acme' });
      assert.match(prompter.texts('problem')[0]!, /^Organization must not be/);
      const { apiVersion: _, ...rest } = acme() as { apiVersion?: string };
      assert.deepEqual(extension.tenants, [{ ...rest, organization: 'acme2', name: 'Acme Two' }, cloud()]);
      assert.ok(await extension.row('Acme Two'));
    }),
  );

  it(
    'edits further hosts as words, and parameters as a form has them',
    inWorld(async (world) => {
      const { sandbox, extension, prompter, run } = await open(world);
      const billing = (change = {}) => entryOf(sandbox, 'sandbox-oauth2', { id: 'billing', ...change });
      extension.tenants = [billing()];
      prompter
        .when('Choose what to change', 'Further hosts', 'Parameters', 'Parameters', CANCEL)
        .when('Further hosts:', 'https://api.example', 'api.example, api.example:8443')
        .when('Parameters:', 'scope=x', 'audience=https://api.example&note=a%26b', ENTER);
      await run('editTenant', { tenant: 'billing' });
      assert.equal(prompter.texts('problem').length, 2);
      assert.equal(prompter.question('Parameters:').value, 'audience=https://api.example&note=a%26b');
      const parameters = { audience: 'https://api.example', note: 'a&b' };
      assert.deepEqual(extension.tenants, [billing({ hosts: ['api.example', 'api.example:8443'], parameters })]);
    }),
  );

  it(
    'has files of certificates that are not set behind More…',
    inWorld(async (world) => {
      const { extension, prompter, run, acme } = await open(world);
      extension.tenants = [acme({ caFile: '/ca.pem' })];
      prompter
        .when('Choose what to change', 'More…', BACK, 'More…', 'Client certificate', CANCEL)
        .when('Client certificate:', '/client.pem');
      await run('editTenant', { tenant: 'acme' });
      const lists = prompter.asked.filter(({ kind }) => kind === 'choice').map(({ labels }) => labels);
      assert.ok(lists[0]!.includes('Certificate authority') && !lists[0]!.includes('Client certificate'));
      assert.deepEqual(lists[1], ['Client certificate', 'Key of the client certificate', 'Pinned certificate']);
      assert.deepEqual(extension.tenants, [acme({ caFile: '/ca.pem', clientCertificateFile: '/client.pem' })]);
    }),
  );

  it(
    'opens settings.json for a tenant that is not in order',
    inWorld(async (world) => {
      const { extension, run, acme } = await open(world);
      extension.tenants = [acme({ organization: '..' })];
      await run('editTenant', { tenant: 'acme' });
      assert.equal(editor.executed.at(-1)?.id, 'workbench.action.openSettingsJson');
    }),
  );
});

describe('Tenants in settings.json', () => {
  it(
    'are shown in the tree with what is wrong, while the others work',
    inWorld(async (world) => {
      const { extension, prompter, run, director, acme, cloud } = await open(world);
      const password = 'EXAMPLE-password';
      const bad = { platform: 'cloud-director', url: director.origin, organization: 'acme' };
      const entries = [
        acme(),
        { id: 'typo', name: 'Unknown kind', platform: 'cloud-directory' },
        cloud({ id: 'acme', name: 'Same id' }),
        acme({ id: 'dots', name: 'Dots', organization: '..' }),
        acme({ id: 'plain', name: 'Plain http', url: 'http://cloud.example.net' }),
        { id: 'half', name: 'Half', platform: 'cloud-director', url: director.origin },
        acme({ id: 'more', name: 'Misspelt', organisation: 'acme' }),
        { ...bad, id: 'login', name: 'Login', url: director.origin.replace('//', `//user:${password}@`) },
        'not an object',
        cloud(),
      ];
      extension.tenants = entries;
      const expected: readonly [name: string, problem: RegExp][] = [
        ['Unknown kind', /^platform must be one of cloud-director, cloud-services, /],
        ['Same id', /^id is used by another tenant$/],
        ['Dots', /^organization must not be “\.” or “\.\.”$/],
        ['Plain http', /^url must begin with https:\/\//],
        ['Half', /^organization is missing$/],
        ['Misspelt', /^organisation is not a setting of this platform$/],
        ['Login', /^url must not contain a user name or password/],
        ['#9', /^must be an object in braces$/],
      ];
      for (const [name, problem] of expected) {
        const { description, icon, command } = await extension.row(name);
        assert.match(description, problem);
        assert.deepEqual([icon, command], ['error', 'tenantTokens.openTenantSettings']);
      }
      assert.match((await extension.row('Acme')).description, /^VMware Cloud Director · no API token yet$/);
      assert.match((await extension.row('Cloud org')).description, /^VMware Cloud Services · no API token yet$/);
      await world.clock.advance(1_000);
      assert.equal(extension.badge, expected.length);
      assert.match((await extension.row('Dots')).tooltip!, /^tenantTokens\.tenants, entry 4: organization must not be/);
      assert.doesNotMatch(JSON.stringify(await extension.rows()), new RegExp(password));

      prompter.when('Choose a tenant', CANCEL).when(/^Cloud org can be reached\. It has no API token yet/, CANCEL);
      await run('addToken');
      assert.deepEqual(prompter.question('Choose a tenant').labels, ['Acme', 'Cloud org']);
      assert.deepEqual(extension.tenants, entries);
      assert.deepEqual(director.requests, []);
      await run('testTenant', { tenant: 'cloud' });

      extension.tenants = [acme()];
      await world.clock.advance(1_000);
      assert.deepEqual([(await extension.rows()).map(({ label }) => label), extension.badge], [['Acme'], 0]);
    }),
  );
});

describe('Remove Tenant', () => {
  async function openWithTokens(world: World) {
    const opened = await open(world);
    const { extension, acme, cloud, secret } = opened;
    extension.tenants = [acme(), cloud()];
    await extension.addToken('acme', 'Laptop', ...secret(0));
    await extension.addToken('acme', 'Desktop', ...secret(1));
    return opened;
  }

  it(
    'names the tokens that go with the tenant, and takes no for an answer',
    inWorld(async (world) => {
      const { extension, prompter, run, acme, cloud } = await openWithTokens(world);
      prompter.when('Remove Acme?', CANCEL, 'Remove');
      await run('removeTenant', { tenant: 'acme' });
      assert.match(prompter.question('Remove Acme?').text, /its API tokens: Laptop, Desktop\./);
      assert.ok(await extension.row('Acme', 'Laptop'));
      assert.deepEqual(extension.tenants, [acme(), cloud()]);

      await run('removeTenant', { tenant: 'acme' });
      assert.deepEqual(extension.tenants, [cloud()]);
      assert.deepEqual(
        (await extension.rows()).map(({ label }) => label),
        ['Cloud org'],
      );
      assert.deepEqual(
        [...world.secrets.values.keys()].filter((key) => key.startsWith('token.')),
        [],
      );
      assert.equal(prompter.texts('done').at(-1), 'Acme removed');
    }),
  );

  it(
    'removes an entry that is no tenant, and no other of the same id nor a token',
    inWorld(async (world) => {
      const { extension, prompter, run, acme, cloud } = await openWithTokens(world);
      const wrong = acme({ name: 'Wrong', organization: '..' });
      extension.tenants = [acme(), wrong, cloud()];
      prompter.when('Remove Wrong?', CANCEL, 'Remove');
      await run('removeTenant', { tenant: 'acme', entry: 1 });
      assert.deepEqual(extension.tenants, [acme(), wrong, cloud()]);
      await run('removeTenant', { tenant: 'acme', entry: 1 });
      assert.deepEqual(extension.tenants, [acme(), cloud()]);
      assert.ok(await extension.row('Acme', 'Laptop'));
    }),
  );

  it(
    'takes the selected row when it runs from the palette while the row can be seen',
    inWorld(async (world) => {
      const { extension, prompter, run } = await openWithTokens(world);
      await extension.rows();
      editor.view.selection = editor.rows().flatMap(({ row, item }) => (item.label === 'Acme' ? [row] : []));
      prompter.when('Remove Acme?', CANCEL);
      await run('removeTenant');
      assert.equal(prompter.asked.at(-1)?.text.startsWith('Remove Acme?'), true);
      editor.view.show(false);
      prompter.when('Choose a tenant', CANCEL);
      await run('removeTenant');
      assert.deepEqual(prompter.question('Choose a tenant').labels, ['Acme', 'Cloud org']);
    }),
  );

  it(
    'removes no token when settings.json cannot be written',
    inWorld(async (world) => {
      const { extension, prompter, run } = await openWithTokens(world);
      editor.isReadOnly = true;
      prompter.when('Remove Acme?', 'Remove').when(/^Your settings could not be changed/, CANCEL);
      await run('removeTenant', { tenant: 'acme' });
      assert.ok(await extension.row('Acme', 'Laptop'));
    }),
  );

  it(
    'keeps and shows the tokens of a tenant that was deleted by hand, until they are removed',
    inWorld(async (world) => {
      const { extension, prompter, run, acme, cloud } = await openWithTokens(world);
      extension.tenants = [cloud()];
      assert.equal((await extension.row('acme')).description, 'not in the settings');
      prompter.when('Remove the API token “Desktop” of acme?', 'Remove');
      await run('removeToken', { tenant: 'acme', token: extension.tokenOf('acme', 'Desktop') });
      assert.deepEqual(
        (await extension.rows()).map(({ path }) => path.join(' › ')),
        ['Cloud org', 'acme', 'acme › Laptop'],
      );

      extension.tenants = [cloud(), acme()];
      assert.equal((await extension.row('Acme', 'Laptop')).description, 'not exchanged yet');
      extension.tenants = [cloud()];
      prompter.when('Remove acme?', 'Remove');
      await run('removeTenant', { tenant: 'acme' });
      assert.match(prompter.question('Remove acme?').text, /its API tokens: Laptop\./);
      assert.deepEqual(
        (await extension.rows()).map(({ label }) => label),
        ['Cloud org'],
      );
    }),
  );
});
