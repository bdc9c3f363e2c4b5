import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { connect, type Socket } from 'node:net';
import process from 'node:process';
import { mock } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { deadline } from '../../src/net/deadline.js';
import { DEFAULT_NETWORK } from '../../src/net/proxy.js';
import { answers, drips, response, type Script } from '../faults/loopback.js';
import { clientOf, inWorld, tenantFrom, type Client } from '../support/world.js';

const KIB = 1024;
const MIB = 1024 * KIB;
/** Headers, a body and what frames them, each of 64 KiB, and what was read together with the last of it. */
const MOST_BYTES = 4 * 64 * KIB;
const MOST_GROWTH = 64 * MIB;
const ENDLESS = 5_000_000_000;

/** Runs until `isSo`, for what happens on the other side of a socket. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(1);
}

/** Sends something repeatedly while the peer reads. */
const floods =
  (beginning: string, again: string): Script =>
  (socket) => {
    const flood = (): void => {
      while (!socket.destroyed) if (!socket.write(again)) return void socket.once('drain', flood);
    };
    socket.write(beginning);
    flood();
  };

/** A port at which connections are neither taken nor refused: those who listen there do not listen. */
async function blackHole(): Promise<{ readonly port: number; close(): Promise<void> }> {
  const worker = new Worker(
    `const { createServer } = require('node:net');
     const { parentPort } = require('node:worker_threads');
     const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
     });`,
    { eval: true },
  );
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  // Connections that fill its queue.
  const waiting = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  await Promise.race([
    Promise.all(waiting.map((socket) => new Promise((resolve) => socket.once('connect', resolve)))),
    delay(200),
  ]);
  return {
    port,
    async close() {
      for (const socket of waiting) socket.destroy();
      await worker.terminate();
    },
  };
}

