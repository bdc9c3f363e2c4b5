import assert from 'node:assert/strict';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.js';
import { until } from '../workbench/workbench.js';
import { mode, useEditor } from './support/editor.js';
import { addToken, entryOf, secretOf, TENANTS, tenantsIn } from './support/entering.js';

/** One walk each; all else that they show is tested in test/views and test/commands. */
describe(`the status bar and the tree (${mode})`, () => {
  const tenants = ['sandbox-cloud-services', 'sandbox-cloud-director', 'sandbox-bright-pattern'];
  let sandbox: Sandbox;
  const editor = useEditor(async () => {
    sandbox = await startSandbox();
    return { settings: { [TENANTS]: tenants.map((id) => entryOf(sandbox, id)) } };
  });
  before(() => editor().openView());
  after(() => sandbox.stop());

  /** Drags one row onto another, as soon as that would take it. */
  async function drag(name: string, target: string): Promise<void> {
    const { page } = editor();
    const label = (text: string) => page.locator('.part.sidebar [role=treeitem] .label-name').getByText(text, { exact: true });
    await label(name).hover();
    await page.mouse.down();
    const isTaken = async () => {
      await label(target).hover();
      return (await page.locator('.part.sidebar .drop-target').count()) > 0;
    };
    await until(`${target} to take ${name}`, isTaken, { seen: () => editor().rows() });
    await page.mouse.up();
  }

  it('the status bar counts down the active token, and offers what can be done with it and the other tokens', async () => {
    await addToken(editor(), 'Cloud org', 'Laptop', ...secretOf(sandbox, 'sandbox-cloud-services'));
    await addToken(editor(), 'Acme', 'Ada', ...secretOf(sandbox, 'sandbox-cloud-director'));
    await editor().inlineAction(['Cloud org', 'Laptop'], 'Get Access Token (Exchange, Refresh)');
    const { text, kind } = await editor().statusBar(/^Active token: Laptop of Cloud org, 29m left$/);
    assert.deepEqual([text, kind], ['Cloud org 29m', 'normal']);
    await editor().clickStatusBar(/^Active token/);
    assert.equal((await editor().prompt()).title, 'Cloud org · Laptop');
    await editor().quickPick(/Acme/);
    await editor().statusBar(/^Active token: Ada of Acme, (59m|1h 0m) left/);
  });

  it('the tree groups by platform, has buttons and menus, and keeps the order into which tenants are dragged', async () => {
    const roots = async () => (await editor().rows()).filter(({ level }) => level === 1).map(({ label }) => label);
    const rootsAre = (...wanted: readonly string[]) =>
      until(wanted.join(), async () => (await roots()).join() === wanted.join(), { seen: roots });
    await editor().titleAction('Group by Platform');
    await rootsAre('VMware Cloud Director', 'VMware Cloud Services', 'Bright Pattern');
    await editor().row(['VMware Cloud Director', 'Acme', 'Ada']);
    await editor().titleAction('Show as List');
    await rootsAre('Cloud org', 'Acme', 'Contact');

    const { ariaLabel } = await editor().row('Acme');
    assert.equal(ariaLabel, 'Acme, tenant of VMware Cloud Director, API tokens: 1');
    assert.deepEqual(await editor().inlineActions(['Acme', 'Ada']), [
      'Copy Headers',
      'Insert Headers',
      'Get Access Token (Exchange, Refresh)',
    ]);
    const menu = await editor().contextMenuItems('Acme');
    assert.ok(menu.includes('List API Tokens at Service (Login)…') && !menu.includes('Insert Headers'), menu.join());

    await drag('Contact', 'Cloud org');
    await rootsAre('Contact', 'Cloud org', 'Acme');
    assert.deepEqual(
      tenantsIn(editor()).map((entry) => (entry as { name: string }).name),
      ['Contact', 'Cloud org', 'Acme'],
    );
  });
});
