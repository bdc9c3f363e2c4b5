/**
 * Takes the screenshots of README and walkthrough in a real VS Code, on the sandbox, and records the moving picture of the
 * README. Leaves them under `.tour/pictures`, where encode.mjs finds them.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { openWorkbench, type Theme, until, type Workbench } from '../workbench/workbench.js';
import { Recorder } from './recorder.js';

const root = process.cwd();
const pictures = path.join(root, '.tour/pictures');
const SIZE = { width: 1000, height: 600 };
/** So that whoever watches the movie sees what has happened before the next thing does. Nothing is tested here. */
const MOMENT_MS = 900;
const TENANT = 'Acme';
const TOKEN = [TENANT, 'Ada'];
const ORDERS = `# The orders of Acme, in a file that git keeps
GET https://cloud.example.net/cloudapi/1.0.0/orgs
Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJleGFtcGxlIn0.ZXhhbXBsZWV4YW1wbGVleGFtcGxl
`;
const SETTINGS = {
  'breadcrumbs.enabled': false,
  'editor.minimap.enabled': false,
  'editor.scrollbar.vertical': 'hidden',
  'editor.stickyScroll.enabled': false,
  'window.commandCenter': false,
  'workbench.layoutControl.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'tenantTokens.insertAs': 'reference',
};

async function withEditor(
  theme: Theme,
  work: (editor: Workbench, shoot: (name: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'orders-'));
  writeFileSync(path.join(folder, 'orders.http'), ORDERS);

  const editor = await openWorkbench({
    mode: 'installed',
    vsix: path.join(root, 'dist/tenant-tokens.vsix'),
    folder,
    settings: SETTINGS,
    theme,
  });
  const shoot = async (name: string): Promise<void> => {
    await editor.page.mouse.move(SIZE.width / 2, SIZE.height - 30);
    await editor.screenshot(path.join(pictures, `${name}-${theme}.png`));
    process.stdout.write(`${name}-${theme}\n`);
  };
  try {
    await editor.page.setViewportSize(SIZE);
    await work(editor, shoot);
  } catch (error) {
    await editor.screenshot(path.join(pictures, `failure-${theme}.png`));
    throw error;
  } finally {
    await editor.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function requestLine(editor: Workbench): Promise<number> {
  return (await editor.editorText()).split('\n').findIndex((line) => line.startsWith('GET ')) + 1;
}

async function begin(editor: Workbench): Promise<void> {
  await editor.command('Tenant Tokens: Start Sandbox');
  await until('the tenants of the sandbox', async () => (await editor.rows()).length > 2);
  await editor.notification(/^The sandbox runs on this machine/);
  await editor.clearNotifications();
}

/** From an API token to 200: exchange, reference, request. */
async function mainJob(editor: Workbench, shoot: (name: string) => Promise<void>): Promise<void> {
  await shoot('sandbox');
  await editor.inlineAction(TOKEN, 'Get Access Token (Exchange, Refresh)');
  await until('its access token', async () => /left/.test((await editor.row(TOKEN)).description));
  await delay(MOMENT_MS);
  await shoot('exchange');
  await editor.focusEditor();
  await editor.cursor(await requestLine(editor));
  await editor.command('Tenant Tokens: Insert Reference');
  await until('the reference', () => editor.isDirty());
  await editor.save();
  await delay(MOMENT_MS);
  await shoot('reference');
  await editor.clickLens('Try Request');
  await until('the answer', async () => (await editor.tabs()).some(({ name }) => name.startsWith('200')));
  await delay(MOMENT_MS);
  await shoot('request');
}

async function ownTenant(editor: Workbench, shoot: (name: string) => Promise<void>): Promise<void> {
  await editor.closeEditors();
  await editor.command('Tenant Tokens: Add Tenant…');
  await editor.quickPick(/Cloud Director/);
  await editor.type('https://cloud.example.net/tenant/acme');
  await editor.inputMessage(/acme/);
  await shoot('tenant');
  await editor.escape();
}

async function lifeOfTokens(editor: Workbench, theme: Theme, shoot: (name: string) => Promise<void>): Promise<void> {
  await editor.command('Tenant Tokens: Show Token Timeline');
  await editor.webview('Token Timeline');
  await shoot('timeline');
  await editor.closeEditors();
  await editor.contextMenu(TOKEN, 'Show Details');
  await editor.webview(/^Details/);
  // The README shows it in one theme only.
  if (theme === 'dark') await shoot('details');
  await editor.closeEditors();
}

async function outOfGit(editor: Workbench, shoot: (name: string) => Promise<void>): Promise<void> {
  await editor.openFile('orders.http');
  await editor.command('Tenant Tokens: Find Tokens in Workspace');
  await until('what was found', async () => (await editor.quickPickItems()).length > 0);
  await shoot('git');
  await editor.escape();
}

async function main(): Promise<void> {
  // Whoever shows this holds the other end.
  process.stdin.once('end', () => process.exit(1)).resume();
  process.stdin.unref();
  rmSync(pictures, { recursive: true, force: true });
  mkdirSync(pictures, { recursive: true });
  await withEditor('dark', async (editor) => {
    await begin(editor);
    const recorder = await Recorder.start(editor.page, path.join(pictures, 'movie'));
    await mainJob(editor, () => delay(MOMENT_MS));
    await recorder.stop();
  });
  for (const theme of ['dark', 'light'] as const)
    await withEditor(theme, async (editor, shoot) => {
      await begin(editor);
      await mainJob(editor, shoot);
      await lifeOfTokens(editor, theme, shoot);
      await ownTenant(editor, shoot);
      await outOfGit(editor, shoot);
    });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
