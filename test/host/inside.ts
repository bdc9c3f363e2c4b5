/** Runs the tests that live inside the extension host: compiles them and hands them to VS Code, or to what stands in for it. */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { runTests, TestRunFailedError } from '@vscode/test-electron';
import { build } from 'esbuild';

const root = process.cwd();
const source = path.join(root, 'test/host/inside');
const compiled = path.join(root, '.vscode-test/inside');

/** The tests that the arguments name, or all. */
function named(): string[] {
  const [, , ...names] = process.argv;
  if (names.length > 0) return names;
  return readdirSync(source)
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => path.basename(file, '.ts'));
}

async function compile(): Promise<void> {
  rmSync(compiled, { recursive: true, force: true });
  await build({
    entryPoints: ['index', ...named()].map((name) => path.join(source, `${name}.ts`)),
    outdir: compiled,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
}

/** `installed` runs them beside the packaged extension, anything else beside the one in this folder. */
async function main(): Promise<void> {
  const installed = process.env['HOST_MODE'] === 'installed';
  const standIn = process.env['HOST_STAND_IN'];
  const vsix = path.join(root, 'dist/tenant-tokens.vsix');
  await compile();
  await runTests({
    // The desktop's executable where there is one for this machine; otherwise a Node that runs what stands in for it.
    ...(standIn ? { vscodeExecutablePath: process.execPath } : {}),
    launchArgs: [
      ...(standIn ? ['--import', 'tsx', standIn] : []),
      ...(installed ? [`--install-extension=${vsix}`] : ['--disable-extensions']),
    ],
    extensionDevelopmentPath: installed ? source : root,
    extensionTestsPath: path.join(compiled, 'index.cjs'),
    extensionTestsEnv: { TEST_REPORTER: path.join(root, 'test/support/reporter.cjs') },
  });
}

main().catch((error: unknown) => {
  if (!(error instanceof TestRunFailedError)) console.error(error);
  process.exitCode = 1;
});
