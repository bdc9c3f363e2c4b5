import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { until, type PickItem } from '../workbench/workbench.js';
import { mode, useEditor } from './support/editor.js';
import { addToken, TENANTS } from './support/entering.js';
import { startOwnService, tenantOf, type OwnService } from './support/ownService.js';

const FIND = 'Tenant Tokens: Find Tokens in Workspace';
const SCRUB = 'Tenant Tokens: Scrub REST Client History…';
const TOKEN = 'EXAMPLE-access-token-of-own';
const REFERENCE = '{{$processEnv TENANT_TOKEN_OWN}}';

const request = (value: string): string => `GET https://own.example/x\nAuthorization: Bearer ${value}\n`;

/** A folder with a VS Code in it, whose tenant Own has exchanged its API token for {@link TOKEN}. */
function useOwn(settings: Readonly<Record<string, unknown>>) {
  const folder = mkdtempSync(path.join(tmpdir(), 'tenant-tokens-hygiene-'));
  const home = mkdtempSync(path.join(tmpdir(), 'tenant-tokens-home-'));
  let own: OwnService;
  const editor = useEditor(async () => {
    own = await startOwnService();
    own.answer = { access_token: TOKEN, token_type: 'Bearer', expires_in: 36_000 };
    process.env['VSC_REST_CLIENT_HOME'] = home;
    return { folder, settings: { [TENANTS]: [tenantOf(own, 'own', 'Own')], ...settings } };
  });

  before(async () => {
    await editor().openView();
    await addToken(editor(), 'Own', 'CI', 'EXAMPLE-client-secret');
    await editor().inlineAction(['Own', 'CI'], 'Get Access Token (Exchange, Refresh)');
    await until('the exchange', () => own.requests.length > 0);
  });
  after(() => {
    delete process.env['VSC_REST_CLIENT_HOME'];
    own.close();
    for (const each of [folder, home]) rmSync(each, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await editor().clearNotifications();
    if ((await editor().tabs()).length > 0) await editor().closeEditors();
  });

  const write = (name: string, text: string): void => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  return { folder, home, editor, write };
}

// What counts as a token, and what takes its place: test/editor/foundTokens.test.ts.
describe(`Find Tokens in Workspace (${mode})`, () => {
  const { folder, home, editor, write } = useOwn({ 'files.exclude': { '**/excluded': true } });

  /** Runs the command and reads its list. */
  async function found(): Promise<readonly PickItem[]> {
    await editor().command(FIND);
    return listed();
  }

  async function listed(count?: number): Promise<readonly PickItem[]> {
    return until(
      'the list of tokens',
      async () => {
        const items = await editor().quickPickItems();
        return items.length > 0 && (count === undefined || items.length === count) && items;
      },
      { seen: () => editor().notifications() },
    );
  }

  const labels = (items: readonly PickItem[]): string[] => items.map(({ label }) => label).sort();

  it('lists whose tokens are where and what to do, opens the place, and replaces one or all by references', async () => {
    write('clean.http', request(REFERENCE));
    await editor().command(FIND);
    assert.match(
      await editor().notification(/No tokens found/),
      /REST Client’s history\. Searched \d+ files \(.*\.http.*\), skipped node_modules\./,
    );
    await editor().clearNotifications();

    write('requests.http', request(TOKEN));
    write('docs/notes.md', `# Notes\n\n${TOKEN}\n\n\`\`\`http\n${request(TOKEN)}\`\`\`\n`);
    write('.env', `A=1\nTOKEN=${TOKEN}\n`);
    write('.vscode/settings.json', JSON.stringify({ 'x.token': TOKEN }));
    write('data.json', JSON.stringify({ token: TOKEN }));
    write('node_modules/x/readme.md', TOKEN);
    write('excluded/x.http', request(TOKEN));
    await editor().changeSettings({ 'y.token': TOKEN });
    // What is open is read as it is in the editor.
    await editor().openFile('clean.http');
    await editor().cursor(1);
    await editor().pasteText(`# ${TOKEN}\n`);
    await until('the change', () => editor().isDirty());
    const items = await found();
    const [inUserSettings, ...others] = items.filter(({ description }) => /User$/.test(description));
    assert.match(inUserSettings?.label ?? '', /^settings\.json:\d+$/);
    assert.deepEqual(others, []);
    const expected = ['.env:2', 'clean.http:1', 'data.json:1', 'notes.md:3', 'notes.md:7', 'requests.http:2', 'settings.json:1'];
    assert.deepEqual(labels(items.filter((item) => item !== inUserSettings)), expected);
    const detailOf = (label: string) => items.find((item) => item.label === label)?.detail ?? '';
    assert.match(detailOf('requests.http:2'), /^Own · 9h 59m left → \{\{\$processEnv TENANT_TOKEN_OWN\}\}$/);
    assert.match(detailOf('notes.md:7'), /→ \{\{\$processEnv TENANT_TOKEN_OWN\}\}$/);
    assert.match(detailOf('notes.md:3'), /→ delete it/);
    assert.match(detailOf('.env:2'), /→ remove it here/);
    assert.ok(!(await editor().page.locator('.quick-input-widget').innerText()).includes(TOKEN));

    await editor().quickPick('notes.md:7');
    await editor().activeEditor('notes.md');
    await editor().statusBar(/^Ln 7, Col 50 \(27 selected\)$/);

    const { index } = (await found()).find(({ label }) => label === 'requests.http:2')!;
    const row = editor().page.locator(`.quick-input-list .monaco-list-row[data-index="${index}"]`);
    await row.hover();
    await row.getByRole('button', { name: 'Replace by Reference' }).click();
    assert.ok(!labels(await listed(items.length - 1)).includes('requests.http:2'));
    await editor().escape();
    await editor().openFile('requests.http');
    assert.equal(await editor().editorText(), request(REFERENCE));
    await editor().undo();
    assert.equal(await editor().editorText(), request(TOKEN));

    await found();
    const title = editor().page.locator('.quick-input-titlebar');
    await title.getByRole('button', { name: /^Replace All by References \(2\)/ }).click();
    await listed(items.length - 2);
    await editor().escape();
    for (const [name, text] of [
      ['requests.http', request(REFERENCE)],
      ['docs/notes.md', `# Notes\n\n${TOKEN}\n\n\`\`\`http\n${request(REFERENCE)}\`\`\`\n`],
    ] as const) {
      await editor().openFile(name);
      assert.equal(await editor().editorText(), text);
      await editor().save();
    }
    await editor().openFile('clean.http');
    await editor().save();
    assert.ok(readFileSync(path.join(folder, '.env'), 'utf8').includes(TOKEN));
  });

  it('leads to REST Client’s history, which is scrubbed when that is confirmed', async () => {
    const history = path.join(home, 'history.json');
    const sent = (headers: unknown) => ({ method: 'GET', url: 'https://own.example/x', headers, startTime: 1 });
    const before = [sent({ Authorization: `Bearer ${TOKEN}` }), sent({ authorization: 'Basic EXAMPLE', accept: '*/*' })];
    writeFileSync(history, JSON.stringify(before));
    await found();
    await editor().quickPick('REST Client’s history');
    assert.match((await editor().dialog()).detail, /2 credentials .*Your access tokens become references \(1\).* removed \(1\)/s);
    await editor().dialogButton('Cancel');
    assert.deepEqual(JSON.parse(readFileSync(history, 'utf8')), before);
    await editor().command(SCRUB);
    await editor().dialogButton('Scrub');
    await editor().statusBar(/1 credential replaced, 1 removed/);
    const after = [sent({ Authorization: `Bearer ${REFERENCE}` }), sent({ accept: '*/*' })];
    assert.deepEqual(JSON.parse(readFileSync(history, 'utf8')), after);
    await editor().command(SCRUB);
    await editor().notification(/holds no credentials/);
  });
});

// When it warns, and when not: test/editor/commitGuard.test.ts.
describe(`A commit with an access token (${mode})`, function () {
  if (spawnSync('git', ['--version']).status !== 0) {
    it('is not tried: there is no git on this machine');
    return;
  }
  const { folder, editor, write } = useOwn({
    'git.enabled': true,
    'git.enableSmartCommit': true,
    'git.confirmSync': false,
    'git.useEditorAsCommitInput': false,
  });
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: folder, encoding: 'utf8' });
  const staged = (): string => git('diff', '--cached', '--name-only').trim();
  git('init', '--quiet');
  git('config', 'user.name', 'Ada');
  git('config', 'user.email', 'ada@own.example');
  write('.gitignore', 'ignored.http\n');
  git('add', '.');
  git('commit', '--quiet', '-m', 'Begin');

  /** Stages as a person does in a terminal, and lets VS Code look. */
  async function stage(...files: string[]): Promise<void> {
    git('add', ...files);
    await editor().command('Git: Refresh');
  }

  it('warns when a file with a token is staged, offers to unstage or fix it, and warns again after the commit', async () => {
    write('ignored.http', `${request(TOKEN)}# ignored\n`);
    write('one.http', request(TOKEN));
    await stage('.');
    assert.match(
      await editor().notification(/is staged/),
      /^one\.http is staged for commit and holds an access token of Own \(9h 59m left\)\.$/,
    );
    await editor().notificationButton(/^one\.http is staged/, 'Unstage');
    await until('it to be unstaged', () => !staged().includes('one.http'), { seen: staged });

    const text = request(TOKEN).replace('/x', '/two');
    write('two.http', text);
    await stage('two.http');
    await editor().notificationButton(/^two\.http is staged/, 'Replace by Reference');
    await editor().activeEditor('two.http');
    await until('the reference', () => editor().isDirty(), { seen: () => editor().notifications() });
    assert.equal(await editor().editorText(), text.replace(TOKEN, REFERENCE));
    await editor().closeEditors();

    git('reset', '--quiet');
    for (const name of ['one', 'two']) rmSync(path.join(folder, `${name}.http`));
    write('.gitignore', 'ignored.http\n# changed\n');
    write('three.http', `${request(TOKEN)}# three\n`);
    await editor().command('Git: Refresh');
    await editor().command('Git: Commit All');
    await editor().answer('Add a request');
    assert.match(
      await editor().notification(/last commit/),
      /^The last commit holds an access token of Own \(9h 59m left\) in three\.http\. Replace it and amend the commit before you push\.$/,
    );
    assert.ok(git('show', '--stat', 'HEAD').includes('three.http'));
  });
});
