import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { build } from 'esbuild';
import { titled } from './row.js';

const root = join(__dirname, '../..');

/** Bundles in a folder of their own, to be measured and thrown away. */
export class Bundles implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'tenant-tokens-bundles-'));

  /** The extension as it is packaged. @returns its files by name */
  extension(): Readonly<Record<string, string>> {
    const outdir = join(this.folder, 'dist');
    execFileSync(process.execPath, ['esbuild.mjs', '--production', `--outdir=${outdir}`], { cwd: root });
    return Object.fromEntries(readdirSync(outdir).map((file) => [file, join(outdir, file)]));
  }

  /** A package as an extension would bundle it. @returns its file */
  async library(name: string): Promise<string> {
    const outfile = join(this.folder, `${name.replace(/\W+/g, '-')}.js`);
    await build({
      stdin: { contents: `export * from ${JSON.stringify(name)};`, resolveDir: root },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node22',
      minify: true,
      legalComments: 'none',
      logLevel: 'error',
    });
    return outfile;
  }

  /** A file with nothing in it. */
  empty(): string {
    const file = join(this.folder, 'empty.js');
    writeFileSync(file, '');
    return file;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What an extension would bundle to exchange tokens, by its title. */
export async function libraryBundles(bundles: Bundles): Promise<readonly { readonly name: string; readonly file: string }[]> {
  const names = ['oauth4webapi', 'openid-client', 'simple-oauth2', '@azure/msal-node', 'google-auth-library', 'undici'];
  return Promise.all(names.map(async (name) => ({ name: titled(name), file: await bundles.library(name) })));
}

export const kilobytes = (file: string): number => statSync(file).size / 1000;

/** What is packaged, by its place in the package. @param dist the files of the bundle, by name */
export function packaged(dist: Readonly<Record<string, string>>): readonly string[] {
  const listed = readFileSync(join(root, '.vscodeignore'), 'utf8')
    .split(/\r?\n/)
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  return ['package.json', ...listed].map((file) =>
    file.startsWith('dist/') ? (dist[basename(file)] ?? file) : join(root, file),
  );
}

/** What a file takes in a package, which is a zip, kB. Without what surrounds it there, some hundred bytes. */
export const zippedKilobytes = (file: string): number => deflateRawSync(readFileSync(file), { level: 9 }).length / 1000;

/** Modules of Node that reach the network, as `process.moduleLoadList` names them. */
const NETWORK = '^NativeModule (_?http|https|http2|net|tls|dns|undici|internal/deps/undici)';

/**
 * Loads a file in a Node of its own, with a stand-in for the editor, after what an extension host has loaded anyway.
 * @returns how long that took, ms, and the modules of the network that came with it
 */
export function load(file: string): {
  readonly ms: number;
  readonly network: readonly string[];
  readonly files: readonly string[];
} {
  const script = `
    const Module = require('node:module');
    const load = Module._load;
    const anything = new Proxy(function () {}, { get: (_, key) => (key === Symbol.toPrimitive ? () => '' : anything), apply: () => anything, construct: () => anything });
    // What a bundle copies of it inherits from it: there are no properties to copy.
    const editor = Object.create(anything);
    Module._load = (request, ...rest) => (request === 'vscode' ? editor : load(request, ...rest));
    for (const name of ['crypto', 'fs/promises', 'os', 'path', 'timers/promises', 'url', 'util', 'zlib']) require('node:' + name);
    const before = new Set(process.moduleLoadList);
    const [file, network] = process.argv.slice(1);
    const begun = performance.now();
    require(file);
    const ms = performance.now() - begun;
    const names = process.moduleLoadList.filter((name) => !before.has(name) && new RegExp(network).test(name));
    console.log(JSON.stringify({ ms, network: names, files: Object.keys(require.cache) }));`;
  const output = execFileSync(process.execPath, ['-e', script, file, NETWORK], { encoding: 'utf8' });
  return JSON.parse(output) as ReturnType<typeof load>;
}
