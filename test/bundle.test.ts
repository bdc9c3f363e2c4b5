import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Bundles, kilobytes, load, networkModules, packaged, zippedKilobytes } from './bench/bundles.js';

const root = join(__dirname, '..');
const textOf = (file: string): string => readFileSync(file, 'utf8').replaceAll('\r\n', '\n');

describe('the bundle', () => {
  const bundles = new Bundles();
  let dist: Readonly<Record<string, string>>;

  before(() => {
    dist = bundles.extension();
  });
  after(() => bundles[Symbol.dispose]());

  /** What each file may grow to, bytes. Whatever starts with the editor is parsed by every person who has it installed. */
  const BUDGET: Readonly<Record<string, number>> = {
    'core.js': 222_500,
    'extension.js': 1_000,
    'features.js': 270_000,
    'gateway.js': 16_000,
    'sandbox.js': 45_000,
    'undici.js': 310_000,
  };

  it('is six files, none of them larger than it may be', () => {
    const scripts = Object.entries(dist).filter(([name]) => name.endsWith('.js'));
    assert.deepEqual(scripts.map(([name]) => name).sort(), Object.keys(BUDGET));
    for (const [name, file] of scripts) assert.ok(statSync(file).size <= BUDGET[name]!, `${name}: ${kilobytes(file)} kB`);
  });

  it('is packaged with little else: at most 45 files, of 400 kB when compressed, and pictures of 1 MB', () => {
    const files = packaged(dist);
    assert.ok(files.length <= 45, files.join(', '));
    const sizeOf = (some: readonly string[]): number => some.reduce((kB, file) => kB + zippedKilobytes(file), 0);
    const { pictures = [], others = [] } = Object.groupBy(files, (file) => (file.endsWith('.webp') ? 'pictures' : 'others'));
    assert.ok(sizeOf(others) <= 400, `${sizeOf(others)} kB`);
    assert.ok(sizeOf(pictures) <= 1000, `${sizeOf(pictures)} kB`);
  });

  describe('of what others wrote', () => {
    /** The files of packages that have a part in the bundle, as the source maps of another build name them. */
    let sources: readonly string[];
    /** The folders of these packages. */
    let folders: readonly string[];

    before(() => {
      sources = bundles.sources().filter((source) => source.startsWith('node_modules/'));
      folders = [...new Set(sources.map((source) => /^node_modules\/(@[^/]+\/)?[^/]+/.exec(source)![0]))].sort();
    });

    it('brings the licence of each package, of each part with one of its own, and of llhttp, which undici contains', () => {
      const notices = textOf(dist['THIRD-PARTY-NOTICES.txt']!);
      assert.ok(folders.length > 1, folders.join());
      for (const folder of folders) {
        const { name, version } = JSON.parse(textOf(join(root, folder, 'package.json'))) as Record<string, string>;
        assert.ok(notices.includes(`\n${name} ${version} (`), name);
        const [licence = ''] = readdirSync(join(root, folder)).filter((file) => /^LICEN[CS]E(\.md)?$/.test(file));
        assert.ok(notices.includes(textOf(join(root, folder, licence)).trim()), name);
      }
      const parts = [...new Set(sources.map((source) => join(root, dirname(source), 'LICENSE')))].filter((file) =>
        existsSync(file),
      );
      assert.ok(parts.length > 0);
      for (const part of parts) assert.ok(notices.includes(textOf(part).trim()), part);
      assert.ok(sources.some((source) => source.startsWith('node_modules/undici/lib/llhttp/')));
      assert.match(notices, /\nllhttp \(MIT\), in undici\n-+\n\nCopyright Fedor Indutny, 2018\.\n/);
    });

    it('lists the same packages, by version and hash, in a bill of materials beside the package', () => {
      const bill = JSON.parse(textOf(dist['tenant-tokens.cdx.json']!)) as {
        bomFormat: string;
        components: { name: string; version?: string; purl: string; hashes?: { content: string }[] }[];
        dependencies: { ref: string; dependsOn: string[] }[];
      };
      assert.equal(bill.bomFormat, 'CycloneDX');
      const { packages } = JSON.parse(textOf(join(root, 'package-lock.json'))) as {
        packages: Record<string, { version: string; integrity: string }>;
      };
      const expected = folders.map((folder) => {
        const name = folder.slice('node_modules/'.length);
        const { version, integrity } = packages[folder]!;
        return [name, version, Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex')];
      });
      const listed = bill.components.map(({ name, version, hashes }) => [name, version, hashes?.[0]?.content]);
      assert.deepEqual(listed, [...expected, ['llhttp', undefined, undefined]]);
      const [whole, ...parts] = bill.dependencies;
      assert.equal(whole?.dependsOn.length, folders.length);
      assert.deepEqual(
        parts.map(({ ref }) => ref),
        bill.components.map(({ purl }) => purl),
      );
    });
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

  it('loads modules of the network with undici, which shows that they are noticed', () => {
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
