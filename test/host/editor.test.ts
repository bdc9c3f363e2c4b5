import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../workbench/workbench.js';
import { mode, useEditor } from './support/editor.js';
import { addToken, TENANTS } from './support/entering.js';
import { startOwnService, tenantOf, type OwnService } from './support/ownService.js';

const OWN = 'Authorization: Bearer {{$processEnv TENANT_TOKEN_OWN}}';
const NOBODY = 'Authorization: Bearer {{$processEnv TENANT_TOKEN_NOBODY}}';
/** Where a reference begins in these lines. */
const COLUMN = OWN.indexOf('{{') + 1;
const BIG_FILE_BYTES = 10 * 2 ** 20;
/** VS Code hands no file above 50 MB to extensions. */
const TOO_LARGE = 51 * 2 ** 20;

function jwt(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return [part({ alg: 'none' }), part(claims), 'EXAMPLE-signature'].join('.');
}

// Lenses, hovers, suggestions, problems and quick fixes for themselves: test/host/inside.
describe(`The editor (${mode})`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tenant-tokens-editor-'));
  let own: OwnService;
  const editor = useEditor(async () => {
    own = await startOwnService();
    return { folder, settings: { [TENANTS]: [tenantOf(own, 'own', 'Own')], 'workbench.editorLargeFileConfirmation': 1024 } };
  });

  before(async () => {
    await editor().openView();
    own.answer = { access_token: 'EXAMPLE-access-token', token_type: 'Bearer', expires_in: 600 };
    await addToken(editor(), 'Own', 'CI', 'EXAMPLE-client-secret');
  });
  after(() => {
    own.close();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    await editor().clearNotifications();
    await editor().closeEditors();
  });

  const request = (): string => `GET ${own.origin}/api`;

  async function open(name: string, ...lines: readonly string[]): Promise<void> {
    const file = path.join(folder, name);
    writeFileSync(file, lines.join('\n'));
    await editor().openFile(file);
  }

  it('shows in a hover what a service says without letting it do anything', async () => {
    const sub = '[a](command:workbench.action.quit) <img src=x> ![b](https://evil.example)';
    const name = '<a href="command:workbench.action.quit">x</a> https://evil.example $(key)';
    own.answer = { access_token: jwt({ sub, name }), token_type: 'Bearer', expires_in: 600 };
    await editor().inlineAction(['Own', 'CI'], 'Get Access Token (Exchange, Refresh)');
    await editor().statusBar(/Own: signed in/);
    await open('hostile.http', request(), OWN);
    const text = await editor().hover(2, COLUMN + 4, /Own · CI/);
    assert.ok(text.includes(`User: ${name}, ${sub}`), text);
    const links = await editor().page.evaluate<string[]>(
      "[...document.querySelectorAll('.monaco-hover .rendered-markdown a')].map((link) => link.dataset.href.replace(/\\?.*/, ''))",
    );
    assert.deepEqual(links, ['command:tenantTokens.exchange', 'command:tenantTokens.copyHeaders']);
    assert.equal(await editor().page.locator('.monaco-hover img').count(), 0);
    assert.equal(/eyJ/.test(await editor().html()), false);
  });

  it('helps with a file of 10 MB as it does with a short one', async () => {
    const body = `${'x'.repeat(99)}\n`.repeat(BIG_FILE_BYTES / 100);
    await open('big.http', request(), OWN, '', '###', `${request()}?last`, NOBODY, 'Content-Type: text/plain', '', body);
    await editor().lensesAre(/^\$\(key\) Own · CI/, /unknown reference/);
    await editor().problems((rows) => rows.some(({ code }) => code === 'unknown-reference'));
    await editor().cursor(6, COLUMN + 4);
    await editor().quickFix('Use TENANT_TOKEN_OWN');
    await editor().lensesAre(/^\$\(key\) Own · CI/, /^\$\(key\) Own · CI/);
    await editor().cursor(7);
    await editor().typeText('X-Id: {{ow');
    await editor().suggestions((items) => items[0]?.label === 'TENANT_TOKEN_OWN');
    await editor().page.keyboard.press('Enter');
    await editor().lensesAre(/Own/, /^\$\(key\) Own .*/);
    assert.match(await editor().page.locator('.editor-group-container.active .view-lines').innerText(), /X-Id:.\{\{\$processEnv/);
  });

  for (const [what, name, content] of [
    ['too large', 'large.http', () => `${request()}\n`.padEnd(TOO_LARGE, `${'x'.repeat(119)}\n`)],
    ['binary', 'binary.http', () => `${request()}\n\0\u0001\u0002\0`],
  ] as const)
    it(`says that VS Code keeps a file that is ${what} from it, and leaves the file alone`, async () => {
      const file = path.join(folder, name);
      const text = content();
      writeFileSync(file, text);
      // It may be shown in no text editor.
      await editor().page.keyboard.press('F1');
      await editor().type(file);
      await editor().quickPick(name);
      await until('the tab', async () => (await editor().tabs()).some((tab) => tab.name === name && tab.active), {
        seen: () => editor().tabs(),
      });
      // The tab comes first; what opens in it takes the focus from the palette.
      const group = editor().page.locator('.editor-group-container.active');
      await group
        .locator(`.monaco-editor-pane-placeholder:visible, .monaco-editor[data-uri$="${name}"]:visible`)
        .first()
        .waitFor();
      await editor().command('Tenant Tokens: Insert Headers');
      await editor().notification(/VS Code does not show this file to extensions/);
      assert.equal(await editor().isDirty(), false);
      assert.ok(readFileSync(file, 'utf8') === text);
    });
});
