import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { CANCEL } from '../support/scriptedPrompter.js';
import { editor } from '../support/vscode.js';
import { Position, Selection, Uri } from '../support/vscodeTypes.js';
import { inWorld, type World } from '../support/world.js';
import { openWith } from './support.js';

const ACME = 'sandbox-cloud-director';
const OTHER = 'sandbox-commvault';
const NAME = 'TENANT_TOKEN_SANDBOX_CLOUD_DIRECTOR';
const FORM = 'Choose what to copy';

const execute = promisify(execFile);
const hasCurl = spawnSync('bash', ['-c', 'curl --version']).status === 0;

/** Acme and its token, whose access token is known. */
async function open(world: World) {
  const opened = await openWith(world, ACME, OTHER);
  const { extension, sandbox, secret } = opened;
  const token = await extension.addToken(ACME, 'Ada', ...secret(ACME));
  const origin = sandbox.services['cloud-director'].origin;
  return { ...opened, token, origin, session: `${origin}/cloudapi/1.0.0/sessions/current` };
}

/** Shows a file with the cursor in one of its lines, counted from 0. */
function show(text: string, line = 0): void {
  const shown = editor.open(text, { uri: Uri.file('/requests.http') });
  const place = new Position(line, 0);
  shown.selection = new Selection(place, place);
}

describe('Copy as, with the cursor in a request', () => {
  (hasCurl ? it : it.skip)(
    'copies that request with its variables and the headers of its tenant, and the service answers it',
    inWorld(async (world) => {
      const { run, prompter, origin } = await open(world);
      show(`@base = ${origin}\n\nGET {{base}}/cloudapi/1.0.0/sessions/current\nX-Note: it's "$HOME"\n`, 2);
      prompter.when(FORM, 'cURL (Bash)');
      await run('copyCurl');
      assert.match(
        editor.clipboard,
        /--header 'X-Note: it'\\''s "\$HOME"' --header 'Authorization: Bearer [\w.-]+' --header 'Accept: /,
      );
      const { stdout } = await execute('bash', ['-c', `${editor.clipboard} --silent --max-time 30`]);
      assert.equal((JSON.parse(stdout) as { user: { name: string } }).user.name, 'ada');
    }),
  );

  it(
    'resolves the references of the request, in its body as well',
    inWorld(async (world) => {
      const { run, prompter, session } = await open(world);
      const reference = `{{$processEnv ${NAME}}}`;
      show(
        `POST ${session}\nAuthorization: Bearer ${reference}\nContent-Type: application/json\n\n{\n  "token": "${reference}"\n}\n`,
      );
      prompter.when(FORM, 'HTTPie');
      await run('copyCurl');
      const [, first, second] =
        /'Authorization: Bearer ([\w.-]+)'.* --raw '\{\n  "token": "([\w.-]+)"\n\}'$/.exec(editor.clipboard) ?? [];
      assert.ok(first);
      assert.equal(second, first);
    }),
  );

  it(
    'copies a request with credentials of its own as it is, without an exchange',
    inWorld(async (world) => {
      const { run, prompter, session, requests } = await open(world);
      show(`GET ${session}\nAuthorization: Basic YWRhOkVYQU1QTEU=\n`);
      prompter.when(FORM, 'cURL (Bash)');
      await run('copyCurl');
      assert.equal(editor.clipboard, `curl --url '${session}' --header 'Authorization: Basic YWRhOkVYQU1QTEU='`);
      assert.deepEqual(requests('cloud-director', /oauth/), []);
    }),
  );

  it(
    'leaves credentials of every kind out of the form for tickets',
    inWorld(async (world) => {
      const { run, prompter, session, requests, secret } = await open(world);
      const [apiToken = ''] = secret(ACME);
      show(
        [
          `POST ${session}?api_key=EXAMPLE-key&page=2`,
          `Authorization: Bearer {{$processEnv ${NAME}}}`,
          'X-Api-Key: EXAMPLE-key',
          'Cookie: session=EXAMPLE-session',
          'Content-Type: application/json',
          '',
          `{"user": "ada", "password": "EXAMPLE \\"password", "pin_token": 1234, "note": "${apiToken}"}`,
        ].join('\n'),
      );
      prompter.when(FORM, 'Redacted');
      await run('copyCurl');
      assert.equal(
        editor.clipboard,
        `curl --request 'POST' --url '${session}?api_key=<removed>&page=2' --header 'Authorization: Bearer <access token>' ` +
          `--header 'X-Api-Key: <removed>' --header 'Cookie: <removed>' --header 'Content-Type: application/json' ` +
          `--data-raw '{"user": "ada", "password": "<removed>", "pin_token": "<removed>", "note": "<API token>"}'`,
      );
      assert.deepEqual(requests('cloud-director', /oauth/), []);
    }),
  );

  it(
    'asks before a token that the request refers to is copied for another host, and exchanges nothing if refused',
    inWorld(async (world) => {
      const { run, prompter, requests } = await open(world);
      show(`GET https://elsewhere.example/x\nAuthorization: Bearer {{$processEnv ${NAME}}}\n`);
      prompter.when(FORM, 'cURL (Bash)').when('Send the access token of Acme to another host?', 'Don’t Copy');
      await run('copyCurl');
      assert.equal(editor.clipboard, '');
      assert.deepEqual(requests('cloud-director', /oauth/), []);
      prompter.when(FORM, 'cURL (Bash)').when('Send the access token of Acme to another host?', 'Copy Anyway');
      await run('copyCurl');
      assert.match(editor.clipboard, /^curl --url 'https:\/\/elsewhere\.example\/x' --header 'Authorization: Bearer [\w.-]+'$/);
    }),
  );

  it(
    'copies a request to the tenant of a row if the one at the cursor is not for it',
    inWorld(async (world) => {
      const { run, prompter, token, session } = await open(world);
      show('DELETE https://elsewhere.example/x');
      prompter.when(FORM, 'cURL (Bash)');
      await run('copyCurl', { token });
      assert.ok(editor.clipboard.startsWith(`curl --url '${session}'`), editor.clipboard);
      show(`DELETE ${session}`);
      prompter.when(FORM, 'cURL (Bash)');
      await run('copyCurl', { token });
      assert.ok(editor.clipboard.startsWith(`curl --request 'DELETE' --url '${session}'`), editor.clipboard);
    }),
  );

  it(
    'says which line of the request only an HTTP client understands',
    inWorld(async (world) => {
      const { run, prompter, token, session } = await open(world);
      const text = `POST ${session}\n\n< ./body.json\n`;
      show(text);
      prompter.when('Line 3 needs an HTTP client, so this request cannot be copied as a command.', CANCEL);
      await run('copyCurl');
      assert.equal(editor.clipboard, '');
      prompter.when(FORM, 'cURL (Bash)');
      await run('copyCurl', { token });
      assert.ok(editor.clipboard.startsWith(`curl --url '${session}'`), editor.clipboard);
    }),
  );

  it(
    'says why cmd.exe gets no body with line breaks, and hands nothing out',
    inWorld(async (world) => {
      const { run, prompter, session } = await open(world);
      show(`POST ${session}\n\n{\n}\n`);
      prompter.when(FORM, 'cURL (Command Prompt)');
      prompter.when('A command for cmd.exe cannot have line breaks, and the body has some.', CANCEL);
      await run('copyCurl');
      assert.equal(editor.clipboard, '');
    }),
  );
});
