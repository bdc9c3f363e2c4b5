/**
 * Does the main job by itself in a real VS Code, without a person, and leaves a screenshot of each step under `.tour/`:
 * exchanges the token of each tenant, inserts the headers into each sample, sends each request with httpYac, puts a reference
 * in the place of a token and sends it from the editor, copies a header set, creates an API token at its service and shows when
 * it ends.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { sendFile, type Sent } from './support/httpyacCli.js';
import { openWorkbench, type Theme, until, type Workbench } from './workbench/workbench.js';

const root = process.cwd();
const pictures = path.join(root, '.tour');
const THEMES: readonly Theme[] = ['dark', 'light'];
/** On a machine that has just installed everything, all of it is read from the disk for the first time. */
const FIRST_START_LIMIT_MS = 120_000;
const PASSCODE = '123456';
/** The sample whose token gives way to a reference. */
const REFERRING = 'sandbox-commvault.http';
/** A tenant, and the token that is made there. */
const CREATED = ['Acme', 'CI server'] as const;
const COUNTING = /left|no expiry known/;

interface Visit {
  readonly tenant: string;
  readonly platform: string;
  readonly token: string;
  readonly sample: string;
  accessToken: string;
  before: readonly Sent[];
  after: readonly Sent[];
}

/** Does a step, says how it went, and takes its picture in both themes. */
async function step(editor: Workbench, number: number, title: string, work: () => Promise<void>): Promise<void> {
  process.stdout.write(`${number}. ${title} … `);
  const begun = performance.now();
  await work();
  process.stdout.write(`${((performance.now() - begun) / 1000).toFixed(1)} s\n`);
  const name = title.toLowerCase().replaceAll(/\W+/g, '-');
  for (const theme of THEMES) {
    await editor.setTheme(theme);
    await editor.screenshot(path.join(pictures, `${number}-${name}-${theme}.png`));
  }
}

/** Each tenant of the sandbox with its first token and its sample, once all samples are open. */
async function visitsOf(editor: Workbench): Promise<Visit[]> {
  await until('the sandbox', async () => (await editor.tabs()).length > 0, { limit: FIRST_START_LIMIT_MS });
  await editor.notificationButton(/^The sandbox runs on this machine/, 'Open Samples');
  const hasSamples = async (): Promise<boolean> => {
    const tenants = (await editor.rows()).filter(({ level }) => level === 1);
    return tenants.length > 0 && (await editor.tabs()).length === tenants.length;
  };
  await until('a sample for each tenant', hasSamples, { limit: FIRST_START_LIMIT_MS });
  const rows = await editor.rows();
  const samples = await editor.tabs();
  return rows
    .filter(({ level }) => level === 1)
    .map(({ label, description }, index) => ({
      tenant: label,
      platform: description.replace(/^sandbox · /, ''),
      token: rows.find(({ path: [tenant], level }) => tenant === label && level === 2)?.label ?? '',
      sample: samples[index]?.name ?? '',
      accessToken: '',
      before: [],
      after: [],
    }));
}

async function exchange(editor: Workbench, visit: Visit): Promise<void> {
  const row = [visit.tenant, visit.token];
  await editor.inlineAction(row, 'Get Access Token (Exchange, Refresh)');
  if (visit.token.includes(PASSCODE)) await editor.answer(PASSCODE);
  await until(`the access token of ${visit.tenant}`, async () => COUNTING.test((await editor.row(row)).description));
  visit.accessToken = (await editor.row(row)).description.replace(/^active · /, '');
}

/** Sends the requests of a sample without headers, inserts them, and sends again. */
async function insertAndSend(editor: Workbench, visit: Visit, folder: string): Promise<void> {
  const file = path.join(folder, visit.sample);
  visit.before = await sendFile(file);
  await editor.page.getByRole('tab', { name: visit.sample }).click();
  await editor.activeEditor(visit.sample);
  await editor.command('Tenant Tokens: Insert Headers in All Requests of File');
  const isAsked = async () => (await editor.quickPickItems()).some(({ label }) => label === visit.tenant);
  await until('the headers, or the question which token', async () => (await editor.isDirty()) || isAsked());
  if (await isAsked()) await editor.quickPick(visit.tenant);
  await until(`headers in ${visit.sample}`, () => editor.isDirty());
  await editor.save();
  visit.after = await sendFile(file);
}

