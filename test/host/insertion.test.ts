import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.js';
import { assertG } from '../threats/support/canaries.js';
import { until } from '../workbench/workbench.js';
import { mode, useEditor } from './support/editor.js';
import { addToken, entryOf, secretOf, TENANTS } from './support/entering.js';
import { seenIn } from './support/leaks.js';
import { startOwnService, tenantOf, type OwnService } from './support/ownService.js';
import { statusesOf } from './support/sending.js';

const IN_FILE = 'Tenant Tokens: Insert Headers in All Requests of File';
const INSERT = 'Tenant Tokens: Insert Headers';
const SAMPLES = 9;
const OPEN_LIMIT_MS = 40_000;
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

describe(`Insert Headers in the samples of the sandbox (${mode})`, () => {
  const editor = useEditor();
  const texts: { before: string; after: string }[] = [];

  before(async () => {
    await editor().openView();
    await editor().command('Tenant Tokens: Start Sandbox');
    const areOpen = async () => (await editor().tabs()).filter(({ name }) => name.startsWith('sandbox-')).length === SAMPLES;
    await until('the samples to open', areOpen, { limit: OPEN_LIMIT_MS, seen: () => editor().tabs() });
    await editor().activeEditor('sandbox-cloud-director.http');
  });

  /** Opens a sample, inserts in the given way, and holds the text to the headers that are expected in each request. */
  const sample = (tenant: string, headers: readonly string[], insert: () => Promise<void>) => {
    it(`${tenant}: ${headers.join(', ')}`, async () => {
      await editor().openFile(`sandbox-${tenant}.http`);
      const before = await editor().editorText();
      await insert();
      await until('the headers', () => editor().isDirty());
      const after = await editor().editorText();
      assert.equal(after, below(before, headersIn(after, headers)));
      texts.push({ before, after });
    });
  };
  const byPalette = (label: string) => async () => {
    await editor().command(IN_FILE);
    await editor().quickPick(label);
  };
  const byRow = (tenant: string, token: string) => () =>
    editor().contextMenu([tenant, token], 'Insert Headers in All Requests of File');

  sample('cloud-director', [BEARER, '{accept}'], byPalette('Acme'));
  sample('cloud-director-system', [BEARER, '{accept}'], byRow('Provider', 'Operator'));
  sample('cloud-services', ['csp-auth-token: {token}'], byPalette('Cloud org'));
  sample('cloud-services-mfa', ['csp-auth-token: {token}'], async () => {
    await byRow('Guarded org', 'Laptop (passcode 123456)')();
    await editor().answer('123456');
  });
  sample('commvault', ['Authtoken: {token}'], byPalette('Backup'));
  sample('identity-services', [BEARER], byPalette('Broker'));
  // The only token that fits is not asked for.
  sample('bright-pattern', [BEARER], () => editor().command(IN_FILE));
  sample('oauth2', [BEARER], byPalette('Billing API'));
  sample('oauth2-client', ['X-Api-Key: {token}'], byRow('Metering API', 'Metering'));

  it('makes each request answer 200 where it answered 401', async () => {
    assert.equal(texts.length, SAMPLES);
    for (const { before, after } of texts) {
      const requests = before.match(/^GET /gm) ?? [];
      assert.deepEqual(
        await statusesOf(before),
        requests.map(() => 401),
      );
      assert.deepEqual(
        await statusesOf(after),
        requests.map(() => 200),
      );
    }
  });
});

