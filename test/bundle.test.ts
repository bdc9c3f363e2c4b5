import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Bundles, kilobytes, load, networkModules, packaged, zippedKilobytes } from './bench/bundles.js';

describe('the bundle', () => {
  const bundles = new Bundles();
  let dist: Readonly<Record<string, string>>;

  before(() => {
    dist = bundles.extension();
  });
  after(() => bundles[Symbol.dispose]());

  /** What each file may grow to, bytes. Whatever starts with the editor is parsed by every person who has it installed. */
  const BUDGET: Readonly<Record<string, number>> = {
    'core.js': 185_000,
    'extension.js': 1_000,
    'features.js': 180_000,
    'sandbox.js': 45_000,
    'undici.js': 310_000,
  };

  it('is five files, none of them larger than it may be', () => {
    assert.deepEqual(Object.keys(dist).sort(), Object.keys(BUDGET));
    for (const [name, file] of Object.entries(dist))
      assert.ok(statSync(file).size <= BUDGET[name]!, `${name}: ${kilobytes(file)} kB`);
  });

  it('is packaged with little else: at most twelve files of 300 kB when compressed', () => {
    const files = packaged(dist);
    assert.ok(files.length <= 12, files.join(', '));
    const sum = files.reduce((kB, file) => kB + zippedKilobytes(file), 0);
    assert.ok(sum <= 300, `${sum} kB`);
  });

  it('reads one file when the editor asks for the extension, and no module of Node', () => {
    const { files, modules } = load([dist['extension.js']!]);
    assert.deepEqual({ files, modules }, { files: ['extension.js'], modules: [] });
  });

  for (const [what, name, expected] of [
    ['what runs from the activation on', 'core.js', ['core.js']],
    ['commands and the editor of files', 'features.js', ['core.js', 'features.js']],
  ] as const)
    it(`loads no module of the network with ${what}`, () => {
      const { files, modules } = load([dist[name]!]);
      assert.deepEqual({ files, network: networkModules(modules) }, { files: expected, network: [] });
    });

  it('would notice one', () => {
    assert.notDeepEqual(networkModules(load([dist['undici.js']!]).modules), []);
  });

  it('leaves the dispatcher of the host’s own fetch alone when it loads undici', () => {
    const script = `
      const { Client } = require('./undici.js');
      const own = [1, 2].map((n) => Symbol.for('undici.globalDispatcher.' + n) in globalThis);
      console.log(JSON.stringify({ own, client: typeof Client }));`;
    const output = execFileSync(process.execPath, ['-e', script], { cwd: dirname(dist['undici.js']!), encoding: 'utf8' });
    const symbols: unknown = JSON.parse(output);
    assert.deepEqual(symbols, { own: [false, false], client: 'function' });
  });

  it('says nothing on the console', () => {
    for (const file of ['extension.js', 'core.js', 'features.js'])
      assert.doesNotMatch(readFileSync(dist[file]!, 'utf8'), /console\.(log|error|warn)\(/, file);
  });
});
