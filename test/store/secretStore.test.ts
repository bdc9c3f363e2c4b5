import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { AppError } from '../../src/base/errors.js';
import { SecretStore } from '../../src/store/secretStore.js';
import { SteppedClock } from '../support/clock.js';
import { MemorySecrets } from '../support/memory.js';

const code = (expected: string) => (error: unknown) => error instanceof AppError && error.code === expected;

function setUp(changed: Partial<MemorySecrets> = {}) {
  const [clock, secrets] = [new SteppedClock(), Object.assign(new MemorySecrets(), changed)];
  return { clock, secrets, store: new SecretStore(secrets, clock) };
}

/** A locked keyring that never answers. */
const waits = (): Promise<never> => new Promise(() => undefined);

describe('SecretStore', () => {
  it('stores, returns and deletes', async () => {
    const { store } = setUp();
    await store.keep('a', 'EXAMPLE');
    assert.deepEqual([await store.get('a'), await store.keys()], ['EXAMPLE', ['a']]);
    await store.delete('a');
    assert.equal(await store.get('a'), undefined);
  });

  it('waits 5 s for a store that does not answer', async () => {
    const { clock, store } = setUp({ get: waits, store: waits, delete: waits, keys: waits });
    const asking: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['secret-store-failed', () => store.get('a')],
      ['secret-store-failed', () => store.delete('a')],
      ['secret-store-failed', () => store.keys()],
      ['secret-not-kept', () => store.keep('a', 'EXAMPLE')],
    ];
    for (const [expected, ask] of asking) {
      const begun = clock.mono();
      await assert.rejects(clock.until(ask()), code(expected));
      assert.equal(clock.mono() - begun, 5_000);
      assert.equal(clock.timers, 0);
    }
  });

  it('waits no longer than necessary', async () => {
    const { clock, store } = setUp();
    await store.keep('a', 'EXAMPLE');
    assert.equal(clock.timers, 0);
  });

  it('reports a store that fails, at once or later', async () => {
    const fails = (): never => {
      throw new Error('EXAMPLE cannot be read');
    };
    for (const failing of [fails, () => Promise.resolve().then(fails)]) {
      const { store } = setUp({ get: failing, store: failing, delete: failing, keys: failing });
      await assert.rejects(store.get('a'), code('secret-store-failed'));
      await assert.rejects(store.delete('a'), code('secret-store-failed'));
      await assert.rejects(store.keys(), code('secret-store-failed'));
      await assert.rejects(store.keep('a', 'EXAMPLE'), code('secret-not-kept'));
    }
  });

  it('detects a store that keeps nothing or another value', async () => {
    await assert.rejects(setUp({ forgetful: true }).store.keep('a', 'EXAMPLE'), code('secret-not-kept'));
    const { store } = setUp({ get: () => Promise.resolve('another') });
    await assert.rejects(store.keep('a', 'EXAMPLE'), code('secret-not-kept'));
  });

  it('keeps a value that another window’s older value has overwritten meanwhile', async () => {
    const { store, secrets } = setUp();
    const storing = secrets.store.bind(secrets);
    let late: string | undefined = 'older';
    secrets.store = async (key, value) => {
      await storing(key, value);
      if (late !== undefined) secrets.values.set(key, late);
      late = undefined;
    };
    await store.keep('a', 'EXAMPLE');
    assert.equal(await store.get('a'), 'EXAMPLE');
  });

  it('puts no secret into its errors', async () => {
    const error: unknown = await setUp({ forgetful: true })
      .store.keep('a', 'EXAMPLE-SECRET')
      .catch((thrown: unknown) => thrown);
    assert.doesNotMatch(inspect(error, { depth: 10 }), /EXAMPLE-SECRET/);
  });
});
