import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isLong } from '../support/long.js';
import { until } from '../workbench/until.js';
import { Scene } from './support.js';

const MIB = 1024 * 1024;
const PIECE_BYTES = 64 * 1024;
const STREAMED_MIB = isLong ? 1024 : 64;
const IN_A_ROW = isLong ? 10_000 : 500;
/** What may be on its way: in the gateway, and in the sockets of the machine. */
const MOST_HELD_MIB = 32;

/** So many MiB in pieces, and how much of them has been taken, bytes. */
class Source {
  taken = 0;
  *[Symbol.iterator](): Generator<Buffer> {
    while (this.taken < STREAMED_MIB * MIB) {
      this.taken += PIECE_BYTES;
      yield Buffer.alloc(PIECE_BYTES);
    }
  }
}

/** Counts what arrives, and how much more was taken from its source at most meanwhile, bytes. */
async function drain(stream: AsyncIterable<Buffer>, source: Source): Promise<{ readonly size: number; readonly held: number }> {
  let [size, held] = [0, 0];
  for await (const chunk of stream) {
    held = Math.max(held, source.taken - size);
    size += chunk.length;
  }
  return { size, held };
}

describe('the gateway under load', () => {
  let scene: Scene | undefined;
  afterEach(() => scene?.close());

  it(`streams ${STREAMED_MIB} MiB to a client without holding them`, async () => {
    const source = new Source();
    scene = await Scene.open((_, response) => void pipeline(Readable.from(source), response));
    const request = httpRequest(`${scene.address}/large`, { agent: false }).end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const { size, held } = await drain(response, source);
    assert.equal(size, STREAMED_MIB * MIB);
    assert.ok(held < MOST_HELD_MIB * MIB, `${held / MIB} MiB were held`);
  });

  it(`streams ${STREAMED_MIB} MiB to a service without holding them`, async () => {
    const source = new Source();
    const drained: Awaited<ReturnType<typeof drain>>[] = [];
    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      drained.push(await drain(request, source));
      response.end('OK');
    };
    scene = await Scene.open((request, response) => void answer(request, response), { mayWrite: () => true });
    const request = httpRequest(`${scene.address}/large`, { method: 'PUT', agent: false });
    const responded = once(request, 'response');
    await pipeline(Readable.from(source), request);
    const [response] = (await responded) as [IncomingMessage];
    assert.equal(response.statusCode, 200);
    response.resume();
    const [{ size, held } = assert.fail('nothing arrived')] = drained;
    assert.equal(size, STREAMED_MIB * MIB);
    assert.ok(held < MOST_HELD_MIB * MIB, `${held / MIB} MiB were held`);
  });

  it('stops reading from a service while its client does not read', async () => {
    const source = new Source();
    scene = await Scene.open((_, response) => void pipeline(Readable.from(source), response).catch(() => undefined));
    const request = httpRequest(`${scene.address}/large`, { agent: false }).end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let before = -1;
    await until('the service to wait', () => {
      const waits = source.taken === before;
      before = source.taken;
      return waits && before > 0;
    });
    assert.ok(source.taken < MOST_HELD_MIB * MIB, `${source.taken / MIB} MiB were read`);
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
