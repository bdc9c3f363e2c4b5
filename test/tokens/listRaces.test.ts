import assert from 'node:assert/strict';
import type { TokenEntry } from '../../src/tokens/tokenList.js';
import { DAY_MS } from '../../src/time.js';
import { SteppedClock } from '../support/clock.js';
import { hookedFolder, type Operation } from '../support/hookedFolder.js';
import { MemoryFolder, MemoryMemento, MemorySecrets, memoryWindow } from '../support/memory.js';

const laptop = { tenant: 'acme', name: 'Laptop', boundTo: 'https://a.example/token', secret: { apiToken: 'EXAMPLE-1' } };

/** Windows on one machine, of which another one may write the list that it had. */
function machine() {
  const clock = new SteppedClock();
  const [secrets, index, folder] = [new MemorySecrets(), new MemoryMemento(), new MemoryFolder()];
  const open = (more = {}) => memoryWindow({ clock, secrets, index, folder, ...more }).vault;
  const list = (): readonly TokenEntry[] => index.get<readonly TokenEntry[]>('tokens', []);
  const names = () => list().map(({ name }) => name);
  const rewrite = (tokens: readonly TokenEntry[]) => index.update('tokens', tokens);
  const settle = () => clock.advance(60_000);
  return { clock, secrets, index, folder, open, list, names, rewrite, settle };
}

/** The paths of what an earlier version has not written. */
const filesOf = (folder: MemoryFolder) => Object.keys(folder.contents).filter((path) => path.startsWith('listed/'));

describe('the list of tokens, among windows that do not wait for each other', () => {
  it('does not have again what was removed while another window gave it another name, or found it without a file', async () => {
    for (const act of ['rename', 'look']) {
      const { folder, open, list, names, rewrite, settle } = machine();
      const { id } = await open().add(laptop);
      await settle();
      const before = list();
      if (act === 'look') for (const path of filesOf(folder)) await folder.remove(path);
      let isRemoved = false;
      const late = open({
        folder: hookedFolder(folder, async ({ when, method, name }: Operation) => {
          if (when !== 'before' || method !== 'replace' || name !== id || isRemoved) return;
          isRemoved = true;
          // By a window that is gone before it looks; this one does not hear of it in time, and writes what it knows.
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

  it('has what was just exchanged, and its secret, where the folder fails meanwhile', async () => {
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
    it(`does not have again what a window elsewhere removed, when that is long gone (${isOpenBefore})`, async () => {
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

  it('does not have again what a window elsewhere removed, of which this one has not heard', async () => {
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
