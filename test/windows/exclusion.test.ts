import assert from 'node:assert/strict';
import type { SecretStorage } from 'vscode';
import { Exclusion } from '../../src/windows/exclusion.js';
import { FileLock } from '../../src/windows/fileLock.js';
import { Lease } from '../../src/windows/lease.js';
import { SecretStore } from '../../src/store/secretStore.js';
import { PeersOutsideFolder } from '../../src/windows/peersOutsideFolder.js';
import { SteppedClock } from '../support/clock.js';
import { MemoryFolder, MemoryLog, MemoryMemento, MemorySecrets } from '../support/memory.js';

/** A machine with windows. */
function setUp() {
  const clock = new SteppedClock();
  const [secrets, index] = [new MemorySecrets(), new MemoryMemento()];
  let pids = 0;
  const window = (folder: MemoryFolder | undefined, log = new MemoryLog(), store: SecretStorage = secrets) => {
    const peersOutside = new PeersOutsideFolder(folder, index, clock);
    const pid = ++pids;
    const lock = new FileLock(clock, { pid, session: String(pid), host: 'this' }, () => true);
    const lease = new Lease(new SecretStore(store, clock), clock, () => 0);
    return { peersOutside, exclusion: new Exclusion({ lock, lease, folder, peersOutside, clock }, log) };
  };
  return { clock, secrets, window };
}

/** The largest number of windows that worked at the same time. */
async function mostAtOnce(clock: SteppedClock, windows: readonly { readonly exclusion: Exclusion }[]): Promise<number> {
  let [now, most] = [0, 0];
  const working = windows.map(({ exclusion }) =>
    exclusion.run('a', true, async () => {
      most = Math.max(most, ++now);
      await new Promise<void>((resolve) => clock.after(300, resolve));
      now--;
    }),
  );
  await clock.until(Promise.all(working));
  return most;
}

describe('Exclusion', () => {
  it('lets one window of a machine work with a token at a time, without a lease', async () => {
    const { clock, secrets, window } = setUp();
    const folder = new MemoryFolder();
    const windows = [1, 2, 3].map(() => window(folder));
    await Promise.all(windows.map(({ peersOutside }) => peersOutside.announce()));
    assert.equal(await mostAtOnce(clock, windows), 1);
    assert.ok(!secrets.calls.includes('store'));
  });

  it('leases the token if other windows do not share the folder', async () => {
    const { clock, secrets, window } = setUp();
    const windows = [new MemoryFolder(), new MemoryFolder()].map((folder) => window(folder));
    for (const { peersOutside } of windows) await peersOutside.announce();
    assert.equal(await mostAtOnce(clock, windows), 1);
    assert.ok(secrets.calls.includes('store'));
    assert.deepEqual([...secrets.values], []);
  });

  it('leases it if the folder is read-only for it but not for others, and logs that once', async () => {
    const { clock, window } = setUp();
    const [log, shared] = [new MemoryLog(), new MemoryFolder()];
    const full = new MemoryFolder();
    full.failing = ['create'];
    const windows = [window(full, log), window(shared), window(undefined)];
    assert.equal(await mostAtOnce(clock, windows), 1);
    assert.equal(await mostAtOnce(clock, windows), 1);
    assert.equal(log.lines.filter((line) => line.includes('cannot be used')).length, 1);
  });

  it('does not make a reusable token wait', async () => {
    const { window, secrets } = setUp();
    assert.equal(await window(undefined).exclusion.run('a', false, () => Promise.resolve('done')), 'done');
    assert.deepEqual(secrets.calls, []);
  });

  it('releases everything when the work fails', async () => {
    const { clock, secrets, window } = setUp();
    const folder = new MemoryFolder();
    const { exclusion } = window(folder);
    await assert.rejects(
      exclusion.run('a', true, () => Promise.reject(new Error('failed'))),
      /failed/,
    );
    assert.equal(await mostAtOnce(clock, [window(folder)]), 1);
    secrets.failing = 'get';
    await assert.rejects(
      exclusion.run('a', true, () => Promise.resolve()),
      { code: 'secret-store-failed' },
    );
    secrets.failing = undefined;
    assert.equal(await clock.until(exclusion.run('a', true, () => Promise.resolve('after it'))), 'after it');
  });
});
