import assert from 'node:assert/strict';
import { SentNotes } from '../../src/store/sentNotes.js';
import { MemoryFolder, MemoryLog } from '../support/memory.js';

const NOTE = { generation: 3, at: Date.UTC(2026, 0, 1), times: 1 };

describe('SentNotes', () => {
  it('keeps the last note of each token, for all windows of the folder, until it is removed', async () => {
    const folder = new MemoryFolder();
    const [notes, elsewhere] = [new SentNotes(folder, new MemoryLog()), new SentNotes(folder, new MemoryLog())];
    await notes.write('a', NOTE);
    await notes.write('a', { ...NOTE, times: 2 });
    assert.deepEqual(await elsewhere.read('a'), { ...NOTE, times: 2 });
    assert.equal(await elsewhere.read('b'), undefined);
    await elsewhere.remove('a');
    assert.equal(await notes.read('a'), undefined);
  });

  for (const damaged of ['', '{', 'null', '{"generation":3}', '{"generation":"3","at":0,"times":1}'])
    it(`ignores a damaged note: ${damaged}`, async () => {
      const folder = new MemoryFolder();
      await folder.folder('a').replace('sent', damaged);
      assert.equal(await new SentNotes(folder, new MemoryLog()).read('a'), undefined);
    });

  it('works without a usable folder, and logs that once', async () => {
    const [folder, log] = [new MemoryFolder(), new MemoryLog()];
    folder.failing = ['read', 'replace', 'remove'];
    for (const notes of [new SentNotes(folder, log), new SentNotes(undefined, log)]) {
      await notes.write('a', NOTE);
      assert.equal(await notes.read('a'), undefined);
      await notes.remove('a');
    }
    assert.deepEqual(log.lines, ['cannot note for other windows that an API token is sent (EIO)']);
  });
});
