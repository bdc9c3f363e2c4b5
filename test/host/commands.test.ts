import assert from 'node:assert/strict';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.js';
import { entryOf, secretOf, tenantOf, TENANTS } from '../support/entries.js';
import { until } from '../workbench/workbench.js';
import { mode, useEditor } from './support/editor.js';
import { addToken, choose, correct, FIRST, goBack, reply, rowSaying } from './support/entering.js';

/** One walk for each thing that commands do; all else that they ask and do is tested in test/commands. */
describe(`commands under a person’s hands (${mode})`, () => {
  let sandbox: Sandbox;
  const editor = useEditor(async () => {
    sandbox = await startSandbox();
    return {};
  });
  before(() => editor().openView());
  after(() => sandbox.stop());
  afterEach(() => editor().clearNotifications());

  const setTenants = (...entries: readonly unknown[]) => editor().changeSettings({ [TENANTS]: entries });
  const director = () => sandbox.services['cloud-director'];

  it('add a tenant and its token by typing, with an answer corrected and a step back, up to the countdown', async () => {
    const [secret] = secretOf(sandbox, 'sandbox-cloud-director');
    await editor().welcomeButton('Add Tenant');
    await reply(editor(), choose('VMware Cloud Director'));
    await editor().answer('http://cloud.example.net');
    await editor().inputMessage(/^Address must begin with https/);
    assert.deepEqual(
      [(await editor().prompt()).severity, (await editor().prompt()).value],
      ['error', 'http://cloud.example.net'],
    );
    await correct(editor(), director().origin);
    assert.match((await editor().prompt()).title, /\(3\/4\)/);
    await goBack(editor());
    await editor().type(`${director().origin}/tenant/acme/vdcs#top`);
    await editor().inputMessage(/^Will use http:.*, organization acme\.$/);
    assert.equal((await editor().prompt()).severity, 'info');
    await editor().accept();

    // The kind, the address, the API token: the exchange follows by itself.
    const [, questions] = /^Add Tenant: acme \(3\/(\d)\)/.exec((await editor().prompt()).title) ?? [];
    assert.equal(questions, '3');
    process.stdout.write(`    Cloud Director tenant → first access token: ${Number(questions) + 1} steps\n`);
    assert.equal((await editor().prompt()).masked, true);
    await editor().type('EXAMPLEtooShort');
    await editor().inputMessage(/^Usually 32 letters and digits: make sure that all of it was copied/);
    assert.equal((await editor().prompt()).severity, 'warning');
    // What is copied from a page often ends with a line.
    await editor().type('');
    await editor().pasteText(`  ${secret}\n`);
    await until('the pasted secret', async () => (await editor().prompt()).value.includes(secret!));
    await editor().page.keyboard.press('Enter');
    await editor().notification(/^acme: signed in as ada, organization acme, (59m|1h 0m) left/);
    await editor().statusBar(/^Active token: Default of acme, (59m|1h 0m) left/);
    await rowSaying(editor(), ['acme', FIRST], / left$/);
  });

  it('ask for the passcode of an exchange, and for another one after a wrong one', async () => {
    await setTenants(entryOf(sandbox, 'sandbox-cloud-services-mfa'));
    await addToken(editor(), 'Guarded org', 'Laptop', ...secretOf(sandbox, 'sandbox-cloud-services-mfa'));
    await editor().inlineAction(['Guarded org', 'Laptop'], 'Get Access Token (Exchange, Refresh)');
    await editor().inputMessage(/^Guarded org requires a one-time passcode/);
    assert.equal((await editor().prompt()).masked, true);
    await reply(editor(), '000000');
    await editor().inputMessage(/^Guarded org did not accept that passcode/);
    await reply(editor(), '123456');
    await editor().statusBar(/^Active token: Laptop of Guarded org, 29m left/);
  });

  it('create an API token at Cloud Director, list it there, and revoke it', async () => {
    await setTenants(entryOf(sandbox, 'sandbox-cloud-director', { id: 'made', name: 'Made' }));
    const { user, password } = tenantOf(sandbox, 'sandbox-cloud-director').login!;
    await editor().contextMenu('Made', 'Create API Token…');
    await reply(editor(), choose('Sign in here'), 'CI server', user, password);
    await editor().notification(/^Made: signed in as ada/);
    const path = ['Made', 'CI server'];
    await rowSaying(editor(), path, / left$/);

    await editor().contextMenu('Made', 'List API Tokens at Service (Login)…');
    await reply(editor(), password);
    const listed = () => editor().quickPickItems();
    const isListed = async () => (await listed()).some((item) => item.description === 'kept here as “CI server”');
    await until('the list', isListed, { seen: listed });
    await editor().escape();
    const menu = await editor().contextMenuItems(path);
    assert.ok(!menu.includes('Regenerate API Token (Renew)…') && !menu.includes('Change API Token at Service…'), menu.join());

    await editor().contextMenu(path, 'Revoke API Token at Service…');
    await reply(editor(), password);
    await editor().answer('CI serve');
    await editor().inputMessage(/Type the name “CI server”/);
    await correct(editor(), 'CI server');
    await editor().dialogButton('Remove');
    await until('the row to go', async () => (await editor().rows()).every(({ label }) => label !== 'CI server'), {
      seen: () => editor().rows(),
    });
    const revoked = director().requests.filter(({ method, path: at }) => method === 'DELETE' && at.includes('/tokens/'));
    assert.equal(revoked.length, 1);
  });

  it('show a tenant in settings.json that is not in order with what is wrong, and lead to it', async () => {
    await setTenants(
      entryOf(sandbox, 'sandbox-cloud-director', { id: 'dots', name: 'Dots', organization: '..' }),
      entryOf(sandbox, 'sandbox-cloud-services'),
    );
    const row = await rowSaying(editor(), ['Dots'], /^organization must not be “\.” or “\.\.”$/);
    assert.equal(row.icon, 'error');
    await editor().rowTooltip('Dots', /tenantTokens\.tenants, entry 1: organization must not be/);
    assert.equal(await editor().badge(), '1');
    await editor().contextMenu('Cloud org', 'Test Tenant');
    await editor().notification(/^Cloud org can be reached\. It has no API token yet/);
    await editor().clickRow('Dots');
    await editor().activeEditor('settings.json');
    await editor().statusBar(/\(\d{3} selected\)$/);
    assert.equal(await editor().isDirty(), false);
  });
});
