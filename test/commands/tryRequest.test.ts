import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { findRequests, type Dialect } from '../../src/httpFile/index.js';
import type { Behaviour } from '../../src/sandbox/index.js';
import type { Target } from '../../src/commands/command.js';
import { answers, type Loopback, type Script } from '../faults/loopback.js';
import { editor, vscode } from '../support/vscode.js';
import { Uri } from '../support/vscodeTypes.js';
import { until } from '../workbench/until.js';
import { inWorld, type World } from '../support/world.js';
import { entryOf, secretOf } from '../support/entries.js';
import { linesOf } from '../httpFile/support/text.js';
import { CANCEL } from '../support/scriptedPrompter.js';

const MB = 1024 * 1024;
const REFERENCE = 'Authorization: Bearer {{$processEnv TENANT_TOKEN_ACME}}';
const SCHEME = 'tenant-tokens-answer';

const documents = () => vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === SCHEME);
/** The one document with an answer. */
function shown() {
  const [document, ...others] = documents();
  assert.ok(document && others.length === 0, `${documents().length} answers are shown`);
  return document;
}
/** The text of an answer, with its time left out. */
const answer = (): string =>
  shown()
    .getText()
    .replace(/\b\d+ ms\b/, '… ms');
const title = (): string => shown().uri.path.slice(1);

/** A service of a test. */
async function start(world: World, script: Script): Promise<Loopback & { readonly origin: string }> {
  const server = await world.serve(script);
  return Object.assign(server, { origin: `http://127.0.0.1:${server.port}` });
}

let count = 0;
/** Shows a document of these lines, with the cursor in the first. */
function show(...lines: readonly string[]) {
  return editor.open(lines.join('\n'), { uri: Uri.file(`/try-${(count += 1)}.http`) }).document;
}

