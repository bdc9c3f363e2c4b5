/** Packs the extension in the folder where it runs: `node pack.mjs <file>`. Two packs of the same sources are the same file. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';

const vsce = path.join(path.dirname(createRequire(import.meta.url).resolve('@vscode/vsce/package.json')), 'vsce');

/** There is no public repository that links could be turned to, and the demo has no licence of its own. */
const OPTIONS = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--skip-license'];

/** In s. The times of all files in the package: as early as a zip can tell, in the time zone that it is read in. */
const EPOCH_S = Date.UTC(1980, 0, 1) / 1000;

const [out] = process.argv.slice(2);
if (!out) throw new Error('Name the file to pack into');
const { status } = spawnSync(process.execPath, [vsce, 'package', ...OPTIONS, '--out', out], {
  stdio: 'inherit',
  env: { SOURCE_DATE_EPOCH: String(EPOCH_S), ...process.env, TZ: 'UTC' },
});
process.exitCode = status ?? 1;
