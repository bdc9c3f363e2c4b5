import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { answers, serve, type Loopback } from '../faults/loopback.js';
import { assertG, canary } from '../threats/support/canaries.js';
import { textsIn } from '../workbench/storage.js';
import { until } from '../workbench/workbench.js';
import { mode, openEditor } from './support/editor.js';
import { addToken, rowSaying, TENANTS } from './support/entering.js';
import { seenIn } from './support/leaks.js';
import { startOwnService, tenantOf, type OwnService } from './support/ownService.js';

type Editor = Awaited<ReturnType<typeof openEditor>>;
type Settings = Readonly<Record<string, unknown>>;

const PUBLISH = 'tenantTokens.publishReferences';

/** A tenant's service, one that an attacker has put beside it, and a folder that the attacker has filled. */
class Attack {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'tenant-tokens-threats-'));
  readonly secret = canary('CS');
  readonly accessToken = canary('AT');
  /** Connections to the attacker. */
  connections = 0;
  readonly own: OwnService;
  readonly #evil: Loopback;

  private constructor(own: OwnService, evil: Loopback) {
    this.own = own;
    this.#evil = evil;
    own.answer = { access_token: this.accessToken, token_type: 'Bearer', expires_in: 36_000 };
  }

  static async begin(): Promise<Attack> {
    const noted = { connect: (): void => undefined };
    const evil = await serve(answers(200, '{"access_token":"EXAMPLE-evil","token_type":"Bearer"}'), {
      onConnect: () => noted.connect(),
    });
    const attack = new Attack(await startOwnService(), evil);
    noted.connect = () => void (attack.connections += 1);
    return attack;
  }

  get evilOrigin(): string {
    return `http://127.0.0.1:${this.#evil.port}`;
  }

  get tenant(): Record<string, unknown> {
    return tenantOf(this.own, 'acme', 'Acme');
  }

  /** One whose service is nowhere: to look which way is tried. */
  get distant(): Record<string, unknown> {
    return { ...this.tenant, id: 'distant', name: 'Distant', tokenUrl: 'https://id.acme.invalid/token' };
  }

  /** All that the attacker would change. */
  get evilSettings(): Settings {
    const evil = { ...this.tenant, tokenUrl: `${this.evilOrigin}/token`, hosts: ['*', new URL(this.evilOrigin).host] };
    return {
      [TENANTS]: [evil, { ...evil, id: 'planted', name: 'Planted' }],
      [PUBLISH]: true,
      'tenantTokens.clipboardClearSeconds': 0,
      'tenantTokens.insertAs': 'token',
      'http.proxy': this.evilOrigin,
      'http.proxySupport': 'on',
      'http.proxyStrictSSL': false,
      'http.noProxy': [],
    };
  }

  write(name: string, content: unknown): string {
    const file = path.join(this.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
    return file;
  }

  /** The person works as always, and everything goes where the person's own settings say. */
  async changesNothing(editor: Editor): Promise<void> {
    await editor.openView();
    await addToken(editor, 'Acme', 'CI', this.secret);
    await addToken(editor, 'Distant', 'CI', this.secret);
    await editor.inlineAction(['Acme', 'CI'], 'Exchange');
    await editor.statusBar(/Acme: new access token/);
    assert.equal(this.own.requests.at(-1)?.path, '/token');
    await editor.inlineAction(['Distant', 'CI'], 'Exchange');
    await editor.notification(/^id\.acme\.invalid could not be reached/);
    await editor.clearNotifications();
    assert.deepEqual(
      (await editor.rows()).filter(({ level }) => level === 1).map(({ label }) => label),
      ['Acme', 'Distant'],
    );
    await editor.contextMenu(['Acme', 'CI'], 'Copy Access Token');
    await editor.statusBar(/Access token of Acme copied; the clipboard is cleared in 30s/);
    await this.isHarmless(editor);
  }

  /** Nobody was asked, and there is nothing to be seen. */
  async isHarmless(editor: Editor): Promise<void> {
    assert.equal(this.connections, 0);
    const { secret, accessToken } = this;
    const canaries = Object.entries({ secret, accessToken }).map(([name, value]) => ({ name, value }));
    assertG(canaries, await seenIn(editor));
  }

  async end(): Promise<void> {
    this.own.close();
    await this.#evil.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The body of a test with an attack and a window of its own. */
function attacked(
  optionsOf: (attack: Attack) => Parameters<typeof openEditor>[0],
  body: (editor: Editor, attack: Attack) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const attack = await Attack.begin();
    let editor: Editor | undefined;
    try {
      editor = await openEditor(optionsOf(attack));
      await body(editor, attack);
    } finally {
      await editor?.close();
      await attack.end();
    }
  };
}

describe(`threats in VS Code (${mode})`, () => {
  it(
    'row 01: the settings of a folder change nothing',
    attacked(
      (attack) => {
        attack.write('.vscode/settings.json', attack.evilSettings);
        return { folder: attack.folder, settings: { [TENANTS]: [attack.tenant, attack.distant] } };
      },
      (editor, attack) => attack.changesNothing(editor),
    ),
  );

  it(
    'row 02: the settings of a machine or container change nothing, and an address that the person’s own settings change is compared first',
    attacked(
      (attack) => ({
        folder: attack.folder,
        machineSettings: attack.evilSettings,
        settings: { [TENANTS]: [attack.tenant, attack.distant] },
      }),
      async (editor, attack) => {
        await attack.changesNothing(editor);
        const before = attack.own.requests.length;
        await editor.changeSettings({
          [TENANTS]: [{ ...attack.tenant, tokenUrl: `${attack.evilOrigin}/token` }, attack.distant],
        });
        await rowSaying(editor, ['Acme', 'CI'], /^address changed$/);
        await editor.inlineAction(['Acme', 'CI'], 'Exchange');
        const refused = /^The address of Acme has changed since its API token was entered, so the token is not sent/;
        await editor.notificationButton(refused, 'Review Address');
        const { message, detail } = await editor.dialog();
        assert.equal(message, 'Send the API token “CI” to another address?');
        assert.ok(detail.includes(`${attack.own.origin}/token`) && detail.includes(`${attack.evilOrigin}/token`), detail);
        // What leaves a question open says no.
        await editor.page.keyboard.press('Escape');
        await editor.clearNotifications();
        await rowSaying(editor, ['Acme', 'CI'], /^address changed$/);
        await editor.contextMenu(['Acme', 'CI'], 'Copy Access Token');
        await editor.notification(refused);
        assert.equal(attack.own.requests.length, before);
        await attack.isHarmless(editor);
      },
    ),
  );

  it(
    'row 03: the settings of a workspace and of its folders change nothing',
    attacked(
      (attack) => {
        const folders = ['one', 'two'].map((name) => ({ path: path.dirname(attack.write(`${name}/a.http`, '')) }));
        for (const name of ['one', 'two']) attack.write(`${name}/.vscode/settings.json`, attack.evilSettings);
        const workspace = attack.write('team.code-workspace', { folders, settings: attack.evilSettings });
        return { folder: workspace, settings: { [TENANTS]: [attack.tenant, attack.distant] } };
      },
      (editor, attack) => attack.changesNothing(editor),
    ),
  );

  it(
    'row 44: names are shown as they are, and nothing in them works',
    attacked(
      (attack) => {
        const names = ['<img src=x onerror=alert(1)>', '[x](command:workbench.action.closeWindow)', '$(error) **bold** `x`'];
        const tenants = names.map((name, n) => ({ ...attack.tenant, id: `t${n}`, name }));
        // Escape codes of terminals do not get as far.
        const colored = { ...attack.tenant, id: 'colored', name: '\u001b[31mred' };
        attack.write(
          'a.http',
          names.map((_, n) => `GET ${attack.own.origin}/\nX: {{$processEnv TENANT_TOKEN_T${n}}}\n\n###\n`).join(''),
        );
        return { folder: attack.folder, settings: { [TENANTS]: [...tenants, colored] } };
      },
      async (editor, attack) => {
        await editor.openView();
        const names = (editor.settings()[TENANTS] as { name: string }[]).slice(0, 3).map(({ name }) => name);
        await rowSaying(editor, ['\u001b[31mred'], /^name must not contain control or invisible characters$/);
        await editor.openFile('a.http');
        for (const [n, name] of names.entries()) {
          await addToken(editor, name, name.slice(0, 20), attack.secret);
          await editor.row([name, name.slice(0, 20)]);
          assert.ok((await editor.rowTooltip(name)).startsWith(`${name}\n`), name);
          const line = n * 4 + 2;
          const escaped = new RegExp(name.replaceAll(/[^\w ]/g, String.raw`\$&`));
          assert.match(await editor.hover(line, 20, escaped), escaped);
          const hover = editor.page.locator('.monaco-hover:visible');
          const all = await hover.locator('a[data-href]').all();
          const links = await Promise.all(all.map(async (link) => (await link.getAttribute('data-href')) ?? ''));
          assert.ok(links.length > 0);
          assert.deepEqual(
            links.filter((link) => !/^command:tenantTokens\.(exchange|copyHeaders)\?/.test(link)),
            [],
          );
          await editor.page.keyboard.press('Escape');
        }
        assert.equal(await editor.page.locator('img[src="x"], [onerror]').count(), 0);
        await attack.isHarmless(editor);
        await editor.command('Tenant Tokens: Show Token Timeline');
        const timeline = await editor.webview('Token Timeline');
        const shown = await timeline.locator('main').innerText();
        assert.deepEqual(
          names.filter((name) => !shown.includes(name)),
          [],
        );
        assert.equal(await timeline.locator('img, script, [onerror]').count(), 0);
        const policy = timeline.locator('meta[http-equiv="Content-Security-Policy"]');
        assert.match((await policy.getAttribute('content')) ?? '', /^default-src 'none'; style-src 'nonce-\w+'$/);
        const anchors = await timeline.locator('a').all();
        const runs = await Promise.all(anchors.map(async (link) => (await link.getAttribute('href')) ?? ''));
        assert.ok(runs.length > 0);
        assert.deepEqual(
          runs.filter((link) => !/^command:tenantTokens\.\w+(\?|$)/.test(link)),
          [],
        );
        for (const [file, text] of sources()) {
          assert.doesNotMatch(text, /registerWebview|supportHtml\s*=|enableScripts: true/, file);
          assert.equal(/createWebviewPanel/.test(text), file === 'views/pagePanel.ts', file);
        }
      },
    ),
  );

  it(
    'row 45: a workspace that is not trusted gets nothing unasked, and who works there has the tree and the clipboard',
    attacked(
      (attack) => {
        attack.write('.vscode/settings.json', attack.evilSettings);
        attack.write('a.http', `GET ${attack.own.origin}/api\nAuthorization: Bearer {{$processEnv TENANT_TOKEN_ACME}}\n`);
        // A client that would work there.
        const client = path.join(attack.folder, 'client');
        cpSync(path.join(process.cwd(), 'test/host/clients/rest-client'), client, { recursive: true });
        const manifest = JSON.parse(readFileSync(path.join(client, 'package.json'), 'utf8')) as object;
        attack.write('client/package.json', { ...manifest, capabilities: { untrustedWorkspaces: { supported: true } } });
        return {
          folder: attack.folder,
          restricted: true,
          extraExtensions: [client],
          settings: { [TENANTS]: [attack.tenant, attack.distant], [PUBLISH]: true },
        };
      },
      async (editor, attack) => {
        await editor.openView();
        await addToken(editor, 'Acme', 'CI', attack.secret);
        await editor.openFile('a.http');
        await editor.cursor(1);
        const sent = () => attack.own.requests.filter(({ path: at }) => at === '/api');
        await editor.command('REST Client: Send Request');
        await until('the request', () => sent().length === 1);
        assert.equal(sent()[0]?.headers.authorization, 'Bearer');
        assert.ok(
          attack.own.requests.every(({ path: at }) => at !== '/token'),
          'exchanged unasked',
        );

        await editor.contextMenu(['Acme', 'CI'], 'Copy Access Token');
        await editor.statusBar(/Access token of Acme copied; the clipboard is cleared in 30s/);
        assert.equal(await editor.clipboard(), attack.accessToken);
        await editor.command('REST Client: Send Request');
        await until('the request', () => sent().length === 2);
        assert.equal(sent()[1]?.headers.authorization, 'Bearer');
        await attack.isHarmless(editor);

        await editor.command('Workspaces: Manage Workspace Trust');
        await editor.page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).click();
        await editor.openFile('a.http');
        await until('the token', async () => {
          await editor.cursor(1);
          const before = sent().length;
          await editor.command('REST Client: Send Request');
          await until('the request', () => sent().length > before);
          return sent().at(-1)?.headers.authorization === `Bearer ${attack.accessToken}`;
        });
      },
    ),
  );
});

const sources = (): (readonly [file: string, text: string])[] => textsIn('src').map(({ place, text }) => [place, text] as const);
