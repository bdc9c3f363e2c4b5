import assert from 'node:assert/strict';
import { PeersOutsideFolder } from '../../src/windows/peersOutsideFolder.js';
import { SteppedClock } from '../support/clock.js';
import { MemoryFolder, MemoryMemento } from '../support/memory.js';

const DAY_MS = 24 * 3600_000;

describe('PeersOutsideFolder', () => {
  const setUp = () => {
    const [clock, index] = [new SteppedClock(), new MemoryMemento()];
    const open = async (folder: MemoryFolder | undefined) => {
      const peersOutside = new PeersOutsideFolder(folder, index, clock);
      await peersOutside.announce();
      return peersOutside;
    };
    return { clock, index, open };
  };

  it('are not windows with the same folder, in any session', async () => {
    const { clock, open } = setUp();
    const folder = new MemoryFolder();
    const windows = [await open(folder), await open(folder)];
    clock.sleep(5 * DAY_MS);
    windows.push(await open(folder));
    assert.deepEqual(
      windows.map(({ exist }) => exist),
      [false, false, false],
    );
  });

  it('are not windows that began while another one was writing the id of their folder', async () => {
    const { clock, index } = setUp();
    const folder = new MemoryFolder();
    await folder.create('folder', '');
    const late = new PeersOutsideFolder(folder, index, clock);
    const announced = late.announce();
    await clock.advance(100);
    await folder.replace('folder', 'EXAMPLE-id');
    await clock.advance(100);
    await announced;
    assert.deepEqual(Object.keys(index.get<object>('folders')), ['EXAMPLE-id']);
  });

  it('are windows with another folder, as soon as one has run', async () => {
    const { open } = setUp();
    const here = await open(new MemoryFolder());
    assert.equal(here.exist, false);
    const there = await open(new MemoryFolder());
    assert.deepEqual([here.exist, there.exist], [true, true]);
  });

  it('are windows without a usable folder', async () => {
    const broken = new MemoryFolder();
    broken.failing = ['create', 'read'];
    for (const folder of [undefined, broken]) {
      const { open } = setUp();
      const [here, there] = [await open(new MemoryFolder()), await open(folder)];
      assert.deepEqual([here.exist, there.exist], [true, true]);
    }
  });

  it('are forgotten when they have not run for 30 days', async () => {
    const { clock, index, open } = setUp();
    const folder = new MemoryFolder();
    const here = await open(folder);
    await open(new MemoryFolder());
    clock.sleep(29 * DAY_MS);
    assert.equal(here.exist, true);
    clock.sleep(2 * DAY_MS);
    assert.equal(here.exist, false);
    await here.announce();
    assert.equal(Object.keys(index.get<object>('folders')).length, 1);
  });

  it('write no more than once a day', async () => {
    const { clock, index, open } = setUp();
    const folder = new MemoryFolder();
    const peersOutside = await open(folder);
    const written = index.get('folders');
    clock.sleep(DAY_MS / 2);
    await peersOutside.announce();
    assert.equal(index.get('folders'), written);
    clock.sleep(DAY_MS);
    await peersOutside.announce();
    assert.notEqual(index.get('folders'), written);
  });

  it('ignore damaged data', async () => {
    for (const damaged of [7, 'nonsense', null, []]) {
      const { index, open } = setUp();
      index.values.set('folders', damaged);
      assert.equal((await open(new MemoryFolder())).exist, false);
    }
  });
});
