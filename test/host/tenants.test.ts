import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.js';
import { until } from '../workbench/workbench.js';
import { mode, useEditor } from './support/editor.js';
import {
  addTenant,
  addToken,
  choose,
  correct,
  entryOf,
  goBack,
  reply,
  rowGone,
  rowSaying,
  secretOf,
  TENANTS,
  tenantsIn,
} from './support/entering.js';

describe(`tenants (${mode})`, () => {
  let sandbox: Sandbox;
  const editor = useEditor(async () => {
    sandbox = await startSandbox();
    return {};
  });
  before(() => editor().openView());
  after(() => sandbox.stop());

  const settingsText = () => readFileSync(editor().settingsPath, 'utf8');
  const setTenants = (...entries: readonly unknown[]) => editor().changeSettings({ [TENANTS]: entries });
  const director = () => sandbox.services['cloud-director'];
  const acme = (change = {}) => entryOf(sandbox, 'sandbox-cloud-director', { id: 'acme', ...change });
  const cloud = (change = {}) => entryOf(sandbox, 'sandbox-cloud-services', { id: 'cloud', ...change });

  describe('Add Tenant', () => {
    const KIND = 'VMware Cloud Director';

    it('says what is wrong while a person types, and does not take it', async () => {
      await addTenant(editor(), KIND);
      const wrong: [text: string, message: RegExp][] = [
        ['cloud.example.net', /^Address must be a full URL, such as/],
        ['https://cloud.example.net /x', /without spaces/],
        ['http://cloud.example.net', /^Address must begin with https:\/\/ \(http only reaches this machine\)/],
        ['https://ada:synthetic@cloud.example.net', /must not contain a user name or password/],
        ['https://cloud.example.net?x=1', /must not contain a query/],
        ['ftp://cloud.example.net', /^Address must begin with https/],
      ];
      for (const [text, message] of wrong) {
        await editor().type(text);
        await editor().inputMessage(message);
        assert.equal((await editor().prompt()).severity, 'error');
      }
      await editor().answer('http://cloud.example.net');
      assert.equal((await editor().prompt()).value, 'http://cloud.example.net', 'it was taken');

      await correct(editor(), director().origin);
      for (const organization of ['..', '.']) {
        await editor().answer(organization);
        await editor().inputMessage(/^Organization must not be “\.” or “\.\.”/);
      }
      await editor().answer('');
      await editor().inputMessage(/^Organization This is needed\./);
      await correct(editor(), 'acme');
      await editor().answer('');
      await editor().inputMessage(/^Name This is needed\./);
      await editor().escape();
      assert.deepEqual(tenantsIn(editor()), []);
    });

    it('keeps answers on the way back', async () => {
      await addTenant(editor(), KIND, director().origin, 'acme');
      assert.match((await editor().prompt()).title, /\(4\/4\)/);
      await goBack(editor());
      assert.equal((await editor().prompt()).value, 'acme');
      await goBack(editor());
      assert.equal((await editor().prompt()).value, director().origin);
      await goBack(editor());
      assert.equal((await editor().prompt()).items.find(({ focused }) => focused)?.label, KIND);
      await reply(editor(), choose('Bright Pattern Contact Center'));
      assert.equal((await editor().prompt()).value, '', 'another service has another address');
      await editor().escape();
      assert.deepEqual(tenantsIn(editor()), []);
    });

    it('stores nothing when it is left at any of its questions', async () => {
      const before = settingsText();
      const answers = [director().origin, 'acme'];
      await editor().command('Tenant Tokens: Add Tenant…');
      await editor().prompt();
      await editor().escape();
      for (let answered = 0; answered <= answers.length; answered += 1) {
        await addTenant(editor(), KIND, ...answers.slice(0, answered));
        await editor().escape();
      }
      assert.equal(settingsText(), before);
      assert.match(await editor().welcome(), /Add Tenant/);
    });

    it('keeps the tenant and no token when it is left at the questions about the token', async () => {
      await addTenant(editor(), KIND, director().origin, 'acme', 'Left early');
      await editor().prompt();
      await editor().escape();
      const row = await rowSaying(editor(), ['Left early'], /no API token yet$/);
      assert.equal(row.expanded, undefined);
      await editor().inlineAction('Left early', 'Add API Token…');
      await reply(editor(), 'Laptop');
      await editor().type(secretOf(sandbox, 'sandbox-cloud-director')[0]!);
      assert.equal((await editor().prompt()).masked, true);
      await editor().escape();
      await rowSaying(editor(), ['Left early'], /no API token yet$/);
      assert.equal((await editor().rows()).length, 1);
      assert.deepEqual(director().requests, []);
    });

    it('starts from the button of an empty view, and gives equal names different ids', async () => {
      await setTenants();
      await editor().welcomeButton('Add Tenant');
      await reply(editor(), choose(KIND), director().origin, 'acme', 'Acme');
      await editor().escape();
      await editor().titleAction('Add Tenant…');
      await reply(editor(), choose(KIND), director().origin, 'acme', 'Acme');
      await editor().escape();
      await until('both', async () => (await editor().rows()).length === 2);
      assert.deepEqual(
        tenantsIn(editor()).map((entry) => (entry as { id: string }).id),
        ['acme', 'acme-2'],
      );
    });
  });

  describe('Edit Tenant', () => {
    before(() => setTenants(acme({ apiVersion: '39.0' }), cloud()));

    it('changes the header style and shows what is set', async () => {
      await editor().contextMenu('Cloud org', 'Edit Tenant…');
      const shown = async (label: string) => (await editor().quickPickItems()).find((item) => item.label === label)?.description;
      await editor().prompt();
      assert.equal(await shown('Header style'), 'not set');
      await reply(editor(), choose('Header style'), choose('Both headers'));
      await until('the new style', async () => (await shown('Header style')) === 'Both headers');
      await editor().escape();
      assert.deepEqual(tenantsIn(editor())[1], cloud({ headers: 'both' }));
    });

    it('refuses what is wrong, changes what is right, and lets an optional field be emptied', async () => {
      await editor().contextMenu('Acme', 'Edit Tenant…');
      await reply(editor(), choose('Organization'), '..');
      await editor().inputMessage(/^Organization must not be/);
      await correct(editor(), 'acme2');
      await reply(editor(), choose('API version'), '', choose('Name'), 'Acme Two');
      await editor().prompt();
      await editor().escape();
      await editor().row('Acme Two');
      assert.deepEqual(tenantsIn(editor())[0], acme({ organization: 'acme2', name: 'Acme Two' }));
    });
  });

  describe('settings.json', () => {
    it('a bad entry says what is wrong in the tree, and the others work', async () => {
      await setTenants(
        acme(),
        { id: 'typo', name: 'Unknown kind', platform: 'cloud-directory' },
        cloud({ id: 'acme', name: 'Same id' }),
        acme({ id: 'dots', name: 'Dots', organization: '..' }),
        acme({ id: 'plain', name: 'Plain http', url: 'http://cloud.example.net' }),
        { id: 'half', name: 'Half', platform: 'cloud-director', url: director().origin },
        acme({ id: 'more', name: 'Misspelt', organisation: 'acme' }),
        'not an object',
        cloud(),
      );
      const expected: [name: string, problem: RegExp][] = [
        ['Unknown kind', /^platform must be one of cloud-director, cloud-services, /],
        ['Same id', /^id is used by another tenant$/],
        ['Dots', /^organization must not be “\.” or “\.\.”$/],
        ['Plain http', /^url must begin with https:\/\//],
        ['Half', /^organization is missing$/],
        ['Misspelt', /^organisation is not a setting of this platform$/],
        ['#8', /^must be an object in braces$/],
      ];
      for (const [name, problem] of expected) assert.equal((await rowSaying(editor(), [name], problem)).icon, 'error');
      await rowSaying(editor(), ['Acme'], /^VMware Cloud Director · no API token yet$/);
      await rowSaying(editor(), ['Cloud org'], /^VMware Cloud Services · no API token yet$/);
      assert.equal(await editor().badge(), '7');
      assert.match(await editor().rowTooltip('Dots'), /tenantTokens\.tenants, entry 4: organization must not be/);

      await editor().contextMenu('Cloud org', 'Test Tenant');
      await editor().notification(/^Cloud org can be reached\. It has no API token yet/);
      await editor().clearNotifications();
      await editor().clickRow('Dots');
      await editor().activeEditor('settings.json');
      await editor().closeEditors();

      await setTenants(acme());
      await rowGone(editor(), 'Half');
      await until('no badge', async () => (await editor().badge()) === '');
    });

    it('offers the platforms’ snippets and each platform’s fields', async () => {
      const widget = editor().page.locator('.suggest-widget.visible');
      const labels = widget.locator('.monaco-list-row .label-name');
      /** What is offered, once that has what is expected: until the schema is there, it is the words of the file. */
      const suggestions = (...expected: readonly string[]) =>
        until(`${expected.join(', ')} to be offered`, async () => {
          await editor().command('Trigger Suggest');
          await labels.first().waitFor();
          const found = await labels.allInnerTexts();
          await editor().page.keyboard.press('Escape');
          await widget.waitFor({ state: 'hidden' });
          return expected.every((each) => found.includes(each)) && found;
        });
      await setTenants({ platform: 'bright-pattern' });
      await editor().command('Preferences: Open User Settings (JSON)');
      await editor().activeEditor('settings.json');
      const lines = settingsText().split('\n');
      const place = lines.findIndex((line) => line.includes('bright-pattern'));
      await editor().cursor(place + 1, lines[place]!.length + 1);
      await editor().typeText(',\n');
      const fields = await suggestions('loginId', 'hostParameter', 'headers', 'url');
      assert.ok(!fields.includes('organization'), fields.join(', '));

      await editor().cursor(place - 1, lines[place - 2]!.length + 1);
      await editor().typeText('\n');
      const vmware = ['VMware Cloud Director', 'VMware Cloud Services', 'VMware Identity Services'];
      await suggestions(...vmware, 'Commvault', 'Bright Pattern', 'OAuth 2.0');
      await editor().closeEditors();
    });
  });

  describe('Remove Tenant', () => {
    const secret = (token = 0) => secretOf(sandbox, 'sandbox-cloud-director', token);
    beforeEach(async () => {
      await setTenants(acme(), cloud());
      await addToken(editor(), 'Acme', 'Laptop', ...secret(0));
      await addToken(editor(), 'Acme', 'Desktop', ...secret(1));
    });

    it('names the tokens that go with it, and takes no for an answer', async () => {
      await editor().contextMenu('Acme', 'Remove Tenant…');
      const { message, detail } = await editor().dialog();
      assert.equal(message, 'Remove Acme?');
      assert.match(detail, /its API tokens: Laptop, Desktop\./);
      await editor().dialogButton('Cancel');
      await editor().row(['Acme', 'Laptop']);
      assert.equal(tenantsIn(editor()).length, 2);

      await editor().contextMenu('Acme', 'Remove Tenant…');
      await editor().dialogButton('Remove');
      await rowGone(editor(), 'Acme');
      assert.deepEqual(tenantsIn(editor()), [cloud()]);
      await editor().row('Cloud org');
    });

    it('of a tenant that was deleted by hand: its tokens are kept and shown until they are removed', async () => {
      await setTenants(cloud());
      await rowSaying(editor(), ['acme'], /^not in the settings$/);
      await editor().expand('acme');
      await editor().row(['acme', 'Desktop']);
      await editor().contextMenu(['acme', 'Desktop'], 'Remove API Token…');
      assert.match((await editor().dialog()).message, /“Desktop” of acme\?$/);
      await editor().dialogButton('Remove');
      await rowGone(editor(), 'Desktop');

      await setTenants(cloud(), acme());
      await rowSaying(editor(), ['Acme', 'Laptop'], /^not exchanged yet$/);
      await setTenants(cloud());
      await rowSaying(editor(), ['acme'], /^not in the settings$/);
      await editor().contextMenu('acme', 'Remove Tenant…');
      assert.match((await editor().dialog()).detail, /its API tokens: Laptop\./);
      await editor().dialogButton('Remove');
      await rowGone(editor(), 'acme');
    });
  });
});
