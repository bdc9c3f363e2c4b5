import { spawn } from 'node:child_process';
import process from 'node:process';
import { root } from '../support/install.mjs';
import { environment, tools } from '../support/tools.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const PARENT_POLL_MS = 500;

/**
 * Runs a script of ours, which prints as it goes. It gets to the end of its stdin when this process ends, however it does, or is
 * told to end, and ends then with all that it has started.
 * @param {string} node
 * @param {string} script from the root
 * @param {...string} args
 * @returns {Promise<number>} its exit code; 0 if it was stopped
 */
export function show(node, script, ...args) {
  const options = { cwd: root, env: environment(node), stdio: ['pipe', 'inherit', 'inherit'] };
  const child = spawn(node, [...tools.typeScript, script, ...args], options);
  child.stdin.on('error', () => undefined);
  let isEnding = false;
  const end = () => {
    isEnding = true;
    child.stdin.end();
  };
  for (const signal of SIGNALS) process.on(signal, end);
  // npm passes signals on, but not the one that it does not live to see.
  const { ppid } = process;
  const watch = setInterval(() => process.ppid === ppid || end(), PARENT_POLL_MS);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      clearInterval(watch);
      for (const signal of SIGNALS) process.off(signal, end);
      resolve(isEnding ? 0 : (code ?? 1));
    });
  });
}