/** The id of the first API token of a tenant, as its row has it. */
function firstToken(tenant: string, under?: unknown): string | undefined {
  for (const { row } of editor.rows(under)) {
    const { tenant: of, token } = row as { tenant?: string; token?: string };
    const found = of === tenant && token !== undefined ? token : firstToken(tenant, row);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The extension with a tenant of a sandbox and an API token, and what tries a request. */
async function open(world: World) {
  const sandbox = await world.sandbox();
  const extension = await world.start();
  extension.tenants = [entryOf(sandbox, 'sandbox-cloud-director', { id: 'acme' })];
  await extension.addToken('acme', 'Ada', ...secretOf(sandbox, 'sandbox-cloud-director'));
  const service = sandbox.services['cloud-director'];
  const session = `${service.origin}/cloudapi/1.0.0/sessions/current`;
  const attempt = (target?: Target) => extension.run('tryRequest', target);
  const next = (behaviour: Behaviour) => service.answerNext(behaviour, 1, 'resource');
  return { sandbox, service, extension, prompter: extension.prompter, session, attempt, next };
}

describe('Try Request', () => {
  for (const dialect of ['rest-client', 'httpyac', 'jetbrains'] as readonly Dialect[])
    it(
      `sends each request of the sandbox’s samples as its tenant (${dialect})`,
      inWorld(async (world) => {
        const extension = await world.start({ 'tenantTokens.httpClient': dialect });
        const { prompter } = extension;
        prompter.when('requires a one-time passcode', '123456');
        prompter.when('The sandbox runs on this machine', 'Open Samples');
        await extension.run('startSandbox');
        const samples = await until('the samples', () => {
          const open = vscode.workspace.textDocuments.filter(({ uri }) => /sandbox-[^/]*\.http$/.test(uri.path));
          return open.length >= 10 && open;
        });
        for (const document of samples) {
          const tenant = /([^/]*)\.http$/.exec(document.uri.path)![1]!;
          const text = document.getText();
          const token = firstToken(tenant);
          for (const { line } of findRequests(linesOf(text), dialect)) {
            await extension.run('tryRequest', { tenant, token: token!, document: document.uri.toString(), line });
            assert.match(title(), /^200 OK · GET /, tenant);
          }
        }
      }),
    );

  it(
    'sends a reference’s token, and shows status, facts, headers and formatted body',
    inWorld(async (world) => {
      const { session, attempt, service, extension } = await open(world);
      show(`GET ${session}`, REFERENCE, 'Accept: application/json;version=39.0');
      await attempt();
      assert.equal(title(), '200 OK · GET ∕cloudapi∕1.0.0∕sessions∕current');
      assert.equal(shown().languageId, 'tenant-tokens-answer');
      const [status, request, facts, ...rest] = answer().split('\n');
      assert.equal(status, 'HTTP/1.1 200 OK');
      assert.equal(request, `# GET ${session}`);
      assert.match(facts ?? '', /^# … ms · [\d.]+ (?:bytes|kB) · sent as Acme · Ada$/);
      const blank = rest.indexOf('');
      assert.ok(rest.slice(0, blank).includes('cache-control: no-store'));
      assert.deepEqual(rest.slice(blank + 1, blank + 2), ['{']);
      assert.match(rest[blank + 2] ?? '', /^ {2}"/);
      const sent = service.requests.at(-1)!;
      assert.match(sent.headers.authorization ?? '', /^Bearer \S{20,}$/);
      assert.ok(!answer().includes(sent.headers.authorization!.slice('Bearer '.length)));
      // The editor with the request keeps the focus.
      assert.match(editor.active!.document.uri.path, /try-\d+\.http$/);
      await extension.run('showDetails', { tenant: 'acme', token: extension.tokenOf('acme', 'Ada') });
      assert.match(editor.pages[0]!.webview.html, /Access token sent/);
    }),
  );

  it(
    'adds the headers of the tenant at the host, as Insert Headers would, and changes no file',
    inWorld(async (world) => {
      const { session, attempt, service } = await open(world);
      const document = show(`GET ${session}`, 'Accept: application/json', 'X-Own: 1');
      await attempt();
      const { headers } = service.requests.at(-1)!;
      assert.match(headers.accept ?? '', /^application\/json;version=/);
      assert.equal(headers['x-own'], '1');
      assert.match(title(), /^200 OK/);
      assert.equal(document.getText(), `GET ${session}\nAccept: application/json\nX-Own: 1`);
    }),
  );

  it(
    'sends credentials of the file as they are, and a request to a host of no tenant without a token',
    inWorld(async (world) => {
      const { session, attempt, service } = await open(world);
      show(`GET ${session}`, 'Authorization: Bearer EXAMPLE-somebody-elses', 'Accept: application/json;version=39.0');
      await attempt();
      assert.equal(service.requests.at(-1)!.headers.authorization, 'Bearer EXAMPLE-somebody-elses');
      assert.match(answer(), /^# … ms · .* · sent as written$/m);
      assert.match(title(), /^401 /);
      const elsewhere = await start(world, answers(200, 'hello', { 'content-type': 'text/plain' }));
      show(`GET ${elsewhere.origin}/public`);
      await attempt();
      assert.doesNotMatch(elsewhere.received[0]!, /authorization/i);
      assert.match(answer(), /\n\nhello\n$/);
    }),
  );

  it(
    'asks before a token goes to a host that is not its tenant’s, and sends nothing without leave',
    inWorld(async (world) => {
      const { prompter, attempt } = await open(world);
      const elsewhere = await start(world, answers(200, '{}'));
      const lines = [`GET ${elsewhere.origin}/x`, REFERENCE];
      show(...lines);
      prompter.when('Send the access token of Acme to another host?', CANCEL, 'Allow for This Session');
      await attempt();
      assert.deepEqual([elsewhere.received, documents()], [[], []]);
      await attempt();
      assert.match(elsewhere.received[0]!, /\r\nAuthorization: Bearer \S{20,}\r\n/);
    }),
  );

  it(
    'asks before it sends anything but GET and HEAD to a production tenant, and sends nothing without leave',
    inWorld(async (world) => {
      const { session, sandbox, service, extension, prompter, attempt } = await open(world);
      extension.tenants = [entryOf(sandbox, 'sandbox-cloud-director', { id: 'acme', production: true })];
      show(`GET ${session}`);
      await attempt();
      assert.match(title(), /^200 OK/);
      const before = service.requests.length;
      const own = 'Authorization: Bearer EXAMPLE-of-the-file';
      for (const lines of [[`DELETE ${session}`], [`DELETE ${session}`, REFERENCE], [`DELETE ${session}`, own]]) {
        show(...lines);
        prompter.when('Acme is a production tenant. Send a DELETE request to it?', CANCEL);
        await attempt();
      }
      assert.equal(service.requests.length, before);
    }),
  );

  it(
    'asks before one of our access tokens that stands in the file goes to another host',
    inWorld(async (world) => {
      const { session, prompter, attempt, extension } = await open(world);
      await extension.run('copyAccessToken', { tenant: 'acme' });
      const elsewhere = await start(world, answers(200, '{}'));
      show(`GET ${elsewhere.origin}/x`, `Authorization: Bearer ${editor.clipboard}`);
      prompter.when('Send the access token of Acme to another host?', CANCEL);
      await attempt();
      assert.deepEqual(elsewhere.received, []);
      show(`GET ${session}`, `Authorization: Bearer ${editor.clipboard}`, 'Accept: application/json;version=39.0');
      await attempt();
      assert.match(title(), /^200 OK/);
    }),
  );

  it(
    'shows a redirect and where it leads, and does not follow it',
    inWorld(async (world) => {
      const { session, attempt, next } = await open(world);
      const other = await start(world, answers(200, ''));
      show(`GET ${session}`, REFERENCE, 'Accept: application/json;version=39.0');
      await attempt();
      next((due) => ({ ...due, status: 302, headers: { location: `${other.origin}/there` }, body: '' }));
      await attempt();
      assert.match(answer(), new RegExp(`^# Redirects to ${other.origin}/there; Try Request follows no redirect\\.$`, 'm'));
      assert.deepEqual(other.received, []);
    }),
  );

  it(
    'masks the token wherever an answer repeats it, also where the answer is cut',
    inWorld(async (world) => {
      const { session, attempt, next, service } = await open(world);
      const tokenOf = () => service.requests.at(-1)!.headers.authorization!.slice('Bearer '.length);
      show(`GET ${session}`, REFERENCE);
      await attempt();
      const token = tokenOf();
      const base64 = Buffer.from(`x:${token}`).toString('base64');
      const body = JSON.stringify({ token, header: `Bearer ${token}`, base64, hex: Buffer.from(token).toString('hex') });
      next((due) => ({ ...due, headers: { 'content-type': 'application/json', 'x-echo': token }, body }));
      await attempt();
      assert.equal(tokenOf(), token);
      const text = answer();
      assert.match(text, /^x-echo: •••$/m);
      assert.match(text, /"header": "Bearer •••"/);
      for (const part of [token, base64.slice(8, -8), Buffer.from(token).toString('hex')])
        assert.ok(!text.includes(part.slice(0, 24)), text);

      next((due) => ({ ...due, headers: { 'content-type': 'text/plain' }, body: 'x'.repeat(10 * MB - 30) + token }));
      await attempt();
      assert.ok(!answer().includes(token.slice(0, 8)));
      assert.match(answer(), /x•••\n$/);
    }),
  );

  it(
    'keeps 10 MB of an answer and counts the rest',
    inWorld(async (world) => {
      const { attempt } = await open(world);
      const big = await start(world, answers(200, Buffer.alloc(30 * MB, 'x'), { 'content-type': 'text/plain' }));
      show(`GET ${big.origin}/`);
      await attempt();
      assert.match(answer(), /^# … ms · 31\.5 MB · sent as written$/m);
      assert.match(answer(), /^# Shown is the beginning of the body, 10\.5 MB\.$/m);
      assert.ok(shown().getText().length < 10 * MB + 1000);
    }),
  );

  for (const [what, script, says] of [
    [
      'a picture',
      answers(200, Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 255]), { 'content-type': 'image/png' }),
      /\n\n\(binary, 8 bytes\)\n89 50 4e 47 00 01 02 ff\n$/,
    ],
    [
      'an answer that is cut off',
      (socket: Socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"a": [1, 2'),
      /^# The connection was lost: this is what had arrived\.$[^]*\n\n\{\n {2}"a": \[\n {4}1,\n {4}2\n$/m,
    ],
    [
      'an answer that does not decompress',
      answers(200, Buffer.concat([gzipSync('{"a": 1}').subarray(0, 20), Buffer.from('junk')]), { 'content-encoding': 'gzip' }),
      /^# The body does not decompress: this is what could be read\.$/m,
    ],
    [
      'bad chunks',
      (socket: Socket) => void socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nx\r\n'),
      /^# The connection was lost: this is what had arrived\.$[^]*\n\nhello\n$/m,
    ],
    [
      'XML',
      answers(200, '<a><b>1</b><c/></a>', { 'content-type': 'application/*+xml;version=39.0' }),
      /\n\n<a>\n {2}<b>1<\/b>\n {2}<c\/>\n<\/a>\n$/,
    ],
    [
      'nothing',
      (socket: Socket) => void socket.end('HTTP/1.1 204 No Content\r\n\r\n'),
      /^HTTP\/1\.1 204 No Content\n(?:# .*\n)+$/,
    ],
  ] as const)
    it(
      `shows ${what}`,
      inWorld(async (world) => {
        const { attempt } = await open(world);
        const { origin } = await start(world, script);
        show(`GET ${origin}/`);
        await attempt();
        assert.match(answer(), says);
      }),
    );

  it(
    'shows events as they come, until the editor of the answer is closed, and then forgets them',
    inWorld(async (world) => {
      const { extension } = await open(world);
      let stream: Socket | undefined;
      const events = await start(world, (socket) => {
        stream = socket;
        socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: one\n\n');
      });
      show(`GET ${events.origin}/`);
      const running = extension.run('tryRequest');
      while (documents().length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      assert.match(answer(), /^# More may follow\.$[^]*\n\ndata: one\n$/m);
      const document = shown();
      stream!.write('data: two\n\n');
      while (!document.getText().includes('data: two')) await new Promise((resolve) => setTimeout(resolve, 1));
      editor.close(document);
      await running;
      await events.idle();
      const again = await vscode.workspace.openTextDocument(document.uri);
      assert.equal(again.getText(), '');
    }),
  );

  it(
    'can be cancelled while the service is silent, and shows what had arrived otherwise',
    inWorld(async (world) => {
      const { attempt, prompter } = await open(world);
      const silent = await start(world, world.silence);
      show(`GET ${silent.origin}/`);
      prompter.cancel('Sending GET to 127.0.0.1');
      await attempt();
      assert.deepEqual(documents(), []);
      await silent.idle();
    }),
  );

  it(
    'puts an answer in the place of the one before, whose request it ends',
    inWorld(async (world) => {
      const { attempt, extension } = await open(world);
      const silent = await start(world, world.silence);
      const quick = await start(world, answers(200, '{"n":1.0}'));
      show(`GET ${silent.origin}/`);
      const first = extension.run('tryRequest');
      while (silent.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      show(`GET ${quick.origin}/one`);
      await attempt();
      await first;
      await silent.idle();
      assert.equal(title(), '200 Reason · GET ∕one');
      assert.match(answer(), /\n\n\{\n {2}"n": 1\.0\n\}\n$/);
      show(`GET ${quick.origin}/two`);
      await attempt();
      assert.equal(title(), '200 Reason · GET ∕two');
    }),
  );

  it(
    'exchanges again after the service has refused the token',
    inWorld(async (world) => {
      const { session, attempt, next, service } = await open(world);
      show(`GET ${session}`, REFERENCE, 'Accept: application/json;version=39.0');
      await attempt();
      await world.pass(60_000);
      next((due) => ({ ...due, status: 401 }));
      await attempt();
      assert.match(answer(), /^# The service refused the access token; Exchange gets another one\.$/m);
      const first = service.requests.at(-1)!.headers.authorization;
      await attempt();
      assert.match(title(), /^200 OK/);
      assert.notEqual(service.requests.at(-1)!.headers.authorization, first);
    }),
  );

  it(
    'says what it does not send, and sends nothing',
    inWorld(async (world) => {
      const { session, attempt, prompter, service } = await open(world);
      const before = service.requests.length;
      for (const [lines, says] of [
        [[`GET ${session}`, REFERENCE, 'X-Id: {{$guid}}'], 'Line 3: “$guid” is not a variable with one value in this file.'],
        [['# @prompt id', `GET ${session}`], 'Line 1 has the directive @prompt.'],
        [[`GET ${session}?t={{$processEnv TENANT_TOKEN_ACME}}`], 'Line 1 puts an access token into the address'],
        [[`POST ${session}`, '', '< ./body.json'], 'Line 3 sends a file. Change that, or send the request with an HTTP client'],
        [
          [`GET ${session}`, 'Authorization: Bearer {{$processEnv TENANT_TOKEN_NOBODY}}'],
          'TENANT_TOKEN_NOBODY refers to no known token',
        ],
      ] as const) {
        show(...lines);
        if (says.startsWith('TENANT')) prompter.when(says, CANCEL);
        await attempt();
        assert.ok(prompter.texts('error').at(-1)?.startsWith(says), prompter.texts('error').at(-1));
      }
      assert.equal(service.requests.length, before);
      assert.deepEqual(documents(), []);
    }),
  );

  it(
    'says that a service did not answer, and tries again',
    inWorld(async (world) => {
      const { attempt, prompter } = await open(world);
      show('GET http://127.0.0.1:9/x');
      prompter.when('127.0.0.1:9 could not be reached (ECONNREFUSED). Check the address of the request', CANCEL);
      await attempt();
      const server = await start(world, (socket) => socket.destroy());
      show(`GET ${server.origin}/x`);
      prompter.when(/The connection to 127\.0\.0\.1:\d+ was lost before it answered/, 'Try Again', CANCEL);
      await attempt();
      await world.until(Promise.resolve());
      assert.equal(server.received.length, 2);
    }),
  );

  it(
    'presents the tenant’s certificate and pin at its own host only',
    inWorld(async (world) => {
      const { attempt, prompter, extension, sandbox } = await open(world);
      const own = entryOf(sandbox, 'sandbox-cloud-director', { id: 'acme', clientCertificateFile: '/none.pem' });
      const other = await start(world, answers(200, '{}'));
      extension.tenants = [{ ...own, hosts: [new URL(other.origin).host] }];
      show(`GET ${other.origin}/x`, 'Authorization: Bearer EXAMPLE-of-the-file');
      await attempt();
      assert.match(title(), /^200 /);
      assert.deepEqual(prompter.texts('error'), []);
    }),
  );
});
