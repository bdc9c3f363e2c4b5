import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..');

/** Runs a script in a Node of its own, with a stand-in for the editor, and returns what it prints as JSON. */
function runBeside(folder: string, script: string): unknown {
  const stub = `
    const Module = require('node:module');
    const load = Module._load;
    const anything = new Proxy(function () {}, { get: (_, key) => (key === Symbol.toPrimitive ? () => '' : anything), apply: () => anything, construct: () => anything });
    // What the bundle copies of it inherits from it: there are no properties to copy.
    const editor = Object.create(anything);
    Module._load = (request, ...rest) => (request === 'vscode' ? editor : load(request, ...rest));
    const before = new Set(process.moduleLoadList);
  `;
  const output = execFileSync(process.execPath, ['-e', `${stub}${script}`], { cwd: folder, encoding: 'utf8' });
  return JSON.parse(output) as unknown;
}

describe('the bundle', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenant-tokens-bundle-'));
    execFileSync(process.execPath, ['esbuild.mjs', '--production', `--outdir=${folder}`], { cwd: root });
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** What each file may grow to, bytes. Whatever starts with the editor is parsed by every person who has it installed. */
  const BUDGET: Readonly<Record<string, number>> = {
    'core.js': 180_000,
    'extension.js': 1_000,
    'features.js': 180_000,
    'sandbox.js': 45_000,
    'undici.js': 310_000,
  };

  it('is five files, none of them larger than it may be', () => {
    const sizes = Object.fromEntries(readdirSync(folder).map((file) => [file, statSync(join(folder, file)).size]));
    assert.deepEqual(Object.keys(sizes).sort(), Object.keys(BUDGET));
    for (const [file, bytes] of Object.entries(sizes)) assert.ok(bytes <= BUDGET[file]!, `${file}: ${bytes} bytes`);
  });

  const LOADED = `
    const { basename } = require('node:path');
    const chunks = Object.keys(require.cache).map((path) => basename(path)).sort();
    const network = process.moduleLoadList.filter((name) => !before.has(name) && /NativeModule (_?http|https|http2|net|tls|dns|undici|internal\\/deps\\/undici)/.test(name));
    console.log(JSON.stringify({ chunks, network }));`;

  it('reads one file when the editor asks for the extension, and no module of Node', () => {
    const loaded = runBeside(
      folder,
      `require('./extension.js');
       const { basename } = require('node:path');
       console.log(JSON.stringify({
         chunks: Object.keys(require.cache).map((path) => basename(path)),
         modules: process.moduleLoadList.filter((name) => !before.has(name)),
       }));`,
    );
    assert.deepEqual(loaded, { chunks: ['extension.js'], modules: [] });
  });

  it('loads neither undici nor any module of the network with what runs from the activation on', () => {
    assert.deepEqual(runBeside(folder, `require('./core.js');${LOADED}`), { chunks: ['core.js'], network: [] });
  });

  it('loads no module of the network with commands and the editor of files either', () => {
    const loaded = runBeside(folder, `require('./features.js');${LOADED}`);
    assert.deepEqual(loaded, { chunks: ['core.js', 'features.js'], network: [] });
  });

  it('leaves the dispatcher of the host’s own fetch alone when it loads undici', () => {
    const symbols = runBeside(
      folder,
      `const { Client } = require('./undici.js');
       const own = [1, 2].map((n) => Symbol.for('undici.globalDispatcher.' + n) in globalThis);
       console.log(JSON.stringify({ own, client: typeof Client }));`,
    );
    assert.deepEqual(symbols, { own: [false, false], client: 'function' });
  });

  it('says nothing on the console', () => {
    for (const file of ['extension.js', 'core.js', 'features.js'])
      assert.doesNotMatch(readFileSync(join(folder, file), 'utf8'), /console\.(log|error|warn)\(/, file);
  });
});
