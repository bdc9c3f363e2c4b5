import { readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

const TEST_LIMIT_MS = 20_000;

/** What the extension host calls: runs the compiled tests beside this file. */
export async function run(): Promise<void> {
  process.setSourceMapsEnabled(true);
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({
    timeout: TEST_LIMIT_MS,
    forbidOnly: true,
    color: false,
    reporter: process.env['TEST_REPORTER'] ?? 'spec',
  });
  const tests = readdirSync(__dirname).filter((name) => name.endsWith('.test.cjs'));
  for (const name of tests) mocha.addFile(path.join(__dirname, name));
  const failures = await new Promise<number>((resolve) => {
    mocha.run(resolve);
  });
  if (failures > 0) throw new Error(`${failures} failed`);
}
