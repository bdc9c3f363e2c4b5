import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import process from 'node:process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isLong } from '../support/long.js';
import { until } from '../workbench/until.js';
import { Scene } from './support.js';

const MIB = 1024 * 1024;
const PIECE_BYTES = 64 * 1024;
const STREAMED_MIB = isLong ? 1024 : 64;
const IN_A_ROW = isLong ? 10_000 : 500;
/** What is under way at a time: the gateway's share and that of the client and the service in this process. */
const MOST_HELD_MIB = 32;
/** How often is looked; at first when all that is under way is filled. */
const LOOK_BYTES = 8 * MIB;

/** So many MiB in pieces: what waits for its reader is counted in pieces. */
function* mebibytes(count: number): Generator<Buffer> {
  for (let at = 0; at < (count * MIB) / PIECE_BYTES; at++) yield Buffer.alloc(PIECE_BYTES, at);
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes in buffers that somebody still holds. */
function heldBytes(): number {
  collect();
  return process.memoryUsage().arrayBuffers;
}

/** Counts what arrives, and how much more is held at most than after the beginning, bytes. */
async function drain(stream: AsyncIterable<Buffer>): Promise<{ readonly size: number; readonly held: number }> {
  const looks: number[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > (looks.length + 1) * LOOK_BYTES) looks.push(heldBytes());
  }
  const [first = Infinity, ...more] = looks;
  return { size, held: Math.max(...more) - first };
}

describe('the gateway under load', () => {
  let scene: Scene | undefined;
  afterEach(() => scene?.close());

  it(`streams ${STREAMED_MIB} MiB to a client without holding them`, async () => {
    scene = await Scene.open((_, response) => void pipeline(Readable.from(mebibytes(STREAMED_MIB)), response));
    const request = httpRequest(`${scene.address}/large`, { agent: false }).end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const { size, held } = await drain(response);
    assert.equal(size, STREAMED_MIB * MIB);
    assert.ok(held < MOST_HELD_MIB * MIB, `${held / MIB} MiB were held`);
  });

  it(`streams ${STREAMED_MIB} MiB to a service without holding them`, async () => {
    const drained: Awaited<ReturnType<typeof drain>>[] = [];
    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      drained.push(await drain(request));
      response.end('OK');
    };
    scene = await Scene.open((request, response) => void answer(request, response), { mayWrite: () => true });
    const request = httpRequest(`${scene.address}/large`, { method: 'PUT', agent: false });
    const responded = once(request, 'response');
    await pipeline(Readable.from(mebibytes(STREAMED_MIB)), request);
    const [response] = (await responded) as [IncomingMessage];
    assert.equal(response.statusCode, 200);
    response.resume();
    const [{ size, held } = assert.fail('nothing arrived')] = drained;
    assert.equal(size, STREAMED_MIB * MIB);
    assert.ok(held < MOST_HELD_MIB * MIB, `${held / MIB} MiB were held`);
  });

  it('stops reading from a service while its client does not read', async () => {
    let written = 0;
    const source = function* (): Generator<Buffer> {
      for (const chunk of mebibytes(STREAMED_MIB)) {
        written += chunk.length;
        yield chunk;
      }
    };
    scene = await Scene.open((_, response) => void pipeline(Readable.from(source()), response).catch(() => undefined));
    const request = httpRequest(`${scene.address}/large`, { agent: false }).end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let before = -1;
    await until('the service to wait', () => {
      const waits = written === before;
      before = written;
      return waits && written > 0;
    });
    assert.ok(written < MOST_HELD_MIB * MIB, `${written / MIB} MiB were read`);
    response.destroy();
  });

  it(`answers ${IN_A_ROW} requests in a row, 16 at a time, each once`, async () => {
    const open = (scene = await Scene.open((request, response) => void response.end(request.url)));
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < IN_A_ROW) {
        const path = `/${next++}`;
        assert.equal((await open.send(path)).text, path);
      }
    };
    await Promise.all(Array.from({ length: 16 }, work));
    assert.equal(open.arrived.length, IN_A_ROW);
    assert.equal(new Set(open.arrived.map(({ url }) => url)).size, IN_A_ROW);
  });
});