function table(visits: readonly Visit[]): string {
  const statuses = (sent: readonly Sent[]): string => sent.map(({ status }) => status).join(' ');
  const lines = visits.map(({ platform, tenant, accessToken, before, after }) => [
    platform,
    tenant,
    accessToken,
    statuses(before),
    statuses(after),
  ]);
  const head = ['platform', 'tenant', 'access token', 'without headers', 'with headers'];
  const widths = head.map((title, column) => Math.max(...[head, ...lines].map((line) => (line[column] ?? title).length)));
  return [head, widths.map((width) => '─'.repeat(width)), ...lines]
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Where the extension writes the samples: beside the settings, in the storage that VS Code gives it. */
const sampleFolder = (editor: Workbench): string =>
  path.join(path.dirname(editor.settingsPath), 'globalStorage/tenant-tokens.tenant-tokens/sandbox');

/** Puts a reference in the place of the access token, and sends the request from the editor: the file holds no token then. */
async function refer(editor: Workbench, folder: string): Promise<void> {
  const file = path.join(folder, REFERRING);
  await editor.page.getByRole('tab', { name: REFERRING }).click();
  await editor.activeEditor(REFERRING);
  const requestLine = (await editor.editorText()).split('\n').findIndex((line) => line.startsWith('GET ')) + 1;
  await editor.cursor(requestLine);
  await editor.contextMenu(['Backup', 'Laptop'], 'Insert Reference');
  await until('the reference', () => editor.isDirty());
  await editor.save();
  assert.match(readFileSync(file, 'utf8'), /^Authtoken: \{\{\$processEnv TENANT_TOKEN_\w+\}\}$/m);
  await editor.cursor(requestLine);
  await editor.command('httpYac: Send');
  const log = `${file}.httpyac.log`;
  const printed = () => (existsSync(log) ? readFileSync(log, 'utf8') : '');
  await until('the answer', () => printed().endsWith('sent\n'), { seen: printed });
  assert.match(printed(), /^HTTP\/1\.1 200/m);
}

/** Signs in as the sandbox suggests; the token is made, kept without being shown, and exchanged. */
async function create(editor: Workbench): Promise<void> {
  const [tenant, name] = CREATED;
  await editor.contextMenu(tenant, 'Create API Token…');
  await editor.quickPick('Sign in here');
  await editor.answer(name);
  await editor.accept();
  await editor.accept();
  await until('its access token', async () => COUNTING.test((await editor.row(CREATED)).description));
}

async function main(): Promise<void> {
  // Whoever shows this holds the other end.
  process.stdin.once('end', () => process.exit(1)).resume();
  process.stdin.unref();
  rmSync(pictures, { recursive: true, force: true });
  mkdirSync(pictures);
  process.stdout.write('Opening VS Code …\n');
  const editor = await openWorkbench({
    mode: 'development',
    extensionPath: root,
    extraExtensions: ['test/demo', 'test/host/clients/httpyac'].map((folder) => path.join(root, folder)),
    settings: { 'breadcrumbs.enabled': false, 'tenantTokens.insertAs': 'token' },
  });
  try {
    let visits: Visit[] = [];
    await step(editor, 1, 'Start the sandbox', async () => {
      visits = await visitsOf(editor);
    });
    await step(editor, 2, 'Exchange the API token of each tenant', async () => {
      for (const visit of visits) await exchange(editor, visit);
    });
    await step(editor, 3, 'Insert headers into each sample and send it with httpYac', async () => {
      for (const visit of visits.toReversed()) await insertAndSend(editor, visit, sampleFolder(editor));
    });
    await step(editor, 4, 'Put a reference in the place of a token and send it', () => refer(editor, sampleFolder(editor)));
    await editor.closeResponse({ takesFocus: false });
    await step(editor, 5, 'Copy the headers of a tenant', async () => {
      const { tenant, token } = visits[0] ?? assert.fail('no tenant');
      await editor.inlineAction([tenant, token], 'Copy Headers');
      await until('headers on the clipboard', async () =>
        /^Authorization: Bearer eyJ\S+\nAccept: /.test(await editor.clipboard()),
      );
    });
    await step(editor, 6, 'Create an API token at its service and exchange it', () => create(editor));
    await step(editor, 7, 'Show when the API tokens end', async () => {
      await editor.command('Tenant Tokens: Show Token Timeline');
      await editor.webview('Token Timeline');
    });
    await step(editor, 8, 'Show the details of the new token', async () => {
      await editor.contextMenu(CREATED, 'Show Details');
      await editor.webview(`Details: ${CREATED[1]} (${CREATED[0]})`);
    });
    process.stdout.write(`\n${table(visits)}\n\nScreenshots of each step: ${path.relative(root, pictures)}/\n`);
    const failed = visits.filter(
      ({ before, after }) =>
        before.some(({ status }) => status < 400) || after.length === 0 || after.some(({ status }) => status !== 200),
    );
    assert.deepEqual(
      failed.map(({ tenant }) => tenant),
      [],
      'tenants whose requests did not go from refused to 200',
    );
  } catch (error) {
    await editor.screenshot(path.join(pictures, 'failure.png'));
    throw error;
  } finally {
    await editor.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
