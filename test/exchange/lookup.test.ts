import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Sender } from '../../src/net/send.js';
import { answers, serve } from '../faults/loopback.js';
import { isLong } from '../support/long.js';
import { memoryWindow } from '../support/memory.js';
import { readTenants } from '../../src/tenants/tenants.js';
import { ownTimersClock, SteppedClock } from '../support/clock.js';
import type { WindowParts } from '../../src/exchange/tokenServices.js';

const ANSWER = JSON.stringify({ access_token: 'EXAMPLE-ACCESS', token_type: 'Bearer', expires_in: 3600 });

async function windowWith(tokenUrl: string, parts: Partial<WindowParts>) {
  const settings = { id: 'acme', name: 'Acme', platform: 'oauth2', tokenUrl, grant: 'refresh_token' };
  const [entry] = readTenants([settings]);
  const tenant = entry!.tenant!;
  const { vault, broker } = memoryWindow(parts);
  const secret = { refreshToken: 'EXAMPLE-REFRESH' };
  const { id } = await vault.add({ tenant: tenant.id, name: 'Laptop', boundTo: tokenUrl, secret });
  return { broker, tenant, id };
}

describe('what lookups cost', () => {
  it('is one request, over a socket, for a thousand callers', async () => {
    const service = await serve(answers(200, ANSWER));
    const sender = new Sender();
    try {
      const url = `http://127.0.0.1:${service.port}/token`;
      const { broker, tenant, id } = await windowWith(url, { clock: ownTimersClock, send: sender.send });
      const tokens = await Promise.all(Array.from({ length: 1000 }, () => broker.access(tenant, id)));
      assert.deepEqual(new Set(tokens.map(({ token }) => token)), new Set(['EXAMPLE-ACCESS']));
      assert.equal(service.received.length, 1);
    } finally {
      sender.dispose();
      await service.stop();
    }
  });

  // What the heap holds depends on the collector and the compiler, too.
  (isLong ? it : it.skip)('is nothing that is left to the collector, beyond what a clock returns', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const clock = new SteppedClock();
    const send = () => Promise.resolve({ status: 200, headers: { 'content-type': 'application/json' }, body: ANSWER });
    const { broker, tenant, id } = await windowWith('https://a.example/token', { clock, send });
    await broker.access(tenant, id);
    const LOOKUPS = 100_000;
    let found = 0;
    const bytesEach = (): number => {
      collect();
      const before = process.memoryUsage().heapUsed;
      for (let n = 0; n < LOOKUPS; n++) if (broker.peek(tenant, id)) found++;
      return (process.memoryUsage().heapUsed - before) / LOOKUPS;
    };
    // The least of several: until it is compiled there are numbers in boxes, and others use the heap as well.
    const least = Math.min(...Array.from({ length: 8 }, bytesEach));
    assert.ok(least < 8, `${least} bytes each`);
    assert.equal(found, 8 * LOOKUPS);
  });
});
