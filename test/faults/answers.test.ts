import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { inspect } from 'node:util';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { AppError } from '../../src/errors.js';
import { Sender } from '../../src/net/send.js';
import { oauth2 } from '../../src/platforms/oauth2.js';
import { answers, drips, response, serve, type Loopback, type Script } from './loopback.js';

const CANARY = 'EXAMPLE-CANARY-REFRESH-TOKEN';
const TOKEN = 'EXAMPLE-CANARY-ACCESS-TOKEN';
const GOOD = `{"access_token":"${TOKEN}","token_type":"Bearer","expires_in":3600}`;
const BOM = '\uFEFF';

describe('answers of services', () => {
  const sender = new Sender();
  const running: Loopback[] = [];
  /** What the services have received that the secret was for. */
  const addressed = new Set<readonly string[]>();

  after(() => {
    sender.dispose();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.stop()));
  });

  const start = async (script: Script): Promise<Loopback> => {
    const server = await serve(script);
    running.push(server);
    return server;
  };

  /** An exchange, from the request to what is read of the answer. The service that was asked is the one that saw the secret. */
  async function exchange(script: Script) {
    const { port, received: seen } = await start(script);
    addressed.add(seen);
    const tenant = {
      id: 'one',
      name: 'One',
      platform: 'oauth2',
      tokenUrl: `http://127.0.0.1:${port}/token`,
      grant: 'refresh_token',
      clientId: 'EXAMPLE',
    } as const;
    const secret = { refreshToken: CANARY, clientSecret: '' };
    const received = await sender.send(oauth2.exchange(tenant, secret));
    return oauth2.readExchange(received, tenant, secret, Date.now());
  }

  async function fails(script: Script, code: string, facts: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await assert.rejects(exchange(script), (error: unknown) => {
      assert.ok(error instanceof AppError, inspect(error));
      assert.equal(error.code, code, inspect(error));
      for (const [name, value] of Object.entries(facts)) assert.equal(error.facts[name], value, name);
      assert.doesNotMatch(inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error), /CANARY/);
      return true;
    });
    for (const { received } of running)
      assert.equal(
        received.join().includes(CANARY),
        addressed.has(received),
        'the secret was seen by whom it is for, and nobody else',
      );
  }

  const json = (body: string | Buffer, contentType = 'application/json') => answers(200, body, { 'content-type': contentType });

  for (const [name, script] of [
    ['is as it should be', json(GOOD)],
    ['begins with a byte order mark', json(BOM + GOOD)],
    ['is of a media type with a suffix', json(GOOD, 'application/vnd.example.v1+json; charset=utf-8')],
    ['is of a media type of old', json(GOOD, 'text/json')],
    ['says that it is plain text', json(GOOD, 'text/plain;charset=utf-8')],
    ['does not say what it is', json(GOOD, '')],
    ['says that it is not encoded', answers(200, GOOD, { 'content-encoding': 'Identity' })],
    [
      'has fields of the same names at different places',
      json(GOOD.replace('{', '{"a":{"access_token":"x"},"b":{"access_token":"y"},')),
    ],
    ['is as deep as may be', json(GOOD.replace('{', `{"a":${'['.repeat(31)}${']'.repeat(31)},`))],
    ['is as large as may be', json(GOOD + ' '.repeat(64 * 1024 - GOOD.length))],
    [
      'comes in pieces',
      (socket: Socket) => void socket.end(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${chunks(GOOD)}`),
    ],
  ] as const)
    it(`are taken if one ${name}`, async () => {
      assert.equal((await exchange(script)).accessToken, TOKEN);
    });

  const repeated = { reason: 'a field occurs twice' };
  for (const [name, script, code, facts] of [
    ['says 201', answers(201, GOOD), 'unexpected-answer', { status: 201 }],
    ['says 202', answers(202, GOOD), 'unexpected-answer', { status: 202 }],
    ['says 204', (socket: Socket) => void socket.end('HTTP/1.1 204 No\r\n\r\n'), 'unexpected-answer', { status: 204 }],
    ['says 206', answers(206, GOOD), 'unexpected-answer', { status: 206 }],
    ['is a web page', json('<html><title>Sign in</title></html>', 'text/html'), 'web-page', {}],
    ['is a web page that says it is JSON', json(' <!DOCTYPE html><p>'), 'web-page', {}],
    ['is JSON that says it is a web page', json(GOOD, 'text/html'), 'web-page', {}],
    ['is JSON that says it is XHTML', json(GOOD, 'application/xhtml+xml'), 'web-page', {}],
    ['is JSON that says it is XML', json(GOOD, 'application/xml'), 'not-json', {}],
    ['is JSON that says it is a file', json(GOOD, 'application/octet-stream'), 'not-json', {}],
    ['is JSON that says it is much', json(GOOD, 'application/json-seq'), 'not-json', {}],
    ['is empty', json(''), 'not-json', {}],
    ['is UTF-16', json(Buffer.from(BOM + GOOD, 'utf16le')), 'not-json', {}],
    ['is not quite UTF-8', json(Buffer.from(GOOD.replace('{', '{"a":"\xE9",'), 'latin1')), 'not-json', {}],
    ['is JSON twice', json(GOOD + GOOD), 'not-json', {}],
    ['is a list', json(`[${GOOD}]`), 'not-json', {}],
    ['is too large by a byte', json(GOOD + ' '.repeat(64 * 1024 + 1 - GOOD.length)), 'response-too-large', {}],
    ['says it is too large', answers(200, GOOD, { 'content-length': 64 * 1024 + 1 }), 'response-too-large', {}],
    ['has too large a header', answers(200, GOOD, { 'x-long': 'x'.repeat(128 * 1024) }), 'response-too-large', {}],
    ['is nested too deeply', json(GOOD.replace('{', `{"a":${'['.repeat(32)}${']'.repeat(32)},`)), 'unexpected-answer', {}],
    ['has two access tokens', json(GOOD.replace('{', '{"access_token":"EXAMPLE",')), 'unexpected-answer', repeated],
    ['has two, one in disguise', json(GOOD.replace('{', '{"\\u0061ccess_token":"EXAMPLE",')), 'unexpected-answer', repeated],
    ['has two lifetimes', json(GOOD.replace('{', '{"expires_in":1,')), 'unexpected-answer', repeated],
    ['is an error with a token', json(GOOD.replace('{', '{"error":"invalid_grant",')), 'api-token-refused', {}],
  ] as const satisfies readonly (readonly [string, Script, string, Readonly<Record<string, unknown>>])[])
    it(`are refused if one ${name}`, () => fails(script, code, facts));

  for (const [name, encode] of [
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['gzip, gzip', (body: Buffer) => gzipSync(gzipSync(body))],
    ['zstd', (body: Buffer) => body],
    ['identity, gzip', gzipSync],
  ] as const)
    it(`are refused if one is encoded as ${name}, without decoding it`, async () => {
      const bomb = encode(Buffer.alloc(4 * 1024 * 1024));
      for (const body of [encode(Buffer.from(GOOD)), bomb])
        await fails(answers(200, body, { 'content-encoding': name }), 'encoded-response');
    });

  for (const status of [301, 302, 303, 307, 308])
    it(`with status ${status} lead nowhere`, async () => {
      const other = await start(json(GOOD));
      const self: Script = (socket) => void socket.end(response(status, '', { location: '/token2' }));
      for (const location of [`http://127.0.0.1:${other.port}/token`, '//other.example/', 'data:application/json,{}'])
        await fails(answers(status, GOOD, { location }), 'redirected', { status });
      await fails(self, 'redirected', { status });
      assert.deepEqual(other.received, []);
    });

  it('that are refused are broken off', async () => {
    for (const head of ['302 Found', '200 OK\r\ncontent-encoding: gzip', '200 OK\r\ncontent-length: 99999999']) {
      await assert.rejects(exchange(drips(`HTTP/1.1 ${head}\r\n\r\n`, 50)), AppError);
      await running.at(-1)!.idle();
    }
  });

  it('that are cut at any byte are no answers', async () => {
    const whole = response(200, GOOD);
    const chunked = Buffer.from(
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${chunks(GOOD)}`,
    );
    for (const bytes of [whole, chunked])
      for (let length = 0; length < bytes.length; length++)
        await fails((socket) => void socket.end(bytes.subarray(0, length)), 'connection-lost');
  });

  it('that break off at once or within the request are lost', async () => {
    await fails((socket) => void socket.resetAndDestroy(), 'connection-lost');
    await fails((socket) => void socket.write('HTTP/1.1 200 OK\r\n', () => socket.resetAndDestroy()), 'connection-lost');
    await fails((socket) => void socket.end('HTTP/1.1 abc\r\n\r\n'), 'connection-lost');
  });

  for (const [status, code] of [
    [429, 'rate-limited'],
    [503, 'service-failed'],
  ] as const)
    for (const [headers, seconds] of [
      [{ 'retry-after': '2' }, 2],
      [{ 'retry-after': '0' }, 1],
      [{ 'retry-after': '99999999' }, 3600],
      [{ 'retry-after': '-5' }, 60],
      [{ 'retry-after': 'abc' }, 60],
      [{ 'retry-after': later(90), date: later(0) }, 90],
      [{ 'retry-after': later(-90), date: later(0) }, 1],
      [{ 'retry-after': later(90_000), date: later(0) }, 3600],
      [{ 'retry-after': 'Jan 2037', date: later(0) }, 60],
      [{ 'retry-after': later(90) }, 60],
    ] as const)
      it(`with status ${status} tell with ${JSON.stringify(headers)} to wait ${seconds} s`, () =>
        fails(answers(status, '{}', headers), code, { retryAfter: seconds }));

  it('say nothing of when to try again if they do not', async () => {
    await fails(answers(503, '{}'), 'service-failed', { retryAfter: undefined });
    await fails(answers(500, '{}', { 'retry-after': '5' }), 'service-failed', { retryAfter: undefined });
    await fails(answers(429, '{}'), 'rate-limited', { retryAfter: 60 });
  });
});

/** In the chunked coding, a few bytes at a time. */
function chunks(body: string): string {
  const parts = body.match(/.{1,10}/g) ?? [];
  return [...parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`), '0\r\n\r\n'].join('');
}

/** By the clock of a service, which need not be ours. */
function later(seconds: number): string {
  return new Date(Date.UTC(2030, 0, 1) + seconds * 1000).toUTCString();
}
