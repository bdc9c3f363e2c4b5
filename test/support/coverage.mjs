import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { root } from './install.mjs';
import { mustRun } from './steps.mjs';

const folder = path.join(root, 'dist/coverage');
const raw = path.join(folder, 'raw');

/** Every Node that has this in its environment writes there what it ran, when it ends. */
export const coverageEnvironment = { NODE_V8_COVERAGE: raw };

export function clearCoverage() {
  rmSync(folder, { recursive: true, force: true });
}

/** Prints how many lines of src/ have run, by folder and in all. */
export async function printCoverage(node) {
  const c8 = ['node_modules/c8/bin/c8.js', 'report', '--temp-directory', raw, '--reports-dir', folder];
  const ours = ['--all', '--src', 'src', '--include', 'src/**', '--exclude-after-remap', '--merge-async'];
  await mustRun(node, [...c8, ...ours, '--reporter', 'json-summary'], { cwd: root });
  const { total, ...files } = JSON.parse(readFileSync(path.join(folder, 'coverage-summary.json'), 'utf8'));
  const folders = new Map();
  for (const [file, { lines }] of Object.entries(files)) {
    const place = path.relative(root, path.dirname(file)).replaceAll(path.sep, '/');
    const sum = folders.get(place) ?? { covered: 0, total: 0 };
    folders.set(place, { covered: sum.covered + lines.covered, total: sum.total + lines.total });
  }
  const line = (name, { covered, total: all }) =>
    `  ${name.padEnd(20)} ${((covered / all) * 100).toFixed(2).padStart(6)} %  ${covered} of ${all} lines\n`;
  const rows = [...folders].sort(([a], [b]) => a.localeCompare(b)).map(([name, sum]) => line(name, sum));
  process.stdout.write(`\nLines of src/ that the tests run:\n${rows.join('')}${line('all', total.lines)}`);
}
