import assert from 'node:assert/strict';
import { RetryAfterStore } from '../../src/exchange/retryAfterStore.js';
import { SteppedClock } from '../support/clock.js';
import { MemoryMemento } from '../support/memory.js';

describe('Waits', () => {
  const setUp = () => {
    const [clock, index] = [new SteppedClock(), new MemoryMemento()];
    return { clock, index, waits: new RetryAfterStore(index, clock) };
  };

  it('count down, and end', async () => {
    const { clock, waits } = setUp();
    assert.equal(waits.remaining('a'), 0);
    await waits.set('a', 120_000);
    clock.sleep(30_000);
    assert.deepEqual([waits.remaining('a'), waits.remaining('b')], [90_000, 0]);
    clock.sleep(90_000);
    assert.equal(waits.remaining('a'), 0);
  });

  it('hold in all windows, and after a restart', async () => {
    const { clock, index, waits } = setUp();
    await waits.set('a', 120_000);
    assert.equal(new RetryAfterStore(index, clock).remaining('a'), 120_000);
  });

  it('are forgotten when the secret is another one, and when they are over', async () => {
    const { clock, index, waits } = setUp();
    await waits.set('a', 120_000);
    await waits.set('b', 60_000);
    await waits.clear('a');
    assert.deepEqual([waits.remaining('a'), waits.remaining('b')], [0, 60_000]);
    clock.sleep(60_000);
    await waits.set('c', 1_000);
    assert.deepEqual(Object.keys(index.get<object>('waits')), ['c']);
    await waits.clear('c');
    assert.equal(index.get('waits'), undefined);
  });

  it('are no longer than an hour, whatever a clock has shown', async () => {
    const { clock, waits } = setUp();
    await waits.set('a', 1_800_000);
    clock.set(clock.wall() - 10 * 3600_000);
    assert.equal(waits.remaining('a'), 0);
  });

  it('write nothing where there is nothing to forget', async () => {
    const { index, waits } = setUp();
    await waits.clear('a');
    assert.equal(index.values.size, 0);
  });

  it('read what is damaged as nothing', async () => {
    for (const damaged of [7, 'nonsense', null, { a: 'soon' }, { a: null }]) {
      const { index, waits } = setUp();
      index.values.set('waits', damaged);
      assert.equal(waits.remaining('a'), 0);
      await waits.set('a', 1_000);
      assert.equal(waits.remaining('a'), 1_000);
    }
  });
});
