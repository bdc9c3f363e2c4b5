import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import Module from 'node:module';
import { basename } from 'node:path';
import type { ExtensionContext } from 'vscode';
import { Emitter } from '../src/event.js';
import { platformOf } from '../src/platforms/index.js';
import { startSandbox, type Sandbox } from '../src/sandbox/index.js';
import { readTenants } from '../src/tenants/tenants.js';
import { Bundles } from './bench/bundles.js';
import { MemoryMemento, MemorySecrets } from './support/memory.js';

type Load = (request: string, ...rest: readonly unknown[]) => unknown;
const loader = Module as unknown as { _load: Load };

/** Whatever is asked of it: an object whose every property is callable. */
const anything: unknown = new Proxy(function () {}, {
  get: (_, key) => {
    if (key === Symbol.toPrimitive) return () => '';
    // Nothing to wait for, and a list of nothing.
    return key === 'then' ? undefined : key === Symbol.iterator ? () => [].values() : anything;
  },
  set: () => true,
  apply: () => anything,
  construct: () => anything as object,
});
/** An object that has these properties, and any other. */
const having = (own: object): unknown =>
  new Proxy(own, { get: (target, key) => (key in target ? (target as Record<PropertyKey, unknown>)[key] : anything) });

describe('the stages of the bundle', () => {
  const bundles = new Bundles();
  const load = loader._load;
  let dist: Readonly<Record<string, string>>;
  let service: Sandbox | undefined;
  const running: { subscriptions: { dispose(): void }[] }[] = [];

  before(() => {
    dist = bundles.extension();
  });
  afterEach(async () => {
    await service?.stop();
    service = undefined;
    loader._load = load;
    for (const { subscriptions } of running.splice(0)) for (const one of subscriptions) one.dispose();
    for (const file of Object.values(dist)) Reflect.deleteProperty(require.cache, file);
  });
  after(() => bundles[Symbol.dispose]());

  /** A window in which the extension runs, over what is stored. */
  async function open(setting: Readonly<Record<string, unknown>> = {}) {
    const index = new MemoryMemento();
    const commands = new Map<string, (argument?: unknown) => Promise<void>>();
    const [opened, focus, secrets] = [new Emitter<unknown>(), new Emitter<{ focused: boolean }>(), new MemorySecrets()];
    const log: string[] = [];
    let logsShown = 0;
    const own = {
      window: having({
        state: { focused: true },
        onDidChangeWindowState: focus.event,
        createOutputChannel: () =>
          having({ warn: (line: string) => log.push(line), error: (line: string) => log.push(line), show: () => logsShown++ }),
      }),
      workspace: having({
        textDocuments: [],
        isTrusted: true,
        onDidOpenTextDocument: opened.event,
        getConfiguration: () => ({ inspect: (key: string) => ({ globalValue: setting[key] }) }),
      }),
      languages: having({ match: () => 1 }),
      commands: having({
        registerCommand: (id: string, run: (argument?: unknown) => Promise<void>) => {
          commands.set(id, run);
          return { dispose: () => commands.delete(id) };
        },
      }),
      Disposable: {
        from: (...all: readonly { dispose(): void }[]) => ({ dispose: () => all.forEach((one) => one.dispose()) }),
      },
      EventEmitter: Emitter,
    };
    const editor: unknown = Object.create(anything as object, Object.getOwnPropertyDescriptors(own));
    loader._load = (request, ...rest) => (request === 'vscode' ? editor : load(request, ...rest));
    const extension = loader._load(dist['extension.js']!, module, false) as {
      activate(context: ExtensionContext): Promise<void>;
    };
    const context = {
      subscriptions: [],
      secrets,
      globalState: index,
      workspaceState: new MemoryMemento(),
      globalStorageUri: having({ scheme: 'vscode-userdata' }),
    };
    running.push(context);
    await extension.activate(context as unknown as ExtensionContext);
    return {
      index,
      secrets,
      log,
      opened,
      /** The files that are loaded. */
      loaded: () =>
        Object.keys(require.cache)
          .filter((file) => Object.values(dist).includes(file))
          .map((file) => basename(file)),
      run: (id: string, argument?: unknown) => commands.get(`tenantTokens.${id}`)!(argument),
      focus: (focused: boolean) => focus.fire({ focused }),
      logsShown: () => logsShown,
    };
  }

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

  it('load a command when it is run, once for all that want it', async () => {
    const { run, loaded, logsShown } = await open();
    assert.ok(!loaded().includes('features.js'));
    await Promise.all([run('showLog'), run('showLog')]);
    assert.ok(loaded().includes('features.js'));
    assert.equal(logsShown(), 2);
  });

  it('tell what could not be loaded, and load it when it is wanted again', async () => {
    const { run, logsShown } = await open();
    await without('features.js', () => assert.rejects(run('showLog'), /features/));
    await run('showLog');
    assert.equal(logsShown(), 1);
  });

  it('load what sends again when that could not be loaded', async () => {
    service = await startSandbox();
    const { tenant, tokens } = service.tenants.find((one) => one.tenant['platform'] === 'bright-pattern')!;
    const { run, index, secrets, loaded } = await open({ tenants: [tenant] });
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

  it('load the sandbox again when that could not be loaded', async () => {
    const { run, loaded } = await open();
    await without('sandbox.js', () => assert.rejects(run('startSandbox'), /sandbox/));
    await run('startSandbox');
    assert.ok(loaded().includes('sandbox.js'));
    await run('stopSandbox');
  });

  it('note what could not be loaded when nobody waits for it', async () => {
    const unhandled: unknown[] = [];
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', (error) => unhandled.push(error));
    try {
      const { opened, log } = await open();
      await without('features.js', async () => {
        opened.fire(having({ uri: { scheme: 'file' } }));
        await settled();
        await settled();
      });
      assert.deepEqual(unhandled, []);
      assert.equal(log.length, 1);
    } finally {
      process.removeAllListeners('unhandledRejection');
      for (const one of others) process.on('unhandledRejection', one);
    }
  });

  it('watch what is committed as soon as another window has added a token', async () => {
    const { index, focus, loaded } = await open();
    focus(true);
    await settled();
    assert.ok(!loaded().includes('features.js'), 'nobody has a token');
    await index.update('tokens', [{ id: 'x', tenant: 'acme', name: 'Laptop', addedAt: 0 }]);
    focus(true);
    await settled();
    assert.ok(loaded().includes('features.js'));
  });
});
