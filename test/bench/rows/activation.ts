import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createVSIX } from '@vscode/vsce';
import { build } from 'esbuild';
import { until, type Workbench } from '../../workbench/workbench.js';
import { type Bench, type Row, type Subject, titled } from '../row.js';

const root = join(__dirname, '../../..');

const OURS = 'tenant-tokens.tenant-tokens';
/** What VS Code brings and every start activates: small ones that do next to nothing, and one that does more. */
const BUILT_IN = ['vscode.git-base', 'vscode.debug-auto-launch', 'vscode.merge-conflict', 'vscode.github-authentication'];

/** A start takes seconds, of which other extensions and the browser have most. */
const STARTS = 20;
const PAGE = 'Startup Performance';

/** What VS Code says of an extension's activation, ms, in whole ones: reading its code, calling `activate`, waiting for that. */
interface Activation {
  readonly load: number;
  readonly call: number;
  readonly finish: number;
}

type Activations = ReadonlyMap<string, Activation>;

/** The extension as it is published, of the sources as they are: in a folder that is removed with it. */
async function pack(folder: string): Promise<string> {
  execFileSync(process.execPath, ['esbuild.mjs', '--production', `--outdir=${join(folder, 'dist')}`], { cwd: root });
  for (const name of ['media', 'README.md', 'CHANGELOG.md', 'LICENSE', '.vscodeignore'])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  const { scripts: _, ...manifest } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const vsix = join(folder, 'tenant-tokens.vsix');
  const options = { dependencies: false, rewriteRelativeLinks: false, allowMissingRepository: true, skipLicense: true };
  await createVSIX({ cwd: folder, packagePath: vsix, ...options });
  return vsix;
}

/**
 * Starts the window anew, which takes an extension host of its own: nothing of ours is loaded in it before our view is looked
 * at. Then reads the table of *Developer: Startup Performance*.
 */
async function start(editor: Workbench): Promise<Activations> {
  await editor.reload();
  await editor.openView();
  await editor.page.locator('.part.sidebar').locator('.welcome-view-content, [role=treeitem]').first().waitFor();
  await editor.command(`Developer: ${PAGE}`);
  await editor.activeEditor(PAGE);
  const activations = await until('all activations', async () => {
    const table = activationsIn(await editor.editorText());
    return [OURS, ...BUILT_IN].every((id) => table.has(id)) && table;
  });
  await editor.command('View: Close Editor');
  return activations;
}

/** | Extension | Eager | Load Code | Call Activate | Finish Activate | Event | By | */
function activationsIn(text: string): Activations {
  const rows = text.matchAll(/^\| (\S+) +\| (?:true|false) +\| (\d+) +\| (\d+) +\| (\d+) +\|/gm);
  return new Map(
    Array.from(rows, ([, id, ...times]) => {
      const [load = 0, call = 0, finish = 0] = times.map(Number);
      return [id!, { load, call, finish }];
    }),
  );
}

