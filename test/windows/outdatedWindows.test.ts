import assert from 'node:assert/strict';
import { AppError } from '../../src/base/errors.js';
import type { Vault } from '../../src/store/vault.js';
import { SteppedClock } from '../support/clock.js';
import { MemoryFolder, MemoryMemento, MemorySecrets, memoryWindow } from '../support/memory.js';

const laptop = { tenant: 'acme', name: 'Laptop', boundTo: 'https://a.example/token', secret: { apiToken: 'EXAMPLE-1' } };

/**
 * Secrets as in a browser: each window has a copy of all secrets from when it was loaded, and each change writes that copy
 * as a whole, even the deletion of a missing key.
 */
class BrowserSecrets extends MemorySecrets {
  readonly #kept: Map<string, string>;

  constructor(kept: Map<string, string>) {
    super();
    this.#kept = kept;
    for (const [key, value] of kept) this.values.set(key, value);
  }

  override async store(key: string, value: string): Promise<void> {
    await super.store(key, value);
    this.#save();
  }

  override async delete(key: string): Promise<void> {
    await super.delete(key);
    this.#save();
  }

  #save(): void {
    this.#kept.clear();
    for (const [key, value] of this.values) this.#kept.set(key, value);
  }
}

function setUp() {
  const kept = new Map<string, string>();
  const index = new MemoryMemento();
  const folder = new MemoryFolder();
  const clock = new SteppedClock();
  /** Loads a window. The returned function starts the extension in it. */
  const load = (): (() => Vault) => {
    const [secrets, hostBeganAt] = [new BrowserSecrets(kept), clock.wall() + 5_000];
    return () => memoryWindow({ secrets, index, folder, clock, hostBeganAt }).vault;
  };
  return { kept, clock, load };
}

const code = (expected: string) => (error: unknown) => error instanceof AppError && error.code === expected;

describe('A window that does not see the secrets of another one', () => {
  const changes: Readonly<Record<string, (vault: Vault, id: string) => Promise<unknown>>> = {
    'adds a token': (vault) => vault.add({ ...laptop, name: 'Server' }),
    'reads a token': (vault, id) => vault.read(id),
    'replaces a token': (vault, id) => vault.write(id, { v: 1, generation: 1, boundTo: '', secret: {} }),
    'removes a token': (vault, id) => vault.remove(id),
    'removes all': (vault) => vault.removeAll(),
  };

  for (const [what, change] of Object.entries(changes))
    for (const [when, isLate] of [
      ['', false],
      [', the extension having begun in it long after', true],
    ] as const)
      it(`must reload when it ${what}${when}, and nothing is lost`, async () => {
        const { load, clock, kept } = setUp();
        const [first, begin] = [load()(), load()];
        const early = isLate ? undefined : begin();
        const { id } = await first.add(laptop);
        await clock.advance(3600_000);
        const before = new Map(kept);
        await assert.rejects(clock.until(change(early ?? begin(), id)), code('window-outdated'));
        assert.deepEqual(kept, before);
        assert.deepEqual((await load()().read(id)).secret, laptop.secret);
      });

  it('sees them after it is reloaded', async () => {
    const { load, clock } = setUp();
    const [first, second] = [load()(), load()()];
    const { id } = await first.add(laptop);
    await assert.rejects(clock.until(second.read(id)), code('window-outdated'));
    const again = load()();
    const { id: server } = await again.add({ ...laptop, name: 'Server' });
    for (const vault of [first, again, load()()])
      for (const each of [id, server]) assert.deepEqual((await vault.read(each)).secret, laptop.secret);
  });

  it('is not mistaken for one whose store has lost everything', async () => {
    const { load, clock, kept } = setUp();
    const { id } = await load()().add(laptop);
    kept.clear();
    await clock.advance(60_000);
    const vault = load()();
    await assert.rejects(vault.read(id), code('store-emptied'));
    const { id: server } = await vault.add({ ...laptop, name: 'Server' });
    assert.deepEqual((await load()().read(server)).secret, laptop.secret);
  });
});
