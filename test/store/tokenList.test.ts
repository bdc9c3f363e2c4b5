import assert from 'node:assert/strict';
import { DAY_MS } from '../../src/base/time.js';
import type { TokenEntry } from '../../src/store/tokenEntry.js';
import type { Vault } from '../../src/store/vault.js';
import { Random } from '../simulation/random.js';
import { SimulatedMemento, SimulatedSecrets, Storage } from '../simulation/storage.js';
import { Time } from '../simulation/time.js';
import { SteppedClock } from '../support/clock.js';
import { hookedFolder, type Operation } from '../support/hookedFolder.js';
import { MemoryFolder, MemoryMemento, MemorySecrets, memoryWindow } from '../support/memory.js';

const laptop = { tenant: 'acme', name: 'Laptop', boundTo: 'https://a.example/token', secret: { apiToken: 'EXAMPLE-1' } };
const phone = { ...laptop, name: 'Phone' };

/** Windows on one machine, where any window may write back an old list. */
function machine() {
  const clock = new SteppedClock();
  const [secrets, index, folder] = [new MemorySecrets(), new MemoryMemento(), new MemoryFolder()];
  const open = (more = {}) => memoryWindow({ clock, secrets, index, folder, ...more }).vault;
  const list = (): readonly TokenEntry[] => index.get<readonly TokenEntry[]>('tokens', []);
  const names = () => list().map(({ name }) => name);
  const rewrite = (tokens: readonly TokenEntry[]) => index.update('tokens', tokens);
  /** Long after all windows have seen all changes. */
  const settle = () => clock.advance(60_000);
  return { clock, secrets, index, folder, open, list, names, rewrite, settle };
}

/** The paths of the entries, which version 0.1.0 did not write. */
const filesOf = (folder: MemoryFolder) => Object.keys(folder.contents).filter((path) => path.endsWith('/entry'));