/** Every subject is in every start, so they take their turns in the same ones. */
async function openStarts(tenants: number, taken: (activation: Activation) => number): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'tenant-tokens-activation-'));
  const settings = { 'tenantTokens.tenants': Array.from({ length: tenants }, (_, at) => tenantOf(at)) };
  const editor = await openEditor(folder, settings);
  const starts: Promise<Activations>[] = [];
  const subject = (name: string, id: string): Subject => {
    let turn = 0;
    return {
      name,
      round: async () => [taken((await (starts[turn++] ??= start(editor))).get(id)!)],
    };
  };
  return {
    subjects: [subject('Tenant Tokens', OURS), ...BUILT_IN.map((id) => subject(id.replace('vscode.', ''), id))],
    close: async () => {
      await editor.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function openEditor(folder: string, settings: Readonly<Record<string, unknown>>): Promise<Workbench> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('the VS Code that is driven runs on Linux x64 only');
  // Where it is not installed there is nothing to import.
  const { openWorkbench } = await import('../../workbench/workbench.js');
  return openWorkbench({
    mode: 'installed',
    vsix: await pack(folder),
    folder: mkdtempSync(join(folder, 'workspace-')),
    settings,
  });
}

const tenantOf = (at: number): Record<string, unknown> => ({
  id: `tenant-${at}`,
  name: `Tenant ${at}`,
  platform: 'cloud-director',
  url: 'https://cloud.example.net',
  organization: `tenant-${at}`,
});

/** What our activation loads, in its order (esbuild.mjs). */
const LOADED = ['extension.js', 'core.js'];
const LIBRARIES = ['oauth4webapi', 'simple-oauth2', 'google-auth-library', '@azure/msal-node', 'undici'];

/**
 * Loads files in a Node of its own and prints the time, ms. An extension host has loaded the modules of Node that it uses
 * itself; whoever loads further ones is charged with them. `vscode` is an object whose every property is callable.
 */
const LOAD = `
  const Module = require('node:module');
  for (const name of ['assert', 'child_process', 'crypto', 'events', 'fs', 'fs/promises', 'http', 'https', 'net', 'os', 'path',
    'perf_hooks', 'process', 'stream', 'timers/promises', 'tls', 'url', 'util', 'worker_threads', 'zlib']) require('node:' + name);
  const anything = new Proxy(function () {}, {
    get: (_, key) => (key === Symbol.toPrimitive ? () => '' : anything), apply: () => anything, construct: () => anything,
  });
  const editor = Object.create(anything);
  const load = Module._load;
  Module._load = (request, ...rest) => (request === 'vscode' ? editor : load(request, ...rest));
  const begun = performance.now();
  for (const file of process.argv.slice(1)) require(file);
  console.log(performance.now() - begun);
`;

function loading(name: string, files: readonly string[]): Subject {
  return { name, round: () => [Number(execFileSync(process.execPath, ['-e', LOAD, ...files], { encoding: 'utf8' }))] };
}

/** Libraries are bundled and minified as ours is: read from hundreds of files they would take far longer. */
async function openModules(): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'tenant-tokens-modules-'));
  execFileSync(process.execPath, ['esbuild.mjs', '--production', `--outdir=${folder}`], { cwd: root });
  const bundled = async (name: string, contents: string): Promise<string> => {
    const outfile = join(folder, 'libraries', `${name.replaceAll('/', '-')}.js`);
    const options = { bundle: true, minify: true, platform: 'node', format: 'cjs', target: 'node22', logLevel: 'error' } as const;
    await build({ ...options, stdin: { contents, resolveDir: root }, outfile });
    return outfile;
  };
  const libraries = LIBRARIES.map(async (name) =>
    loading(titled(name), [await bundled(name, `module.exports = require('${name}')`)]),
  );
  return {
    subjects: [
      loading(
        'Tenant Tokens',
        LOADED.map((file) => join(folder, file)),
      ),
      loading('an empty bundle', [await bundled('empty', '')]),
      ...(await Promise.all(libraries)),
    ],
    close: () => {
      rmSync(folder, { recursive: true });
      return Promise.resolve();
    },
  };
}

export const rows: readonly Row[] = [
  {
    id: 'A1',
    title: 'activation in VS Code: load and call',
    unit: 'ms',
    targets: [
      { figure: 'p50', versus: 'debug-auto-launch', atMost: 1.5 },
      { figure: 'p50', versus: 'git-base', atMost: 1.5, moonshot: 1 },
    ],
    rounds: STARTS,
    open: () => openStarts(0, ({ load, call }) => load + call),
  },
  {
    id: 'A1 finish',
    title: 'activation until all of it runs, with 100 tenants',
    unit: 'ms',
    targets: [],
    rounds: STARTS,
    open: () => openStarts(100, ({ load, call, finish }) => load + call + finish),
  },
  {
    id: 'A1 modules',
    title: 'reading all code that activation needs',
    unit: 'ms',
    targets: [],
    rounds: STARTS,
    open: openModules,
  },
];
