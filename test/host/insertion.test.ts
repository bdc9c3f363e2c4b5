import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { assertG } from '../threats/support/canaries.js';
import { until } from '../workbench/workbench.js';
import { mode, useEditor } from './support/editor.js';
import { addToken, TENANTS } from './support/entering.js';
import { seenIn } from './support/leaks.js';
import { startOwnService, tenantOf, type OwnService } from './support/ownService.js';
import { statusesOf } from './support/sending.js';

const IN_FILE = 'Tenant Tokens: Insert Headers in All Requests of File';
const INSERT = 'Tenant Tokens: Insert Headers';
const OPEN_LIMIT_MS = 40_000;
/** Like no other text. */
const SECRET = `EXAMPLE-client-${randomBytes(12).toString('hex')}`;
const ACCESS_TOKEN = `EXAMPLE-access-${randomBytes(12).toString('hex')}`;
const BEARER = 'Authorization: Bearer {token}';
const ACCEPT = /^Accept: application\/json;version=\d+\.\d+$/m;

/** The headers of a style, with the access token and the API version that a text has. */
function headersIn(text: string, template: readonly string[]): string[] {
  const token = /^(?:Authorization: Bearer|Authtoken:|csp-auth-token:|X-Api-Key:) (\S+)$/m.exec(text)?.[1] ?? 'no token';
  const accept = ACCEPT.exec(text)?.[0] ?? 'no version';
  return template.map((line) => line.replace('{token}', token).replace('{accept}', accept));
}

const below = (text: string, headers: readonly string[]): string =>
  text.replaceAll(/^GET .*$/gm, (requestLine) => [requestLine, ...headers].join('\n'));

