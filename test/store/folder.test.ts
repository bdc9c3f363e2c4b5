import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { DiskFolder } from '../../src/store/folder.js';

describe('DiskFolder', () => {
  let place: string;
  let folder: DiskFolder;

  beforeEach(async () => {
    place = path.join(await mkdtemp(path.join(tmpdir(), 'tenant-tokens-folder-')), 'not', 'there', 'yet');
    folder = new DiskFolder(place);
  });
  afterEach(() => rm(path.join(place, '..', '..', '..'), { recursive: true }));

  it('returns undefined or false for missing files, and creates nothing on reads', async () => {
    assert.deepEqual(await folder.names(), []);
    assert.equal(await folder.read('x'), undefined);
    assert.equal(await folder.rename('x', 'y'), false);
    assert.equal(await folder.touch('x'), false);
    assert.equal(await folder.touchedAt('x'), undefined);
    await folder.remove('x');
    await assert.rejects(stat(place), { code: 'ENOENT' });
  });

  it('keeps what is written, also in subfolders', async () => {
    assert.equal(await folder.create('a', '1'), true);
    await folder.replace('b', '2');
    await folder.folder('c').replace('b', '3');
    assert.deepEqual([...(await folder.names())].sort(), ['a', 'b', 'c']);
    assert.deepEqual([await folder.read('a'), await folder.read('b'), await folder.folder('c').read('b')], ['1', '2', '3']);
    assert.equal(await folder.rename('a', 'd'), true);
    assert.deepEqual([await folder.read('a'), await folder.read('d')], [undefined, '1']);
    await folder.remove('d');
    assert.equal(await folder.read('d'), undefined);
  });

  it('lets one of many create a file', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, (_, n) => folder.create('a', String(n))));
    assert.equal(made.filter(Boolean).length, 1);
    assert.equal(await folder.read('a'), String(made.indexOf(true)));
  });

  it('replaces a file as a whole: a concurrent reader gets the old or the new content', async () => {
    const content = (n: number): string => `${n}`.repeat(100_000);
    await folder.replace('a', content(0));
    const state = { isDone: false };
    const replacing = (async () => {
      for (let n = 1; n < 10; n++) await folder.replace('a', content(n));
      state.isDone = true;
    })();
    const seen = new Set<string | undefined>();
    while (!state.isDone) seen.add(await folder.read('a'));
    await replacing;
    const whole = new Set(Array.from({ length: 10 }, (_, n) => content(n)));
    assert.deepEqual(
      [...seen].filter((text) => text === undefined || !whole.has(text)),
      [],
    );
    assert.deepEqual(await readdir(place), ['a']);
  });

  it('leaves only the old file if it cannot be replaced', async () => {
    await folder.folder('a').replace('b', '1');
    await assert.rejects(folder.replace('a', 'a folder is in its place'));
    assert.deepEqual(await readdir(place), ['a']);
    assert.equal(await folder.folder('a').read('b'), '1');
  });

  it('changes the time of a file only when it is touched', async () => {
    await folder.create('a', '');
    const before = await folder.touchedAt('a');
    assert.equal(await folder.touchedAt('a'), before);
    while ((await folder.touchedAt('a')) === before) assert.equal(await folder.touch('a'), true);
  });

  (process.platform === 'win32' ? it.skip : it)('lets nobody else read in it', async () => {
    await folder.create('a', '');
    await folder.replace('b', '');
    const modes = await Promise.all([place, path.join(place, 'a'), path.join(place, 'b')].map((one) => stat(one)));
    assert.deepEqual(
      modes.map(({ mode }) => mode & 0o777),
      [0o700, 0o600, 0o600],
    );
  });

  it('rejects with the error of the disk', async () => {
    await folder.create('a', '');
    const broken = folder.folder('a');
    for (const work of [
      () => broken.names(),
      () => broken.read('b'),
      () => broken.create('b', ''),
      () => broken.replace('b', ''),
      () => broken.rename('b', 'c'),
      () => broken.touch('b'),
      () => broken.touchedAt('b'),
    ])
      await assert.rejects(work, { code: /^(ENOTDIR|EEXIST)$/ });
  });
});
