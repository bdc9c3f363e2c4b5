import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { AppError } from '../../src/base/errors.js';
import { Sender } from '../../src/net/send.js';
import { oauth2 } from '../../src/platforms/oauth2/platform.js';
import { OAUTH_ERRORS } from '../platforms/table.js';
import { answers, drips, response, serve, type Loopback, type Script } from './loopback.js';

const CANARY = 'EXAMPLE-CANARY-REFRESH-TOKEN';
const TOKEN = 'EXAMPLE-CANARY-ACCESS-TOKEN';
const GOOD = `{"access_token":"${TOKEN}","token_type":"Bearer","expires_in":3600}`;
const BOM = '\uFEFF';
const SENT_AT = Date.UTC(2030, 0, 1);
const YEAR_S = 365 * 24 * 3600;

describe('answers of services', () => {
  const sender = new Sender();
  const running: Loopback[] = [];
  /** What the services that the secret was for have received. */
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

  /** A whole exchange, from the request to the read answer. Only the requested service saw the secret. */
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
    return oauth2.readExchange(received, tenant, secret, SENT_AT);
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
    ['says 201', answers(201, GOOD)],
    ['is as deep as may be', json(GOOD.replace('{', `{"a":${'['.repeat(31)}${']'.repeat(31)},`))],
    ['is as large as may be', json(GOOD + ' '.repeat(64 * 1024 - GOOD.length))],
    [
      'comes in pieces',
      (socket: Socket) => void socket.end(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${chunks(GOOD)}`),
    ],
  ] as const)
    it(`are accepted if one ${name}`, async () => {
      assert.equal((await exchange(script)).accessToken, TOKEN);
    });

  const repeated = { reason: 'a field occurs twice' };
  for (const [name, script, code, facts] of [
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
    ['is an error that is an object', json(GOOD.replace('{', '{"error":{"code":"invalid_grant"},')), 'api-token-refused', {}],
    ['says that there was an error', json(GOOD.replace('{', '{"error":true,')), 'unexpected-answer', { status: 200 }],
  ] as const satisfies readonly (readonly [string, Script, string, Readonly<Record<string, unknown>>])[])
    it(`are refused if one ${name}`, () => fails(script, code, facts));

  for (const status of [200, 400, 401, 403])
    // ServiceNow returns server_error with 401 for an invalid refresh token.
    for (const [reason, code] of OAUTH_ERRORS.filter(([reason]) => status !== 401 || reason !== 'server_error'))
      it(`are ${code} if one with status ${status} says ${reason}, whatever else it contains`, async () => {
        await fails(answers(status, `{"error":"${reason}"}`), code, { reason });
        await fails(answers(status, GOOD.replace('{', `{"error":"${reason}","error_description":"${CANARY}",`)), code);
      });

  /** The valid answer with changed fields, as the JSON that is sent; `undefined` omits a field. */
  const changed = (fields: Readonly<Record<string, string | undefined>>): Script => {
    const all = { access_token: `"${TOKEN}"`, token_type: '"Bearer"', expires_in: '3600', ...fields };
    const shown = Object.entries<string | undefined>(all).flatMap(([name, value]) =>
      value === undefined ? [] : `"${name}":${value}`,
    );
    return json(`{${shown.join(',')}}`);
  };

  for (const value of [undefined, 'null', '""', '"null"', '"undefined"', '42', 'true', `["${TOKEN}"]`, `{"a":"${TOKEN}"}`])
    it(`are refused if the access token is ${value}`, () =>
      fails(changed({ access_token: value }), 'unexpected-answer', { reason: 'no access token' }));

  for (const value of [
    `${TOKEN}\\r\\nX-Injected: 1`,
    `${TOKEN}\\n`,
    `{{require('child_process').execSync('id')}}${TOKEN}`,
    `{{$processEnv HOME}}${TOKEN}`,
    `<script>${TOKEN}`,
    `$(${TOKEN})`,
    `\`${TOKEN}\``,
    `${TOKEN}é`,
    `${TOKEN}\\t`,
    ` ${TOKEN}`,
    `${TOKEN}\\u007f`,
    `${TOKEN}\\u0000`,
    `${TOKEN}\\ud800`,
    TOKEN.padEnd(17 * 1024, 'x'),
  ])
    it(`are refused if the access token is ${value.replace(TOKEN, '…').slice(0, 40)}`, () =>
      fails(changed({ access_token: `"${value}"` }), 'access-token-unsafe'));

  it('are refused if the access token equals a stored secret', async () => {
    const reason = 'the access token equals a stored secret';
    await fails(changed({ access_token: `"${CANARY}"` }), 'unexpected-answer', { reason });
    await fails(changed({ refresh_token: `"${TOKEN}"` }), 'unexpected-answer', { reason });
  });

  for (const [type, reason] of [
    [undefined, 'token_type is missing; "tokenType": "optional" allows that'],
    ['null', 'token_type is missing; "tokenType": "optional" allows that'],
    ['"mac"', 'token_type is not bearer; "tokenType": "any" accepts it as bearer'],
    ['["Bearer"]', 'token_type is not bearer; "tokenType": "any" accepts it as bearer'],
  ] as const)
    it(`are refused if the token type is ${type}`, () => fails(changed({ token_type: type }), 'unexpected-answer', { reason }));

  for (const type of ['"bearer"', '"BEARER"'])
    it(`are accepted if the token type is ${type}`, async () => {
      assert.equal((await exchange(changed({ token_type: type }))).accessToken, TOKEN);
    });

  for (const value of ['1', 'true', '["x"]', '{}', '"x\\ny"', '"\\u00e9"'])
    it(`are refused if the refresh token is ${value}`, () =>
      fails(changed({ refresh_token: value }), 'unexpected-answer', { reason: 'refresh token is malformed' }));

  for (const value of [undefined, 'null', '""', '"null"', '"undefined"', `"${CANARY}"`])
    it(`keep the refresh token if theirs is ${value?.replace(CANARY, 'the same')}`, async () => {
      assert.equal((await exchange(changed({ refresh_token: value }))).rotated, undefined);
    });

  it('contain a refresh token that replaces the old one', async () => {
    assert.deepEqual((await exchange(changed({ refresh_token: '"EXAMPLE {new} token"' }))).rotated, {
      refreshToken: 'EXAMPLE {new} token',
      clientSecret: '',
    });
  });

  for (const [lifetime, seconds, remark] of [
    ['3599', 3599],
    ['"3599"', 3599],
    ['3599.7', 3599],
    ['2592000', 2_592_000],
    ['2147483648', YEAR_S, 'expiry-capped'],
    ['9e15', YEAR_S, 'expiry-capped'],
    ['0', undefined, 'expiry-unusable'],
    ['-1', undefined, 'expiry-unusable'],
    ['""', undefined, 'expiry-unusable'],
    ['" "', undefined, 'expiry-unusable'],
    ['true', undefined, 'expiry-unusable'],
    ['[3599]', undefined, 'expiry-unusable'],
    ['{}', undefined, 'expiry-unusable'],
    ['"3599abc"', undefined, 'expiry-unusable'],
    ['"1e3"', undefined, 'expiry-unusable'],
    ['"0x10"', undefined, 'expiry-unusable'],
    ['1e400', undefined, 'expiry-unusable'],
    ['null', undefined],
    [undefined, undefined],
  ] as const)
    it(`have a lifetime of ${seconds ?? 'an unknown number of'} s if it is given as ${lifetime}`, async () => {
      const { expiresAt, remarks } = await exchange(changed({ expires_in: lifetime }));
      assert.equal(expiresAt, seconds === undefined ? null : SENT_AT + seconds * 1000);
      assert.deepEqual(remarks, remark && [remark]);
    });

  it('are refused if the lifetime is not JSON', () => fails(changed({ expires_in: 'NaN' }), 'not-json'));

  it('change no prototype', async () => {
    const inherited = '"__proto__":{"polluted":1,"refresh_token":"EXAMPLE"},"constructor":{"prototype":{"polluted":1}}';
    const { accessToken, rotated } = await exchange(json(GOOD.replace('{', `{${inherited},`)));
    assert.deepEqual([accessToken, rotated], [TOKEN, undefined]);
    assert.equal(({} as { polluted?: number }).polluted, undefined);
    await fails(json(`{"__proto__":${GOOD}}`), 'unexpected-answer', { reason: 'no access token' });
  });

  it('cause a remark if they are JSON without its media type', async () => {
    for (const type of ['text/plain', '']) assert.deepEqual((await exchange(json(GOOD, type))).remarks, ['json-undeclared']);
    assert.equal((await exchange(json(GOOD))).remarks, undefined);
  });

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
    it(`with status ${status} are not followed`, async () => {
      const other = await start(json(GOOD));
      const self: Script = (socket) => void socket.end(response(status, '', { location: '/token2' }));
      for (const location of [`http://127.0.0.1:${other.port}/token`, '//other.example/', 'data:application/json,{}'])
        await fails(answers(status, GOOD, { location }), 'redirected', { status });
      await fails(self, 'redirected', { status });
      assert.deepEqual(other.received, []);
    });

  it('that are refused are not read further', async () => {
    for (const head of ['302 Found', '200 OK\r\ncontent-encoding: gzip', '200 OK\r\ncontent-length: 99999999']) {
      await assert.rejects(exchange(drips(`HTTP/1.1 ${head}\r\n\r\n`, 50)), AppError);
      await running.at(-1)!.idle();
    }
  });

  it('that are cut at any byte are not accepted', async () => {
    const whole = response(200, GOOD);
    const chunked = Buffer.from(
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${chunks(GOOD)}`,
    );
    // Only the content shows it, because HTTP lets the connection end the answer (RFC 9112 §8).
    const endless = Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n${GOOD}`);
    const escapes = Buffer.from(String(endless).replace('{', '{"a":{"}\\"}":["\\\\",{}]},'));
    for (const bytes of [whole, chunked, endless, escapes]) {
      for (let length = 0; length < bytes.length; length++)
        await fails((socket) => void socket.end(bytes.subarray(0, length)), 'connection-lost');
      assert.equal((await exchange((socket) => void socket.end(bytes))).accessToken, TOKEN);
    }
  });

  it('that are cut at any byte by a reset are not accepted', async () => {
    const whole = response(200, GOOD);
    for (let length = 0; length < whole.length; length++)
      await fails((socket) => void socket.write(whole.subarray(0, length), () => socket.resetAndDestroy()), 'connection-lost');
  });

  it('that end before all announced bytes have arrived are not accepted, even if the JSON is complete', async () => {
    await fails(answers(200, GOOD, { 'content-length': GOOD.length + 1 }), 'connection-lost');
    const unfinished = `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${chunks(GOOD)}`.slice(0, -5);
    await fails((socket) => void socket.end(unfinished), 'connection-lost');
  });

  it('that announce fewer bytes than they have are read no further', async () => {
    await fails(answers(200, GOOD, { 'content-length': GOOD.length - 1 }), 'not-json');
    await fails(answers(200, `${GOOD}${GOOD}`, { 'content-length': String(GOOD.length - 20) }), 'not-json');
  });

  it('are read no further than 64 KiB', async () => {
    const connections: Socket[] = [];
    const onConnected = (message: unknown): void => void connections.push((message as { socket: Socket }).socket);
    subscribe('undici:client:connected', onConnected);
    try {
      for (const head of ['content-type: application/json', 'transfer-encoding: chunked'])
        await fails((socket) => floods(socket, `HTTP/1.1 200 OK\r\n${head}\r\n\r\n`), 'response-too-large');
    } finally {
      unsubscribe('undici:client:connected', onConnected);
    }
    assert.equal(connections.length, 2);
    for (const { bytesRead } of connections) assert.ok(bytesRead < 128 * 1024, `${bytesRead} bytes were read`);
  });

  it('that break off immediately or during the request are lost', async () => {
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
      [{ 'retry-after': later(90 + 7200), date: later(7200) }, 90],
      [{ 'retry-after': 'Jan 2037', date: later(0) }, 60],
      [{ 'retry-after': later(90) }, 90],
    ] as const)
      it(`with status ${status} and ${JSON.stringify(headers)} ask to wait ${seconds} s`, () =>
        fails(answers(status, '{}', headers), code, { retryAfter: seconds }));

  it('give no time for a retry without Retry-After', async () => {
    await fails(answers(503, '{}'), 'service-failed', { retryAfter: undefined });
    await fails(answers(500, '{}', { 'retry-after': '5' }), 'service-failed', { retryAfter: undefined });
    await fails(answers(429, '{}'), 'rate-limited', { retryAfter: 60 });
  });
});

/** Sends data for as long as somebody reads. */
function floods(socket: Socket, beginning: string): void {
  const block = Buffer.from('4000\r\n' + 'x'.repeat(0x4000) + '\r\n');
  const more = (): void => {
    while (!socket.destroyed && socket.write(block));
  };
  socket.on('drain', more);
  socket.write(beginning);
  more();
}

/** In chunked coding, a few bytes at a time. */
function chunks(body: string): string {
  const parts = body.match(/.{1,10}/g) ?? [];
  return [...parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`), '0\r\n\r\n'].join('');
}

/** A date this long after the request was sent. */
function later(seconds: number): string {
  return new Date(SENT_AT + seconds * 1000).toUTCString();
}
