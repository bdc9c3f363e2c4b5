/**
 * `npm test`: installs what is missing and runs everything; `unit` or `host` as argument runs a part. The last line sums up.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { ensureDependencies, ensureNode, ensureWorkbench, root, workbenchRuns } from './support/install.mjs';
import { elapsed, run } from './support/steps.mjs';
import { environment, tools, VSIX } from './support/tools.mjs';

/**
 * Everything is driven with the package installed, as people have it. From the sources the extension is only loaded in
 * another way: what that could break, a few suites show.
 */
const DRIVEN = {
  installed: ['test/host/*.test.ts'],
  development: ['view', 'insertion', 'references'].map((name) => `test/host/${name}.test.ts`),
};
const PARTS = ['unit', 'host'];
const HOST_TEST_LIMIT_MS = 120_000;
/**
 * A whole desktop is driven, and a busy machine may lose a click. A test is tried again where its suite stands, and then the
 * suite from the start, in a new window. What was tried again is told: it deserves a look.
 */
const HOST_TEST_RETRIES = 1;

/** @type {{ title: string, passed: number, failed: number }[]} */
const results = [];

const hasPassed = (title) => results.some((result) => result.title === title && result.failed === 0);

function record(title, passed, failed) {
  results.push({ title, passed, failed });
}

/** A check passes or fails as a whole; what it printed is only worth reading if it failed. */
async function check(node, title, args) {
  const begun = performance.now();
  process.stdout.write(`${title} … `);
  const { code, output } = await run(node, args, { cwd: root, env: environment(node) });
  record(title, code === 0 ? 1 : 0, code === 0 ? 0 : 1);
  process.stdout.write(`${code === 0 ? 'passed' : 'failed'} (${elapsed(begun)})\n${code === 0 ? '' : `${output.trimEnd()}\n`}`);
}

/**
 * Tests print as they run, and leave the counts of each file in a file.
 * @returns {Promise<{ code: number, counts: Record<string, { passed: number, failed: number, skipped: number }> }>}
 */
async function runTests(node, args, env) {
  const folder = mkdtempSync(path.join(tmpdir(), 'tenant-tokens-counts-'));
  const file = path.join(folder, 'counts.json');
  const { code } = await run(node, args, { cwd: root, env: environment(node, { ...env, TEST_COUNTS: file }), show: true });
  const counts = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  rmSync(folder, { recursive: true, force: true });
  return { code, counts };
}

/**
 * Runs tests: `files` after the other arguments. A run that ends badly without a failure, or tested nothing, has failed: it
 * would otherwise pass for good.
 */
async function tests(node, title, args, { env = {}, files = [], areTriedAgain = false } = {}) {
  const begun = performance.now();
  process.stdout.write(`${title} …\n`);
  let { code, counts } = await runTests(node, [...args, ...files], env);
  const failedFiles = Object.keys(counts).filter((file) => counts[file].failed > 0);
  if (areTriedAgain && failedFiles.length > 0) {
    process.stdout.write(`${title}: tried again, from the start: ${failedFiles.map((file) => path.basename(file)).join(', ')}\n`);
    const again = await runTests(node, [...args, ...failedFiles], env);
    code = again.code;
    counts = { ...counts, ...again.counts };
  }
  const sum = (outcome) => Object.values(counts).reduce((total, file) => total + file[outcome], 0);
  const [passed, failed, skipped] = [sum('passed'), sum('failed'), sum('skipped')];
  const isVoid = failed === 0 && (code !== 0 || passed === 0);
  record(title, passed, isVoid ? 1 : failed);
  const reason = code === 0 ? 'it ran no test' : `it ended with code ${code}`;
  const said = [`${passed} passed`, failed && `${failed} failed`, skipped && `${skipped} skipped`, isVoid && `failed: ${reason}`];
  process.stdout.write(`${title}: ${said.filter(Boolean).join(', ')} (${elapsed(begun)})\n`);
}

async function unitPart(node) {
  await check(node, 'Type check', tools.typeCheck);
  await check(node, 'Lint', tools.lint);
  await check(node, 'Format', tools.format);
  await check(node, 'Build', tools.build);
  await tests(node, 'Unit and socket tests', tools.mocha);
}

async function hostPart(node) {
  await check(node, 'Package', tools.pack(VSIX));
  if (!hasPassed('Package')) return record('Tests in VS Code: there is no package to test', 0, 1);
  for (const mode of workbenchRuns ? ['development', 'installed'] : ['development']) await hostTests(node, mode);
  if (!workbenchRuns) {
    process.stdout.write(
      'Skipped: the tests that drive VS Code from outside, and those of the installed package, run on Linux x64 only\n',
    );
  }
}

async function hostTests(node, mode) {
  const inside = { HOST_MODE: mode, ...(workbenchRuns ? { HOST_STAND_IN: 'test/workbench/desktopStandIn.ts' } : {}) };
  await tests(node, `Tests inside VS Code (${mode})`, [...tools.typeScript, 'test/host/inside.ts'], { env: inside });
  if (!workbenchRuns) return;
  const limits = ['--timeout', String(HOST_TEST_LIMIT_MS), '--retries', String(HOST_TEST_RETRIES)];
  const options = ['--no-package', '--node-option', 'import=tsx', '--forbid-only', ...limits];
  const env = { HOST_MODE: mode, TEST_REPORT: 'each' };
  const outside = { env, files: DRIVEN[mode], areTriedAgain: true };
  await tests(node, `Tests driving VS Code (${mode})`, [...tools.mocha, ...options], outside);
}

function sumUp() {
  const sum = (count) => results.reduce((total, result) => total + result[count], 0);
  const failed = results.filter((result) => result.failed > 0).map(({ title }) => title);
  if (failed.length > 0) process.stdout.write(`\nFailed: ${failed.join('; ')}\n`);
  process.stdout.write(`\n${sum('passed')} passed, ${sum('failed')} failed\n`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

async function main(part) {
  if (part !== undefined && !PARTS.includes(part))
    throw new Error(`"${part}" is no part of the tests; there are: ${PARTS.join(', ')}`);
  await ensureDependencies();
  const node = await ensureNode();
  if (part !== 'unit' && workbenchRuns) await ensureWorkbench();
  if (part !== 'host') await unitPart(node);
  if (part !== 'unit') await hostPart(node);
}

try {
  await main(process.argv[2]);
} catch (error) {
  console.error(error);
  record('Preparation', 0, 1);
}
sumUp();
