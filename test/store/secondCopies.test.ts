import assert from 'node:assert/strict';
import type { TokenRecord } from '../../src/store/record.js';
import { Random } from '../simulation/random.js';
import { SimulatedMemento, SimulatedSecrets, Storage } from '../simulation/storage.js';
import { Time } from '../simulation/time.js';
import { SteppedClock } from '../support/clock.js';
import { MemoryFolder, MemoryMemento, MemorySecrets, memoryWindow } from '../support/memory.js';

const laptop = { tenant: 'acme', name: 'Laptop', boundTo: 'https://a.example/token', secret: { apiToken: 'EXAMPLE-1' } };

/** Windows on one machine, in consecutive sessions. */
function machine() {
  const clock = new SteppedClock();
  const [secrets, index, folder] = [new MemorySecrets(), new MemoryMemento(), new MemoryFolder()];
  const open = (more = {}) => memoryWindow({ clock, secrets, index, folder, ...more }).vault;
  const recordOf = (id: string) => folder.folder('tokens').folder(id);
  return { clock, secrets, index, folder, open, recordOf };
}

const next = (record: TokenRecord, apiToken: string): TokenRecord => ({
  ...record,
  generation: record.generation + 1,
  secret: { apiToken },
});

describe('Vault with second copies', () => {
  it('keeps them unreadable', async () => {
    const { open, folder } = machine();
    const { id } = await open().add(laptop);
    assert.ok(`tokens/${id}/record` in folder.contents);
    assert.doesNotMatch(JSON.stringify(folder.contents), /EXAMPLE|a\.example/);
  });

  it('restores what SecretStorage has lost, in the next session too', async () => {
    for (const isNextSession of [false, true]) {
      const { clock, secrets, open } = machine();
      const vault = open();
      const { id } = await vault.add(laptop);
      secrets.values.delete(`token.${id}`);
      assert.deepEqual((await (isNextSession ? open() : vault).read(id)).secret, { apiToken: 'EXAMPLE-1' });
      await clock.advance(1_000);
      assert.match(secrets.values.get(`token.${id}`) ?? '', /EXAMPLE-1/);
    }
  });

  it('restores a damaged record, but leaves a later version’s record alone', async () => {
    const { clock, secrets, open } = machine();
    const vault = open();
    const { id } = await vault.add(laptop);
    secrets.values.set(`token.${id}`, '{"v":1,"gener');
    assert.equal((await vault.read(id)).generation, 0);
    await clock.advance(1_000);
    assert.match(secrets.values.get(`token.${id}`) ?? '', /EXAMPLE-1/);
    secrets.values.set(`token.${id}`, '{"v":2,"new":"format"}');
    await assert.rejects(vault.read(id), { code: 'secret-unreadable' });
    await assert.rejects(vault.write(id, { v: 1, generation: 9, boundTo: '', secret: {} }), { code: 'renewed-elsewhere' });
    await clock.advance(2_000);
    assert.equal(secrets.values.get(`token.${id}`), '{"v":2,"new":"format"}');
  });

  it('does not restore a removed token, in this window or another', async () => {
    const { clock, secrets, index, open } = machine();
    const [one, other] = [open(), open()];
    const { id } = await one.add(laptop);
    const record = await other.read(id);
    const listed = structuredClone(index.values.get('tokens'));
    await one.remove(id);
    // The other window has not seen it yet.
    index.values.set('tokens', listed);
    await assert.rejects(other.read(id), { code: 'token-unknown' });
    await assert.rejects(other.write(id, next(record, 'EXAMPLE-2')), { code: 'token-unknown' });
    void other.putBack(id, record);
    await clock.advance(5_000);
    assert.deepEqual([...secrets.values.keys()].sort(), ['key', `removed.${id}`]);
  });

  it('leaves removals of long ago as they are when everything is removed', async () => {
    const { clock, secrets, open } = machine();
    const vault = open();
    const { id: removed } = await vault.add(laptop);
    await vault.remove(removed);
    const { id } = await vault.add(laptop);
    await clock.advance(60_000);
    // Windows in a browser do not see what others store.
    secrets.values.delete(`removed.${removed}`);
    await vault.removeAll();
    assert.deepEqual([...secrets.values.keys()], [`removed.${id}`]);
    await vault.removeAll();
    assert.deepEqual([...secrets.values.keys()], [`removed.${id}`]);
  });

  it('uses the newer of the two', async () => {
    const { secrets, open } = machine();
    const vault = open();
    const { id } = await vault.add(laptop);
    const before = secrets.values.get(`token.${id}`)!;
    await vault.write(id, next(await vault.read(id), 'EXAMPLE-2'));
    const after = secrets.values.get(`token.${id}`)!;
    // What another window sees before the change reaches it.
    secrets.values.set(`token.${id}`, before);
    assert.deepEqual((await vault.read(id)).secret, { apiToken: 'EXAMPLE-2' });
    secrets.values.set(`token.${id}`, after);
    assert.deepEqual((await vault.read(id)).secret, { apiToken: 'EXAMPLE-2' });
  });

  it('waits for a newer record whose content it cannot read yet', async () => {
    const { clock, secrets, open, recordOf } = machine();
    const vault = open();
    const { id } = await vault.add(laptop);
    const record = await vault.read(id);
    await recordOf(id).replace('record', JSON.stringify({ v: 1, generation: 1, key: 'of another window', data: '' }));
    const reading = vault.readNewest(id);
    await clock.advance(2_000);
    secrets.values.set(`token.${id}`, JSON.stringify(next(record, 'EXAMPLE-2')));
    assert.deepEqual((await clock.until(reading)).secret, { apiToken: 'EXAMPLE-2' });
    await recordOf(id).replace('record', JSON.stringify({ v: 1, generation: 2, key: 'of another window', data: '' }));
    await assert.rejects(clock.until(vault.readNewest(id)), { code: 'renewed-elsewhere' });
    // It may still be shown.
    assert.equal((await vault.read(id)).generation, 1);
  });

  it('waits once for a record that stays unreadable, and again for each later one', async () => {
    const { clock, secrets, open, recordOf } = machine();
    const vault = open();
    const { id } = await vault.add(laptop);
    const record = await vault.read(id);
    const write = (generation: number): Promise<void> =>
      recordOf(id).replace('record', JSON.stringify({ v: 1, generation, key: 'of another window', data: '' }));
    const refusedAfterMs = async (): Promise<number> => {
      const begun = clock.mono();
      await assert.rejects(clock.until(vault.readNewest(id)), { code: 'renewed-elsewhere' });
      return clock.mono() - begun;
    };
    await write(1e9);
    assert.ok((await refusedAfterMs()) >= 5_000);
    assert.equal(await refusedAfterMs(), 0);
    await write(1e9 + 1);
    const reading = vault.readNewest(id);
    await clock.advance(2_000);
    secrets.values.set(`token.${id}`, JSON.stringify({ ...next(record, 'EXAMPLE-2'), generation: 1e9 + 1 }));
    assert.deepEqual((await clock.until(reading)).secret, { apiToken: 'EXAMPLE-2' });
  });

  it('distinguishes a machine that keeps nothing from a lost token', async () => {
    const { secrets, open, recordOf } = machine();
    const { id } = await open().add(laptop);
    const key = secrets.values.get('key')!;
    secrets.values.clear();
    await assert.rejects(open().read(id), { code: 'store-emptied' });
    secrets.values.set('key', key);
    await recordOf(id).remove('record');
    await assert.rejects(open().read(id), { code: 'secret-lost' });
  });

  it('works without the folder', async () => {
    for (const failing of [['read', 'names', 'create', 'replace'], ['create', 'replace'], ['replace']]) {
      const { clock, folder, open } = machine();
      folder.failing = failing;
      const vault = open();
      const { id } = await vault.add(laptop);
      await clock.until(vault.write(id, next(await vault.read(id), 'EXAMPLE-2')));
      assert.deepEqual((await vault.read(id)).secret, { apiToken: 'EXAMPLE-2' });
    }
  });

  it('deletes what SecretStorage failed to delete when it answers again, whichever window is open then', async () => {
    for (const isSameWindow of [true, false]) {
      const { clock, secrets, open } = machine();
      const vault = open();
      const { id } = await vault.add(laptop);
      secrets.failing = 'delete';
      await assert.rejects(vault.remove(id), { code: 'removal-unfinished' });
      assert.ok(secrets.values.has(`token.${id}`));
      secrets.failing = undefined;
      (isSameWindow ? vault : open()).checkList();
      await clock.advance(5_000);
      assert.deepEqual([...secrets.values.keys()].sort(), ['key', `removed.${id}`]);
    }
  });

  it('lists a token after another window has overwritten the list', async () => {
    const { index, open } = machine();
    const vault = open();
    const before = structuredClone(index.values.get('tokens')) ?? [];
    const { id } = await vault.add(laptop);
    index.values.set('tokens', before);
    assert.equal(vault.find(id)?.name, 'Laptop');
  });

  it('lists all tokens that nine windows add at once', async () => {
    const random = new Random(1);
    const time = new Time();
    const [secrets, state] = [new Storage('desktop', time), new Storage('desktop', time)];
    const folder = new MemoryFolder();
    const windows = Array.from({ length: 9 }, () => {
      const call = async <T>(work: () => T | Promise<T>): Promise<T> => work();
      const always = (): boolean => true;
      return memoryWindow({
        clock: time.clock(always),
        secrets: new SimulatedSecrets(secrets.open(), call, () => 'none', always),
        index: new SimulatedMemento(state.open()),
        folder,
        random: random.next,
      }).vault;
    });
    for (const vault of windows) void vault.add(laptop);
    await time.pass(60_000);
    for (const vault of windows) assert.equal(vault.entries.length, 9);
  });

  it('deletes a token’s record when it learns that another window has removed the token', async () => {
    const { clock, index } = machine();
    const storage = new Storage('desktop', clock);
    const open = () => {
      const secrets = new SimulatedSecrets(
        storage.open(),
        async (work) => work(),
        () => 'none',
        () => true,
      );
      return memoryWindow({ clock, secrets, index, folder: undefined }).vault;
    };
    const vault = open();
    const { id } = await vault.add(laptop);
    await clock.advance(1_000);
    const record = await vault.read(id);
    const other = open();
    await other.remove(id);
    await vault.write(id, next(record, 'EXAMPLE-2'));
    await clock.advance(5_000);
    assert.deepEqual([...storage.main.keys()], [`removed.${id}`]);
  });

  it('deletes nothing if the list is missing', async () => {
    const { clock, secrets, index, open } = machine();
    const vault = open();
    const { id } = await vault.add(laptop);
    await vault.write(id, next(await vault.read(id), 'EXAMPLE-2'));
    index.values.delete('tokens');
    await clock.advance(5_000);
    assert.match(secrets.values.get(`token.${id}`) ?? '', /EXAMPLE-2/);
  });
});
