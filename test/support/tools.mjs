import path from 'node:path';
import { root } from './install.mjs';
import { withoutNpm } from './npm.mjs';

/** What a Node has to run for each tool, without a shell and whatever is on the PATH. */
export const tools = {
  typeCheck: ['node_modules/typescript/bin/tsc', '--noEmit'],
  rooms: ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', 'src', '--config', 'test/support/rooms.cjs'],
  phrases: ['test/support/phrases.mjs'],
  lint: ['node_modules/eslint/bin/eslint.js', '.'],
  format: ['node_modules/prettier/bin/prettier.cjs', '--check', '.'],
  build: ['esbuild.mjs'],
  mocha: ['node_modules/mocha/bin/mocha.js', '--reporter', 'test/support/reporter.cjs'],
  /** Run in the folder of the extension. */
  pack: (out) => [path.join(root, 'test/support/pack.mjs'), path.join(root, out)],
  typeScript: ['--import', 'tsx'],
};

export const VSIX = 'dist/tenant-tokens.vsix';

/**
 * The environment for a tool: its own scripts find the Node that runs it first.
 * @param {string} node
 * @param {NodeJS.ProcessEnv} [more]
 */
export function environment(node, more = {}) {
  const env = { ...withoutNpm(), ...more };
  return { ...env, PATH: [path.dirname(node), env.PATH].filter(Boolean).join(path.delimiter) };
}
