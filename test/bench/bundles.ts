import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { build } from 'esbuild';
import { titled } from './row.js';

const root = join(__dirname, '../..');

/** Bundles in a folder of their own, to be measured and thrown away. */
export class Bundles implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'tenant-tokens-bundles-'));

  /** The extension as it is packaged, with what is written beside it. @returns the files by name */
  extension(): Readonly<Record<string, string>> {
    const outdir = join(this.folder, 'dist');
    execFileSync(process.execPath, ['esbuild.mjs', '--production', `--outdir=${outdir}`], { cwd: root });
    return Object.fromEntries(readdirSync(outdir).map((file) => [file, join(outdir, file)]));
  }

  /** What the extension is made from. @returns files, from its folder, with slashes */
  sources(): readonly string[] {
    const outdir = join(this.folder, 'mapped');
    execFileSync(process.execPath, ['esbuild.mjs', `--outdir=${outdir}`], { cwd: root });
    const maps = readdirSync(outdir).filter((file) => file.endsWith('.map'));
    const sources = maps.flatMap((map) => (JSON.parse(readFileSync(join(outdir, map), 'utf8')) as { sources: string[] }).sources);
    return [...new Set(sources)].map((source) => relative(root, resolve(outdir, source)).replaceAll('\\', '/'));
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
    .map((line) => line.slice(1))
    .flatMap((line) => (line.includes('*') ? globSync(line, { cwd: root }) : line));
  return ['package.json', ...listed].map((file) =>
    file.startsWith('dist/') ? (dist[basename(file)] ?? file) : join(root, file),
  );
}

/** What a file takes in a package, which is a zip, kB. Without what surrounds it there, some hundred bytes. */
export const zippedKilobytes = (file: string): number => deflateRawSync(readFileSync(file), { level: 9 }).length / 1000;

/** What files load of Node. */
interface Loaded {
  readonly ms: number;
  /** Modules of Node that were not there before, as `process.moduleLoadList` names them. */
  readonly modules: readonly string[];
  /** The names of the files, also of those that they load themselves. */
  readonly files: readonly string[];
}

/** In a Node of its own. `vscode` is an object whose every property is callable; what is copied of it inherits from it. */
const LOAD = `
  const Module = require('node:module');
  const { basename } = require('node:path');
  const [files, preloaded] = process.argv.slice(1).map((list) => JSON.parse(list));
  const anything = new Proxy(function () {}, {
    get: (_, key) => (key === Symbol.toPrimitive ? () => '' : anything), apply: () => anything, construct: () => anything,
  });
  const editor = Object.create(anything);
  const load = Module._load;
  Module._load = (request, ...rest) => (request === 'vscode' ? editor : load(request, ...rest));
  for (const name of preloaded) require(name);
  // The clock brings modules, too.
  performance.now();
  const before = new Set(process.moduleLoadList);
  const begun = performance.now();
  for (const file of files) require(file);
  const ms = performance.now() - begun;
  const modules = process.moduleLoadList.filter((name) => !before.has(name));
  console.log(JSON.stringify({ ms, modules, files: Object.keys(require.cache).map((path) => basename(path)).sort() }));
`;

/** Loads files of ours or others as an extension host does. @param preloaded modules of Node that are there already */
export function load(files: readonly string[], preloaded: readonly string[] = []): Loaded {
  const args = [files, preloaded].map((list) => JSON.stringify(list));
  return JSON.parse(execFileSync(process.execPath, ['-e', LOAD, ...args], { encoding: 'utf8' })) as Loaded;
}

/** Those that reach the network, of modules of Node. */
export const networkModules = (modules: readonly string[]): readonly string[] =>
  modules.filter((name) => /^NativeModule (_?http|https|http2|net|tls|dns|undici|internal\/deps\/undici)/.test(name));
