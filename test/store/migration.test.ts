import assert from 'node:assert/strict';
import { AppError } from '../../src/base/errors.js';
import { SteppedClock } from '../support/clock.js';
import { MemoryFolder, MemoryMemento, MemorySecrets, memoryWindow } from '../support/memory.js';

const ID = '11111111-2222-4333-8444-555555555555';
const ENTRY = { id: ID, tenant: 'acme', name: 'Laptop', addedAt: 1_000 };
const RECORD = { v: 1, generation: 3, boundTo: 'https://a.example/token', secret: { apiToken: 'EXAMPLE-1' } };
const BOTH = [true, false];

/** What version 0.1.0, or a running window of it, leaves: a list, a record, and maybe a later copy of it. */
async function machine(isListed: boolean, isStored: boolean, isCopied: boolean) {
  const clock = new SteppedClock();
  const [secrets, index, folder] = [new MemorySecrets(), new MemoryMemento(), new MemoryFolder()];
  const open = async () => {
    const { vault, broker } = memoryWindow({ clock, secrets, index, folder });
    await clock.advance(10_000);
    return Object.assign(vault, { broker });
  };
  if (isListed || isCopied) index.values.set('tokens', [ENTRY]);
  secrets.values.set(`token.${ID}`, JSON.stringify(RECORD));
  if (isCopied) {
    const vault = await open();
    await vault.prepare();
    await vault.overwrite(ID, { ...RECORD, v: 1 });
    for (const key of secrets.values.keys()) if (key.startsWith('entry.')) secrets.values.delete(key);
    await folder.folder('tokens').folder(ID).remove('entry');
    vault.broker.dispose();
    vault.dispose();
    await clock.advance(10_000);
  }
  if (!isListed) index.values.delete('tokens');
  if (!isStored) secrets.values.delete(`token.${ID}`);
  return { clock, secrets, index, open };
}

describe('what version 0.1.0 has stored', () => {
  for (const isListed of BOTH)
    for (const isStored of BOTH)
      for (const isCopied of BOTH) {
        const what = [isListed && 'an entry of the list', isStored && 'a record', isCopied && 'a copy'].filter(Boolean);
        it(`is taken over with ${what.join(', ') || 'nothing of it left'}`, async () => {
          const { clock, secrets, index, open } = await machine(isListed, isStored, isCopied);
          const first = await open();
          assert.equal(first.find(ID)?.name, isListed ? 'Laptop' : undefined);
          // A window of version 0.1.0 writes a list without it.
          if (isStored) await index.update('tokens', []);
          const next = await open();
          assert.equal(next.find(ID)?.name, isListed ? 'Laptop' : undefined);
          if (isListed && (isStored || isCopied)) assert.deepEqual((await next.read(ID)).secret, RECORD.secret);
          if (isListed && !isStored && !isCopied)
            await assert.rejects(next.read(ID), (error) => error instanceof AppError && error.code === 'secret-lost');
          // A record that SecretStorage has lost is restored from the copy.
          await clock.advance(2_000);
          assert.equal(secrets.values.has(`token.${ID}`), isStored || (isListed && isCopied), 'a record was lost or made up');
        });
      }

  it('is listed for version 0.1.0 as before, whichever version changed it last', async () => {
    const { index, open } = await machine(true, true, false);
    const vault = await open();
    assert.deepEqual(index.get('tokens'), [ENTRY]);
    await vault.rename(ID, 'Desk');
    const [entry] = index.get<(typeof ENTRY)[]>('tokens');
    assert.deepEqual({ ...entry, renamedAt: undefined }, { ...ENTRY, name: 'Desk', renamedAt: undefined });
  });
});
