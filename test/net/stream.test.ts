import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { mock } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { AppError } from '../../src/base/errors.js';
import type { HeaderPair, StreamRequest } from '../../src/net/http.js';
import { KeptBody } from '../../src/net/keptBody.js';
import { Sender } from '../../src/net/send.js';
import { answers, serve, type Loopback, type Script } from '../faults/loopback.js';
import { SteppedClock, stepDeadlines } from '../support/clock.js';

const MB = 1024 * 1024;
const LIMIT = 10 * MB;

describe('a streamed answer', () => {
  let sender: Sender;
  const servers: Loopback[] = [];

  beforeEach(() => {
    sender = new Sender();
  });
  afterEach(async () => {
    sender.dispose();
    mock.restoreAll();
    for (const server of servers.splice(0)) await server.stop();
  });

  async function start(script: Script): Promise<Loopback> {
    const server = await serve(script);
    servers.push(server);
    return server;
  }

  const get = ({ port }: Loopback, headers: readonly HeaderPair[] = []): StreamRequest => ({
    method: 'GET',
    url: `http://127.0.0.1:${port}/things?x=1`,
    headers,
  });

  /** Reads an answer to its end. */
  async function read(script: Script, limit = LIMIT) {
    const { status, headers, body } = await sender.stream(get(await start(script)));
    const kept = new KeptBody(limit, Object.fromEntries(headers)['content-encoding']);
    const error = await kept.read(body).then(
      () => undefined,
      (reason: unknown) => (reason instanceof AppError ? reason.code : reason),
    );
    return { status, kept, text: kept.bytes.toString('latin1'), error };
  }

  const raw =
    (head: readonly string[], ...parts: readonly (string | Buffer)[]): Script =>
    (socket) => {
      socket.write([...head, '', ''].join('\r\n'));
      for (const part of parts) socket.write(part);
      socket.end();
    };

  it('is asked for with exactly the given method, headers and body', async () => {
    const server = await start(answers(200, '{}'));
    const headers: HeaderPair[] = [
      ['X-Two', 'a'],
      ['Content-Type', 'text/plain'],
      ['X-Two', 'b'],
    ];
    const { status, reason, body } = await sender.stream({ ...get(server, headers), method: 'PROPFIND', body: 'ü' });
    for await (const _ of body);
    assert.deepEqual({ status, reason }, { status: 200, reason: 'Reason' });
    const host = `127.0.0.1:${server.port}`;
    assert.equal(
      server.received[0],
      Buffer.from(
        `PROPFIND /things?x=1 HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\nX-Two: a\r\nContent-Type: text/plain\r\nX-Two: b\r\ncontent-length: 2\r\n\r\nü`,
      ).toString('latin1'),
    );
  });

  it('has each of its repeated headers', async () => {
    const server = await start(raw(['HTTP/1.1 204 No Content', 'Set-Cookie: a=1', 'Set-Cookie: b=2', 'X-One: 1']));
    const { headers } = await sender.stream(get(server));
    assert.deepEqual(headers, [
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['x-one', '1'],
    ]);
  });

  it('is kept up to the limit, and counted beyond it', async () => {
    const { kept, error } = await read(answers(200, Buffer.alloc(30 * MB, 'x')));
    assert.deepEqual([kept.bytes.length, kept.received, kept.isCut, error], [LIMIT, 30 * MB, true, undefined]);
  });

  it('waits for its reader instead of filling the memory', async () => {
    let sent = 0;
    const server = await start((socket: Socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const more = (): void => {
        while (socket.write(Buffer.alloc(64 * 1024))) sent += 64 * 1024;
        socket.once('drain', more);
      };
      more();
    });
    const { body } = await sender.stream(get(server));
    let read = 0;
    for await (const chunk of body) {
      read += chunk.length;
      // What lies in buffers on the way, of both sockets too, is a few megabytes.
      assert.ok(sent - read < 16 * MB, `${sent} bytes were sent, and ${read} read`);
      if (read > 32 * MB) break;
    }
    await server.idle();
  });

  for (const [coding, compress] of [
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['GZIP', gzipSync],
    ['identity', (text: string) => Buffer.from(text)],
  ] as const)
    it(`is decoded from ${coding} (${compress.name || 'as it is'})`, async () => {
      const text = 'content '.repeat(10_000);
      const { text: read_, error } = await read(answers(200, compress(text), { 'content-encoding': coding }));
      assert.deepEqual([read_, error], [text, undefined]);
    });

  it('is decoded no further than it is kept, however much its bytes decode to', async () => {
    const bomb = Buffer.concat(Array<Buffer>(40).fill(gzipSync(Buffer.alloc(5 * MB))));
    const { kept, error } = await read(answers(200, bomb, { 'content-encoding': 'gzip' }), MB);
    assert.deepEqual([kept.bytes.length, kept.received, kept.isCut, error], [MB, bomb.length, true, undefined]);
  });

  it('stays as it came in a coding that is not known', async () => {
    const { kept, text } = await read(answers(200, 'squeezed', { 'content-encoding': 'zstd' }));
    assert.deepEqual([kept.unknownCoding, text], ['zstd', 'squeezed']);
  });

  const body = 'content '.repeat(30);
  for (const [what, script, wanted, expected] of [
    ['is cut off', raw(['HTTP/1.1 200 OK', 'Content-Length: 9000'], body), body, 'connection-lost'],
    ['is no gzip', answers(200, body, { 'content-encoding': 'gzip' }), '', 'answer-damaged'],
    ['is half of a gzip', answers(200, gzipSync(body).subarray(0, -8), { 'content-encoding': 'gzip' }), body, 'answer-damaged'],
    [
      'is chunked badly',
      raw(['HTTP/1.1 200 OK', 'Transfer-Encoding: chunked'], '5\r\nhello\r\n', 'no size\r\n'),
      'hello',
      'connection-lost',
    ],
  ] as const)
    it(`gives what arrived of an answer that ${what}, and then its error`, async () => {
      const { text, error } = await read(script);
      assert.deepEqual([text, error], [wanted, expected]);
    });

  for (const status of [301, 302, 303, 307, 308])
    it(`is the redirect itself (${status}), which is not followed`, async () => {
      const other = await start(answers(200, ''));
      const location = `http://127.0.0.1:${other.port}/`;
      const { status: seen, kept } = await read(answers(status, 'moved', { location }));
      assert.deepEqual([seen, kept.bytes.toString(), other.received], [status, 'moved', []]);
    });

  it('can be cancelled while it flows, and leaves what arrived', async () => {
    const server = await start((socket) => void socket.write('HTTP/1.1 200 OK\r\n\r\ndata: 1\n\n'));
    const controller = new AbortController();
    const { body } = await sender.stream(get(server), controller.signal);
    const kept = new KeptBody(LIMIT, '', () => controller.abort());
    await assert.rejects(kept.read(body), { name: 'AbortError' });
    assert.equal(kept.bytes.toString(), 'data: 1\n\n');
    await server.idle();
  });

  it('closes its connection when the reader leaves', async () => {
    const server = await start((socket) => void socket.write('HTTP/1.1 200 OK\r\n\r\nmore to come'));
    const { body } = await sender.stream(get(server));
    for await (const _ of body) break;
    await server.idle();
  });

  it('ends with the sender', async () => {
    const server = await start((socket) => void socket.write('HTTP/1.1 200 OK\r\n\r\nmore to come'));
    const { body } = await sender.stream(get(server));
    sender.dispose();
    await assert.rejects(new KeptBody(LIMIT).read(body), { code: 'connection-lost' });
  });

  it('may take two minutes to begin, and then as long as it likes', async () => {
    const clock = new SteppedClock(0);
    stepDeadlines(clock);
    const silent: Socket[] = [];
    const server = await start((socket) => void silent.push(socket));
    const asked = async (count: number): Promise<void> => {
      while (silent.length < count) await new Promise((resolve) => setImmediate(resolve));
    };
    const begun = sender.stream(get(server));
    begun.catch(() => undefined);
    await asked(1);
    await clock.advance(119_000);
    silent[0]!.write('HTTP/1.1 200 OK\r\n\r\n');
    const { body } = await begun;
    await clock.advance(3_600_000);
    silent[0]!.end('late');
    const kept = new KeptBody(LIMIT);
    await kept.read(body);
    assert.equal(kept.bytes.toString(), 'late');

    const never = assert.rejects(sender.stream(get(server)), { code: 'timed-out' });
    await asked(2);
    await clock.advance(121_000);
    await never;
  });
});
