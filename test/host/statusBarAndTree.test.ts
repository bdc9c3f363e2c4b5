import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.js';
import { until } from '../workbench/workbench.js';
import { mode, useEditor } from './support/editor.js';
import { addToken, entryOf, rowGone, rowSaying, secretOf, TENANTS, tenantsIn } from './support/entering.js';

/** Short enough to see an access token end, and for its end not to be anticipated. */
const SHORT_SECONDS = 15;
const MINUTE_MS = 60_000;

describe(`the status bar and the tree (${mode})`, () => {
  let sandbox: Sandbox;
  const editor = useEditor(async () => {
    sandbox = await startSandbox({ lifetimesSeconds: { 'bright-pattern': SHORT_SECONDS } });
    const tenants = ['sandbox-cloud-services', 'sandbox-cloud-director', 'sandbox-bright-pattern'];
    return { settings: { [TENANTS]: tenants.map((id) => entryOf(sandbox, id)) } };
  });
  before(() => editor().openView());
  after(() => sandbox.stop());
  afterEach(() => editor().clearNotifications());

  const countdown = async () => (await editor().statusBarItems()).find(({ ariaLabel }) => ariaLabel.startsWith('Active token'));
  const noCountdown = () => until('no countdown', async () => (await countdown()) === undefined, { seen: countdown });
  const roots = async () => (await editor().rows()).filter(({ level }) => level === 1).map(({ label }) => label);

  describe('the status bar', () => {
    it('shows nothing before there is a token, then the first one and its time left', async () => {
      await noCountdown();
      await addToken(editor(), 'Cloud org', 'Laptop', ...secretOf(sandbox, 'sandbox-cloud-services'));
      const fresh = await editor().statusBar(/^Active token/);
      assert.equal(fresh.text, 'Cloud org not exchanged yet');
      await editor().inlineAction(['Cloud org', 'Laptop'], 'Exchange');
      const counting = await editor().statusBar(/ left$/);
      assert.equal(counting.text, 'Cloud org 29m');
      assert.equal(counting.ariaLabel, 'Active token: Laptop of Cloud org, 29m left');
      assert.equal(counting.kind, 'normal');
      const tooltip = (await editor().statusBarTooltip(/^Active token/)).split('\n').filter(Boolean);
      assert.deepEqual(tooltip.slice(0, 3), ['Cloud org · Laptop', '29m left', 'Headers: csp-auth-token']);
      assert.match(tooltip[3]!, /\d:\d\d/);
      const utc = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d):\d\d UTC$/.exec(tooltip[4]!);
      const end = Date.parse(`${utc?.[1]}T${utc?.[2]}Z`);
      assert.ok(Math.abs(end - Date.now() - 30 * MINUTE_MS) < 3 * MINUTE_MS, tooltip[4]);
      // Of today the time only, of another day with its date.
      assert.ok(tooltip[3]!.includes(new Date(end).toLocaleTimeString(undefined, { timeStyle: 'short' })), tooltip.join(' · '));
      assert.equal(tooltip[5], 'Select for actions and other tokens.');
    });

    it('offers the actions and the other tokens', async () => {
      await addToken(editor(), 'Acme', 'Ada', ...secretOf(sandbox, 'sandbox-cloud-director'));
      await editor().clickStatusBar(/^Active token/);
      const { title, items } = await editor().prompt();
      assert.equal(title, 'Cloud org · Laptop');
      assert.deepEqual(
        items.map(({ label }) => label),
        ['Insert Headers', 'Copy Headers', 'Copy Access Token', 'Copy as cURL', 'Exchange', 'Acme'],
      );
      await editor().quickPick(/Acme/);
      await editor().statusBar(/^Active token: Ada of Acme, not exchanged yet/);
      await editor().clickStatusBar(/^Active token/);
      await editor().quickPick(/Exchange/);
      await editor().statusBar(/^Active token: Ada of Acme, (59m|1h 0m) left/);
    });

    it('is hidden by the setting and comes back', async () => {
      await editor().changeSettings({ 'tenantTokens.statusBar': 'hidden' });
      await noCountdown();
      await editor().changeSettings({ 'tenantTokens.statusBar': undefined });
      await editor().statusBar(/^Active token: Ada of Acme/);
    });

    it('counts seconds, warns, and says when the access token has ended', async () => {
      await addToken(editor(), 'Contact', 'Ada', ...secretOf(sandbox, 'sandbox-bright-pattern'));
      await editor().inlineAction(['Contact', 'Ada'], 'Exchange');
      const valid = await editor().statusBar(/^Active token: Ada of Contact, \d+s left/);
      assert.equal(valid.kind, 'normal');
      const kind = (wanted: string) =>
        until(
          wanted,
          async () => {
            const item = await countdown();
            return item?.kind === wanted && item;
          },
          { limit: 2 * SHORT_SECONDS * 1000 },
        );
      assert.match((await kind('warning')).text, /^Contact [0-3]s$/);
      assert.match((await kind('error')).text, /^Contact access token expired$/);
      assert.equal((await rowSaying(editor(), ['Contact', 'Ada'], /^access token expired$/)).icon, 'circle-slash');
      await editor().expand(['Contact', 'Ada']);
      await rowSaying(editor(), ['Contact', 'Ada', 'Access token'], /^expired \d+s ago$/);
      await editor().collapse(['Contact', 'Ada']);
      assert.deepEqual(await editor().notifications(), []);
      assert.equal(await editor().badge(), '');
    });
  });

  describe('the tree', () => {
    it('groups by platform and shows as a list again', async () => {
      await editor().titleAction('Group by Platform');
      await editor().row(['VMware Cloud Director', 'Acme', 'Ada']);
      assert.deepEqual(await roots(), ['VMware Cloud Director', 'VMware Cloud Services', 'Bright Pattern']);
      await editor().command('Tenant Tokens: Show as List');
      await editor().row(['Acme', 'Ada']);
      assert.deepEqual(await roots(), ['Cloud org', 'Acme', 'Contact']);
    });

    it('keeps the order into which tenants are dragged', async () => {
      const label = (name: string) =>
        editor().page.locator('.part.sidebar [role=treeitem] .label-name').getByText(name, { exact: true });
      await label('Contact').dragTo(label('Cloud org'));
      await until('the new order', async () => (await roots()).join() === 'Contact,Cloud org,Acme', { seen: roots });
      assert.deepEqual(
        tenantsIn(editor()).map((entry) => (entry as { name: string }).name),
        ['Contact', 'Cloud org', 'Acme'],
      );
    });

    it('offers on each row what can be done with it', async () => {
      assert.deepEqual(await editor().inlineActions(['Acme', 'Ada']), ['Copy Headers', 'Insert Headers', 'Exchange']);
      assert.deepEqual(await editor().inlineActions('Acme'), ['Add API Token…']);
      assert.deepEqual(await editor().contextMenuItems('Acme'), [
        'Add API Token…',
        'Create API Token…',
        'List API Tokens at Service',
        'Test Tenant',
        'Open Portal',
        'Trust Certificate…',
        'Edit Tenant…',
        'Remove Tenant…',
      ]);
      assert.equal((await editor().row('Acme')).ariaLabel, 'Acme, tenant of VMware Cloud Director, API tokens: 1');
      assert.match((await editor().row(['Acme', 'Ada'])).ariaLabel, /^Ada, API token of Acme, .* left$/);
    });
  });

  describe('the log', () => {
    it('opens, says which exchanges there were, and has no secret', async () => {
      await editor().command('Tenant Tokens: Show Log');
      const lines = editor().page.locator('.part.panel .view-lines');
      const exchanged = /sandbox-cloud-director: exchanged at 127\.0\.0\.1:\d+ in \d+ ms/;
      const shown = async () => (await lines.allInnerTexts()).join('\n').replaceAll('\u00a0', ' ');
      await until('the log', async () => exchanged.test(await shown()), { seen: shown });
      const logs = editor()
        .files()
        .filter(({ place }) => /Tenant Tokens.*\.log$/.test(place));
      assert.equal(logs.length, 1);
      const secrets = sandbox.tenants.flatMap(({ tokens }) => tokens.flatMap(({ secret }) => Object.values(secret)));
      for (const secret of secrets) assert.ok(!logs[0]!.text.includes(secret));
      assert.doesNotMatch(logs[0]!.text, /eyJ|EXAMPLE|SANDBOX|5A9DB0C5/);
      await editor().command('View: Hide Panel');
    });
  });

  describe('the sandbox', () => {
    const settingsText = () => readFileSync(editor().settingsPath, 'utf8');
    const isSandbox = (label: string) =>
      ['Provider', 'Guarded org', 'Backup', 'Broker', 'Billing API', 'Metering API'].includes(label);

    it('comes with tenants of all platforms, and goes without a trace', async () => {
      const before = settingsText();
      await editor().command('Tenant Tokens: Start Sandbox');
      await editor().activeEditor('sandbox-cloud-director.http');
      await editor().collapse('Contact');
      await editor().collapse('Cloud org');
      await editor().row('Provider');
      await editor().inlineAction(['Provider', 'Operator'], 'Exchange');
      await editor().statusBar(/^Active token: Operator of Provider, (59m|1h 0m) left/);
      assert.equal(settingsText(), before);
      assert.ok(!(await editor().contextMenuItems('Provider')).includes('Edit Tenant…'));
      await editor().command('View: Close All Editors');

      await editor().command('Tenant Tokens: Stop Sandbox');
      await rowGone(editor(), 'Provider');
      assert.deepEqual((await roots()).filter(isSandbox), []);
      assert.equal(settingsText(), before);
      await noCountdown();
    });
  });

  describe('Remove All Data', () => {
    it('asks, and then removes every token and no tenant', async () => {
      await editor().command('Tenant Tokens: Remove All Data…');
      const { message, detail } = await editor().dialog();
      assert.equal(message, 'Remove all data of Tenant Tokens?');
      assert.match(detail, /\(3 tokens\)/);
      await editor().dialogButton('Cancel');
      await editor().row(['Acme', 'Ada']);
      await editor().command('Tenant Tokens: Remove All Data…');
      await editor().dialogButton('Remove All Tokens');
      for (const name of ['Acme', 'Contact', 'Cloud org']) await rowSaying(editor(), [name], /no API token yet$/);
      await noCountdown();
      await editor().reload();
      await editor().openView();
      await rowSaying(editor(), ['Acme'], /no API token yet$/);
      assert.equal((await editor().rows()).length, 3);
    });
  });
});
