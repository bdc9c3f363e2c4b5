/**
 * `npm start`: installs what is missing, builds, and opens VS Code with the extension, its sandbox and a sample for each
 * tenant. With `--tour` it does the main job there by itself, without a person; with `--pictures` it takes those of README and
 * walkthrough.
 */
import path from 'node:path';
import process from 'node:process';
import { findDesktop, openDesktop } from './demo/desktop.mjs';
import { show } from './demo/show.mjs';
import { ensureDependencies, ensureEncoder, ensureNode, ensureWorkbench, root, workbenchRuns } from './support/install.mjs';
import { mustRun, step } from './support/steps.mjs';
import { environment, tools, VSIX } from './support/tools.mjs';

const demo = path.join(root, 'test/demo');
const DEMO_VSIX = 'dist/demo.vsix';

async function tour(node) {
  needWorkbench('the tour');
  await ensureWorkbench();
  await step('Building', () => mustRun(node, tools.build, { cwd: root, env: environment(node) }));
  return show(node, 'test/tour.ts');
}

async function takePictures(node) {
  needWorkbench('taking pictures');
  await ensureWorkbench();
  await ensureEncoder();
  await step('Building and packaging', () => mustRun(node, tools.pack(VSIX), { cwd: root, env: environment(node) }));
  const code = await show(node, 'test/pictures/take.ts');
  if (code !== 0) return code;
  const folders = ['.tour/pictures', 'media/pictures'].map((folder) => path.join(root, folder));
  const encode = ['test/pictures/encode.mjs', ...folders];
  await step('Encoding', () => mustRun(node, encode, { cwd: root, env: environment(node) }));
  return 0;
}

async function open(node) {
  const desktop = await findDesktop();
  if (desktop) {
    await step('Building', () => mustRun(node, tools.build, { cwd: root, env: environment(node) }));
    await openDesktop(desktop, [root, demo]);
    return 0;
  }
  process.stdout.write('No desktop VS Code here: serving one for a browser\n');
  needWorkbench('VS Code for a browser');
  await ensureWorkbench();
  // A person's browser takes no extensions from folders, so they are installed as packages.
  await step('Building and packaging', async () => {
    await mustRun(node, tools.pack(VSIX), { cwd: root, env: environment(node) });
    await mustRun(node, tools.pack(DEMO_VSIX), { cwd: demo, env: environment(node) });
  });
  return show(node, 'test/demo/serve.ts', VSIX, DEMO_VSIX);
}

function needWorkbench(what) {
  if (!workbenchRuns) throw new Error(`${what} runs on Linux x64 only; install VS Code and run npm start`);
}

async function main() {
  await ensureDependencies();
  const node = await ensureNode();
  if (process.argv.includes('--pictures')) return takePictures(node);
  return process.argv.includes('--tour') ? tour(node) : open(node);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
