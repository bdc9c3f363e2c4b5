import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { mustRun } from './steps.mjs';

/** What a person may have set for npm and an install of ours has to respect; the rest of `npm_*` describes the outer run. */
const RESPECTED =
  /^npm_config_(cache|registry|ca|cafile|userconfig|globalconfig|https?_proxy|proxy|noproxy|offline|prefer_offline)$/i;

/** npm's program: the one that runs us, or the one that came with our Node; undefined if it can only be found on the PATH. */
function npmProgram() {
  const beside = path.dirname(process.execPath);
  const candidates = [
    process.env.npm_execpath,
    path.join(beside, '../lib/node_modules/npm/bin/npm-cli.js'),
    path.join(beside, 'node_modules/npm/bin/npm-cli.js'),
  ];
  return candidates.find((file) => file && path.basename(file) === 'npm-cli.js' && existsSync(file));
}

/** The environment without the settings of an npm that runs us: they are for its folder, not for the one we install into. */
export function withoutNpm(env = process.env) {
  const isOuter = (name) => (/^npm_/i.test(name) && !RESPECTED.test(name)) || name === 'INIT_CWD';
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isOuter(name)));
}

/**
 * Runs npm, never the scripts of packages.
 * @param {readonly string[]} args
 * @param {string} cwd
 */
export async function npm(args, cwd) {
  const program = npmProgram();
  const all = [...args, '--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  const options = { cwd, env: withoutNpm() };
  if (program) await mustRun(process.execPath, [program, ...all], options);
  else await mustRun('npm', all, { ...options, shell: process.platform === 'win32' });
}
