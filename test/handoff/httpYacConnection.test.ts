import assert from 'node:assert/strict';
import { editor } from '../support/vscode.js';
import { HttpYacConnection } from '../../src/handoff/httpYacConnection.js';
import type { ReferenceSource } from '../../src/handoff/httpYacPlugin.js';
import { MemoryLog } from '../support/memory.js';

const ID = 'anweber.vscode-httpyac';
const source: ReferenceSource = {
  access: () => Promise.resolve(undefined),
  confirmSending: () => Promise.resolve(true),
  sent: () => undefined,
  refused: () => undefined,
  failed: () => undefined,
};

/** httpYac's extension. */
class Extension {
  isActive = false;
  activations = 0;
  readonly exports: unknown;

  constructor(exports: unknown) {
    this.exports = exports;
  }

  /** VS Code activates once, however often it is asked. */
  activate(): Promise<unknown> {
    if (!this.isActive) this.activations++;
    this.isActive = true;
    return this.exports instanceof Error ? Promise.reject(this.exports) : Promise.resolve(this.exports);
  }
}

function exportsOfHttpYac() {
  const pluginStore: Record<string, unknown> = { core: () => undefined };
  const state = { cleared: 0 };
  return { pluginStore, state, httpyac: { store: { pluginStore } }, documentStore: { clear: () => state.cleared++ } };
}

describe('HttpYac', () => {
  let httpYac: HttpYacConnection | undefined;

  beforeEach(() => editor.reset());
  afterEach(() => {
    httpYac?.dispose();
    httpYac = undefined;
  });

  const settle = async () => {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  const start = async (log = new MemoryLog()): Promise<HttpYacConnection> => {
    httpYac = new HttpYacConnection(source, log);
    await settle();
    return httpYac;
  };
  const openHttp = async (): Promise<void> => {
    editor.open('', { languageId: 'http' });
    await settle();
  };

  it('registers the plugin in an active httpYac, clears its documents, and removes it again', async () => {
    const { pluginStore, state, ...exports } = exportsOfHttpYac();
    const extension = new Extension(exports);
    extension.isActive = true;
    editor.install(ID, extension);
    const subject = await start();
    assert.equal(subject.connected, true);
    assert.deepEqual([Object.keys(pluginStore), state.cleared], [['core', 'tenantTokens'], 1]);
    await openHttp();
    assert.equal(state.cleared, 1, 'once');
    subject.dispose();
    assert.deepEqual([Object.keys(pluginStore), state.cleared, subject.connected], [['core'], 2, false]);
  });

  it('does not activate httpYac before there is a document for it', async () => {
    const { pluginStore, ...exports } = exportsOfHttpYac();
    const extension = new Extension(exports);
    editor.install(ID, extension);
    editor.open('', { languageId: 'markdown' });
    const subject = await start();
    let changes = 0;
    subject.onDidChange(() => changes++);
    editor.open('', { languageId: 'jsonc' });
    await settle();
    assert.deepEqual([extension.activations, subject.connected], [0, false]);
    await openHttp();
    assert.deepEqual([extension.activations, subject.connected, changes], [1, true, 1]);
    assert.ok('tenantTokens' in pluginStore);
  });

  it('follows httpYac when it is installed, replaced and removed', async () => {
    await openHttp();
    const subject = await start();
    assert.equal(subject.connected, false);
    const [first, second] = [exportsOfHttpYac(), exportsOfHttpYac()];
    const become = async (extension: Extension | undefined) => {
      if (extension) editor.install(ID, extension);
      else editor.uninstall(ID);
      await settle();
      return ['tenantTokens' in first.pluginStore, 'tenantTokens' in second.pluginStore, subject.connected];
    };
    assert.deepEqual(await become(new Extension(first)), [true, false, true]);
    assert.deepEqual(await become(new Extension(second)), [false, true, true]);
    assert.deepEqual(await become(undefined), [false, false, false]);
  });

  it('does not connect to an httpYac with another interface, and logs that', async () => {
    const { pluginStore } = exportsOfHttpYac();
    const strange = [undefined, {}, { httpyac: {} }, { httpyac: { store: { pluginStore } } }, new Error('EXAMPLE')];
    for (const exports of [...strange, { httpyac: { store: {} }, documentStore: { clear: () => undefined } }]) {
      editor.install(ID, new Extension(exports));
      await openHttp();
      const log = new MemoryLog();
      const subject = await start(log);
      assert.equal(subject.connected, false);
      await openHttp();
      assert.match(log.lines.join('\n'), /^httpYac .* does not resolve references$/, 'once');
      subject.dispose();
    }
    assert.deepEqual(Object.keys(pluginStore), ['core']);
  });

  it('does not connect after disposal', async () => {
    const { pluginStore, ...exports } = exportsOfHttpYac();
    editor.install(ID, new Extension(exports));
    await openHttp();
    new HttpYacConnection(source, new MemoryLog()).dispose();
    await settle();
    assert.deepEqual(Object.keys(pluginStore), ['core']);
  });
});
