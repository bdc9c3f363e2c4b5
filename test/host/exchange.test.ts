import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { startSandbox, type Sandbox, type SandboxPlatform } from '../../src/sandbox/index.js';
import { until, type Notification } from '../workbench/workbench.js';
import { mode, useEditor } from './support/editor.js';
import { addToken, choose, correct, entryOf, reply, rowSaying, secretOf, TENANTS } from './support/entering.js';

/** A port that nothing listens on: one that was just given back. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe(`exchanges (${mode})`, () => {
  let sandbox: Sandbox;
  const editor = useEditor(async () => {
    sandbox = await startSandbox();
    const tenants = [
      entryOf(sandbox, 'sandbox-cloud-director'),
      entryOf(sandbox, 'sandbox-cloud-services-mfa'),
      entryOf(sandbox, 'sandbox-commvault'),
      entryOf(sandbox, 'sandbox-identity-services'),
      entryOf(sandbox, 'sandbox-oauth2'),
    ];
    return { settings: { [TENANTS]: tenants } };
  });
  before(() => editor().openView());
  after(() => sandbox.stop());
  afterEach(() => editor().clearNotifications());

  const exchanges = (platform: SandboxPlatform) => sandbox.services[platform].requests.filter(({ method }) => method === 'POST');
  const error = async (pattern: RegExp): Promise<Notification> => {
    await editor().notification(pattern);
    const found = (await editor().notifications()).find(({ text }) => pattern.test(text))!;
    assert.equal(found.severity, 'error');
    return found;
  };
  const badge = (text: string) =>
    until(`the badge "${text}"`, async () => (await editor().badge()) === text, { seen: () => editor().badge() });

  describe('that need more than a click', () => {
    it('ask for the passcode, ask again after a wrong one, and can be left', async () => {
      const guarded = ['Guarded org', 'Laptop'];
      await addToken(editor(), 'Guarded org', 'Laptop', ...secretOf(sandbox, 'sandbox-cloud-services-mfa'));
      await editor().inlineAction(guarded, 'Exchange');
      await editor().inputMessage(/^Guarded org wants a one-time passcode/);
      assert.equal((await editor().prompt()).masked, true);
      assert.equal(exchanges('cloud-services').length, 0, 'sent without a passcode');
      await editor().answer('12 34');
      await editor().inputMessage(/^A passcode is digits only/);
      await correct(editor(), '000000');
      await editor().inputMessage(/^Guarded org did not take that passcode/);
      await editor().escape();
      await rowSaying(editor(), guarded, /^not exchanged yet$/);
      // Progress that has ended goes a moment later.
      const told = (await editor().notifications()).filter(({ text }) => !text.startsWith('Exchanging the API token'));
      assert.deepEqual(told, []);

      await editor().inlineAction(guarded, 'Exchange');
      await editor().inputMessage(/^Guarded org wants/);
      await reply(editor(), '123456');
      await editor().statusBar(/^Active token: Laptop of Guarded org, 29m left/);
      assert.deepEqual(
        exchanges('cloud-services').map(({ status }) => status),
        [400, 200],
      );
    });

    it('of a token for a single use are done once and then explained', async () => {
      const single = ['Broker', 'Single use'];
      await addToken(editor(), 'Broker', 'Single use', ...secretOf(sandbox, 'sandbox-identity-services', 1), choose('Once'));
      await editor().inlineAction(single, 'Exchange');
      await rowSaying(editor(), single, / left$/);
      await editor().expand(single);
      assert.equal((await editor().row([...single, 'Use'])).description, 'can be exchanged once');
      await editor().collapse(single);
      await editor().inlineAction(single, 'Exchange');
      const { buttons } = await error(/^This API token of Broker could be exchanged once, and was\. Make another one/);
      assert.deepEqual(buttons, ['Enter Token Again', 'Open Portal']);
      await editor().clearNotifications();
      // The access token that it gave is still good.
      await editor().contextMenu('Broker', 'Test Tenant');
      await editor().notification(/^Broker works/);
      assert.equal(exchanges('identity-services').length, 1);
    });
  });

  describe('that replace the API token', () => {
    const rotating = [
      { platform: 'commvault', tenant: 'sandbox-commvault', path: ['Backup', 'Laptop'] },
      { platform: 'oauth2', tenant: 'sandbox-oauth2', path: ['Billing API', 'Ada'] },
    ] as const;
    const exchangeOnce = async (platform: SandboxPlatform, path: readonly string[]) => {
      const before = exchanges(platform).length;
      await editor().inlineAction(path, 'Exchange');
      await until('the exchange', () => exchanges(platform).length === before + 1, { seen: () => editor().notifications() });
      assert.equal((await rowSaying(editor(), path, / left$/)).icon, 'pass');
      assert.equal(exchanges(platform).at(-1)?.status, 200);
    };

    it('go on from the new one, again and again', async () => {
      for (const { platform, tenant, path } of rotating) {
        await addToken(editor(), path[0], path[1], ...secretOf(sandbox, tenant));
        for (let time = 0; time < 3; time += 1) await exchangeOnce(platform, path);
      }
    });

    it('also after the window was reloaded, when the access token is still there', async () => {
      const before = rotating.map(({ platform }) => exchanges(platform).length);
      await editor().reload();
      await editor().openView();
      await editor().statusBar(/^Active token: Ada of Billing API, 1\dm left/);
      for (const { path } of rotating) await rowSaying(editor(), path, / left$/);
      await editor().contextMenu('Backup', 'Test Tenant');
      await editor().notification(/^Backup works: .*answered 200/);
      assert.deepEqual(
        rotating.map(({ platform }) => exchanges(platform).length),
        before,
        'a reload cost an exchange',
      );
      for (const { platform, path } of rotating) await exchangeOnce(platform, path);
    });
  });

  describe('that fail', () => {
    const ada = ['Acme', 'Ada'];
    const director = () => sandbox.services['cloud-director'];
    const secret = (token: number) => secretOf(sandbox, 'sandbox-cloud-director', token);

    it('a refused API token is kept, counted, and mended by entering another one', async () => {
      await addToken(editor(), 'Acme', 'Ada', ...secret(2));
      await badge('');
      await editor().inlineAction(ada, 'Exchange');
      const { text, buttons } = await error(/^Acme refused the API token/);
      assert.match(text, /\(“\[ … \] Invalid refresh token”\)\. It may have been revoked/);
      assert.deepEqual(buttons, ['Enter Token Again', 'Edit Tenant', 'Open Portal', 'Show Exchange Trace']);
      assert.equal((await rowSaying(editor(), ada, /^API token refused$/)).icon, 'error');
      await badge('1');

      await editor().notificationButton(/^Acme refused/, 'Enter Token Again');
      assert.match((await editor().prompt()).title, /^Enter API Token Again: Acme · Ada/);
      await reply(editor(), ...secret(0));
      await rowSaying(editor(), ada, /^not exchanged yet$/);
      await badge('');
      await editor().inlineAction(ada, 'Exchange');
      await editor().statusBar(/^Active token: Ada of Acme, (59m|1h 0m) left/);
    });

    it('a failure of the service costs nothing that works, and can be tried again', async () => {
      // It is tried again without being asked.
      director().answerNext('service-failed', 3);
      await editor().inlineAction(ada, 'Exchange');
      const { text, buttons } = await error(/^Acme has a failure of its own \(status 503\)/);
      assert.match(text, /Try again later\.$/);
      assert.deepEqual(buttons, ['Try Again', 'Show Exchange Trace']);
      await rowSaying(editor(), ada, / left$/);
      await editor().expand(ada);
      await rowSaying(editor(), [...ada, 'Last error'], /status 503/);
      await editor().notificationButton(/^Acme has a failure/, 'Try Again');
      await until('the error to go', async () => (await editor().rows()).every(({ label }) => label !== 'Last error'));
      await editor().collapse(ada);
      assert.equal(exchanges('cloud-director').at(-1)?.status, 200);
    });

    it('a web page in place of an answer, and a redirect, point to the address', async () => {
      director().answerNext('web-page');
      await editor().inlineAction(ada, 'Exchange');
      const page = await error(/^Acme answered with a web page instead of a token \(status 200\)/);
      assert.deepEqual(page.buttons, ['Edit Tenant', 'Try Again', 'Show Exchange Trace']);
      assert.equal((await rowSaying(editor(), ada, /^exchange failed$/)).icon, 'error');
      await badge('1');
      await editor().notificationButton(/^Acme answered/, 'Edit Tenant');
      assert.match((await editor().prompt()).title, /^Edit Tenant: Acme/);
      await editor().escape();

      director().answerNext('redirect');
      await editor().inlineAction(ada, 'Exchange');
      const redirected = await error(/wanted to send the request elsewhere \(status 307\)/);
      assert.deepEqual(redirected.buttons, ['Edit Tenant']);
      assert.ok(director().requests.every(({ path }) => path !== '/moved'));
      await editor().inlineAction(ada, 'Exchange');
      await rowSaying(editor(), ada, / left$/);
      await badge('');
    });

    it('a host that nothing listens on is named', async () => {
      const origin = `http://127.0.0.1:${await closedPort()}`;
      await editor().contextMenu('Acme', 'Edit Tenant…');
      await reply(editor(), choose('Address'), origin);
      await editor().prompt();
      await editor().escape();
      await editor().contextMenu(ada, 'Enter API Token Again…');
      await reply(editor(), ...secret(0));
      await rowSaying(editor(), ada, /^not exchanged yet$/);
      await editor().inlineAction(ada, 'Exchange');
      const { text, buttons } = await error(/could not be reached/);
      assert.ok(text.startsWith(`${origin.slice('http://'.length)} could not be reached (ECONNREFUSED)`), text);
      assert.deepEqual(buttons, ['Try Again', 'Edit Tenant']);
      await rowSaying(editor(), ada, /^service not reached$/);
    });

    it('after too many requests the service is left alone for as long as it asks', async () => {
      const service = sandbox.services['identity-services'];
      const everyday = ['Broker', 'Everyday'];
      await addToken(
        editor(),
        'Broker',
        'Everyday',
        ...secretOf(sandbox, 'sandbox-identity-services'),
        choose('Any number of times'),
      );
      service.answerNext((due) => ({ ...due, status: 429, headers: { ...due.headers, 'retry-after': '600' } }));
      await editor().inlineAction(everyday, 'Exchange');
      const { buttons } = await error(/^Broker allows no more requests for now\. Wait until .+ \((10m|9m)\), then try again\.$/);
      assert.deepEqual(buttons, ['Try Again', 'Show Exchange Trace']);
      await rowSaying(editor(), everyday, /^too many requests$/);
      await editor().clearNotifications();
      const before = service.requests.length;
      await editor().inlineAction(everyday, 'Exchange');
      await error(/^Broker allows no more requests for now/);
      assert.equal(service.requests.length, before);
    });
  });
});
