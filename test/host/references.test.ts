import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Sandbox } from '../../src/sandbox/index.js';
import { startSandbox } from '../../src/sandbox/index.js';
import { until } from '../workbench/workbench.js';
import { mode, useEditor } from './support/editor.js';
import { addToken, entryOf, secretOf, TENANTS } from './support/entering.js';

const INSERT = 'Tenant Tokens: Insert Reference';
const PUBLISH = 'tenantTokens.publishReferences';
const REFERENCE = 'Authorization: Bearer {{$processEnv TENANT_TOKEN_ACME}}';
const client = (name: string): string => path.join(process.cwd(), 'test/host/clients', name);

/** A folder, a sandbox with the tenant Acme and its token, and a client; for the tests of a suite. */
function useClient(...names: readonly string[]) {
  const folder = mkdtempSync(path.join(tmpdir(), 'tenant-tokens-files-'));
  let sandbox: Sandbox;
  const editor = useEditor(async () => {
    sandbox = await startSandbox();
    const settings = { [TENANTS]: [entryOf(sandbox, 'sandbox-cloud-director', { id: 'acme' })] };
    return { folder, settings, extraExtensions: names.map(client) };
  });
  before(async () => {
    await editor().openView();
    await addToken(editor(), 'Acme', 'Ada', ...secretOf(sandbox, 'sandbox-cloud-director'));
  });
  after(async () => {
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const service = () => sandbox.services['cloud-director'];
  const session = (): string => `GET ${service().origin}/cloudapi/1.0.0/sessions/current`;
  const onDisk = (file: string): string => readFileSync(path.join(folder, file), 'utf8');
  const open = async (file: string, lines: readonly string[]): Promise<void> => {
    writeFileSync(path.join(folder, file), lines.join('\n'));
    await editor().openFile(path.join(folder, file));
    await editor().cursor(1);
  };
  /** Runs the client's command, and waits for the request that the service sees. */
  const sent = async (command: string) => {
    const asked = () => service().requests.filter(({ path: at }) => at.startsWith('/cloudapi/1.0.0/sessions'));
    const before = asked().length;
    await editor().command(command);
    await until('the request', () => asked().length > before, { seen: () => editor().notifications() });
    await editor().closeResponse({ takesFocus: command.startsWith('REST Client') });
    const { headers, status } = asked().at(-1)!;
    return { status, authorization: headers.authorization };
  };
  return { editor, service, session, onDisk, open, sent, folder };
}

describe(`References in httpYac (${mode})`, () => {
  const { editor, service, session, onDisk, open, sent, folder } = useClient('httpyac');

  /** What httpYac has printed for a file, once it has ended. */
  const printed = (file: string): Promise<string> =>
    until('httpYac to end', () => {
      const log = path.join(folder, `${file}.httpyac.log`);
      const text = existsSync(log) ? readFileSync(log, 'utf8') : '';
      return text.endsWith('sent\n') && text;
    });

  it('are written by command, resolved when the request is sent, also after a reload, and sent nowhere else unasked', async () => {
    await open('acme.http', [session()]);
    await editor().command(INSERT);
    await until('the reference', () => editor().isDirty(), { seen: () => editor().notifications() });
    const text = await editor().editorText();
    assert.ok(text.includes(`\n${REFERENCE}\n`), text);
    await editor().save();
    await editor().cursor(1);
    const { status, authorization = '' } = await sent('httpYac: Send');
    assert.equal(status, 200);
    assert.match(authorization, /^Bearer [\w.-]{40,}$/);
    const token = authorization.slice('Bearer '.length);
    const log = await printed('acme.http');
    assert.match(log, /authorization: Bearer \*\*\*TENANT_TOKEN_ACME\.\w+\*\*\*/i);
    assert.ok(!(log + onDisk('acme.http') + (await editor().editorText())).includes(token));

    await editor().reload();
    await editor().openFile('acme.http');
    await editor().cursor(1);
    assert.equal((await sent('httpYac: Send')).status, 200);

    const before = service().requests.length;
    await open('foreign.http', [session().replace('127.0.0.1', 'localhost'), REFERENCE]);
    await editor().command('httpYac: Send');
    assert.match((await editor().dialog()).message, /Send the access token of Acme to another host\?/);
    await editor().dialogButton('Cancel');
    assert.match(await printed('foreign.http'), /Not sent: TENANT_TOKEN_ACME may not go to localhost:\d+/);
    await open('nobody.http', [session(), 'Authorization: Bearer {{$processEnv TENANT_TOKEN_NOBODY}}']);
    await editor().command('httpYac: Send');
    await editor().notification(/TENANT_TOKEN_NOBODY/);
    assert.match(await printed('nobody.http'), /Not sent: TENANT_TOKEN_NOBODY could not be resolved/);
    assert.equal(service().requests.length, before);
  });
});

describe(`References in REST Client (${mode})`, () => {
  const { editor, session, onDisk, open, sent } = useClient('rest-client');

  it('are resolved once the person has allowed it, also after a reload, and withheld where an open file would take the token elsewhere', async () => {
    const isSent = () => until('the token', async () => (await sent('REST Client: Send Request')).status === 200);
    const isEmpty = () =>
      until('the token to go', async () => (await sent('REST Client: Send Request')).authorization === 'Bearer');
    await open('acme.http', [session()]);
    await editor().command(INSERT);
    assert.match((await editor().dialog()).message, /Let REST Client resolve references\?/);
    await editor().dialogButton('Allow');
    await until('the reference', () => editor().isDirty(), { seen: () => editor().notifications() });
    assert.equal(editor().settings()[PUBLISH], true);
    // Published before it was written: what is sent at once has it.
    const { status, authorization = '' } = await sent('REST Client: Send Request');
    assert.equal(status, 200);
    await editor().save();
    assert.match(onDisk('acme.http'), /\{\{\$processEnv TENANT_TOKEN_ACME\}\}/);
    assert.ok(!onDisk('acme.http').includes(authorization.slice('Bearer '.length)));

    await editor().reload();
    await editor().openFile('acme.http');
    await isSent();

    const elsewhere = session().replace('127.0.0.1', 'localhost');
    await open('elsewhere.http', [elsewhere, REFERENCE, 'Accept: application/json;version=39.0']);
    await isEmpty();
    await editor().openFile('acme.http');
    await editor().problems((rows) =>
      rows.some(({ message }) => /line 2 of elsewhere\.http would send the token of Acme/.test(message)),
    );
    await editor().cursor(2, 30);
    await editor().quickFix('Go to That Request');
    await editor().activeEditor('elsewhere.http');
    await editor().command('Tenant Tokens: Allow This Host for Tenant…');
    assert.match((await editor().dialog()).message, /Send the access token of Acme to another host\?/);
    await editor().dialogButton('Allow for This Session');
    // The sandbox serves one host only: what counts is what was sent.
    const isThere = async () => /^Bearer \S+$/.test((await sent('REST Client: Send Request')).authorization ?? '');
    await until('the token', isThere);

    await editor().contextMenu(['Acme', 'Ada'], 'Remove API Token (Delete)…');
    await editor().dialogButton('Remove');
    await isEmpty();
  });
});