describe('threats: limits', () => {
  it(
    'row 11: any slow peer is given up at the one deadline, or when the caller stops waiting',
    inWorld(async (world) => {
      const hole = await blackHole();
      const deadlines: (() => void)[] = [];
      const slow: Script[] = [
        () => undefined,
        drips('HTTP/1.1 200 OK\r\n', 5),
        drips('HTTP/1.1 200 OK\r\nx-slow: ', 5),
        drips('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{"access_token":"', 5),
        drips('HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n', 5),
        drips('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffff\r\n', 5),
        (socket) => void socket.write(response(200, world.good).subarray(0, -1)),
        (socket) => void socket.write('HTTP/1.1 102 Processing\r\n\r\n'),
      ];
      const clients: Client[] = [];
      for (const _ of slow) clients.push(await world.client());
      // Peers that are slow before the request can be sent.
      const proxy = await world.proxy((socket, request) => {
        if (request.includes('tunnel.example')) socket.write('HTTP/1.1 200 OK\r\n\r\n');
      });
      world.network = { ...DEFAULT_NETWORK, proxy: `http://127.0.0.1:${proxy.port}` };
      const unconnected = [];
      // Windows refuses what there is no room for.
      const holes = process.platform === 'win32' ? [] : [`http://127.0.0.1:${hole.port}/token`];
      for (const url of ['https://silent.example/token', 'https://tunnel.example/token', ...holes]) {
        const tenant = tenantFrom({ ...clientOf(url), id: `t${unconnected.length}` });
        unconnected.push({ tenant, id: await world.keep(tenant) });
      }
      let isOver = false;
      const stepped = mock.method(deadline, 'start', (_: number, end: () => void) => {
        // A retry is given up at once.
        if (isOver) end();
        deadlines.push(end);
        return { dispose: () => undefined };
      });
      try {
        const asked = clients.map(({ service }) => service.received.length);
        const failing = [
          ...clients.map((client, index) => client.refuses(slow[index]!, 'timed-out', 'unreachable')),
          ...unconnected.map(({ tenant, id }) => world.failure(world.broker.exchange(tenant, id))),
        ];
        await until(() => clients.every(({ service }, index) => service.received[asked[index]!]?.includes('\r\n\r\n')));
        await until(() => deadlines.length === failing.length && proxy.received.length === 2);
        // Long enough for drops to have come that would begin another limit anew.
        await delay(50);
        assert.equal(await Promise.race([Promise.any(failing), delay(0, 'waiting')]), 'waiting');

        const gone = new AbortController();
        const { tenant, id } = unconnected[0]!;
        const waiting = assert.rejects(world.broker.access(tenant, id, { signal: gone.signal }), /gone/);
        gone.abort(new Error('gone'));
        await waiting;
        assert.equal(deadlines.length, failing.length, 'one deadline for each exchange');

        isOver = true;
        for (const end of deadlines) end();
        await Promise.all(failing);
        const firstEnd = (token: string) =>
          (world.broker.trace(token)?.attempts[0]?.outcome as { code?: string } | undefined)?.code;
        for (const client of clients) assert.equal(firstEnd(client.id), 'timed-out');
        // Nothing was sent to whom there was no connection.
        for (const each of unconnected) assert.equal(firstEnd(each.id), 'unreachable');
        await Promise.all(clients.map(({ service }) => service.idle()));
      } finally {
        stepped.mock.restore();
        await hole.close();
      }
    }),
  );

  /** How much of a response is read, in bytes, and by how much the process grows. */
  async function costOf(work: () => Promise<unknown>): Promise<{ readonly bytes: number; readonly growth: number }> {
    const sockets: Socket[] = [];
    const note = (message: unknown): void => void sockets.push((message as { socket: Socket }).socket);
    subscribe('undici:client:connected', note);
    const before = process.memoryUsage().rss;
    try {
      await work();
    } finally {
      unsubscribe('undici:client:connected', note);
    }
    assert.ok(sockets.length > 0);
    return { bytes: Math.max(...sockets.map(({ bytesRead }) => bytesRead)), growth: process.memoryUsage().rss - before };
  }

  async function isCheap(work: () => Promise<unknown>): Promise<void> {
    const { bytes, growth } = await costOf(work);
    assert.ok(bytes <= MOST_BYTES, `${bytes} bytes were read`);
    assert.ok(growth < MOST_GROWTH, `the process has grown by ${growth} bytes`);
  }

  it(
    'row 12: an endless response is read only up to the limit',
    inWorld(async (world) => {
      const client = await world.client();
      const block = 'x'.repeat(64 * KIB);
      const ok = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
      for (const script of [
        floods(`${ok}content-length: ${ENDLESS}\r\n\r\n`, block),
        floods(`${ok}\r\n`, block),
        floods(`${ok}\r\n{"access_token":"`, block),
        floods(`${ok}transfer-encoding: chunked\r\n\r\n${ENDLESS.toString(16)}\r\n`, block),
        floods(`${ok}transfer-encoding: chunked\r\n\r\n`, '1\r\nx\r\n'.repeat(10_000)),
        floods(`${ok}transfer-encoding: chunked\r\n\r\n1;x=`, block),
        floods('HTTP/1.1 200 OK\r\nx-long: ', block),
        floods('HTTP/1.1 200 OK\r\n', `x-more: ${'x'.repeat(100)}\r\n`.repeat(600)),
        floods(`HTTP/1.1 200 OK\r\nset-cookie: a=b\r\n`, 'set-cookie: a=b\r\n'.repeat(4_000)),
        answers(200, `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
        answers(200, `{${Array.from({ length: 1_000_000 }, (_, n) => `"k${n}":0`).join()}}`),
      ])
        await isCheap(() => client.refuses(script, 'response-too-large'));
      // Within the limit of size, what is deep is refused and what is wide is read.
      await isCheap(() =>
        client.refuses(
          answers(200, world.good.replace('{', `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)},`)),
          'unexpected-answer',
        ),
      );
      await isCheap(() => client.refuses(answers(200, '['.repeat(60_000)), 'not-json'));
      await isCheap(() => client.refuses(answers(200, '{"a":'.repeat(12_000)), 'not-json'));
      const wide = Array.from({ length: 6_000 }, (_, n) => `"k${n}":0,`).join('');
      await isCheap(() => client.takes(answers(200, world.good.replace('{', `{${wide}`))));
    }),
  );

  it(
    'row 13: a response with a content encoding is refused without decoding it',
    inWorld(async (world) => {
      const client = await world.client();
      const large = Buffer.alloc(50 * MIB);
      const quickly = (body: Buffer): Buffer => brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
      const twice = (body: Buffer): Buffer => gzipSync(gzipSync(body));
      const encodings: readonly (readonly [name: string, encode: (body: Buffer) => Buffer])[] = [
        ['gzip', gzipSync],
        ['GZIP', gzipSync],
        ['x-gzip', gzipSync],
        ['deflate', deflateSync],
        ['deflate', deflateRawSync],
        ['br', quickly],
        ['gzip, gzip', twice],
        ['identity, gzip', gzipSync],
        ['zstd', (body) => body.subarray(0, 1000)],
        ['compress', (body) => body.subarray(0, 1000)],
        ['utf-8', () => Buffer.from(world.good)],
        ['gzip', () => Buffer.from(world.good)],
      ];
      const bombs = new Map(encodings.map(([, encode]) => [encode, encode(large)]));
      for (const [name, encode] of encodings)
        for (const body of [encode(Buffer.from(world.good)), bombs.get(encode)!])
          await isCheap(() => client.refuses(answers(200, body, { 'content-encoding': name }), 'encoded-response'));
      // Two lines of one header are one.
      await client.refuses(
        answers(200, gzipSync(world.good), { 'content-encoding': 'identity', 'Content-Encoding': 'gzip' }),
        'encoded-response',
      );
      // Encoded, and not saying so.
      await isCheap(() => client.refuses(answers(200, gzipSync(world.good)), 'not-json'));
      await client.takes(answers(200, world.good, { 'content-encoding': 'identity' }));
      for (const request of client.service.received) assert.match(request, /\r\naccept-encoding: identity\r\n/i);
    }),
  );
});
