import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { answers, serve, type Loopback } from '../faults/loopback.js';
import { assertG, canary } from '../threats/support/canaries.js';
import { until, type Workbench, type WorkbenchOptions } from '../workbench/workbench.js';
import { mode, useEditor } from './support/editor.js';
import { addToken, rowSaying, TENANTS } from './support/entering.js';
import { seenIn } from './support/leaks.js';
import { startOwnService, tenantOf, type OwnService } from './support/ownService.js';

const PUBLISH = 'tenantTokens.publishReferences';
const HOSTILE = '<img src=x onerror=alert(1)> [x](command:workbench.action.closeWindow) $(error) **bold** `x`';

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
  get evilSettings(): Readonly<Record<string, unknown>> {
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

  /** Nobody but the tenant's service was asked, and there is nothing to be seen. */
  async isHarmless(editor: Workbench): Promise<void> {
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

/** An attack, and a window that is opened into it, for the tests of a suite. */
function useAttack(optionsOf: (attack: Attack) => Partial<WorkbenchOptions>) {
  let attack: Attack;
  const editor = useEditor(async () => {
    attack = await Attack.begin();
    return optionsOf(attack);
  });
  before(() => editor().openView());
  after(() => attack.end());
  return { editor, attack: () => attack };
}

describe(`threats in VS Code (${mode}): what others have written`, () => {
  const hostile = (attack: Attack) => ({ ...attack.tenant, id: 'hostile', name: HOSTILE });
  /** Escape codes of terminals do not get as far as a terminal. */
  const colored = (attack: Attack) => ({ ...attack.tenant, id: 'colored', name: '\u001b[31mred' });
  const { editor, attack } = useAttack((own) => {
    const folders = ['one', 'two'].map((name) => ({ path: path.join(own.folder, name) }));
    for (const name of ['one', 'two']) own.write(`${name}/.vscode/settings.json`, own.evilSettings);
    own.write('one/names.http', `GET ${own.own.origin}/\nX: {{$processEnv TENANT_TOKEN_HOSTILE}}\n`);
    return {
      folder: own.write('team.code-workspace', { folders, settings: own.evilSettings }),
      machineSettings: own.evilSettings,
      settings: { [TENANTS]: [own.tenant, own.distant, hostile(own), colored(own)] },
    };
  });
  afterEach(() => editor().clearNotifications());
  afterEach(() => attack().isHarmless(editor()));

  it('row 01: the settings of a folder, like those above it, add no tenant and change none', async () => {
    await editor().row('Acme');
    assert.deepEqual(
      (await editor().rows()).filter(({ level }) => level === 1).map(({ label }) => label),
      ['Acme', 'Distant', HOSTILE, '\u001b[31mred'],
    );
    await addToken(editor(), 'Acme', 'CI', attack().secret);
    await editor().inlineAction(['Acme', 'CI'], 'Get Access Token (Exchange, Refresh)');
    await editor().statusBar(/Acme: signed in/);
    assert.equal(attack().own.requests.at(-1)?.path, '/token');
  });

  it('row 03: the settings of a workspace, like those of others, change no way to a service and not when the clipboard is cleared', async () => {
    await addToken(editor(), 'Distant', 'CI', attack().secret);
    await editor().inlineAction(['Distant', 'CI'], 'Get Access Token (Exchange, Refresh)');
    await editor().notification(/^id\.acme\.invalid could not be reached/);
    await editor().contextMenu(['Acme', 'CI'], 'Copy Access Token');
    await editor().statusBar(/Access token of Acme copied; the clipboard is cleared in 30s/);
  });

  it('row 44: names are shown as they are, and nothing in them works', async () => {
    const asIs = HOSTILE.replaceAll(/[^\w ]/g, String.raw`\$&`);
    await rowSaying(editor(), ['\u001b[31mred'], /^name must not contain control or invisible characters$/);
    await addToken(editor(), HOSTILE, 'CI', attack().secret);
    await editor().rowTooltip(HOSTILE, new RegExp(`^${asIs}\\n`));

    await editor().openFile('names.http');
    await editor().hover(2, 20, new RegExp(asIs));
    const linksOf = async (selector: string, attribute: string) =>
      Promise.all((await editor().page.locator(selector).all()).map((link) => link.getAttribute(attribute)));
    const links = await linksOf('.monaco-hover:visible a[data-href]', 'data-href');
    assert.ok(links.length > 0);
    for (const link of links) assert.match(link ?? '', /^command:tenantTokens\.(exchange|copyHeaders)\?/);
    assert.equal(await editor().page.locator('img[src="x"], [onerror]').count(), 0);
    await editor().page.keyboard.press('Escape');

    await editor().command('Tenant Tokens: Show Token Timeline');
    const timeline = await editor().webview('Token Timeline');
    const shown = () => timeline.evaluate<string>("document.querySelector('main').innerText");
    await until('the name', async () => (await shown()).includes(HOSTILE), { seen: shown });
    assert.equal(await timeline.evaluate("document.querySelectorAll('img, script, [onerror]').length"), 0);
    const policy = await timeline.evaluate<string>("document.querySelector('meta[http-equiv=Content-Security-Policy]').content");
    assert.match(policy, /^default-src 'none'; style-src 'nonce-\w+'$/);
    const addresses = await timeline.evaluate<string[]>(
      "[...document.querySelectorAll('a')].map((link) => link.getAttribute('href'))",
    );
    assert.ok(addresses.length > 0);
    for (const address of addresses) assert.match(address, /^command:tenantTokens\.\w+(\?|$)/);
  });

  it('row 02: the settings of a machine or container change nothing, and an address that the person’s own settings change is compared first', async () => {
    const before = attack().own.requests.length;
    const moved = { ...attack().tenant, tokenUrl: `${attack().evilOrigin}/token` };
    await editor().changeSettings({ [TENANTS]: [moved, attack().distant] });
    await rowSaying(editor(), ['Acme', 'CI'], /^active · address changed$/);
    await editor().inlineAction(['Acme', 'CI'], 'Get Access Token (Exchange, Refresh)');
    const refused = /^The address of Acme has changed since its API token was entered, so the token is not sent/;
    await editor().notificationButton(refused, 'Review Address');
    const { message, detail } = await editor().dialog();
    assert.equal(message, 'Send the API token “CI” to the new address?');
    assert.ok(detail.includes(`${attack().own.origin}/token`) && detail.includes(`${attack().evilOrigin}/token`), detail);
    // What leaves a question open says no.
    await editor().page.keyboard.press('Escape');
    await editor().clearNotifications();
    await rowSaying(editor(), ['Acme', 'CI'], /^active · address changed$/);
    await editor().contextMenu(['Acme', 'CI'], 'Copy Access Token');
    await editor().notification(refused);
    assert.equal(attack().own.requests.length, before);
  });
});

describe(`threats in VS Code (${mode}): a workspace that is not trusted`, () => {
  const { editor, attack } = useAttack((own) => {
    own.write('.vscode/settings.json', own.evilSettings);
    own.write('a.http', `GET ${own.own.origin}/api\nAuthorization: Bearer {{$processEnv TENANT_TOKEN_ACME}}\n`);
    // A client that would work there.
    const client = path.join(own.folder, 'client');
    cpSync(path.join(process.cwd(), 'test/host/clients/rest-client'), client, { recursive: true });
    const manifest = JSON.parse(readFileSync(path.join(client, 'package.json'), 'utf8')) as object;
    own.write('client/package.json', { ...manifest, capabilities: { untrustedWorkspaces: { supported: true } } });
    return {
      folder: own.folder,
      restricted: true,
      extraExtensions: [client],
      settings: { [TENANTS]: [own.tenant, own.distant], [PUBLISH]: true },
    };
  });

  it('row 45: a workspace that is not trusted gets nothing unasked, and who works there has the tree and the clipboard', async () => {
    await addToken(editor(), 'Acme', 'CI', attack().secret);
    await editor().openFile('a.http');
    await editor().cursor(1);
    const sent = () => attack().own.requests.filter(({ path: at }) => at === '/api');
    const send = async () => {
      const before = sent().length;
      await editor().command('REST Client: Send Request');
      await until('the request', () => sent().length > before);
      await editor().closeResponse({ takesFocus: true });
      return sent().at(-1)?.headers.authorization;
    };
    const exchanges = () => attack().own.requests.filter(({ path: at }) => at === '/token').length;
    const before = exchanges();
    assert.equal(await send(), 'Bearer');
    assert.equal(exchanges(), before);

    await editor().contextMenu(['Acme', 'CI'], 'Copy Access Token');
    await editor().statusBar(/Access token of Acme copied; the clipboard is cleared in 30s/);
    assert.equal(await editor().clipboard(), attack().accessToken);
    assert.equal(await send(), 'Bearer');
    await attack().isHarmless(editor());

    await editor().command('Workspaces: Manage Workspace Trust');
    await editor().page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).click();
    await editor().openFile('a.http');
    await editor().cursor(1);
    await until('the token', async () => (await send()) === `Bearer ${attack().accessToken}`, {
      seen: () => sent().map(({ headers }) => headers.authorization),
    });
  });
});
