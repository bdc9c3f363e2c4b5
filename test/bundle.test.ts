import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
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

  it('is three files: the extension, and what it loads on demand', () => {
    assert.deepEqual(readdirSync(folder).sort(), ['extension.js', 'sandbox.js', 'undici.js']);
  });

  it('loads neither undici nor any module of the network when the extension is loaded', () => {
    const loaded = runBeside(
      folder,
      `require('./extension.js');
       const chunks = Object.keys(require.cache).map((path) => require('node:path').basename(path));
       const network = process.moduleLoadList.filter((name) => !before.has(name) && /NativeModule (_?http|https|http2|net|tls|dns|undici|internal\\/deps\\/undici)/.test(name));
       console.log(JSON.stringify({ chunks, network }));`,
    );
    assert.deepEqual(loaded, { chunks: ['extension.js'], network: [] });
  });

  it('leaves the dispatcher of the host’s own fetch alone when it loads undici', () => {
    const symbols = runBeside(
      folder,
      `const { Agent } = require('./undici.js');
       const own = [1, 2].map((n) => Symbol.for('undici.globalDispatcher.' + n) in globalThis);
       console.log(JSON.stringify({ own, agent: typeof Agent }));`,
    );
    assert.deepEqual(symbols, { own: [false, false], agent: 'function' });
  });

  it('says nothing on the console', () => {
    const source = readFileSync(join(folder, 'extension.js'), 'utf8');
    assert.doesNotMatch(source, /console\.(log|error|warn)\(/);
  });
});
