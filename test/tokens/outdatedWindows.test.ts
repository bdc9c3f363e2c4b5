import assert from 'node:assert/strict';
import { AppError } from '../../src/errors.js';
import type { Vault } from '../../src/tokens/vault.js';
import { SteppedClock } from '../support/clock.js';
import { MemoryFolder, MemoryMemento, MemorySecrets, memoryWindow } from '../support/memory.js';

const laptop = { tenant: 'acme', name: 'Laptop', boundTo: 'https://a.example/token', secret: { apiToken: 'EXAMPLE-1' } };

/**
 * Secrets as a window in a browser has them: a copy of all, as they were when it was loaded, which each change writes whole, a
 * deletion of what is not there too.
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
  const open = (): Vault => memoryWindow({ secrets: new BrowserSecrets(kept), index, folder, clock }).vault;
  return { kept, clock, open };
}

const outdated = (error: unknown) => error instanceof AppError && error.code === 'window-outdated';

describe('A window that does not see the secrets of another one', () => {
  const changes: Readonly<Record<string, (vault: Vault, id: string) => Promise<unknown>>> = {
    'adds a token': (vault) => vault.add({ ...laptop, name: 'Server' }),
    'reads a token': (vault, id) => vault.read(id),
    'replaces a token': (vault, id) => vault.write(id, { v: 1, generation: 1, boundTo: '', secret: {} }),
    'removes a token': (vault, id) => vault.remove(id),
    'removes all': (vault) => vault.removeAll(),
  };

  for (const [what, change] of Object.entries(changes))
    it(`is told to reload when it ${what}, and nothing is lost`, async () => {
      const { open, clock, kept } = setUp();
      const [first, second] = [open(), open()];
      const { id } = await first.add(laptop);
      const before = new Map(kept);
      await assert.rejects(clock.until(change(second, id)), outdated);
      assert.deepEqual(kept, before);
      assert.deepEqual((await open().read(id)).secret, laptop.secret);
    });

  it('sees them when it is loaded again', async () => {
    const { open, clock } = setUp();
    const [first, second] = [open(), open()];
    const { id } = await first.add(laptop);
    await assert.rejects(clock.until(second.read(id)), outdated);
    const again = open();
    const { id: server } = await again.add({ ...laptop, name: 'Server' });
    for (const vault of [first, again, open()])
      for (const each of [id, server]) assert.deepEqual((await vault.read(each)).secret, laptop.secret);
  });
});
