import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { CANCEL } from '../support/scriptedPrompter.js';
import { editor } from '../support/vscode.js';
import { Uri } from '../support/vscodeTypes.js';
import { inWorld, type World } from '../support/world.js';
import { openWith } from './support.js';

const ACME = 'sandbox-cloud-director';
const LIST = 'Tokens in Files';

describe('Find Tokens in Workspace', () => {
  const HOME = 'VSC_REST_CLIENT_HOME';
  let before: string | undefined;
  let folder: string;
  beforeEach(() => {
    before = process.env[HOME];
    folder = mkdtempSync(path.join(tmpdir(), 'tenant-tokens-find-'));
    process.env[HOME] = folder;
  });
  afterEach(() => {
    if (before === undefined) Reflect.deleteProperty(process.env, HOME);
    else process.env[HOME] = before;
    rmSync(folder, { recursive: true });
  });

  /** A folder that is open in the window, and Acme with a token. */
  async function openFolder(world: World) {
    const opened = await openWith(world, ACME);
    const apiToken = world.secretOf('apiToken');
    await opened.extension.addToken(ACME, 'Ada', apiToken);
    editor.openFolder(folder);
    const write = (name: string, content: string | Uint8Array): void => {
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    };
    return { ...opened, apiToken, write };
  }

  it(
    'finds an API token that is kept here in scripts, configurations and collections, and says what to do',
    inWorld(async (world) => {
      const { prompter, run, apiToken, write } = await openFolder(world);
      const places: Readonly<Record<string, string>> = {
        'run.sh': `#!/bin/sh\nexport TOKEN="${apiToken}"\n`,
        'run.ps1': `$token = '${apiToken}'`,
        'a.py': `TOKEN = "${apiToken}"`,
        'a.js': `const token = '${apiToken}';`,
        'src/a.ts': `const token = \`${apiToken}\`;`,
        'main.tf': `api_token = "${apiToken}"`,
        'a.yaml': `token: ${apiToken}`,
        'ci.yml': `- token: ${apiToken}`,
        'login.bru': `headers {\n  x-token: ${apiToken}\n}`,
        '.mcp.json': JSON.stringify({ env: { TOKEN: apiToken } }),
        '.vscode/mcp.json': JSON.stringify({ env: { TOKEN: apiToken } }),
        'http-client.private.env.json': JSON.stringify({ dev: { token: apiToken } }),
        'a.postman_collection.json': JSON.stringify({ auth: { bearer: [{ value: apiToken }] } }),
        'a.postman_environment.json': JSON.stringify({ values: [{ value: apiToken }] }),
        '.env.local': `TOKEN=${apiToken}`,
      };
      for (const [name, text] of Object.entries(places)) write(name, text);
      write('clean.py', 'TOKEN = ""');
      write('image.png', apiToken);
      prompter.when(LIST, CANCEL);
      await run('findTokens');
      const { labels, rows, text } = prompter.question(LIST);
      assert.deepEqual(
        labels.map((label) => label.replace(/:\d+$/, '')).sort(),
        Object.keys(places)
          .map((name) => path.basename(name))
          .sort(),
      );
      for (const row of rows)
        assert.match(row, /API token “Ada” of Acme → delete it here, and revoke it if others have the file/);
      assert.match(text, /Searched 16 files \(\.json, .*, …\), skipped node_modules\.$/);
      assert.ok(!JSON.stringify(prompter.asked).includes(apiToken));
    }),
  );

  it(
    'skips packages, what is no text and what is large, and says how much it searched',
    inWorld(async (world) => {
      const { prompter, run, apiToken, write } = await openFolder(world);
      write('node_modules/x/a.js', apiToken);
      write('a.json', Buffer.concat([Buffer.from([0, 1]), Buffer.from(apiToken)]));
      write('large.js', `${'x'.repeat(1024 * 1024)}\n${apiToken}`);
      write('b.sh', 'echo');
      await run('findTokens');
      assert.equal(
        prompter.texts('info').at(-1),
        'No tokens found in files, nor in REST Client’s history. Searched 1 file (.sh), skipped node_modules, 1 file over 1 MB.',
      );
    }),
  );

  it(
    'reads an open document as it is in the editor',
    inWorld(async (world) => {
      const { prompter, run, apiToken, write } = await openFolder(world);
      write('a.py', 'TOKEN = ""');
      editor.open(`\nTOKEN = "${apiToken}"`, { uri: Uri.file(path.join(folder, 'a.py')) });
      prompter.when(LIST, CANCEL);
      await run('findTokens');
      assert.deepEqual(prompter.question(LIST).labels, ['a.py:2']);
    }),
  );

  it(
    'ends when it is cancelled',
    inWorld(async (world) => {
      const { prompter, run, apiToken, write } = await openFolder(world);
      write('a.sh', apiToken);
      prompter.cancel('Looking for tokens…');
      const before = prompter.asked.length;
      await run('findTokens');
      assert.equal(prompter.asked.length, before);
      assert.ok(!prompter.texts('info').some((text) => text.includes('No tokens found')));
    }),
  );
});
