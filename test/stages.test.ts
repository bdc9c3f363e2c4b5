import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import type { ExtensionContext } from 'vscode';
import { platformOf } from '../src/platforms/index.js';
import { startSandbox, type Sandbox } from '../src/sandbox/index.js';
import { readTenants } from '../src/tenants/tenants.js';
import { Bundles } from './bench/bundles.js';
import { TENANTS } from './support/entries.js';
import { MemoryMemento, MemorySecrets } from './support/memory.js';
import { editor } from './support/vscode.js';
import { Uri } from './support/vscodeTypes.js';

const load = createRequire(__filename);

describe('The bundle, loaded in stages', () => {
  const bundles = new Bundles();
  let dist: Readonly<Record<string, string>>;
  let service: Sandbox | undefined;
  const running: { subscriptions: { dispose(): void }[] }[] = [];

  before(() => {
    dist = bundles.extension();
  });
  afterEach(async () => {
    await service?.stop();
    service = undefined;
    for (const { subscriptions } of running.splice(0)) for (const one of subscriptions) one.dispose();
    for (const file of Object.values(dist)) Reflect.deleteProperty(require.cache, file);
  });
  after(() => bundles[Symbol.dispose]());

  /** A window in which the extension runs, over what is stored. */
  async function open(settings: Readonly<Record<string, unknown>> = {}) {
    editor.reset();
    editor.set(settings);
    const { activate } = load(dist['extension.js']!) as { activate: (context: ExtensionContext) => Promise<void> };
    const context = {
      subscriptions: [],
      secrets: new MemorySecrets(),
      globalState: new MemoryMemento(),
      workspaceState: new MemoryMemento(),
      globalStorageUri: Uri.parse('vscode-userdata:/User/globalStorage/tenant-tokens'),
    };
    running.push(context);
    await activate(context as unknown as ExtensionContext);
    return { index: context.globalState, secrets: context.secrets };
  }

  const run = (id: string, argument?: unknown) => editor.execute(`tenantTokens.${id}`, argument);

  /** The files of the bundle that are loaded. */
  const loaded = (): readonly string[] =>
    Object.keys(require.cache)
      .filter((file) => Object.values(dist).includes(file))
      .map((file) => basename(file));

  /** Does something while a file of the bundle is not there. */
  async function without(name: string, work: () => Promise<void>): Promise<void> {
    const file = dist[name]!;
    renameSync(file, `${file}.away`);
    try {
      await work();
    } finally {
      renameSync(`${file}.away`, file);
    }
  }

  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('loads a command when it is run, once for all that want it', async () => {
    await open();
    assert.ok(!loaded().includes('features.js'));
    await Promise.all([run('showLog'), run('showLog')]);
    assert.ok(loaded().includes('features.js'));
    assert.equal(editor.logsShown, 2);
  });

  it('reports what could not be loaded, and loads it when it is wanted again', async () => {
    await open();
    await without('features.js', () => assert.rejects(run('showLog'), /features/));
    await run('showLog');
    assert.equal(editor.logsShown, 1);
  });

  it('loads what sends again when that could not be loaded', async () => {
    service = await startSandbox();
    const { tenant, tokens } = service.tenants.find((one) => one.tenant['platform'] === 'bright-pattern')!;
    const { index, secrets } = await open({ [TENANTS]: [tenant] });
    const [id, tenantId] = ['x', String(tenant['id'])];
    const read = readTenants([tenant])[0]!.tenant!;
    const record = { v: 1, generation: 0, boundTo: platformOf(read).exchangeUrl(read), secret: tokens[0]!.secret };
    secrets.values.set(`token.${id}`, JSON.stringify(record));
    await index.update('tokens', [{ id, tenant: tenantId, name: 'Laptop', addedAt: 0 }]);
    const accessToken = (): unknown => (JSON.parse(secrets.values.get(`token.${id}`)!) as { access?: unknown }).access;
    await without('undici.js', () => assert.rejects(run('exchange', { tenant: tenantId, token: id }), /undici/));
    assert.ok(!loaded().includes('undici.js') && accessToken() === undefined);
    await run('exchange', { tenant: tenantId, token: id });
    assert.ok(accessToken());
  });

  it('loads the sandbox again when that could not be loaded', async () => {
    await open();
    await without('sandbox.js', () => assert.rejects(run('startSandbox'), /sandbox/));
    await run('startSandbox');
    assert.ok(loaded().includes('sandbox.js'));
    await run('stopSandbox');
  });

  it('logs what could not be loaded when nobody waits for it', async () => {
    const unhandled: unknown[] = [];
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', (error) => unhandled.push(error));
    try {
      await open();
      await without('features.js', async () => {
        editor.open('');
        await settled();
        await settled();
      });
      assert.deepEqual(unhandled, []);
      assert.equal(editor.log.length, 1);
    } finally {
      process.removeAllListeners('unhandledRejection');
      for (const one of others) process.on('unhandledRejection', one);
    }
  });

  it('watches what is committed as soon as another window has added a token', async () => {
    const { index } = await open();
    editor.focus(true);
    await settled();
    assert.ok(!loaded().includes('features.js'), 'nobody has a token');
    await index.update('tokens', [{ id: 'x', tenant: 'acme', name: 'Laptop', addedAt: 0 }]);
    editor.focus(true);
    await settled();
    assert.ok(loaded().includes('features.js'));
  });
});
