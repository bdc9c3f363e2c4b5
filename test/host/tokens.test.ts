import assert from 'node:assert/strict';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.js';
import { until } from '../workbench/workbench.js';
import { mode, useEditor } from './support/editor.js';
import { addToken, choose, correct, entryOf, IS_KEPT, reply, rowGone, rowSaying, secretOf, TENANTS } from './support/entering.js';

describe(`API tokens (${mode})`, () => {
  let sandbox: Sandbox;
  /** Where a token is entered for at first, before the tenant's address becomes the sandbox's. */
  let formerly: Sandbox;
  const editor = useEditor(async () => {
    [sandbox, formerly] = await Promise.all([startSandbox(), startSandbox()]);
    const moved = entryOf(sandbox, 'sandbox-cloud-services', {
      id: 'moved',
      name: 'Moved',
      url: formerly.services['cloud-services'].origin,
    });
    return { settings: { [TENANTS]: [entryOf(sandbox, 'sandbox-cloud-director'), moved] } };
  });
  before(() => editor().openView());
  after(() => Promise.all([sandbox.stop(), formerly.stop()]));
  afterEach(() => editor().clearNotifications());

  const secret = (token = 0) => secretOf(sandbox, 'sandbox-cloud-director', token)[0]!;
  const tokens = async (tenant: string) =>
    (await editor().rows()).filter(({ path }) => path.length === 2 && path[0] === tenant).map(({ label }) => label);

  describe('of one tenant', () => {
    it('a first one gets a name and a secret; what cannot be one is told while it is typed', async () => {
      await editor().inlineAction('Acme', 'Add API Token…');
      assert.equal((await editor().prompt()).value, 'API token');
      await editor().answer(secret());
      await editor().inputMessage(/^This looks like a token\. The name comes first/);
      await editor().type('');
      await editor().inputMessage(/^A name is needed/);
      await correct(editor(), 'Ada');

      await editor().inputMessage(/^API token: /);
      assert.equal((await editor().prompt()).masked, true);
      await editor().answer('');
      await editor().inputMessage(/^Paste the API token\./);
      await editor().answer('{{acme_token}}');
      await editor().inputMessage(/^This is a reference to a variable, not the API token itself/);
      await editor().type('EXAMPLE\u200B0123456789');
      await editor().inputMessage(/^The API token has characters in it that no token has/);
      await editor().type('EXAMPLEtooShort');
      await editor().inputMessage(/^Usually 32 letters and digits: make sure that all of it was copied/);
      assert.equal((await editor().prompt()).severity, 'warning');

      // What is copied from a page often ends with a line.
      await editor().type('');
      await editor().pasteText(`  ${secret()}\n`);
      await until('the pasted secret', async () => (await editor().prompt()).value.includes(secret()));
      await editor().page.keyboard.press('Enter');
      await editor().notificationButton(IS_KEPT, 'Exchange');
      await editor().statusBar(/^Active token: Ada of Acme, /);
      await rowSaying(editor(), ['Acme', 'Ada'], / left$/);
    });

    it('a second one stands beside it, under another name', async () => {
      await editor().inlineAction('Acme', 'Add API Token…');
      await editor().answer('Ada');
      await editor().inputMessage(/^Acme already has a token of this name/);
      await correct(editor(), 'Service account');
      await reply(editor(), secret(1));
      await editor().notification(IS_KEPT);
      await rowSaying(editor(), ['Acme', 'Service account'], /^not exchanged yet$/);
      assert.deepEqual(await tokens('Acme'), ['Ada', 'Service account']);
    });

    it('renaming changes the name and nothing else', async () => {
      await editor().contextMenu(['Acme', 'Ada'], 'Rename API Token…');
      assert.equal((await editor().prompt()).value, 'Ada');
      await editor().answer('Service account');
      await editor().inputMessage(/^Acme already has a token of this name/);
      await correct(editor(), 'Laptop');
      await rowSaying(editor(), ['Acme', 'Laptop'], / left$/);
      await editor().statusBar(/^Active token: Laptop of Acme, .* left/);
      assert.deepEqual(await tokens('Acme'), ['Laptop', 'Service account']);
      const [former, present] = ['ADA', 'LAPTOP'].map((name) => `TENANT_TOKEN_SANDBOX_CLOUD_DIRECTOR_${name}`);
      const told = new RegExp(`^The reference of this API token is ${present} now\\. .* refer to ${former} `);
      await editor().notificationButton(told, 'Replace in Files');
      const input = (name: string) => editor().page.locator('.search-widget').getByRole('textbox', { name }).inputValue();
      await until('the search', async () => (await input('Search')) === former, { seen: () => input('Search') });
      assert.equal(await input('Replace'), present);
      await editor().openView();
    });

    it('Use Token makes another one the active one', async () => {
      await editor().contextMenu(['Acme', 'Service account'], 'Use Token');
      await editor().statusBar(/^Active token: Service account of Acme, not exchanged yet/);
      await editor().command('Tenant Tokens: Use Token');
      const items = (await editor().prompt()).items;
      assert.deepEqual(
        items.map(({ description }) => description),
        ['Laptop', 'Service account'],
      );
      assert.match(items[0]!.detail, /^VMware Cloud Director · .* left$/);
      await editor().type('Laptop');
      await until('one item', async () => (await editor().quickPickItems()).length === 1);
      await editor().quickPick(/Acme/);
      await editor().statusBar(/^Active token: Laptop of Acme, .* left/);
    });

    it('removing asks first; no leaves it, yes removes that one', async () => {
      await editor().contextMenu(['Acme', 'Laptop'], 'Remove API Token…');
      const { message, detail } = await editor().dialog();
      assert.equal(message, 'Remove the API token “Laptop” of Acme?');
      assert.match(detail, /At the service it stays valid until it is revoked there/);
      assert.match(detail, /References to Acme that name no token stand for “Service account” from then on\./);
      await editor().dialogButton('Cancel');
      assert.deepEqual(await tokens('Acme'), ['Laptop', 'Service account']);
      await editor().contextMenu(['Acme', 'Laptop'], 'Remove API Token…');
      await editor().dialogButton('Remove');
      await rowGone(editor(), 'Laptop');
      assert.deepEqual(await tokens('Acme'), ['Service account']);
      const countdown = async () =>
        (await editor().statusBarItems()).some(({ ariaLabel }) => ariaLabel.startsWith('Active token'));
      await until('the countdown to go', async () => !(await countdown()));
    });
  });

  describe('of a tenant whose address changes', () => {
    const moved = ['Moved', 'Laptop'];
    const from = () => `${formerly.services['cloud-services'].origin}/csp/gateway/am/api/auth/api-tokens/authorize`;
    const to = () => `${sandbox.services['cloud-services'].origin}/csp/gateway/am/api/auth/api-tokens/authorize`;
    const requests = () => [...sandbox.services['cloud-services'].requests, ...formerly.services['cloud-services'].requests];

    it('are not sent to the new one until the person has compared the two', async () => {
      await addToken(editor(), 'Moved', 'Laptop', ...secretOf(sandbox, 'sandbox-cloud-services'));
      await editor().contextMenu('Moved', 'Edit Tenant…');
      await reply(editor(), choose('Address'), sandbox.services['cloud-services'].origin);
      await editor().prompt();
      await editor().escape();
      assert.equal((await rowSaying(editor(), moved, /^address changed$/)).icon, 'error');
      await until('the badge', async () => (await editor().badge()) === '1');

      await editor().inlineAction(moved, 'Exchange');
      const told = /^The address of Moved has changed since its API token was entered, so the token is not sent/;
      const text = await editor().notification(told);
      assert.ok(text.includes(from()) && text.includes(to()), text);
      await editor().notificationButton(told, 'Review Address');
      const { message, detail } = await editor().dialog();
      assert.equal(message, 'Send the API token “Laptop” to another address?');
      assert.ok(detail.includes(from()) && detail.includes(to()), detail);
      await editor().dialogButton('Cancel');
      await editor().clearNotifications();
      await rowSaying(editor(), moved, /^address changed$/);
      assert.deepEqual(requests(), []);

      await editor().contextMenu(moved, 'Review Address…');
      await editor().dialogButton('Send It There');
      await rowSaying(editor(), moved, /^not exchanged yet$/);
      await until('no badge', async () => (await editor().badge()) === '');
      await editor().inlineAction(moved, 'Exchange');
      await rowSaying(editor(), moved, / left$/);
      assert.equal(sandbox.services['cloud-services'].requests.at(-1)?.status, 200);
      assert.deepEqual(formerly.services['cloud-services'].requests, []);
    });
  });
});
