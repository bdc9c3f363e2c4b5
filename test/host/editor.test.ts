import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.js';
import { assertG } from '../threats/support/canaries.js';
import { until } from '../workbench/workbench.js';
import { mode, useEditor } from './support/editor.js';
import { addToken, entryOf, secretOf, TENANTS } from './support/entering.js';
import { startOwnService, tenantOf, type OwnService } from './support/ownService.js';

const ACME = 'Authorization: Bearer {{$processEnv TENANT_TOKEN_ACME}}';
const NOBODY = 'Authorization: Bearer {{$processEnv TENANT_TOKEN_NOBODY}}';
const OWN = 'Authorization: Bearer {{$processEnv TENANT_TOKEN_OWN}}';
/** Where a reference begins in these lines. */
const COLUMN = ACME.indexOf('{{') + 1;
const BIG_FILE_BYTES = 10 * 2 ** 20;

function jwt(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return [part({ alg: 'none' }), part(claims), 'EXAMPLE-signature'].join('.');
}

describe(`The editor (${mode})`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tenant-tokens-editor-'));
  let sandbox: Sandbox;
  let own: OwnService;
  let session: string;
  const editor = useEditor(async () => {
    sandbox = await startSandbox();
    own = await startOwnService();
    execFileSync('git', ['init', '--quiet', path.join(folder, 'repository')]);
    writeFileSync(path.join(folder, 'repository/.gitignore'), 'ignored.http\n');
    session = `GET ${sandbox.services['cloud-director'].origin}/cloudapi/1.0.0/sessions/current`;
    const tenants = [
      entryOf(sandbox, 'sandbox-cloud-director', { id: 'acme' }),
      entryOf(sandbox, 'sandbox-oauth2', { id: 'billing' }),
      tenantOf(own, 'own', 'Own'),
    ];
    return { folder, settings: { [TENANTS]: tenants, 'workbench.editorLargeFileConfirmation': 100, 'git.enabled': true } };
  });

  before(async () => {
    await editor().openView();
    await addToken(editor(), 'Acme', 'Ada', ...secretOf(sandbox, 'sandbox-cloud-director'));
    await addToken(editor(), 'Billing API', 'Ada', ...secretOf(sandbox, 'sandbox-oauth2'));
    await addToken(editor(), 'Own', 'CI', 'EXAMPLE-client-secret');
  });
  after(async () => {
    own.close();
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  // What a test leaves open would be among the problems of the next.
  beforeEach(async () => {
    await editor().clearNotifications();
    if ((await editor().tabs()).length > 0) await editor().closeEditors();
  });

  /** Opens a file of these lines. */
  async function open(name: string, ...lines: readonly string[]): Promise<string> {
    const text = lines.join('\n');
    const file = path.join(folder, name);
    writeFileSync(file, text);
    await editor().openFile(file);
    return text;
  }

  /** Waits for the problems, as `severity code line:column`. */
  async function problemsAre(...wanted: readonly string[]): Promise<void> {
    const shown = (rows: readonly { severity: string; code: string; place: string }[]): string[] =>
      rows.map(({ severity, code, place }) => `${severity} ${code} ${/(\d+), Col (\d+)/.exec(place)?.slice(1).join(':')}`).sort();
    const expected = JSON.stringify([...wanted].sort());
    await editor().problems((rows) => JSON.stringify(shown(rows)) === expected);
  }

  async function exchange(tenant: string): Promise<void> {
    await editor().command('Tenant Tokens: Exchange');
    await editor().quickPick(tenant);
  }

  const ownRequest = (): string => `GET ${own.origin}/api`;

  /** Puts an access token of the own service into the request of a new file, and gives it. */
  async function insertOwn(name: string, seconds: number): Promise<string> {
    const token = `EXAMPLE-access-token-${name}`;
    own.answer = { access_token: token, token_type: 'Bearer', expires_in: seconds };
    await exchange('Own');
    await open(name, ownRequest(), `Authorization: Bearer ${token}`, '');
    return token;
  }

  describe('shows lenses', () => {
    it('above each request with a reference, and exchanges', async () => {
      await open('lenses.http', '@x = 1', session, ACME, '', '###', session, '', '###', session, NOBODY, '');
      await editor().lensesAre(
        '$(key) Acme · Ada — not exchanged yet | Exchange',
        '$(question) TENANT_TOKEN_NOBODY — unknown reference',
      );
      const [first, second] = await editor().lenses();
      assert.deepEqual(
        [first, second].map((line) => line?.map(({ active }) => active)),
        [[true, true], [false]],
      );
      await editor().clickLens(/^Exchange$/);
      await editor().lensesAre(/^\$\(key\) Acme · Ada — \d+m left$/, /unknown reference$/);
    });

    it('in the fences of Markdown only, and in .rest files', async () => {
      await open('notes.md', '# Notes', '', ACME, '', '```http', session, ACME, '```', '');
      await editor().lensesAre(/^\$\(key\) Acme · Ada/);
      await open('one.rest', session, ACME);
      await editor().lensesAre(/^\$\(key\) Acme · Ada/);
    });

    it('that go when the reference does', async () => {
      await open('gone.http', session, ACME);
      await editor().lensesAre(/Acme/);
      await editor().cursor(2);
      await editor().page.keyboard.press('Control+Shift+K');
      await editor().lensesAre();
    });

    it('of a token that ran out, and of one whose API token needs a person', async () => {
      await insertOwn('ran-out.http', 1);
      await editor().lensesAre('$(key) Own · CI — expired | Update Header');
      own.answer = {};
      await exchange('Own');
      await editor().notification(/without a usable access token/);
      await open('attention.http', ownRequest(), OWN);
      await editor().lensesAre(/^\$\(error\) Own · CI — exchange failed \| Edit Tenant$/);
    });
  });

  describe('tells in a hover', () => {
    it('whose token a reference is, who for and how long, and never the token', async () => {
      await exchange('Acme');
      await editor().statusBar(/Acme: new access token/);
      await open('hover.http', session, ACME);
      for (const column of [1, COLUMN + 4]) {
        const text = await editor().hover(2, column, /Acme · Ada/);
        assert.match(text, /VMware Cloud Director · TENANT_TOKEN_ACME/);
        assert.match(text, /\d+m left/);
        assert.match(text, /Expires: .+ \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\)/);
        assert.match(text, /User: \S+/);
        assert.match(text, /Organization: acme/i);
        assert.match(text, /Exchange.*Copy Headers/);
        assert.equal(/eyJ/.test(await editor().html()), false);
        await editor().page.keyboard.press('Escape');
      }
    });

    it('what a service says without letting it do anything', async () => {
      const sub = '[a](command:workbench.action.quit) <img src=x> ![b](https://evil.example)';
      const name = '<a href="command:workbench.action.quit">x</a> https://evil.example $(key)';
      own.answer = { access_token: jwt({ sub, name }), token_type: 'Bearer', expires_in: 600 };
      await exchange('Own');
      await editor().statusBar(/Own: new access token/);
      await open('hostile.http', ownRequest(), OWN);
      const text = await editor().hover(2, COLUMN + 4, /Own · CI/);
      assert.ok(text.includes(`User: ${name}, ${sub}`), text);
      const links = await editor().page.evaluate<string[]>(
        "[...document.querySelectorAll('.monaco-hover .rendered-markdown a')].map((link) => link.dataset.href.replace(/\\?.*/, ''))",
      );
      assert.deepEqual(links, ['command:tenantTokens.exchange', 'command:tenantTokens.copyHeaders']);
      assert.equal(await editor().page.locator('.monaco-hover img').count(), 0);
    });

    it('what is wrong with a reference', async () => {
      await open('nobody.http', session, NOBODY);
      await editor().hover(2, COLUMN + 4, /unknown-reference.*\n.*No API token has the reference TENANT_TOKEN_NOBODY/);
    });
  });

  describe('completes', () => {
    const accept = async (label: string): Promise<string> => {
      const rows = editor().page.locator('.suggest-widget .monaco-list-row');
      await rows.filter({ hasText: label }).first().click();
      await editor().page.locator('.suggest-widget').waitFor({ state: 'hidden' });
      return editor().editorText();
    };

    it('references inside braces, those of the request’s tenant first', async () => {
      await open('braces.http', ownRequest(), 'X-Id: ', '');
      await editor().cursor(2, 7);
      await editor().typeText('{{');
      const items = await editor().suggestions();
      assert.deepEqual(
        items.map(({ label, description }) => [label, description]),
        [
          ['TENANT_TOKEN_OWN', 'Own · CI'],
          ['TENANT_TOKEN_ACME', 'Acme · Ada'],
          ['TENANT_TOKEN_BILLING', 'Billing API · Ada'],
        ],
      );
      await editor().typeText('acm');
      await editor().suggestions((shown) => shown[0]?.label === 'TENANT_TOKEN_ACME');
      assert.equal(await accept('TENANT_TOKEN_ACME'), [ownRequest(), 'X-Id: {{$processEnv TENANT_TOKEN_ACME}}', ''].join('\n'));
    });

    it('the whole value of a header', async () => {
      await open('value.http', session, 'Authorization', '');
      await editor().cursor(2, 14);
      await editor().typeText(':');
      await editor().suggestions((items) => items[0]?.description === 'Acme · Ada');
      assert.equal(await accept('Bearer TENANT_TOKEN_ACME'), [session, ACME, ''].join('\n'));
    });
  });

  describe('tells of problems', () => {
    it('with references', async () => {
      const lines = [
        session,
        ACME,
        '',
        '###',
        session,
        NOBODY,
        '',
        '###',
        'GET https://elsewhere.example',
        ACME,
        '',
        '###',
        'GET {{base}}/x',
        ACME,
      ];
      await open('problems.http', ...lines);
      await problemsAre(
        `warning not-resolved 2:${COLUMN}`,
        `error unknown-reference 6:${COLUMN}`,
        `warning not-resolved 10:${COLUMN}`,
        `warning foreign-host 10:${COLUMN}`,
        `warning not-resolved 14:${COLUMN}`,
        `info foreign-host 14:${COLUMN}`,
      );
      await editor().closeEditors();
      await problemsAre();
    });

    it('with an API token that needs a person', async () => {
      own.answer = {};
      await exchange('Own');
      await editor().notification(/without a usable access token/);
      await open('person.http', ownRequest(), OWN);
      await problemsAre(`warning attention 2:${COLUMN}`);
    });

    it('with a token at the moment at which it runs out, and as it is typed', async () => {
      const literal = jwt({ exp: Math.ceil(Date.now() / 1000) + 4 });
      await open('expiry.http', session, `Authorization: Bearer ${literal}`, '');
      await problemsAre();
      await problemsAre(`warning expired-literal 2:${COLUMN}`);
      await editor().cursor(2);
      await editor().typeText('# ');
      await problemsAre();
    });

    // In which files git keeps: test/editor/git.test.ts, and what is staged or committed: test/host/hygiene.test.ts.
    it('with a token in a file that git keeps', async () => {
      const literal = jwt({ sub: 'EXAMPLE' });
      const lines = [session, `Authorization: Bearer ${literal}`, ''];
      await open('repository/kept.http', ...lines);
      await problemsAre(`warning literal-in-git 2:${COLUMN}`);
      await editor().closeEditors();
      await open('repository/ignored.http', ...lines, '###', session, NOBODY);
      await problemsAre(`error unknown-reference 6:${COLUMN}`);
      const shown = JSON.stringify(await editor().problems(() => true));
      assertG([{ name: 'the token', value: literal }], { shown, 'the notifications': await editor().notifications() });
    });
  });

  describe('fixes', () => {
    it('an unknown reference by one that fits, in one undo step', async () => {
      const text = await open('fix.http', session, NOBODY, '');
      await problemsAre(`error unknown-reference 2:${COLUMN}`);
      await editor().cursor(2, COLUMN + 4);
      assert.deepEqual(await editor().quickFixes(), [
        'Use TENANT_TOKEN_ACME',
        'Choose Tenant…',
        'Dismiss unknown-reference for This File',
      ]);
      await editor().page.keyboard.press('Escape');
      await editor().quickFix('Use TENANT_TOKEN_ACME');
      assert.equal(await editor().editorText(), text.replace('NOBODY', 'ACME'));
      await problemsAre(`warning not-resolved 2:${COLUMN}`);
      await editor().undo();
      assert.equal(await editor().editorText(), text);
      assert.equal(await editor().isDirty(), false);
    });

    it('a reference at a host of another tenant by one of that tenant, before the host is allowed', async () => {
      const text = await open('wrong.http', ownRequest(), ACME, '');
      await problemsAre(`warning not-resolved 2:${COLUMN}`, `warning foreign-host 2:${COLUMN}`);
      await editor().cursor(2, COLUMN + 4);
      const fixes = (await editor().quickFixes()).filter((title) => /^Use|^Choose|^Allow/.test(title));
      assert.deepEqual(fixes, ['Use TENANT_TOKEN_OWN', 'Choose Tenant…', 'Allow This Host…']);
      await editor().page.keyboard.press('Escape');
      await editor().quickFix('Use TENANT_TOKEN_OWN');
      assert.equal(await editor().editorText(), text.replace('_ACME', '_OWN'));
    });

    it('a token by its reference, in one undo step', async () => {
      const token = await insertOwn('literal.http', 600);
      const text = await editor().editorText();
      await editor().cursor(2, COLUMN + 4);
      await editor().quickFix('Replace by Reference TENANT_TOKEN_OWN');
      assert.equal(await editor().editorText(), text.replace(token, '{{$processEnv TENANT_TOKEN_OWN}}'));
      await editor().undo();
      assert.equal(await editor().editorText(), text);
    });

    it('a token that ran out by a new one', async () => {
      await insertOwn('update.http', 1);
      await problemsAre(`warning expired-literal 2:${COLUMN}`);
      await editor().cursor(2, COLUMN + 4);
      assert.deepEqual(await editor().quickFixes(), [
        'Replace by Reference TENANT_TOKEN_OWN',
        'Update Header',
        'Dismiss expired-literal for This File',
      ]);
      await editor().page.keyboard.press('Escape');
      own.answer = { access_token: 'EXAMPLE-the-new-access-token', token_type: 'Bearer', expires_in: 600 };
      await editor().quickFix('Update Header');
      await until('the new token', async () => (await editor().editorText()).includes('Bearer EXAMPLE-the-new-access-token'));
    });

    it('nothing that the person does not want to hear of', async () => {
      await open('dismiss.http', session, NOBODY, '', '###', 'GET https://elsewhere.example', ACME, '');
      const rest = [`warning not-resolved 6:${COLUMN}`, `warning foreign-host 6:${COLUMN}`];
      await problemsAre(`error unknown-reference 2:${COLUMN}`, ...rest);
      await editor().cursor(2, COLUMN + 4);
      await editor().quickFix('Dismiss unknown-reference for This File');
      await problemsAre(...rest);
    });
  });

  it('stays usable with a file of 10 MB', async () => {
    const body = `${'x'.repeat(99)}\n`.repeat(BIG_FILE_BYTES / 100);
    await open('big.http', session, ACME, '', '###', `${session}?last`, NOBODY, 'Content-Type: text/plain', '', body);
    await editor().lensesAre(/^\$\(key\) Acme · Ada/, /unknown reference/);
    await problemsAre(`warning not-resolved 2:${COLUMN}`, `error unknown-reference 6:${COLUMN}`);
    await editor().cursor(6, COLUMN + 4);
    await editor().quickFix('Use TENANT_TOKEN_ACME');
    await editor().lensesAre(/^\$\(key\) Acme · Ada/, /^\$\(key\) Acme · Ada/);
    await editor().cursor(7);
    await editor().typeText('X-Id: {{bil');
    await editor().suggestions((items) => items[0]?.label === 'TENANT_TOKEN_BILLING');
    await editor().page.keyboard.press('Enter');
    await editor().lensesAre(/Acme/, /^\$\(key\) Acme .*\$\(key\) Billing API/);
  });
});
