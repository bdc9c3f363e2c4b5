import assert from 'node:assert/strict';
import Module from 'node:module';
import type { HttpYac as Subject } from '../../src/handoff/httpYac.js';
import type { ReferenceSource } from '../../src/handoff/httpYacPlugin.js';
import { Emitter } from '../../src/event.js';
import { MemoryLog } from '../support/memory.js';

const source: ReferenceSource = {
  access: () => Promise.resolve(undefined),
  mayGoTo: () => Promise.resolve(true),
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

  activate(): Promise<unknown> {
    this.activations++;
    this.isActive = true;
    return this.exports instanceof Error ? Promise.reject(this.exports) : Promise.resolve(this.exports);
  }
}

function exportsOfHttpYac() {
  const pluginStore: Record<string, unknown> = { core: () => undefined };
  const state = { cleared: 0 };
  return { pluginStore, state, httpyac: { store: { pluginStore } }, documentStore: { clear: () => state.cleared++ } };
}

const extensionsChanged = new Emitter<void>();
const documentOpened = new Emitter<void>();
const window = { extension: undefined as Extension | undefined, languages: [] as string[] };
const editor = {
  Disposable: {
    from: (...all: { dispose(): void }[]) => ({
      dispose: () => {
        for (const one of all) one.dispose();
      },
    }),
  },
  extensions: { onDidChange: extensionsChanged.event, getExtension: () => window.extension },
  workspace: {
    onDidOpenTextDocument: documentOpened.event,
    get textDocuments() {
      return window.languages.map((languageId) => ({ languageId }));
    },
  },
  window: { onDidChangeActiveTextEditor: new Emitter<void>().event },
};

describe('HttpYac', () => {
  let HttpYac: typeof Subject;
  let httpYac: Subject | undefined;

  before(async () => {
    const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
    const load = loader._load;
    loader._load = (request, ...rest) => (request === 'vscode' ? editor : load(request, ...rest));
    try {
      ({ HttpYac } = await import('../../src/handoff/httpYac.js'));
    } finally {
      loader._load = load;
    }
  });

  afterEach(() => {
    httpYac?.dispose();
    httpYac = undefined;
    Object.assign(window, { extension: undefined, languages: [] });
  });

  const settle = async () => {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  const start = async (log = new MemoryLog()): Promise<Subject> => {
    httpYac = new HttpYac(source, log);
    await settle();
    return httpYac;
  };
  const openHttp = async (): Promise<void> => {
    window.languages = ['http'];
    documentOpened.fire();
    await settle();
  };

  it('puts the plugin into an httpYac that is active, clears what it has read, and takes it out again', async () => {
    const { pluginStore, state, ...exports } = exportsOfHttpYac();
    window.extension = new Extension(exports);
    window.extension.isActive = true;
    const subject = await start();
    assert.equal(subject.connected, true);
    assert.deepEqual([Object.keys(pluginStore), state.cleared], [['core', 'tenantTokens'], 1]);
    documentOpened.fire();
    await settle();
    assert.equal(state.cleared, 1, 'once');
    subject.dispose();
    assert.deepEqual([Object.keys(pluginStore), state.cleared, subject.connected], [['core'], 2, false]);
  });

  it('does not activate httpYac before there is a document for it', async () => {
    const { pluginStore, ...exports } = exportsOfHttpYac();
    window.extension = new Extension(exports);
    window.languages = ['markdown', 'json'];
    const subject = await start();
    let changes = 0;
    subject.onDidChange(() => changes++);
    documentOpened.fire();
    await settle();
    assert.deepEqual([window.extension.activations, subject.connected], [0, false]);
    await openHttp();
    assert.deepEqual([window.extension.activations, subject.connected, changes], [1, true, 1]);
    assert.ok('tenantTokens' in pluginStore);
  });

  it('follows httpYac when it is installed, exchanged and removed', async () => {
    window.languages = ['http'];
    const subject = await start();
    assert.equal(subject.connected, false);
    const [first, second] = [exportsOfHttpYac(), exportsOfHttpYac()];
    const become = async (extension: Extension | undefined) => {
      window.extension = extension;
      extensionsChanged.fire();
      await settle();
      return ['tenantTokens' in first.pluginStore, 'tenantTokens' in second.pluginStore, subject.connected];
    };
    assert.deepEqual(await become(new Extension(first)), [true, false, true]);
    assert.deepEqual(await become(new Extension(second)), [false, true, true]);
    assert.deepEqual(await become(undefined), [false, false, false]);
  });

  it('is not connected to an httpYac that offers something else, and says so in the log', async () => {
    const { pluginStore } = exportsOfHttpYac();
    const strange = [undefined, {}, { httpyac: {} }, { httpyac: { store: { pluginStore } } }, new Error('EXAMPLE')];
    for (const exports of [...strange, { httpyac: { store: {} }, documentStore: { clear: () => undefined } }]) {
      window.extension = new Extension(exports);
      window.languages = ['http'];
      const log = new MemoryLog();
      const subject = await start(log);
      assert.equal(subject.connected, false);
      documentOpened.fire();
      await settle();
      assert.match(log.lines.join('\n'), /^httpYac .* does not resolve references$/, 'once');
      subject.dispose();
    }
    assert.deepEqual(Object.keys(pluginStore), ['core']);
  });

  it('does not connect after it was disposed of', async () => {
    const { pluginStore, ...exports } = exportsOfHttpYac();
    window.extension = new Extension(exports);
    window.languages = ['http'];
    new HttpYac(source, new MemoryLog()).dispose();
    await settle();
    assert.deepEqual(Object.keys(pluginStore), ['core']);
  });
});
