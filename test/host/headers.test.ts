import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../workbench/workbench.js';
import { mode, useEditor } from './support/editor.js';
import { addToken, TENANTS } from './support/entering.js';
import { startOwnService, tenantOf, type OwnService } from './support/ownService.js';

const INSERT = 'Tenant Tokens: Insert Headers';
const UPDATE = 'Tenant Tokens: Update Headers';
/** VS Code hands no file above 50 MB to extensions. */
const TOO_LARGE = 51 * 1024 * 1024;

describe(`headers over time (${mode})`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tenant-tokens-files-'));
  let service: OwnService;
  let count = 0;
  const editor = useEditor(async () => {
    service = await startOwnService();
    const tenants = [tenantOf(service, 'acme', 'Acme')];
    return { folder, settings: { [TENANTS]: tenants, 'workbench.editorLargeFileConfirmation': 1024 } };
  });

  /** Each exchange from now on brings another access token, which lives for so many seconds. */
  function lifetime(seconds: number): void {
    Object.defineProperty(service, 'answer', {
      configurable: true,
      get: () => ({ access_token: tokenOf((count += 1)), token_type: 'Bearer', expires_in: seconds }),
    });
  }
  const tokenOf = (number: number): string => `EXAMPLE-access-token-${number}`;

  before(async () => {
    lifetime(1);
    await editor().openView();
    await addToken(editor(), 'Acme', 'CI', 'EXAMPLE-client-secret');
  });
  after(() => {
    service.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await editor().clearNotifications();
  });

  const request = (): string => `GET ${service.origin}/api`;
  const header = (number: number): string => `Authorization: Bearer ${tokenOf(number)}`;

  async function open(name: string, lines: readonly string[], line = 1): Promise<void> {
    const file = path.join(folder, name);
    writeFileSync(file, lines.join('\n'));
    await editor().openFile(file);
    await editor().cursor(line);
  }

  /** Waits for a text on the screen, and gives all of it. */
  async function shows(part: string): Promise<string> {
    const lines = editor().page.locator('.editor-group-container.active .view-lines');
    const isThere = async () => (await lines.innerText()).replaceAll('\u00a0', ' ').includes(part);
    await until(part, isThere, { seen: () => lines.innerText() });
    return editor().editorText();
  }

  /** Inserts a header whose token has run out at once. */
  async function insertOutdated(name: string): Promise<number> {
    await open(name, [request(), 'X-Id: 1', '']);
    await editor().command(INSERT);
    const text = await shows('EXAMPLE-access-token');
    assert.equal(text, [request(), header(count), 'X-Id: 1', ''].join('\n'));
    return count;
  }

  it('that ran out are replaced in the file, in one undo step', async () => {
    lifetime(1);
    const old = await insertOutdated('one.http');
    const before = await editor().editorText();
    lifetime(3600);
    await until('the token to run out', async () => /expired/.test((await editor().row(['Acme', 'CI'])).description));
    await editor().command(UPDATE);
    const after = await shows(tokenOf(old + 1));
    assert.equal(after, [request(), header(old + 1), 'X-Id: 1', ''].join('\n'));
    await editor().undo();
    assert.equal(await editor().editorText(), before);
    await editor().undo();
    await editor().save();
  });

  it('that have not run out are left', async () => {
    await open('fresh.http', [request(), '']);
    await editor().command(INSERT);
    const text = await shows('EXAMPLE-access-token');
    await editor().command(UPDATE);
    await editor().notification(/No header of yours in an open file has run out/);
    assert.equal(await editor().editorText(), text);
    await editor().undo();
    await editor().save();
  });

  it('are replaced in all open files, in one undo step of each', async () => {
    lifetime(1);
    await editor().command('Tenant Tokens: Exchange');
    await editor().quickPick('Acme');
    await editor().statusBar(/Acme: new access token/);
    await insertOutdated('first.http');
    const second = await insertOutdated('second.http');
    const before = await editor().editorText();
    lifetime(3600);
    await until('the token to run out', async () => /expired/.test((await editor().row(['Acme', 'CI'])).description));
    await open('other.http', [request(), '']);
    await editor().command(UPDATE);
    await editor().prompt();
    assert.deepEqual(
      (await editor().quickPickItems()).map(({ label, description }) => [label, description]),
      [['All open files', '2']],
    );
    await editor().quickPick('All open files');
    await editor().openFile(path.join(folder, 'second.http'));
    await shows(tokenOf(second + 1));
    await editor().focusEditor();
    await editor().undo();
    assert.equal(await editor().editorText(), before);
    await editor().openFile(path.join(folder, 'first.http'));
    await shows(tokenOf(second + 1));
  });

  it('are replaced on exchange, if set so', async () => {
    await editor().changeSettings({ 'tenantTokens.updateHeadersOnExchange': true });
    await editor().openFile(path.join(folder, 'first.http'));
    const before = count;
    await editor().inlineAction(['Acme', 'CI'], 'Exchange');
    await shows(tokenOf(before + 1));
    await editor().changeSettings({ 'tenantTokens.updateHeadersOnExchange': false });
  });

  it('that are commented out can be uncommented instead', async () => {
    await open('commented.http', [request(), 'X-Id: 1', '# Authorization: Bearer old', '']);
    await editor().command(INSERT);
    const text = await shows('EXAMPLE-access-token');
    assert.deepEqual(text.split('\n').slice(1), [header(count), 'X-Id: 1', '# Authorization: Bearer old', '']);
    await editor().notificationButton(/Line 4: a commented-out header of the same name/, 'Uncomment It Instead');
    await until('the comment to go', async () => !(await editor().editorText()).includes('#'));
    assert.deepEqual((await editor().editorText()).split('\n').slice(1), ['X-Id: 1', header(count), '']);
  });

  it('of a lower-case method come with the offer to mend it', async () => {
    await open('lower.http', [request().replace('GET', 'get'), '']);
    await editor().command(INSERT);
    await editor().notificationButton(/Line 1: the client takes a lower-case method/, 'Write It in Upper Case');
    await shows('GET http');
    assert.equal(await editor().editorText(), [request(), header(count), ''].join('\n'));
  });

  it('get a request where there is none', async () => {
    await open('none.http', ['@base = https://api.example', '']);
    await editor().command(INSERT);
    await editor().notificationButton(/There is no request at the cursor/, 'New Request');
    await editor().quickPick('Acme');
    await shows('EXAMPLE-access-token');
    assert.equal(
      await editor().editorText(),
      ['@base = https://api.example', '', `GET ${service.origin}/`, header(count), ''].join('\n'),
    );
  });

  it('cannot be references where no client resolves them: the token is the alternative', async () => {
    await open('noClient.http', [request(), '']);
    await editor().command('Tenant Tokens: Insert Reference');
    const { message, detail } = await editor().dialog();
    assert.match(message, /There is no HTTP client here that resolves references/);
    assert.match(detail, /httpYac or REST Client/);
    await editor().dialogButton('Cancel');
    assert.equal(await editor().editorText(), [request(), ''].join('\n'));
    await editor().command('Tenant Tokens: Insert Reference');
    await editor().dialogButton('Insert Access Token');
    await shows('EXAMPLE-access-token');
    assert.equal(await editor().editorText(), [request(), header(count), ''].join('\n'));
  });

  const unshown = (what: string, name: string, content: () => string) =>
    it(`cannot be inserted into ${what}, and the message says so`, async () => {
      const file = path.join(folder, name);
      const text = content();
      writeFileSync(file, text);
      // It may be shown in no text editor.
      await editor().page.keyboard.press('F1');
      await editor().type(file);
      await editor().quickPick(name);
      await editor().page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
      await until('the tab', async () => (await editor().tabs()).some((tab) => tab.name === name && tab.active));
      await editor().command(INSERT);
      await editor().notification(/VS Code does not show this file to extensions/);
      assert.equal(await editor().isDirty(), false);
      assert.ok(readFileSync(file, 'utf8') === text);
    });
  unshown('a file that is too large', 'large.http', () => `${request()}\n`.padEnd(TOO_LARGE, `${'x'.repeat(119)}\n`));
  unshown('a binary file', 'binary.http', () => `${request()}\n\0\u0001\u0002\0`);
});