// What it does to each kind of file: test/host/inside. What it asks: test/commands.
describe(`Insert Headers (${mode})`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tenant-tokens-files-'));
  let own: OwnService;
  const editor = useEditor(async () => {
    own = await startOwnService();
    return { folder, settings: { [TENANTS]: [tenantOf(own, 'own', 'Own')] } };
  });

  before(async () => {
    await editor().openView();
    own.answer = { access_token: ACCESS_TOKEN, token_type: 'Bearer', expires_in: 600 };
    await addToken(editor(), 'Own', 'CI', SECRET);
  });
  after(() => {
    own.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens a file of these lines with the cursor in the first. */
  async function open(name: string, ...lines: readonly string[]): Promise<string> {
    const text = lines.join('\n');
    const file = path.join(folder, name);
    writeFileSync(file, text);
    await editor().openFile(file);
    await editor().cursor(1);
    return text;
  }

  /** The text once something was inserted into a file that had no changes. */
  async function inserted(): Promise<string> {
    await until('something to be inserted', () => editor().isDirty(), { seen: () => editor().notifications() });
    return editor().editorText();
  }

  it('makes each request of the samples of the sandbox answer 200 where it answered 401', async () => {
    const inFile = (label?: string, passcode?: string) => async () => {
      await editor().command(IN_FILE);
      // Nothing is asked where only one token of the sample’s tenant fits.
      if (label !== undefined) await editor().quickPick(label);
      if (passcode === undefined) return;
      await editor().inputMessage(/one-time passcode/);
      await editor().answer(passcode);
    };
    const samples: Record<string, { headers: readonly string[]; insert: () => Promise<void> }> = {
      'cloud-director': { headers: [BEARER, '{accept}'], insert: inFile('Acme') },
      'cloud-director-system': { headers: [BEARER, '{accept}'], insert: inFile() },
      'cloud-services': { headers: ['csp-auth-token: {token}'], insert: inFile('Cloud org') },
      'cloud-services-mfa': { headers: ['csp-auth-token: {token}'], insert: inFile('Guarded org', '123456') },
      'aria-automation': { headers: [BEARER], insert: inFile() },
      commvault: { headers: ['Authtoken: {token}'], insert: inFile('Backup') },
      'identity-services': { headers: [BEARER], insert: inFile('Broker') },
      'bright-pattern': { headers: [BEARER], insert: inFile() },
      oauth2: { headers: [BEARER], insert: inFile() },
      'oauth2-client': { headers: ['X-Api-Key: {token}'], insert: inFile() },
    };
    await editor().command('Tenant Tokens: Start Sandbox');
    await editor().activeEditor('sandbox-cloud-director.http');
    await editor().notificationButton(/^The sandbox runs on this machine/, 'Open Samples');
    const areOpen = async () =>
      (await editor().tabs()).filter(({ name }) => name.startsWith('sandbox-')).length === Object.keys(samples).length;
    await until('the samples to open', areOpen, { limit: OPEN_LIMIT_MS, seen: () => editor().tabs() });
    for (const [tenant, { headers, insert }] of Object.entries(samples)) {
      await editor().openFile(`sandbox-${tenant}.http`);
      const before = await editor().editorText();
      const requests = before.match(/^GET /gm) ?? [];
      const refused = requests.map(() => 401);
      assert.deepEqual(await statusesOf(before), refused, tenant);
      await insert();
      const after = await inserted();
      assert.equal(after, below(before, headersIn(after, headers)));
      const answered = requests.map(() => 200);
      assert.deepEqual(await statusesOf(after), answered, tenant);
      await editor().undo();
      assert.equal(await editor().editorText(), before);
    }
  });

  it('sends nothing to a host that is not the tenant’s by a key that leaves the question', async () => {
    own.answer = { access_token: ACCESS_TOKEN, token_type: 'Bearer', expires_in: 600 };
    const insertByRow = () => editor().inlineAction(['Own', 'CI'], 'Insert Headers');
    for (const key of ['Escape', 'Enter']) {
      const text = await open(`${key}.http`, 'GET http://127.0.0.1:9/elsewhere');
      await insertByRow();
      const { message, detail } = await editor().dialog();
      assert.match(message, /Send the access token of Own to another host\?/);
      assert.match(detail, /127\.0\.0\.1:9\./);
      assert.ok(detail.includes(new URL(own.origin).host), detail);
      await editor().page.keyboard.press(key);
      await editor().page.locator('.monaco-dialog-box').waitFor({ state: 'detached' });
      assert.equal(await editor().isDirty(), false, `${key} has inserted`);
      assert.equal(await editor().editorText(), text);
    }
    const canaries = [SECRET, ACCESS_TOKEN].map((value, index) => ({ name: `secret ${index}`, value }));
    assertG(canaries, await seenIn(editor()));
    await insertByRow();
    await editor().dialogButton('Insert Anyway');
    assert.ok((await inserted()).includes(`\nAuthorization: Bearer ${ACCESS_TOKEN}`));
  });

  it('is offered by the title and the context menu of .http files, and not of others', async () => {
    own.answer = { access_token: ACCESS_TOKEN, token_type: 'Bearer', expires_in: 600 };
    const active = editor().page.locator('.editor-group-container.active');
    const button = active.locator('.editor-actions').getByRole('button', { name: 'Insert Headers' });
    const items = async () => {
      await active
        .locator('.view-line')
        .first()
        .click({ button: 'right', position: { x: 5, y: 5 } });
      const menu = editor().page.locator('.monaco-menu .action-menu-item .action-label');
      await menu.first().waitFor();
      const labels = await menu.allTextContents();
      await editor().page.keyboard.press('Escape');
      await menu.first().waitFor({ state: 'hidden' });
      return labels.filter((label) => label.includes('Insert Headers'));
    };
    await open('menus.txt', `GET ${own.origin}/api`);
    await button.waitFor({ state: 'hidden' });
    assert.deepEqual(await items(), []);
    await open('menus.http', `GET ${own.origin}/api`);
    await button.waitFor();
    assert.deepEqual(await items(), ['Insert Headers', 'Insert Headers in All Requests of File']);
    await button.click();
    assert.equal(await inserted(), [`GET ${own.origin}/api`, `Authorization: Bearer ${ACCESS_TOKEN}`].join('\n'));
  });

  it('can be cancelled while the service is silent, and lands in the request that it was asked for when it answers', async () => {
    const request = `GET ${own.origin}/api`;
    /** It expires at once, so that each insertion exchanges. */
    const token = { access_token: 'EXAMPLE-short-lived', token_type: 'Bearer', expires_in: 1 };
    const silence = (): (() => void) => {
      const { promise, resolve } = Promise.withResolvers<unknown>();
      own.answer = promise;
      return () => resolve(token);
    };
    const insertAndWait = async (): Promise<void> => {
      const before = own.requests.length;
      await editor().command(INSERT);
      await until('the exchange', () => own.requests.length > before, { seen: () => editor().notifications() });
    };
    own.answer = token;
    await editor().inlineAction(['Own', 'CI'], 'Get Access Token (Exchange, Refresh)');
    const isExpired = async () => /expired/.test((await editor().row(['Own', 'CI'])).description);
    await until('the access token to expire', isExpired, { seen: () => editor().rows() });

    const text = await open('cancel.http', request);
    const answer = silence();
    await insertAndWait();
    await editor().notificationButton(/Exchanging the API token “CI” of Own/, 'Cancel');
    await until('the progress to end', async () => (await editor().notifications()).length === 0);
    answer();
    // The exchange goes on without its caller, and its result is kept.
    const isKept = async () => /left|expired/.test((await editor().row(['Own', 'CI'])).description);
    await until('the exchange to end', isKept, { seen: () => editor().rows() });
    assert.equal(await editor().isDirty(), false);
    assert.equal(await editor().editorText(), text);

    await until('the access token to expire', isExpired, { seen: () => editor().rows() });
    await open('edited.http', request, '', '###', request, '');
    const answerLate = silence();
    await insertAndWait();
    await editor().focusEditor();
    await editor().typeText('# a note\n');
    await editor().cursor(5);
    answerLate();
    const lines = editor().page.locator('.editor-group-container.active .view-lines');
    await until('the headers', async () => (await lines.innerText()).includes('EXAMPLE-short-lived'), {
      seen: () => lines.innerText(),
    });
    const expected = ['# a note', request, 'Authorization: Bearer EXAMPLE-short-lived', '', '###', request, ''];
    assert.equal(await editor().editorText(), expected.join('\n'));
  });
});
