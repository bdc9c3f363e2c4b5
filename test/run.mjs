/**
 * `npm test`: installs what is missing, runs the checks and all tests, and sums up in the last line. Files and folders of tests
 * as arguments run only these, and install only what they need. `--long` adds what takes long or measures time; `--coverage`
 * runs the tests without the checks and prints how many lines of src/ they run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { clearCoverage, printCoverage } from './support/coverage.mjs';
import { ensureDependencies, ensureNode, ensureWorkbench, root, workbenchRuns } from './support/install.mjs';
import { planTests } from './support/plan.mjs';
import { Results } from './support/results.mjs';
import { run, turns } from './support/steps.mjs';
import { environment, tools, VSIX } from './support/tools.mjs';

/** Windows that are open at a time: each leaves a processor idle for two thirds of its time. */
const WINDOWS = 2;

/** A process that has not ended by then never does: a test has left something open. */
const JOB_LIMIT_MS = 20 * 60_000;

const results = new Results();

/** What a check prints is worth reading only if it fails. */
async function check(node, title, args, command = 'npm run check') {
  const begun = performance.now();
  const { code, output } = await run(node, args, { cwd: root, env: environment(node) });
  return results.addCheck({ title, command, hasPassed: code === 0, output }, begun);
}

/**
 * @param {string} node
 * @param {import('./support/plan.mjs').Job} job
 * @param {boolean} show prints each test as it ends
 */
async function runTests(node, { title, place, again, args, env }, show) {
  const begun = performance.now();
  const folder = mkdtempSync(path.join(tmpdir(), 'tenant-tokens-results-'));
  const file = path.join(folder, 'results');
  const told = { TEST_RESULTS: file, ...(show && { TEST_REPORT: 'each' }) };
  const options = { cwd: root, env: environment(node, { ...env, ...told }), show, timeout: env.LONG ? 0 : JOB_LIMIT_MS };
  const { code, output } = await run(node, args, options);
  results.addTests({ title, place, again, code, file, output }, begun);
  rmSync(folder, { recursive: true, force: true });
}

const CHECKS = { Types: tools.typeCheck, Rooms: tools.rooms, Phrases: tools.phrases, Lint: tools.lint, Format: tools.format };

/** Makes the forms of the extension that are wanted, one after the other: each writes to dist/. */
async function makeExtension(node, modes) {
  const isMade = {};
  if (modes.has('installed')) isMade.installed = await check(node, 'Package', tools.pack(VSIX), 'npm run package');
  if (modes.has('development')) isMade.development = await check(node, 'Build', tools.build, 'npm run build');
  return isMade;
}

/**
 * Runs checks and tests beside each other, and after them, alone, the tests that measure time.
 * @param {string} node
 * @param {import('./support/plan.mjs').Job[]} jobs
 * @param {object} checks to run with them
 */
async function runAll(node, jobs, checks) {
  const [processor, windows] = [turns(availableParallelism()), turns(WINDOWS)];
  const test = (job) => runTests(node, job, jobs.length === 1);
  const extension = processor(() => makeExtension(node, new Set(jobs.map(({ mode }) => mode))));
  const checked = Object.entries(checks).map(([title, args]) => processor(() => check(node, title, args)));
  const tested = jobs.map(async (job) => {
    if (job.isTimed) return;
    if (!job.mode) await processor(() => test(job));
    else if ((await extension)[job.mode]) await windows(() => test(job));
  });
  await Promise.all([extension, ...checked, ...tested]);
  for (const job of jobs) if (job.isTimed) await test(job);
}

/** @throws {Error} for arguments that are not understood */
function readArguments() {
  const { values: options, positionals: names } = parseArgs({
    allowPositionals: true,
    options: { long: { type: 'boolean', default: false }, coverage: { type: 'boolean', default: false } },
  });
  const checks = names.length > 0 || options.coverage ? {} : CHECKS;
  return { jobs: planTests(names, options), checks, coverage: options.coverage };
}

async function main({ jobs, checks, coverage }) {
  await ensureDependencies();
  const node = await ensureNode();
  const isInEditor = jobs.some(({ mode }) => mode);
  if (isInEditor && workbenchRuns) await ensureWorkbench();
  else if (isInEditor) process.stdout.write('Left out: VS Code is driven and has the package installed on Linux x64 only\n');
  if (coverage) clearCoverage();
  await runAll(node, jobs, checks);
  if (coverage) await printCoverage();
}

let wanted;
try {
  wanted = readArguments();
} catch (error) {
  process.stdout.write(`${error.message}\n`);
  process.exit(1);
}
try {
  await main(wanted);
} catch (error) {
  results.addCheck({ title: 'The run itself', command: 'npm test', hasPassed: false, output: error.stack }, 0);
}
results.sumUp();
