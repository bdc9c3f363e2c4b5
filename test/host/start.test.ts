import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { launchBrowser } from '../workbench/browser.js';
import { createProfile } from '../workbench/server.js';
import { until } from '../workbench/until.js';

const root = path.join(import.meta.dirname, '../..');
const START_LIMIT_MS = 60_000;
/** What is killed needs a moment to be gone. Long before the server would notice by itself that nobody is there. */
const END_LIMIT_MS = 4_000;

const show = pathToFileURL(path.join(root, 'test/demo/show.mjs')).href;
/** As `test/start.mjs` does once all is built. */
const SHOWING = `const { show } = await import('${show}'); process.exitCode = await show(process.execPath, 'test/demo/serve.ts');`;
/** As npm does: it starts the command and passes signals on. */
const STARTING = `
  const child = require('node:child_process').spawn(process.execPath, ['--input-type=module', '-e', process.argv[1]], { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code));`;

/** A process by its id, as the kernel reports it. */
interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

function processes(): readonly Row[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    const [, state, parent] = /^\d+ \(.*\) (\S) (\d+)/s.exec(read(`/proc/${pid}/stat`)) ?? [];
    const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
    return state === undefined || state === 'Z' ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}

/** A process, and all that it has started. */
function treeOf(pid: number, all = processes()): readonly Row[] {
  const own = all.filter((one) => one.pid === pid);
  return [...own, ...all.filter(({ parent }) => parent === pid).flatMap((child) => treeOf(child.pid, all))];
}

describe('npm start, where there is no desktop', () => {
  let started: ChildProcess | undefined;
  let printed = '';
  let tree: readonly Row[] = [];

  /** Starts it as npm does. @returns the link that it prints */
  async function start(): Promise<string> {
    printed = '';
    started = spawn(process.execPath, ['-e', STARTING, SHOWING], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [started.stdout, started.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
      });
    const link = await until('the link', () => /Open (http:\/\/127\.0\.0\.1:\d+\/\S+) in a browser/.exec(printed)?.[1], {
      limit: START_LIMIT_MS,
      seen: () => printed,
    });
    tree = treeOf(started.pid!);
    return link;
  }

  const living = (): readonly Row[] => processes().filter(({ pid }) => tree.some((one) => one.pid === pid));
  const serving = (): Row => tree.find(({ command }) => command.trim().endsWith(' test/demo/serve.ts'))!;

  async function untilAllHaveEnded(): Promise<void> {
    await until('the end of all that was started', () => living().length === 0, { limit: END_LIMIT_MS, seen: () => living() });
  }

  afterEach(() => {
    for (const { pid } of living()) process.kill(pid, 'SIGKILL');
  });

  it('row 79: lets in the browser that follows the link, and nobody else on the machine', async () => {
    const link = await start();
    const follow = (url: string, cookie = '') => fetch(url, { redirect: 'manual', headers: { cookie } });
    const opened = await follow(link);
    const address = opened.headers.get('location') ?? '';
    const [cookie = ''] = (opened.headers.get('set-cookie') ?? '').split(';');
    assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/\?ew=true$/);
    // The door, and the editor behind it: pages, files of the machine, and the socket that has a terminal.
    assert.equal((await follow(new URL('/', link).href)).status, 404);
    assert.equal((await follow(`${link}x`)).status, 404);
    for (const forged of ['', `${cookie.slice(0, -1)}x`, 'code-server-session=']) {
      const answer = await follow(address, forged);
      assert.match(answer.headers.get('location') ?? '', /login/, forged);
      assert.equal((await follow(new URL('/vscode-remote-resource?path=/etc/hosts', address).href, forged)).status, 401);
      assert.equal(await upgrade(address, forged), 401);
    }
    assert.equal((await follow(address, cookie)).status, 200);

    const profile = createProfile();
    const browser = await launchBrowser(profile);
    try {
      const page = await browser.newPage();
      await page.goto(link);
      await page.locator('.monaco-workbench .part.activitybar').waitFor({ timeout: START_LIMIT_MS });
      // An extension host and what it starts are there now.
      const now = (): readonly Row[] => treeOf(started!.pid!);
      await until('the extension host', () => now().some(({ command }) => command.includes('--type=extensionHost')), {
        seen: now,
      });
      tree = treeOf(started!.pid!);
      process.kill(started!.pid!, 'SIGTERM');
      await untilAllHaveEnded();
    } finally {
      await browser.close();
      profile.remove();
    }
  });

  async function endsAfter(signal: NodeJS.Signals, victim: () => number): Promise<void> {
    await start();
    assert.ok(tree.length >= 5, tree.map(({ command }) => command).join('\n'));
    process.kill(victim(), signal);
    await untilAllHaveEnded();
  }

  it('row 80: ends with all that it has started when its terminal is closed', () => endsAfter('SIGHUP', () => started!.pid!));

  for (const [what, victim] of [
    ['npm', () => started!.pid!],
    ['the command that npm runs', () => serving().parent],
    ['the script that serves', () => serving().pid],
  ] as const)
    it(`ends with all that it has started when ${what} is killed`, () => endsAfter('SIGKILL', victim));
});

/** Asks for the socket of the editor. @returns the status of the answer; 101 where there is one */
function upgrade(address: string, cookie: string): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const headers = {
    cookie,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'x',
  };
  const asking = request(new URL('/stable', address), { headers: { ...headers, origin: new URL(address).origin } });
  asking.on('response', (answer) => resolve(answer.statusCode ?? 0)).on('upgrade', () => resolve(101));
  asking.on('error', () => resolve(0)).end();
  return promise;
}