describe('the list of tokens', () => {
  it('shows a token in the next window although another one overwrote the list, long after it was added', async () => {
    const { open, list, names, rewrite, settle } = machine();
    const vault = open();
    await vault.add(laptop);
    const before = list();
    await vault.add(phone);
    await settle();
    await rewrite(before);
    const next = open();
    await settle();
    assert.deepEqual(
      [names(), next.entries.map(({ name }) => name)],
      [
        ['Laptop', 'Phone'],
        ['Laptop', 'Phone'],
      ],
    );
    assert.deepEqual((await next.read(list()[1]!.id)).secret, phone.secret);
  });

  it('shows it in an open window, a second after it disappeared', async () => {
    const { clock, open, list, names, rewrite, settle } = machine();
    const vault = open();
    await vault.add(laptop);
    await settle();
    const before = list();
    await vault.add(phone);
    await settle();
    await rewrite(before);
    vault.checkList();
    await clock.advance(1_500);
    assert.deepEqual(names(), ['Laptop', 'Phone']);
  });

  it('keeps it and its secret right after an exchange', async () => {
    const { clock, open, list, names, rewrite, settle, secrets } = machine();
    const vault = open();
    await vault.add(laptop);
    const { id } = await vault.add(phone);
    const after = list();
    await settle();
    const user = open();
    const record = await user.read(id);
    await user.write(id, { ...record, generation: 1, secret: { apiToken: 'EXAMPLE-2' } });
    await rewrite(after.filter((one) => one.id !== id));
    await clock.advance(5_000);
    assert.equal(user.find(id)?.name, 'Phone');
    const later = open();
    await settle();
    assert.deepEqual(names(), ['Laptop', 'Phone']);
    assert.deepEqual((await later.read(id)).secret, { apiToken: 'EXAMPLE-2' });
    assert.match(secrets.values.get(`token.${id}`) ?? '', /EXAMPLE-2/);
  });

  it('shows it with its latest name', async () => {
    const { open, list, names, rewrite, settle } = machine();
    const vault = open();
    const { id } = await vault.add(laptop);
    await vault.rename(id, 'Desk');
    await settle();
    assert.equal(list().length, 1);
    const other = open();
    await settle();
    await other.rename(id, 'Office');
    await rewrite([]);
    vault.checkList();
    await settle();
    assert.deepEqual(names(), ['Office']);
  });

  it('keeps the secret of a token until its removal is on record, whatever is reviewed meanwhile', async () => {
    for (const folder of [undefined, new MemoryFolder()]) {
      const { clock, open, secrets } = machine();
      const vault = open({ folder });
      const { id } = await vault.add(laptop);
      await clock.advance(10_000);
      secrets.hanging = 'store';
      const removing = assert.rejects(vault.remove(id), { code: 'secret-store-failed' });
      vault.checkList();
      await clock.advance(60_000);
      await removing;
      secrets.hanging = undefined;
      assert.ok(secrets.values.has(`token.${id}`), 'the record was deleted');
      assert.deepEqual((await vault.read(id)).secret, laptop.secret);
    }
  });

  it('keeps it if an exchange is stored while a removal fails', async () => {
    const { clock, open, secrets } = machine();
    const vault = open({ folder: undefined });
    const { id } = await vault.add(laptop);
    await clock.advance(10_000);
    secrets.hanging = 'store';
    const removing = assert.rejects(vault.remove(id), { code: 'secret-store-failed' });
    await assert.rejects(vault.write(id, { v: 1, generation: 1, boundTo: '', secret: {} }), { code: 'token-unknown' });
    await clock.advance(60_000);
    await removing;
    assert.ok(secrets.values.has(`token.${id}`), 'the record was deleted');
  });

  it('keeps a token whose removal fails after a review has seen it on record', async () => {
    const { clock, folder, secrets, open, settle } = machine();
    let isReviewHeld = false;
    let release = (): void => undefined;
    const held = hookedFolder(folder, async ({ when, method }: Operation) => {
      if (when === 'before' && method === 'names' && isReviewHeld) await new Promise<void>((resolve) => (release = resolve));
    });
    const vault = open({ folder: held });
    const { id } = await vault.add(laptop);
    await settle();
    isReviewHeld = true;
    secrets.isLate = true;
    await assert.rejects(clock.until(vault.remove(id)), { code: 'secret-store-failed' });
    secrets.isLate = false;
    isReviewHeld = false;
    release();
    await settle();
    assert.equal(vault.find(id)?.name, 'Laptop');
    assert.ok(secrets.values.has(`token.${id}`), 'the record was deleted');
    assert.deepEqual((await vault.read(id)).secret, laptop.secret);
  });

  it('keeps a token that was exchanged shortly before its removal fails', async () => {
    const { clock, open, secrets, settle } = machine();
    const vault = open({ folder: undefined });
    const { id } = await vault.add(laptop);
    await settle();
    await vault.write(id, { ...(await vault.read(id)), generation: 1 });
    secrets.hanging = 'store';
    const removing = assert.rejects(vault.remove(id), { code: 'secret-store-failed' });
    await clock.advance(60_000);
    await removing;
    secrets.hanging = undefined;
    assert.equal((await vault.read(id)).generation, 1);
  });

  it('never shows a removed token again, whoever lists it', async () => {
    const { open, list, names, rewrite, settle, secrets } = machine();
    const vault = open();
    const { id } = await vault.add(laptop);
    await vault.add(phone);
    await settle();
    const before = list();
    await vault.remove(id);
    await settle();
    await rewrite(before);
    const next = open();
    await settle();
    assert.deepEqual([names(), next.find(id), secrets.values.has(`token.${id}`)], [['Phone'], undefined, false]);
    await rewrite([]);
    open();
    await settle();
    assert.deepEqual(names(), ['Phone']);
  });

  it('is also protected if an earlier version has written it', async () => {
    const { folder, open, list, names, rewrite, settle } = machine();
    await open().add(laptop);
    await settle();
    const before = list();
    for (const path of filesOf(folder)) await folder.remove(path);
    open();
    await settle();
    await rewrite([]);
    open();
    await settle();
    assert.deepEqual([names(), list()], [['Laptop'], before]);
  });

  it('omits tokens of tenants that only another profile, or another machine with the same folder, has', async () => {
    const { clock, secrets, folder, open: openAny, names, settle } = machine();
    const open = () => openAny({ knowsTenant: (tenant: string) => tenant === 'acme' });
    const elsewhere = { tenant: 'globex', name: 'Phone', boundTo: laptop.boundTo, secret: laptop.secret };
    const knowsTenant = (tenant: string) => tenant === 'globex';
    await open().add(laptop);
    await settle();
    // Profiles share secrets, machines do not.
    for (const others of [secrets, new MemorySecrets()]) {
      const index = new MemoryMemento();
      const openOther = () => memoryWindow({ clock, secrets: others, index, folder, knowsTenant }).vault;
      const other = openOther();
      await settle();
      await other.add(elsewhere);
      await settle();
      open();
      openOther();
      await settle();
      assert.deepEqual([names(), other.entries.map(({ name }) => name)], [['Laptop'], ['Phone']]);
    }
  });

  it('does not restore a token that was removed in a window with another folder', async () => {
    const { open, names, settle } = machine();
    const vault = open();
    const { id } = await vault.add(laptop);
    await settle();
    const elsewhere = open({ folder: new MemoryFolder() });
    await settle();
    await elsewhere.remove(id);
    await settle();
    vault.checkList();
    open();
    await settle();
    assert.deepEqual(names(), []);
  });

  it('is kept as far as possible without a usable folder, and nothing fails', async () => {
    for (const failing of [['names'], ['read'], ['replace'], ['remove'], ['names', 'read', 'replace', 'remove']]) {
      const { folder, open, names, settle } = machine();
      folder.failing = failing;
      const vault = open();
      const { id } = await vault.add(laptop);
      await vault.add(phone);
      await settle();
      await vault.remove(id).catch(() => assert.fail(failing.join()));
      await settle();
      assert.deepEqual(names(), ['Phone'], failing.join());
    }
  });

  it('reads no secret for a review', async () => {
    const { open, secrets, settle } = machine();
    const vault = open();
    for (let n = 0; n < 50; n++) await vault.add({ ...laptop, name: `Token ${n}` });
    await settle();
    secrets.calls.length = 0;
    open();
    await settle();
    assert.deepEqual(secrets.calls, []);
  });

  it('has no secrets in its files', async () => {
    const { open, folder, settle } = machine();
    await open().add(laptop);
    await settle();
    // The empty one is the list's own.
    const contents = filesOf(folder).flatMap((path) => folder.contents[path] || []);
    assert.deepEqual(
      contents.map((content) => Object.keys(JSON.parse(content) as object).sort()),
      [['addedAt', 'id', 'name', 'tenant']],
    );
  });

  it('has all added and no removed tokens, while windows open and close', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const [random, time, folder] = [new Random(seed), new Time(), new MemoryFolder()];
      const [secrets, state] = [new Storage('desktop', time), new Storage('desktop', time)];
      const open = () => {
        let isAlive = true;
        const copies = [secrets.open(), state.open()] as const;
        const call = async <T>(work: () => T | Promise<T>): Promise<T> => work();
        const { vault } = memoryWindow({
          clock: time.clock(() => isAlive),
          secrets: new SimulatedSecrets(
            copies[0],
            call,
            () => 'none',
            () => isAlive,
          ),
          index: new SimulatedMemento(copies[1]),
          folder,
          random: random.next,
        });
        const close = (): void => {
          isAlive = false;
          vault.dispose();
          secrets.close(copies[0]);
          state.close(copies[1]);
        };
        return { vault, close };
      };
      const windows = [open(), open(), open()];
      await time.pass(10_000);
      const expected = new Set<string>();
      const add = async (vault: Vault, name: string) => {
        await vault.add({ ...laptop, name });
        expected.add(name);
      };
      for (let deed = 0; deed < 20; deed++) {
        const at = random.between(0, windows.length - 1);
        const { vault, close } = windows[at]!;
        const removed = random.chance(0.3) ? vault.entries[0] : undefined;
        if (removed) {
          expected.delete(removed.name);
          await vault.remove(removed.id);
        } else {
          void add(vault, `Token ${deed}`);
        }
        await time.pass(random.between(0, 600));
        if (!random.chance(0.3)) continue;
        close();
        windows[at] = open();
      }
      await time.pass(60_000);
      const { vault } = open();
      await time.pass(60_000);
      const listed = vault.entries.map(({ name }) => name).sort();
      assert.deepEqual(listed, [...expected].sort(), `seed ${seed}`);
    }
  });

  describe('among windows that do not wait for each other', () => {
    it('does not restore a token that was removed while another window renamed it, or found it without an entry', async () => {
      for (const act of ['rename', 'look']) {
        const { folder, secrets, open, list, names, rewrite, settle } = machine();
        const { id } = await open().add(laptop);
        await settle();
        const before = list();
        if (act === 'look') for (const key of secrets.values.keys()) if (key.startsWith('entry.')) secrets.values.delete(key);
        let isRemoved = false;
        const late = open({
          folder: hookedFolder(folder, async ({ when, method, name }: Operation) => {
            if (when !== 'before' || method !== 'replace' || name !== 'entry' || isRemoved) return;
            isRemoved = true;
            // By a window that closes before a review; this one does not learn of it in time, and writes its own state.
            await open({ clock: new SteppedClock() }).remove(id);
            await rewrite(before);
          }),
        });
        if (act === 'rename') {
          await settle();
          await late.rename(id, 'Desk');
        }
        await settle();
        assert.ok(isRemoved);
        open();
        await settle();
        assert.deepEqual(names(), [], act);
      }
    });

    it('keeps a token and its new secret if the folder fails during an exchange', async () => {
      for (const failing of [['names'], ['names', 'read'], ['names', 'read', 'replace', 'remove']]) {
        const { folder, open, names, rewrite, settle, secrets } = machine();
        const vault = open();
        const { id } = await vault.add(laptop);
        await settle();
        const user = open();
        const record = await user.read(id);
        await user.write(id, { ...record, generation: 1, secret: { apiToken: 'EXAMPLE-2' } });
        await rewrite([]);
        folder.failing = failing;
        await settle();
        assert.match(secrets.values.get(`token.${id}`) ?? '', /EXAMPLE-2/, failing.join());
        folder.failing = [];
        open();
        await settle();
        assert.deepEqual(names(), ['Laptop']);
      }
    });

    for (const isOpenBefore of [true, false])
      it(`does not restore a token that a window elsewhere removed long ago (${isOpenBefore})`, async () => {
        const { clock, open, names, settle } = machine();
        const elsewhere = new MemoryFolder();
        const other = isOpenBefore ? open({ folder: elsewhere }) : undefined;
        await settle();
        const { id } = await open().add(laptop);
        await settle();
        await (other ?? open({ folder: elsewhere })).remove(id);
        await settle();
        await clock.advance(31 * DAY_MS);
        open();
        await settle();
        assert.deepEqual(names(), []);
      });

    it('does not restore a token that a window elsewhere removed without this one noticing', async () => {
      const { index, open, names, settle } = machine();
      const vault = open();
      const { id } = await vault.add(laptop);
      await settle();
      const before = index.get('folders');
      const elsewhere = open({ folder: new MemoryFolder() });
      await settle();
      await index.update('folders', before);
      await elsewhere.remove(id);
      vault.checkList();
      await settle();
      assert.deepEqual(names(), []);
    });
  });
});
