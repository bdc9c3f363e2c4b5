import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.js';
import { secretOf } from '../support/entries.js';
import { until } from '../workbench/workbench.js';
import { mode, useEditor } from './support/editor.js';
import { rowSaying } from './support/entering.js';

/** What the mouse did in the window: nothing, in this file. */
const MOUSE = `
  globalThis.mouse = [];
  for (const type of ['mousedown', 'wheel']) addEventListener(type, (event) => mouse.push(type + ' on ' + event.target.className), true);`;
/** What a screen reader says of what has the focus, or its text. */
const FOCUSED = `(() => {
  let { activeElement: element } = document;
  while (element?.shadowRoot) element = element.shadowRoot.activeElement;
  return (element?.ariaLabel || element?.textContent || '').replaceAll('\\u00a0', ' ').trim();
})()`;

describe(`the keyboard (${mode})`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tenant-tokens-files-'));
  let sandbox: Sandbox;
  const editor = useEditor(async () => {
    sandbox = await startSandbox();
    writeFileSync(path.join(folder, 'acme.http'), request());
    return { folder };
  });
  after(async () => {
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const request = (): string => `GET ${sandbox.services['cloud-director'].origin}/cloudapi/1.0.0/sessions/current`;
  const press = (key: string) => editor().page.keyboard.press(key);
  const type = (text: string) => editor().page.keyboard.type(text);
  const focused = () => editor().page.evaluate<string>(FOCUSED);

  /** Presses a key until something is so. */
  async function pressUntil(key: string, what: string, isSo: () => Promise<boolean>): Promise<void> {
    const passed: string[] = [];
    const look = async () => {
      if (await isSo()) return true;
      await press(key);
      passed.push(await focused());
      return false;
    };
    await until(what, look, { seen: () => passed });
  }

  /** Runs a command by its title. */
  async function palette(title: string): Promise<void> {
    await press('F1');
    await until('the palette', async () => (await editor().prompt()).value === '>');
    await type(title);
    await choose(title);
  }

  /** Goes to an item of what is listed, once it is, and takes it. */
  async function choose(label: string): Promise<void> {
    const find = async () => (await editor().quickPickItems()).find((item) => item.label === label);
    await until(label, find, { seen: () => editor().quickPickItems() });
    await pressUntil('ArrowDown', label, async () => (await find())?.focused === true);
    await editor().accept();
  }

  /** Types the answer to a question, and waits until it is taken. */
  async function answer(question: RegExp, text: string): Promise<void> {
    await editor().inputMessage(question);
    await press('Control+A');
    await type(text);
    await editor().accept();
  }

  /** Goes to a row of the tree, and chooses from its menu. */
  async function rowMenu(label: string, item: string): Promise<void> {
    await palette('Tenant Tokens: Focus on Tenant Tokens View');
    const row = editor().page.locator('.part.sidebar .monaco-list.element-focused .monaco-list-row.focused .label-name');
    const isAtRow = async () => (await row.allInnerTexts()).includes(label);
    await press('Home');
    await pressUntil('ArrowDown', `the row ${label}`, isAtRow);
    await press('Shift+F10');
    await editor().page.locator('.monaco-menu').waitFor();
    await pressUntil('ArrowDown', item, async () => (await focused()) === item);
    await press('Enter');
  }

  it('is enough to add a tenant and its token, exchange, insert headers, read the details, and remove the token', async () => {
    await editor().page.evaluate(MOUSE);
    // The palette has commands of an extension once its icon is there.
    await editor().page.locator('.part.activitybar .action-label[aria-label^="Tenant Tokens"]').waitFor();
    const { origin } = sandbox.services['cloud-director'];
    await palette('Tenant Tokens: Focus on Tenant Tokens View');
    await pressUntil('Tab', 'the button Add Tenant', async () => (await focused()) === 'Add Tenant');
    await press('Enter');
    await editor().prompt();
    await type('VMware Cloud Dir');
    await choose('VMware Cloud Director');
    await answer(/Address/, `${origin}/tenant/acme`);
    await answer(/^API token/, secretOf(sandbox, 'sandbox-cloud-director')[0]!);
    await editor().notification(/^acme: signed in as ada/);
    await rowSaying(editor(), ['acme', 'Default'], / left$/);

    await press('Control+P');
    await until('the list of files', async () => (await editor().prompt()).value === '');
    await type('acme.http');
    await choose('acme.http');
    await editor().activeEditor('acme.http');
    await palette('Tenant Tokens: Insert Headers');
    await until('the headers', () => editor().isDirty());
    const [first, authorization] = (await editor().editorText()).split('\n');
    assert.equal(first, request());
    assert.match(authorization!, /^Authorization: Bearer [\w.-]{40,}$/);

    await rowMenu('Default', 'Show Details');
    // It is drawn anew when it changes, into another frame.
    const inPage = async () => (await editor().webview('Details: Default (acme)')).evaluate<string>(FOCUSED).catch(() => '');
    await pressUntil('Tab', 'the link to exchange', async () => (await inPage()).startsWith('Exchange'));
    const before = sandbox.services['cloud-director'].requests.length;
    await press('Enter');
    await until('the exchange', () => sandbox.services['cloud-director'].requests.length > before);

    await rowMenu('Default', 'Remove API Token (Delete)…');
    await editor().dialog();
    await pressUntil('Tab', 'the button Remove', async () => (await focused()) === 'Remove');
    await press('Enter');
    await rowSaying(editor(), ['acme'], /no API token yet$/);
    assert.deepEqual(await editor().page.evaluate('mouse'), []);
  });
});
