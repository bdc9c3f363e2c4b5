import assert from 'node:assert/strict';
import { ConcurrencyLimiter } from '../../src/base/concurrencyLimiter.js';
import { idle } from '../support/clock.js';

/** Work that runs until a test ends it. */
function setUp() {
  const slots = new ConcurrencyLimiter();
  const running: { readonly name: string; readonly end: (error?: Error) => void }[] = [];
  const start = (name: string, { origin = 'a.example', isUrgent = false } = {}): Promise<void> =>
    slots.run(
      origin,
      () => isUrgent,
      () => {
        const { promise, resolve, reject } = Promise.withResolvers<undefined>();
        running.push({ name, end: (error) => (error ? reject(error) : resolve(undefined)) });
        return promise;
      },
    );
  const started = (): string[] => running.map(({ name }) => name);
  const end = async (name: string, error?: Error): Promise<void> => {
    running.find((one) => one.name === name)?.end(error);
    await idle();
  };
  return { slots, start, started, end };
}

const names = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${prefix}${n + 1}`);

describe('ConcurrencyLimiter', () => {
  it('runs four at a time per service, and the others in order', async () => {
    const { start, started, end } = setUp();
    for (const name of names('a', 6)) void start(name);
    await idle();
    assert.deepEqual(started(), names('a', 4));
    await end('a3');
    assert.deepEqual(started(), names('a', 5));
    await end('a1');
    assert.deepEqual(started(), names('a', 6));
  });

  it('runs twelve in total, and nothing waits for a full service', async () => {
    const { start, started, end } = setUp();
    for (const service of ['a', 'b', 'c', 'd']) for (const name of names(service, 5)) void start(name, { origin: service });
    await idle();
    assert.deepEqual(started(), [...names('a', 4), ...names('b', 4), ...names('c', 4)]);
    await end('b1');
    assert.equal(started().at(-1), 'b5');
    await end('c1');
    await end('c2');
    assert.deepEqual(started().slice(-2), ['c5', 'd1']);
  });

  it('runs what a person waits for before the rest', async () => {
    const { start, started, end } = setUp();
    for (const name of names('a', 6)) void start(name);
    void start('urgent', { isUrgent: true });
    await idle();
    await end('a1');
    assert.equal(started().at(-1), 'urgent');
    await end('a2');
    assert.equal(started().at(-1), 'a5');
  });

  it('runs first what has become urgent while it waited', async () => {
    const { slots, start, started, end } = setUp();
    for (const name of names('a', 6)) void start(name);
    const state = { isUrgent: false, hasBegun: false };
    void slots.run(
      'a.example',
      () => state.isUrgent,
      async () => {
        state.hasBegun = true;
        await idle();
      },
    );
    await idle();
    await end('a1');
    assert.deepEqual([started().at(-1), state.hasBegun], ['a5', false]);
    state.isUrgent = true;
    await end('a2');
    assert.equal(state.hasBegun, true);
  });

  it('frees the slot of failed work, and rejects with its error', async () => {
    const { start, started, end } = setUp();
    const failing = start('a1');
    const all = names('b', 4).map((name) => start(name));
    await idle();
    const reported = assert.rejects(failing, /EXAMPLE/);
    await end('a1', new Error('EXAMPLE'));
    await reported;
    assert.deepEqual(started(), ['a1', ...names('b', 4)]);
    for (const name of names('b', 4)) await end(name);
    await Promise.all(all);
  });

  it('keeps no state after many runs', async () => {
    const slots = new ConcurrencyLimiter();
    const state = { now: 0, most: 0, all: 0 };
    const work = async (): Promise<void> => {
      state.most = Math.max(state.most, ++state.now);
      await idle();
      state.now--;
      state.all++;
    };
    await Promise.all(Array.from({ length: 1000 }, (_, n) => slots.run(`${n % 7}.example`, () => n % 3 === 0, work)));
    assert.deepEqual(state, { now: 0, most: 12, all: 1000 });
  });
});
