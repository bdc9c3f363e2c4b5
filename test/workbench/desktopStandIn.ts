/**
 * Stands in for the executable of a desktop VS Code on machines without one: takes the arguments that @vscode/test-electron
 * passes, runs the tests in the extension host of a served workbench, prints what they print and ends as they end.
 */
import { closeSync, existsSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { format, parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { developIn, launchBrowser, newContext, pageAddress } from './browser.js';
import { openDoor } from './door.js';
import { createProfile, installExtension, startServer } from './server.js';

const RUN_LIMIT_MS = 300_000;
const OUTPUT_POLL_MS = 50;
const ERRORS_KEPT = 8;

/** Ends as <sysexits.h> names them. */
const USAGE = 64;
const INTERNAL = 70;

interface Ending {
  readonly code: number;
  readonly why?: string;
}

const { values, positionals } = parseArgs({
  // Everything else that a desktop understands is a flag without a value, and of no meaning here.
  strict: false,
  allowPositionals: true,
  options: {
    extensionDevelopmentPath: { type: 'string', multiple: true, default: [] },
    extensionTestsPath: { type: 'string' },
    'install-extension': { type: 'string', multiple: true, default: [] },
    'user-data-dir': { type: 'string' },
  },
});
const strings = (value: unknown): string[] => [value].flat().filter((each) => typeof each === 'string');

async function main(): Promise<Ending> {
  const [entry] = strings(values.extensionTestsPath);
  const extensions = strings(values.extensionDevelopmentPath);
  // Without an extension under development, VS Code opens and never runs the tests.
  if (!entry || extensions.length === 0) return { code: USAGE, why: 'needs --extensionTestsPath and --extensionDevelopmentPath' };

  const profile = createProfile({ startFrom: strings(values['user-data-dir'])[0] });
  const guard = {
    entry: path.resolve(entry),
    outputFile: path.join(profile.folder, 'output.log'),
    resultFile: path.join(profile.folder, 'result.json'),
  };
  writeFileSync(guard.outputFile, '');
  let page: Page | undefined;
  let browser: Browser | undefined;
  const door = await openDoor(() => page);
  process.env['STAND_IN_GUARD'] = JSON.stringify(guard);
  process.env['STAND_IN_DOOR'] = door.address;

  for (const vsix of strings(values['install-extension'])) installExtension(profile, vsix);
  const server = await startServer(profile);
  const stopFollowing = follow(guard.outputFile);
  try {
    browser = await launchBrowser(profile);
    const context = await newContext(browser, server);
    await developIn(context, server.address, { extensions, testsPath: path.join(import.meta.dirname, 'guard.cjs') });
    page = await context.newPage();
    const errors: string[] = [];
    const ending = Promise.race([
      reported(page, errors),
      server.ended.then((printed) => ({ code: INTERNAL, why: `the server ended early\n${printed}` })),
      once(page, 'crash').then(() => ({ code: INTERNAL, why: 'the window crashed' })),
      once(browser, 'disconnected').then(() => ({ code: INTERNAL, why: 'the browser ended early' })),
      limit(),
    ]);
    await page.goto(pageAddress(server.address, positionals[0]), { waitUntil: 'domcontentloaded' });
    return verdict(await ending, guard.resultFile, errors);
  } finally {
    stopFollowing();
    door.close();
    await browser?.close();
    await server.stop();
    profile.remove();
  }
}

/** Waits for the workbench to report that the tests ended, and keeps its last errors for the case that they never began. */
async function reported(page: Page, errors: string[]): Promise<Ending> {
  await page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) => {
    if (type === 'error')
      errors.push(
        format(...args)
          .split('\n')
          .slice(0, 3)
          .join('\n'),
      );
    errors.splice(0, errors.length - ERRORS_KEPT);
  });
  return new Promise((resolve) => {
    void page.exposeFunction('codeAutomationExit', (code: number) => resolve({ code }));
  });
}

/** An extension host that died is reported as success: only what the guard wrote counts as one. */
function verdict(ending: Ending, resultFile: string, errors: readonly string[]): Ending {
  if (existsSync(resultFile)) {
    const { passed } = JSON.parse(readFileSync(resultFile, 'utf8')) as { passed: boolean };
    return passed ? ending : { code: ending.code || 1 };
  }
  const why = ending.why ?? 'the extension host ended before the tests did';
  return { code: ending.code || INTERNAL, why: [why, ...errors].join('\n') };
}

const once = (emitter: { once(event: never, listener: () => void): unknown }, event: string) =>
  new Promise<void>((resolve) => {
    emitter.once(event as never, resolve);
  });

const limit = () =>
  new Promise<Ending>((resolve) => {
    setTimeout(() => resolve({ code: 124, why: `the tests took more than ${RUN_LIMIT_MS / 1000} s` }), RUN_LIMIT_MS).unref();
  });

/** Prints what is appended to a file as it comes; the returned function prints the rest and ends that. */
function follow(file: string): () => void {
  let printed = 0;
  const print = () => {
    const descriptor = openSync(file, 'r');
    const chunk = Buffer.alloc(64 * 1024);
    for (let count = 1; count > 0; printed += count) {
      count = readSync(descriptor, chunk, 0, chunk.length, printed);
      process.stdout.write(chunk.subarray(0, count));
    }
    closeSync(descriptor);
  };
  const timer = setInterval(print, OUTPUT_POLL_MS);
  return () => {
    clearInterval(timer);
    print();
  };
}

const { code, why } = await main();
if (why) console.error(why);
process.exitCode = code;
