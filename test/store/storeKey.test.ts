import assert from 'node:assert/strict';
import { AppError } from '../../src/base/errors.js';
import { SecretStore } from '../../src/store/secretStore.js';
import { StoreKey, type Sealed } from '../../src/store/storeKey.js';
import { SteppedClock } from '../support/clock.js';
import { MemoryFolder, MemorySecrets } from '../support/memory.js';

const code = (expected: string) => (error: unknown) => error instanceof AppError && error.code === expected;

const clock = new SteppedClock();

/** The key of a window that opens now. */
function open({ secrets = new MemorySecrets(), folder = new MemoryFolder() } = {}) {
  return { secrets, folder, key: new StoreKey(new SecretStore(secrets, clock), folder, clock) };
}

/** Seals with an existing key. */
async function seal(key: StoreKey, text: string, context = 'context'): Promise<Sealed> {
  await key.prepare();
  const sealed = await key.seal(text, context);
  assert.ok(sealed);
  return sealed;
}

describe('StoreKey', () => {
  it('seals for the windows of this person, now and later', async () => {
    const first = open();
    const sealed = await seal(first.key, 'EXAMPLE text: é {"\u2028"}');
    assert.doesNotMatch(JSON.stringify(sealed), /EXAMPLE/);
    assert.equal(await first.key.open(sealed, 'context'), 'EXAMPLE text: é {"\u2028"}');
    assert.equal(await open(first).key.open(sealed, 'context'), 'EXAMPLE text: é {"\u2028"}');
  });

  it('seals nothing and creates no key before it must', async () => {
    const { key, secrets, folder } = open();
    assert.equal(await key.seal('EXAMPLE', 'context'), undefined);
    assert.equal(await key.isLost(), false);
    assert.deepEqual([secrets.values.size, folder.contents], [0, {}]);
  });

  it('has no part of the key in the folder', async () => {
    const { key, secrets, folder } = open();
    await seal(key, 'EXAMPLE');
    const kept = JSON.parse(secrets.values.get('key') ?? '') as { readonly key: string };
    assert.equal(Buffer.from(kept.key, 'base64').length, 32);
    for (const content of Object.values(folder.contents)) assert.ok(!content.includes(kept.key.slice(0, 8)));
  });

  it('seals the same text differently each time', async () => {
    const { key } = open();
    assert.notEqual((await seal(key, 'EXAMPLE')).data, (await seal(key, 'EXAMPLE')).data);
  });

  it('opens nothing that has another context or key or is damaged', async () => {
    const { key, folder } = open();
    const sealed = await seal(key, 'EXAMPLE');
    assert.equal(await key.open(sealed, 'another context'), undefined);
    assert.equal(await key.open({ ...sealed, key: 'another' }, 'context'), undefined);
    assert.equal(await open({ folder }).key.open(sealed, 'context'), undefined);
    const bytes = Buffer.from(sealed.data, 'base64');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      assert.equal(await key.open({ ...sealed, data: changed.toString('base64') }, 'context'), undefined);
      assert.equal(await key.open({ ...sealed, data: bytes.subarray(0, at).toString('base64') }, 'context'), undefined);
    }
  });

  describe('a canary', () => {
    it('reports that the key of an earlier session is gone', async () => {
      const first = open();
      await first.key.prepare();
      assert.equal(await first.key.isLost(), false);
      first.secrets.values.clear();
      const { key } = open(first);
      assert.equal(await key.isLost(), true);
      await key.prepare();
      // The stored secrets are still lost.
      assert.equal(await key.isLost(), true);
      assert.equal(await open(first).key.isLost(), false);
    });

    it('does not report a key that never existed or was removed', async () => {
      const first = open();
      await first.key.prepare();
      await first.key.remove();
      assert.equal(await open(first).key.isLost(), false);
      assert.deepEqual([first.secrets.values.size, first.folder.contents], [0, {}]);
    });

    it('reports a store that does not answer, instead of a loss', async () => {
      const first = open();
      await first.key.prepare();
      first.secrets.failing = 'get';
      await assert.rejects(open(first).key.isLost(), code('secret-store-failed'));
    });

    it('counts a damaged key as gone, and makes a new one', async () => {
      const first = open();
      await first.key.prepare();
      first.secrets.values.set('key', '{"id":');
      const { key } = open(first);
      assert.equal(await key.isLost(), true);
      assert.equal(await key.open(await seal(key, 'EXAMPLE'), 'context'), 'EXAMPLE');
    });
  });

  describe('two windows at once', () => {
    /** They share a folder, and see each other's secrets late. */
    class Delayed extends MemorySecrets {
      other: Delayed | undefined;

      override async store(key: string, value: string): Promise<void> {
        await super.store(key, value);
        clock.after(300, () => this.other?.values.set(key, value));
      }
    }

    function pair() {
      const [one, two] = [new Delayed(), new Delayed()];
      [one.other, two.other] = [two, one];
      return [one, two];
    }

    for (const before of ['never was a key', 'the key was lost'] as const)
      it(`make one key where there ${before}`, async () => {
        const folder = new MemoryFolder();
        if (before === 'the key was lost') await open({ folder }).key.prepare();
        const windows = pair().map((secrets) => open({ secrets, folder }));
        const all = await clock.until(Promise.all(windows.map(({ key }) => seal(key, 'EXAMPLE'))));
        assert.equal(new Set(all.map((sealed) => sealed.key)).size, 1);
        for (const { key } of windows) for (const sealed of all) assert.equal(await key.open(sealed, 'context'), 'EXAMPLE');
      });

    it('do not overwrite what only one of them sees', async () => {
      const folder = new MemoryFolder();
      const [first, second] = [open({ folder }), open({ folder })];
      await first.key.prepare();
      const begun = clock.mono();
      await assert.rejects(clock.until(second.key.prepare()), code('window-outdated'));
      assert.ok(clock.mono() - begun >= 5_000);
      assert.equal(second.secrets.values.size, 0);
    });
  });

  it('makes one key for many callers', async () => {
    const { key, folder } = open();
    await Promise.all(Array.from({ length: 10 }, () => key.prepare()));
    assert.equal(Object.keys(folder.contents).length, 1);
  });

  it('reports each time that the store does not keep the key, and keeps it as soon as possible', async () => {
    const { key, secrets } = open();
    secrets.forgetful = true;
    for (let tries = 0; tries < 2; tries++) await assert.rejects(clock.until(key.prepare()), code('secret-not-kept'));
    secrets.forgetful = false;
    assert.equal(await key.open(await seal(key, 'EXAMPLE'), 'context'), 'EXAMPLE');
  });

  it('rejects with the error of the folder', async () => {
    const { key, folder } = open();
    folder.failing = ['read', 'create'];
    await assert.rejects(key.prepare(), { code: 'EIO' });
  });
});
