import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createVSIX } from '@vscode/vsce';
import { until } from '../../workbench/until.js';
import type { Workbench } from '../../workbench/workbench.js';
import { Bundles, libraryBundles, load } from '../bundles.js';
import type { Bench, Row, Subject } from '../row.js';

const root = join(__dirname, '../../..');

const OURS = 'tenant-tokens.tenant-tokens';
/** What VS Code brings and every start activates: small ones that do next to nothing, and one that does more. */
const BUILT_IN = ['vscode.git-base', 'vscode.debug-auto-launch', 'vscode.merge-conflict', 'vscode.github-authentication'];

/** A start takes seconds, mostly in other extensions and the browser. */
const STARTS = 20;
const TENANTS = 100;
/** Long after the last extension of a start is activated. */
const SETTLED_MS = 3_000;
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
 * Opens a window, which has an extension host of its own, then our view, and reads the table of *Developer: Startup
 * Performance*. It charges an extension with all that is loaded while it is: so ours waits until the others have done what they
 * do at a start, and is there before the page, whose Markdown activates more.
 */
async function start(editor: Workbench): Promise<Activations> {
  // One that knew of the last one would open with our view, and ours would be charged with all that starts then.
  const window = await editor.openWindow({ isPrivate: true });
  await window.page.waitForTimeout(SETTLED_MS);
  await window.openView();
  await until('our tenants', async () => (await window.rows()).length > 0);
  let listed: Activations = new Map();
  await until(
    'all activations',
    async () => {
      await window.command(`Developer: ${PAGE}`);
      await window.activeEditor(PAGE);
      listed = activationsIn(await window.editorText());
      await window.command('View: Close Editor');
      return [OURS, ...BUILT_IN].every((id) => listed.has(id));
    },
    { seen: () => [...listed.keys()] },
  );
  await window.closeWindow();
  return listed;
}

/** | Extension | Eager | Load Code | Call Activate | Finish Activate | Event | By | */
function activationsIn(text: string): Activations {
  const rows = text.matchAll(/^\| (\S+) +\| (?:true|false) +\| (\d+) +\| (\d+) +\| (\d+) +\|/gm);
  return new Map(
    Array.from(rows, ([, id = '', load, call, finish]) => [
      id,
      { load: Number(load), call: Number(call), finish: Number(finish) },
    ]),
  );
}

/** Every subject is in every start, so they take their turns in the same ones. */
async function openStarts(taken: (activation: Activation) => number): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'tenant-tokens-activation-'));
  const editor = await openEditor(folder);
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

async function openEditor(folder: string): Promise<Workbench> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('the VS Code that is driven runs on Linux x64 only');
  // Where it is not installed there is nothing to import.
  const { openWorkbench } = await import('../../workbench/workbench.js');
  const tenants = Array.from({ length: TENANTS }, (_, at) => ({
    id: `tenant-${at}`,
    name: `Tenant ${at}`,
    platform: 'cloud-director',
    url: 'https://cloud.example.net',
    organization: `tenant-${at}`,
  }));
  return openWorkbench({ mode: 'installed', vsix: await pack(folder), settings: { 'tenantTokens.tenants': tenants } });
}

/** An extension host has loaded them for itself, and charges nobody with them. */
const HOST_MODULES = [
  'child_process',
  'crypto',
  'dns',
  'fs/promises',
  'http',
  'https',
  'net',
  'os',
  'stream',
  'timers/promises',
  'tls',
  'url',
  'util',
  'worker_threads',
  'zlib',
].map((name) => `node:${name}`);

/** Libraries are bundled and minified as ours is: read from hundreds of files they would take far longer. */
async function openModules(): Promise<Bench> {
  const bundles = new Bundles();
  const loading = (name: string, ...files: string[]): Subject => ({ name, round: () => [load(files, HOST_MODULES).ms] });
  const { 'extension.js': extension, 'core.js': core } = bundles.extension();
  const libraries = (await libraryBundles(bundles)).map(({ name, file }) => loading(name, file));
  return {
    subjects: [loading('Tenant Tokens', extension!, core!), loading('an empty bundle', bundles.empty()), ...libraries],
    close: () => {
      bundles[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

export const rows: readonly Row[] = [
  {
    id: 'A1',
    title: 'Activation, for a view of 100 tenants: load and call',
    unit: 'ms',
    targets: [
      { figure: 'p50', versus: 'debug-auto-launch', atMost: 1.5 },
      { figure: 'p50', versus: 'git-base', atMost: 1.5, moonshot: 1 },
    ],
    rounds: STARTS,
    open: () => openStarts(({ load, call }) => load + call),
  },
  {
    id: 'A1 finish',
    title: 'The same, until it has ended',
    unit: 'ms',
    targets: [],
    rounds: 8,
    open: () => openStarts(({ load, call, finish }) => load + call + finish),
  },
  {
    id: 'A1 modules',
    title: 'Loading the code that runs from the activation on',
    unit: 'ms',
    targets: [],
    rounds: STARTS,
    open: openModules,
  },
];