describe(`Insert Headers (${mode})`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tenant-tokens-files-'));
  let sandbox: Sandbox;
  let slow: OwnService;
  let director: string;
  let billing: string;
  const editor = useEditor(async () => {
    sandbox = await startSandbox();
    slow = await startOwnService();
    director = sandbox.services['cloud-director'].origin;
    billing = sandbox.services.oauth2.origin;
    const tenants = [
      entryOf(sandbox, 'sandbox-cloud-director', { id: 'acme' }),
      entryOf(sandbox, 'sandbox-oauth2', { id: 'billing' }),
      entryOf(sandbox, 'sandbox-oauth2-client', { id: 'metering' }),
      tenantOf(slow, 'slow', 'Slow'),
    ];
    return { folder, settings: { [TENANTS]: tenants, 'files.readonlyInclude': { '**/locked.http': true } } };
  });

  before(async () => {
    await editor().openView();
    await addToken(editor(), 'Acme', 'Ada', ...secretOf(sandbox, 'sandbox-cloud-director'));
    await addToken(editor(), 'Billing API', 'Ada', ...secretOf(sandbox, 'sandbox-oauth2'));
    await addToken(editor(), 'Metering API', 'CI', ...secretOf(sandbox, 'sandbox-oauth2-client'));
    await addToken(editor(), 'Slow', 'CI', 'EXAMPLE-client-secret');
  });
  after(async () => {
    slow.close();
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  // What a failed test leaves open would make the others fail too.
  beforeEach(async () => {
    for (const left of ['.monaco-dialog-box', '.quick-input-widget'])
      while (await editor().page.locator(left).isVisible()) await editor().page.keyboard.press('Escape');
  });

  const onDisk = (name: string): string => readFileSync(path.join(folder, name), 'utf8');

  /** Opens a file of these lines with the cursor in one of them. */
  async function open(name: string, lines: readonly string[], line = 1, eol = '\n'): Promise<string> {
    const text = lines.join(eol);
    const file = path.join(folder, name);
    writeFileSync(file, text);
    await editor().openFile(file);
    await editor().cursor(line);
    return text;
  }

  /** The text once something was inserted into a file that had no changes. */
  async function inserted(): Promise<string> {
    await until('something to be inserted', () => editor().isDirty(), { seen: () => editor().notifications() });
    return editor().editorText();
  }

  /** Waits for a text on the screen. To select the whole text before it is there would move the cursor that it depends on. */
  async function shows(isSo: (text: string) => boolean): Promise<void> {
    const lines = editor().page.locator('.editor-group-container.active .view-lines');
    await until('the text', async () => isSo(await lines.innerText()), { seen: () => lines.innerText() });
  }

  /** Nothing was inserted, and there is nothing to save. */
  async function assertUntouched(text: string): Promise<void> {
    assert.equal(await editor().isDirty(), false);
    assert.equal(await editor().editorText(), text);
  }

  const session = (): string => `GET ${director}/cloudapi/1.0.0/sessions/current`;
  const tokenIn = (text: string): string => /Bearer (\S+)/.exec(text)?.[1] ?? assert.fail(`no token in ${text}`);

  it('sets the headers of the request at the cursor, replaces old ones in place, and is one undo step', async () => {
    const text = await open('one.http', ['### first', session(), '', '### second', session(), 'X-Id: 1', '', ''], 5);
    await editor().command(INSERT);
    const first = await inserted();
    const accept = ACCEPT.exec(first)?.[0] ?? '';
    const withToken = (token: string) => text.replace('X-Id: 1', `Authorization: Bearer ${token}\n${accept}\nX-Id: 1`);
    assert.equal(first, withToken(tokenIn(first)));
    assert.deepEqual(await statusesOf(first), [401, 200]);

    await editor().command('Tenant Tokens: Exchange');
    await editor().quickPick('Acme');
    await editor().statusBar(/Acme: new access token/);
    await editor().command(INSERT);
    await shows((text) => text.includes('Authorization') && !text.includes(tokenIn(first)));
    const second = await editor().editorText();
    assert.equal(second, withToken(tokenIn(second)));
    await editor().undo();
    assert.equal(await editor().editorText(), first);
    await editor().undo();
    await assertUntouched(text);
  });

  it('sets the headers of the requests at several cursors, in one undo step', async () => {
    const text = await open('several.http', [session(), '', '###', '', session(), '', '###', '', `${session()}?x=1`, '']);
    await editor().cursors(1, 9);
    await editor().command(INSERT);
    assert.deepEqual(await statusesOf(await inserted()), [200, 401, 200]);
    await editor().undo();
    await assertUntouched(text);
  });

  it('follows the variables of the host', async () => {
    await open('variable.http', [`@base = ${director}`, '', 'GET {{base}}/cloudapi/1.0.0/sessions/current'], 3);
    await editor().command(INSERT);
    assert.deepEqual(await statusesOf(await inserted()), [200]);
  });

  it('asks which token where several may go to the host', async () => {
    await open('choice.http', [`GET ${billing}/api/meters`]);
    await editor().command(INSERT);
    await editor().prompt();
    const labels = (await editor().quickPickItems()).map(({ label }) => label);
    assert.deepEqual(labels, ['Billing API', 'Metering API']);
    await editor().quickPick('Metering API');
    assert.deepEqual(await statusesOf(await inserted()), [200]);
  });

  it('asks before a token goes to a host that is not its tenant’s, or that is not known', async () => {
    const elsewhere = ['GET http://127.0.0.1:9/elsewhere'];
    const text = await open('foreign.http', elsewhere);
    await editor().command(INSERT);
    await editor().quickPick('Acme');
    const { message, detail } = await editor().dialog();
    assert.match(message, /Send the access token of Acme to another host\?/);
    assert.match(detail, /127\.0\.0\.1:9\./);
    assert.ok(detail.includes(new URL(director).host), detail);
    await editor().dialogButton('Cancel');
    await assertUntouched(text);

    const unknown = await open('unknown.http', ['GET {{host}}/elsewhere']);
    await editor().command(INSERT);
    await editor().quickPick('Acme');
    assert.match((await editor().dialog()).detail, /^The request goes to \{\{host\}\}/);
    // What leaves a question open says no.
    await editor().page.keyboard.press('Escape');
    await assertUntouched(unknown);
    const canaries = secretOf(sandbox, 'sandbox-cloud-director').map((value) => ({ name: 'the API token', value }));
    assertG(canaries, await seenIn(editor()));

    await editor().openFile(path.join(folder, 'foreign.http'));
    await editor().cursor(1);
    await editor().command(INSERT);
    await editor().quickPick('Acme');
    await editor().dialogButton('Insert Anyway');
    assert.match(await inserted(), /Authorization: Bearer /);
    assert.equal((editor().settings()[TENANTS] as { hosts?: string[] }[])[0]?.hosts, undefined);

    await open('always.http', elsewhere);
    await editor().command(INSERT);
    await editor().quickPick('Acme');
    await editor().dialogButton('Always Allow');
    await inserted();
    assert.deepEqual((editor().settings()[TENANTS] as { hosts?: string[] }[])[0]?.hosts, ['127.0.0.1:9']);

    await open('unasked.http', elsewhere);
    await editor().command(INSERT);
    assert.match(await inserted(), /Authorization: Bearer /);
  });

  it('asks before it takes another credential away', async () => {
    const text = await open('beside.http', [session(), 'Authtoken: mine']);
    await editor().command(INSERT);
    assert.match((await editor().dialog()).detail, /Line 2: Authtoken, another credential, is removed/);
    await editor().dialogButton('Cancel');
    await assertUntouched(text);
    await editor().command(INSERT);
    await editor().dialogButton('Replace');
    const after = await inserted();
    assert.equal(/Authtoken/.test(after), false);
    assert.deepEqual(await statusesOf(after), [200]);
  });

  it('asks before it overwrites a login of another kind', async () => {
    const text = await open('basic.http', [session(), 'authorization: Basic user pass']);
    await editor().command(INSERT);
    assert.match((await editor().dialog()).detail, /Line 2: authorization has credentials of another kind/);
    await editor().dialogButton('Cancel');
    await assertUntouched(text);
    await editor().command(INSERT);
    await editor().dialogButton('Replace');
    assert.match(await inserted(), /^authorization: Bearer \S+$/m);
  });

  it('updates the definition of a variable, or replaces the reference to it', async () => {
    const lines = ['@token = old', '', session(), 'Authorization: Bearer {{token}}'];
    await open('definition.http', lines, 3);
    await editor().command(INSERT);
    assert.match((await editor().dialog()).detail, /Line 4: Authorization refers to a variable of yours, defined in line 1/);
    await editor().dialogButton('Update the Definition');
    const updated = await inserted();
    assert.match(updated, /^@token = [\w.-]{40,}$/m);
    assert.match(updated, /^Authorization: Bearer \{\{token\}\}$/m);
    assert.deepEqual(await statusesOf(updated), [200]);

    await open('reference.http', lines, 3);
    await editor().command(INSERT);
    await editor().dialogButton('Replace');
    const replaced = await inserted();
    assert.match(replaced, /^@token = old$/m);
    assert.match(replaced, /^Authorization: Bearer [\w.-]{40,}$/m);
  });

  it('leaves an Accept header that names a version', async () => {
    await open('accept.http', [session(), 'Accept: application/*+xml;version=38.0']);
    await editor().command(INSERT);
    const after = await inserted();
    assert.deepEqual(after.match(/^Accept: .*$/gm), ['Accept: application/*+xml;version=38.0']);
  });

  it('keeps CRLF', async () => {
    await open('crlf.http', [session(), 'X-Id: 1', '', 'body', ''], 1, '\r\n');
    await editor().command(INSERT);
    await inserted();
    await editor().save();
    const saved = onDisk('crlf.http');
    assert.equal(saved.match(/\r\n/g)?.length, 6);
    assert.equal(saved.match(/\n/g)?.length, 6);
  });

  it('finds the request of a Markdown fence', async () => {
    await open('notes.md', ['# Notes', '', '```http', session(), '```', '', 'Authorization of users'], 4);
    await editor().command(INSERT);
    const lines = (await inserted()).split('\n');
    assert.match(lines[4] ?? '', /^Authorization: Bearer /);
    assert.match(lines[5] ?? '', ACCEPT);
    assert.equal(lines[6], '```');
  });

  it('works in a document that has no file yet', async () => {
    await editor().command('File: New Untitled Text File');
    await editor().activeEditor('Untitled-1');
    await editor().focusEditor();
    await editor().pasteText(session());
    await editor().command(INSERT);
    await shows((text) => text.includes('Authorization'));
    assert.deepEqual(await statusesOf(await editor().editorText()), [200]);
  });

  it('copies the headers where the document is read-only', async () => {
    const text = await open('locked.http', [session()]);
    await editor().command(INSERT);
    await editor().notificationButton(/This document cannot be edited/, 'Copy Headers');
    // For the tenant that was to be inserted, without asking for it again.
    const copied = await until('the copied headers', async () => {
      const clipboard = await editor().clipboard();
      return clipboard.startsWith('Authorization: Bearer ') && clipboard;
    });
    assert.match(copied, ACCEPT);
    await assertUntouched(text);
  });

  it('says what to do where there is no request', async () => {
    const text = await open('empty.http', ['# no request', '']);
    await editor().command(INSERT);
    await editor().notification(/There is no request at the cursor/);
    await assertUntouched(text);
    const plain = await open('plain.txt', [session()]);
    await editor().command(INSERT);
    await editor().notification(/Open a \.http or \.rest file/);
    await assertUntouched(plain);
    await editor().clearNotifications();
  });

  it('is offered by the title and the context menu of .http files only', async () => {
    const page = editor().page;
    const button = page.locator('.editor-group-container.active .editor-actions').getByRole('button', { name: 'Insert Headers' });
    const items = async () => {
      await page.locator('.editor-group-container.active .view-lines').click({ button: 'right', position: { x: 5, y: 5 } });
      const menu = page.locator('.monaco-menu .action-menu-item .action-label');
      await menu.first().waitFor();
      const labels = await menu.allTextContents();
      await page.keyboard.press('Escape');
      await menu.first().waitFor({ state: 'hidden' });
      return labels.filter((label) => label.includes('Insert Headers'));
    };
    await open('menus.txt', [session()]);
    await button.waitFor({ state: 'hidden' });
    assert.deepEqual(await items(), []);
    await open('menus.http', [session()]);
    await button.waitFor();
    assert.deepEqual(await items(), ['Insert Headers', 'Insert Headers in All Requests of File']);
    await button.click();
    assert.deepEqual(await statusesOf(await inserted()), [200]);
  });

  describe('while the service is silent', () => {
    const request = (): string => `GET ${slow.origin}/api`;
    /** Each access token has run out at once, so that each insertion is an exchange. */
    const token = { access_token: 'EXAMPLE-access', token_type: 'Bearer', expires_in: 1 };
    let release: () => void;

    beforeEach(() => {
      slow.answer = new Promise((resolve) => {
        release = () => {
          slow.answer = token;
          resolve(token);
        };
      });
    });
    afterEach(() => release());

    async function insertAndWait(): Promise<void> {
      const before = slow.requests.length;
      await editor().command(INSERT);
      await until('the exchange', () => slow.requests.length > before);
    }

    it('can be cancelled', async () => {
      const text = await open('cancel.http', [request()]);
      await insertAndWait();
      await editor().notificationButton(/Exchanging the API token “CI” of Slow/, 'Cancel');
      await until('the progress to end', async () => (await editor().notifications()).length === 0);
      release();
      // The exchange goes on without its caller, and its result is kept.
      await until('the exchange to end', async () => /left|expired/.test((await editor().row(['Slow', 'CI'])).description));
      await assertUntouched(text);
    });

    it('lets the file be edited and the cursor be moved: the headers land in the request that they were asked for', async () => {
      await open('edited.http', [request(), '', '###', request(), '']);
      await insertAndWait();
      await editor().focusEditor();
      await editor().typeText('# a note\n');
      await editor().cursor(5);
      release();
      await shows((text) => text.includes('EXAMPLE-access'));
      const expected = ['# a note', request(), 'Authorization: Bearer EXAMPLE-access', '', '###', request(), ''];
      assert.equal(await editor().editorText(), expected.join('\n'));
    });

    it('inserts nothing where the request is gone', async () => {
      await open('gone.http', ['# a note', request(), '', '###', request(), ''], 2);
      await insertAndWait();
      await editor().focusEditor();
      await editor().page.keyboard.press('Home');
      await editor().page.keyboard.press('Shift+End');
      await editor().page.keyboard.press('Delete');
      release();
      await editor().notification(/so nothing was inserted/);
      assert.equal(await editor().editorText(), ['# a note', '', '', '###', request(), ''].join('\n'));
      await editor().clearNotifications();
    });

    it('lets the editor be left: nothing is inserted anywhere', async () => {
      const text = await open('left.http', [request()]);
      await insertAndWait();
      const other = await open('other.http', [request()]);
      release();
      await editor().notification(/so nothing was inserted/);
      await assertUntouched(other);
      await editor().openFile(path.join(folder, 'left.http'));
      await assertUntouched(text);
      await editor().clearNotifications();
    });
  });
});
