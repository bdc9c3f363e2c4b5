import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { elapsed } from './steps.mjs';

const SLOWEST = 10;

/**
 * @typedef {object} Test as test/support/reporter.cjs writes it
 * @property {'passed' | 'failed' | 'skipped'} outcome
 * @property {string} title
 * @property {string} file
 * @property {number} ms
 */

/** @returns {Test[]} */
function readTests(file) {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return lines.filter(Boolean).map((line) => JSON.parse(line));
}

const say = (...lines) => process.stdout.write(lines.map((line) => `${line}\n`).join(''));

/** What has passed and what has failed so far. Each is printed when it is complete, for others run beside it. */
export class Results {
  #begun = performance.now();
  #passed = 0;
  /** @type {{ what: string, command: string }[]} */
  #failures = [];
  /** @type {Test[]} */
  #tests = [];

  /**
   * @param {{ title: string, command: string, hasPassed: boolean, output: string }} check
   * @param {number} begun by `performance.now()`
   * @returns {boolean} whether it passed
   */
  addCheck({ title, command, hasPassed, output }, begun) {
    if (hasPassed) this.#passed++;
    else this.#failures.push({ what: title, command });
    report(hasPassed, [title, elapsed(begun)], output);
    return hasPassed;
  }

  /**
   * A process of tests that ends badly without a failure, or runs no test, has failed: it would pass for good otherwise.
   * @param {object} ended
   * @param {string} ended.title
   * @param {string} ended.place a file or folder
   * @param {string} ended.again the command that takes such a place
   * @param {number} ended.code
   * @param {string} ended.file with the results
   * @param {string} ended.output
   * @param {number} begun by `performance.now()`
   */
  addTests({ title, place, again, code, file, output }, begun) {
    const tests = readTests(file);
    const withOutcome = (outcome) => tests.filter((test) => test.outcome === outcome);
    const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map(withOutcome);
    const isBad = failed.length === 0 && (code !== 0 || passed.length === 0);
    const problem = isBad && (code === 0 ? 'no test ran' : `ended with code ${code}`);
    this.#tests.push(...tests);
    this.#passed += passed.length;
    this.#failures.push(...failed.map((test) => ({ what: test.title, command: `${again} ${test.file}` })));
    if (problem) this.#failures.push({ what: `${title}: ${problem}`, command: `${again} ${place}` });
    const counts = Object.entries({ passed, failed, skipped }).map(([what, { length }]) => length > 0 && `${length} ${what}`);
    const hasPassed = failed.length === 0 && !problem;
    report(hasPassed, [title, ...counts, problem, elapsed(begun)], output);
  }

  /** Prints the slowest tests, what runs only what failed, and in the last line the counts. Sets the exit code. */
  sumUp() {
    const slowest = this.#tests.toSorted((a, b) => b.ms - a.ms).slice(0, SLOWEST);
    const slow = slowest.map(({ ms, file, title }) => `  ${seconds(ms)} · ${file} · ${title}`);
    const failed = this.#failures.flatMap(({ what, command }) => [`  ${what}`, `    ${command}`]);
    if (slow.length > 1) say('', 'The slowest tests:', ...slow);
    if (failed.length > 0) say('', 'Failed, and what runs only that:', ...failed);
    say('', `All of it took ${elapsed(this.#begun)}.`, `${this.#passed} passed, ${this.#failures.length} failed`);
    process.exitCode = failed.length > 0 ? 1 : 0;
  }
}

/** What was printed is worth reading only where something failed. */
function report(hasPassed, parts, output) {
  say(`${hasPassed ? '✓' : '✗'} ${parts.filter(Boolean).join(' · ')}`);
  if (!hasPassed && output.trim()) say(output.trimEnd());
}

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
