import assert from 'node:assert/strict';
import { EncryptedBackup } from '../../src/store/encryptedBackup.js';
import { SecretStore } from '../../src/store/secretStore.js';
import { StoreKey } from '../../src/store/storeKey.js';
import { SteppedClock } from '../support/clock.js';
import { MemoryFolder, MemorySecrets } from '../support/memory.js';

const VALUE = '{"secret":"EXAMPLE-SECRET"}';

async function setUp({ folder = new MemoryFolder(), withKey = true } = {}) {
  const clock = new SteppedClock();
  const key = new StoreKey(new SecretStore(new MemorySecrets(), clock), folder, clock);
  if (withKey) await key.prepare();
  const place = folder.folder('tokens');
  return { folder, place, copies: new EncryptedBackup(place, key) };
}

describe('EncryptedBackup', () => {
  it('keeps the last record of each token, unreadable without the key', async () => {
    const { copies, folder } = await setUp();
    await copies.write('a', 1, 'EXAMPLE-OLD');
    await copies.write('a', 2, VALUE);
    await copies.write('b', 7, 'EXAMPLE-OTHER');
    assert.deepEqual(await copies.read('a'), { generation: 2, value: VALUE });
    assert.deepEqual(await copies.read('b'), { generation: 7, value: 'EXAMPLE-OTHER' });
    assert.equal(await copies.read('c'), undefined);
    assert.doesNotMatch(JSON.stringify(folder.contents), /EXAMPLE/);
  });

  it('keeps a mark of a removal', async () => {
    const { copies } = await setUp();
    await copies.write('a', 1, VALUE);
    await copies.remove('a');
    assert.equal(await copies.read('a'), 'removed');
  });

  it('ignores a removal mark that was made without the key or for another token', async () => {
    const { copies, place } = await setUp();
    await copies.write('b', 1, VALUE);
    await copies.remove('b');
    const ofAnother = (await place.folder('b').read('record')) ?? '';
    for (const forged of ['{"v":1,"removed":true}', '{"v":1,"removed":true,"key":"k","data":""}', ofAnother]) {
      await place.folder('a').replace('record', forged);
      assert.equal(await copies.read('a'), undefined, forged);
      assert.equal(await copies.isRemoved('a'), false, forged);
    }
  });

  it('deletes the copy of a removed token if there is no key for a mark', async () => {
    const { copies, place, folder } = await setUp({ withKey: false });
    await place.folder('a').replace('record', '{"v":1,"generation":3,"key":"lost","data":""}');
    await copies.remove('a');
    assert.deepEqual(folder.contents, {});
  });

  it('shows the generation to a window without the key', async () => {
    const { copies, folder } = await setUp();
    await copies.write('a', 3, VALUE);
    const { copies: elsewhere } = await setUp({ folder, withKey: false });
    assert.deepEqual(await elsewhere.read('a'), { generation: 3, value: undefined });
  });

  it('opens no copy of another token or generation', async () => {
    const { copies, place } = await setUp();
    await copies.write('a', 1, VALUE);
    const copy = (await place.folder('a').read('record')) ?? '';
    await place.folder('b').replace('record', copy);
    assert.deepEqual(await copies.read('b'), { generation: 1, value: undefined });
    await place.folder('a').replace('record', copy.replace('"generation":1', '"generation":2'));
    assert.deepEqual(await copies.read('a'), { generation: 2, value: undefined });
  });

  for (const damaged of [
    '',
    '{',
    'null',
    '[]',
    '{"v":1}',
    '{"v":1,"generation":"1","key":"k","data":""}',
    '{"v":1,"generation":1e308,"key":"k","data":""}',
    '{"v":2,"removed":true}',
  ])
    it(`ignores a damaged copy: ${damaged}`, async () => {
      const { copies, place } = await setUp();
      await place.folder('a').replace('record', damaged);
      assert.equal(await copies.read('a'), undefined);
    });

  it('writes nothing without a key', async () => {
    const { copies, folder } = await setUp({ withKey: false });
    await copies.write('a', 1, VALUE);
    assert.deepEqual(folder.contents, {});
  });

  it('rejects with the error of the folder', async () => {
    const { copies, folder } = await setUp();
    folder.failing = ['read', 'replace'];
    for (const work of [() => copies.read('a'), () => copies.write('a', 1, VALUE), () => copies.remove('a')])
      await assert.rejects(work, { code: 'EIO' });
  });
});
