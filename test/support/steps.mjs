import { spawn } from 'node:child_process';
import process from 'node:process';

/**
 * What a command printed, and how it ended.
 * @typedef {{ code: number, output: string }} Outcome
 */

/**
 * @param {number} since when it began, by `performance.now()`
 * @returns {string} for people
 */
export const elapsed = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/**
 * Says what is being done, does it, and says how long it took: a long silence looks like a hang.
 * @template T
 * @param {string} title
 * @param {() => T | Promise<T>} work prints nothing itself
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const begun = performance.now();
  process.stdout.write(`${title} … `);
  try {
    const result = await work();
    process.stdout.write(`${elapsed(begun)}\n`);
    return result;
  } catch (error) {
    process.stdout.write(`failed after ${elapsed(begun)}\n`);
    throw error;
  }
}

/**
 * Lets so many at a time work; the others wait for their turn.
 * @param {number} count
 * @returns {<T>(work: () => Promise<T>) => Promise<T>}
 */
export function turns(count) {
  const waiting = [];
  let free = count;
  return async (work) => {
    if (free > 0) free--;
    else await new Promise((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The turn goes to who has waited longest.
      if (waiting.length > 0) waiting.shift()();
      else free++;
    }
  };
}

/**
 * Runs a command. What it prints is kept, or shown as it comes.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean, shell?: boolean, timeout?: number }} [options] timeout in ms
 * @returns {Promise<Outcome>}
 */
export function run(command, args, { show = false, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve({ code: code ?? 1, output: signal ? `${output}\nEnded by ${signal}` : output }),
    );
  });
}

/**
 * Runs a command that has to succeed.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, shell?: boolean }} [options]
 */
export async function mustRun(command, args, options) {
  const { code, output } = await run(command, args, options);
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} ended with ${code}\n${output}`);
  return output;
}
