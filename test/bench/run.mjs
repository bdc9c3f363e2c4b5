/**
 * `npm run bench`, `npm run bench:<name>` and `npm run soak`: installs what is missing and runs `test/bench/<name>.ts` on a Node
 * that the extension's code runs on.
 */
import { existsSync } from 'node:fs';
import process from 'node:process';
import { ensureDependencies, ensureNode, ensureWorkbench, root, workbenchRuns } from '../support/install.mjs';
import { run } from '../support/steps.mjs';
import { environment, tools } from '../support/tools.mjs';

const [name, ...args] = process.argv.slice(2);
const script = `test/bench/${name}.ts`;
if (!existsSync(new URL(`${name}.ts`, import.meta.url))) throw new Error(`there is no ${script}`);
await ensureDependencies();
const node = await ensureNode();
// Some of it is measured in a VS Code.
if (name === 'bench' && workbenchRuns) await ensureWorkbench();
const { code } = await run(node, [...tools.typeScript, script, ...args], { cwd: root, env: environment(node), show: true });
process.exitCode = code;
