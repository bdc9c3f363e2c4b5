import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { CANCEL, type Asked } from '../support/scriptedPrompter.js';
import { editor } from '../support/vscode.js';
import { inWorld, type World } from '../support/world.js';
import { openWith } from './support.js';

const ACME = 'sandbox-cloud-director';
const BROKER = 'sandbox-identity-services';
const GUARDED = 'sandbox-cloud-services-mfa';

/** A port that nothing listens on: one that was just given back. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('Exchange', () => {
  it(
    'asks for the passcode, again after a wrong one, and can be left',
    inWorld(async (world) => {
      const { extension, prompter, run, secret, requests } = await openWith(world, GUARDED);
      const token = await extension.addToken(GUARDED, 'Laptop', ...secret(GUARDED));
      prompter
        .when(
          'Guarded org requires a one-time passcode',
          (asked) => {
            assert.deepEqual([asked.kind, requests('cloud-services').length], ['secret', 0]);
            return '12 34';
          },
          '000000',
        )
        .when('Guarded org did not accept that passcode', CANCEL);
      await run('exchange', { token });
      assert.deepEqual(prompter.texts('problem'), ['A passcode consists of digits only.']);
      assert.deepEqual(prompter.texts('error'), []);
      assert.equal((await extension.row('Guarded org', 'Laptop')).description, 'not exchanged yet');

      prompter.when('Guarded org requires a one-time passcode', '123456');
      await run('exchange', { token });
      assert.match(extension.statusBar ?? '', /^Active token: Laptop of Guarded org, 29m left/);
      assert.deepEqual(
        requests('cloud-services').map(({ status }) => status),
        [400, 200],
      );
    }),
  );

  it(
    'of a token for a single use is done once, and explained the next time',
    inWorld(async (world) => {
      const { extension, prompter, run, secret, requests } = await openWith(world, BROKER);
      const token = await extension.addToken(BROKER, 'Single use', ...secret(BROKER, 1), 'Once');
      await run('exchange', { token });
      assert.match((await extension.row('Broker', 'Single use')).description, / left$/);
      assert.equal((await extension.row('Broker', 'Single use', 'Use')).description, 'can be exchanged once');
      const spent = /^This API token of Broker can be exchanged only once, and was\. Create another one/;
      prompter.when(spent, CANCEL);
      await run('exchange', { token });
      assert.deepEqual(prompter.question(spent).labels, ['Replace Token', 'Open Portal']);
      // The access token that it gave is still good.
      await run('testTenant', { tenant: BROKER });
      assert.match(prompter.texts('info').at(-1)!, /^Broker works/);
      assert.equal(requests('identity-services').length, 1);
    }),
  );

  for (const [platform, tenant, name] of [
    ['commvault', 'sandbox-commvault', 'Backup'],
    ['oauth2', 'sandbox-oauth2', 'Billing API'],
  ] as const)
    it(
      `goes on from the API token that ${name} puts in the place of the one before, also after a reload`,
      inWorld(async (world) => {
        const { extension, run, secret, requests, sandbox } = await openWith(world, tenant);
        const token = await extension.addToken(tenant, 'Laptop', ...secret(tenant));
        for (let time = 0; time < 3; time++) await run('exchange', { token });
        const entries = extension.tenants;
        await extension.stop();

        const reloaded = await world.start({ 'tenantTokens.tenants': entries });
        assert.match((await reloaded.row(name, 'Laptop')).description, / left$/);
        const before = requests(platform).length;
        await reloaded.run('testTenant', { tenant });
        assert.match(reloaded.prompter.texts('info').at(-1)!, / works: the API token was exchanged/);
        assert.equal(requests(platform).length, before, 'a reload cost an exchange');
        await reloaded.run('exchange', { token });
        const { icon, description } = await reloaded.row(name, 'Laptop');
        assert.match(description, / left$/);
        assert.equal(icon, 'pass');
        assert.ok(sandbox.services[platform].requests.every(({ status }) => status === 200));
      }),
    );
});

describe('An exchange that fails', () => {
  async function openAcme(world: World, token = 0) {
    const opened = await openWith(world, ACME);
    const ada = await opened.extension.addToken(ACME, 'Ada', ...opened.secret(ACME, token));
    const row = () => opened.extension.row('Acme', 'Ada');
    return { ...opened, ada, row, director: opened.sandbox.services['cloud-director'] };
  }

  it(
    'because the API token is refused keeps and counts it, and entering another one mends it',
    inWorld(async (world) => {
      const { extension, prompter, run, secret, ada, row } = await openAcme(world, 2);
      assert.equal(extension.badge, 0);
      const refused = /^Acme refused “Ada”/;
      prompter.when(refused, CANCEL);
      await run('exchange', { token: ada });
      const { text, labels } = prompter.question(refused);
      assert.match(text, /: Invalid refresh token\. It was revoked, has expired, or belongs/);
      assert.deepEqual(labels, ['Replace Token', 'Open Portal', 'Show Trace']);
      const { description, icon } = await row();
      assert.deepEqual([description, icon], ['API token refused', 'error']);
      await world.clock.advance(1_000);
      assert.equal(extension.badge, 1);

      prompter.when(refused, 'Replace Token').when(/^Replace API Token: Acme · Ada/, ...secret(ACME));
      await run('exchange', { token: ada });
      await world.clock.advance(1_000);
      assert.equal(extension.badge, 0);
      assert.match(extension.statusBar ?? '', /^Active token: Ada of Acme, (59m|1h 0m) left/);
    }),
  );

  it(
    'because its path is not there offers the other one that releases have, and sends nothing to it unasked',
    inWorld(async (world) => {
      const { extension, prompter, run, ada, director } = await openAcme(world);
      director.answerNext((due) => ({ ...due, status: 404, body: '' }), 2);
      const missing = /^Nothing is at \/(tm\/)?oauth\/tenant\/acme\/token on /;
      const paths = () => director.requests.filter(({ method }) => method === 'POST').map(({ path }) => path);
      const answer = ({ labels }: Asked): string => {
        assert.deepEqual([labels, paths()], [['Try Path /tm', 'Edit Tenant', 'Show Trace'], ['/oauth/tenant/acme/token']]);
        return 'Try Path /tm';
      };
      prompter.when(missing, answer, CANCEL);
      await run('exchange', { token: ada });
      const [entry] = extension.tenants as [Record<string, unknown>];
      assert.equal(entry['pathPrefix'], '/tm');
      assert.deepEqual(prompter.asked.at(-1)?.labels[0], 'Try Without Path /tm');
      assert.deepEqual(paths(), ['/oauth/tenant/acme/token', '/tm/oauth/tenant/acme/token']);
    }),
  );

  it(
    'because the service fails costs nothing that works, and can be tried again',
    inWorld(async (world) => {
      const { extension, prompter, run, ada, row, director, requests } = await openAcme(world);
      await run('exchange', { token: ada });
      // It is tried again without being asked.
      director.answerNext('service-failed', 3);
      const failed = /^Acme reported an internal error \(status 503\).* Try again later\.$/;
      prompter.when(failed, 'Try Again');
      await run('exchange', { token: ada });
      assert.deepEqual(prompter.question(failed).labels, ['Try Again', 'Show Trace']);
      assert.match((await row()).description, / left$/);
      assert.equal(requests('cloud-director').at(-1)?.status, 200);
      assert.ok((await extension.rows()).every(({ label }) => label !== 'Last error'));
    }),
  );

  it(
    'is shown as the last error of the token',
    inWorld(async (world) => {
      const { extension, prompter, run, ada, director } = await openAcme(world);
      await run('exchange', { token: ada });
      director.answerNext('service-failed', 3);
      prompter.when('Acme reported an internal error', CANCEL);
      await run('exchange', { token: ada });
      assert.match((await extension.row('Acme', 'Ada', 'Last error')).description, /status 503/);
    }),
  );

  it(
    'because the address is wrong is mended in three steps: the button, the address, and the exchange that follows',
    inWorld(async (world) => {
      const { extension, prompter, run, ada, row, director } = await openAcme(world);
      const wrong = `${director.origin}/nowhere`;
      extension.tenants = [{ ...(extension.tenants[0] as object), url: wrong }];
      prompter.when('Send the API token “Ada” to the new address?', 'Send It There').when(/^Nothing is at/, CANCEL);
      await run('confirmAddress', { token: ada });
      const before = prompter.asked.length;
      prompter.when(/^Nothing is at/, 'Edit Tenant').when('Address:', `${director.origin}/tenant/acme`);
      await run('exchange', { token: ada });
      assert.deepEqual(
        prompter.asked.slice(before).map(({ kind }) => kind),
        ['notify', 'text'],
      );
      assert.match((await row()).description, / left$/);
    }),
  );

  it(
    'because of a web page or a redirect in place of an answer points to the address, and follows neither',
    inWorld(async (world) => {
      const { extension, prompter, run, ada, row, director } = await openAcme(world);
      const page = /^Acme answered with a web page instead of a token \(status 200\)/;
      director.answerNext('web-page');
      prompter.when(page, 'Edit Tenant').when(/^Edit Tenant: Acme/, CANCEL);
      await run('exchange', { token: ada });
      assert.deepEqual(prompter.question(page).labels, ['Edit Tenant', 'Try Again', 'Show Trace']);
      const { description, icon } = await row();
      assert.deepEqual([description, icon], ['exchange failed', 'error']);
      await world.clock.advance(1_000);
      assert.equal(extension.badge, 1);

      const elsewhere = /redirected the request \(status 307\)/;
      director.answerNext('redirect');
      prompter.when(elsewhere, CANCEL);
      await run('exchange', { token: ada });
      assert.deepEqual(prompter.question(elsewhere).labels, ['Edit Tenant']);
      assert.ok(director.requests.every(({ path }) => path !== '/moved'));
      await run('exchange', { token: ada });
      assert.match((await row()).description, / left$/);
    }),
  );

  it(
    'because nothing listens there names the host',
    inWorld(async (world) => {
      const { extension, prompter, run } = await openAcme(world);
      const host = `127.0.0.1:${await closedPort()}`;
      extension.tenants = [{ ...(extension.tenants[0] as object), id: 'away', name: 'Away', url: `http://${host}` }];
      const token = await extension.addToken('away', 'Ada', 'EXAMPLE'.repeat(5).slice(0, 32));
      prompter.when('could not be reached', CANCEL);
      await run('exchange', { token });
      const { text, labels } = prompter.question('could not be reached');
      assert.ok(text.startsWith(`${host} could not be reached: it accepts no connections at this port (ECONNREFUSED)`), text);
      assert.deepEqual(labels, ['Try Again', 'Edit Tenant']);
      assert.equal((await extension.row('Away', 'Ada')).description, 'service not reached');
    }),
  );

  it(
    'because of too many requests leaves the service alone for as long as it asks',
    inWorld(async (world) => {
      const { extension, prompter, run, secret, sandbox } = await openWith(world, BROKER);
      const service = sandbox.services['identity-services'];
      const token = await extension.addToken(BROKER, 'Everyday', ...secret(BROKER), 'Any number of times');
      service.answerNext((due) => ({ ...due, status: 429, headers: { ...due.headers, 'retry-after': '600' } }));
      const wait = /^Broker allows no more requests for now\. Wait until .+ \((10m|9m)\), then try again\.$/;
      prompter.when(wait, CANCEL, CANCEL);
      await run('exchange', { token });
      assert.deepEqual(prompter.question(wait).labels, ['Try Again', 'Show Trace']);
      assert.equal((await extension.row('Broker', 'Everyday')).description, 'too many requests');
      const before = service.requests.length;
      await run('exchange', { token });
      assert.equal(service.requests.length, before);
    }),
  );
});

describe('A command that fails', () => {
  it(
    'runs what its button says with the tenant and the token that it is about',
    inWorld(async (world) => {
      const { extension, prompter, run, secret } = await openWith(world, ACME);
      const token = await extension.addToken(ACME, 'Ada', ...secret(ACME, 2));
      prompter.when('Acme refused “Ada”', 'Show Trace');
      await run('exchange', { token });
      assert.deepEqual(editor.executed.findLast(({ id }) => id.startsWith('tenantTokens.'))?.args, [{ tenant: ACME, token }]);
      assert.match(editor.active?.document.getText() ?? '', /Acme refused “Ada”/);
    }),
  );
});
