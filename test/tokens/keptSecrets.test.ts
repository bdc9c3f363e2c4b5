import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { KeptSecrets } from '../../src/tokens/keptSecrets.js';
import { SteppedClock } from '../support/clock.js';
import { memoryWindow } from '../support/memory.js';
import { formsOf } from '../threats/support/canaries.js';

const SECRET = { accessToken: 'EXAMPLE-access-of-a-pair', refreshToken: 'EXAMPLE-refresh-of-a-pair' };
const FORMER = 'EXAMPLE-former-refresh-token';
const never = new AbortController().signal;

async function open() {
  const { vault } = memoryWindow({ clock: new SteppedClock(Date.UTC(2026, 0, 1)) });
  const ci = await vault.add({ tenant: 'backup', name: 'CI', boundTo: '', secret: { ...SECRET, refreshToken: FORMER } });
  const record = await vault.read(ci.id);
  await vault.write(ci.id, { ...record, generation: 1, secret: SECRET, previous: { secret: record.secret, replacedAt: 0 } });
  const night = await vault.add({ tenant: 'backup', name: 'Night', boundTo: '', secret: { apiToken: 'EXAMPLE-of-the-night' } });
  return { vault, ci, night, kept: new KeptSecrets(vault) };
}

describe('The secrets that are kept here', () => {
  it('are recognized, all of each token, and those that its last exchange replaced', async () => {
    const { kept, ci, night } = await open();
    const finder = await kept.finder(never);
    for (const secret of [...Object.values(SECRET), FORMER]) assert.equal(finder.find(secret)?.id, ci.id);
    assert.equal(finder.find('EXAMPLE-of-the-night')?.name, night.name);
    for (const other of ['', 'EXAMPLE', `${FORMER}x`, FORMER.toLowerCase()]) assert.equal(finder.find(other), undefined);
  });

  it('are not recognized once their token is removed', async () => {
    const { vault, kept, night } = await open();
    await vault.remove(night.id);
    assert.equal((await kept.finder(never)).find('EXAMPLE-of-the-night'), undefined);
  });

  it('are recognized although one of them cannot be read', async () => {
    const { vault, kept, ci, night } = await open();
    const read = vault.read.bind(vault);
    vault.read = (id) => (id === ci.id ? Promise.reject(new Error('unreadable')) : read(id));
    const finder = await kept.finder(never);
    assert.deepEqual([finder.find(FORMER), finder.find('EXAMPLE-of-the-night')?.id], [undefined, night.id]);
  });

  it('are in the finder in no form', async () => {
    const { vault } = await open();
    const finder = await new KeptSecrets(vault).finder(never);
    const text = inspect(finder, { depth: 10, showHidden: true });
    for (const secret of [...Object.values(SECRET), FORMER])
      for (const [form, value] of formsOf(secret)) assert.ok(!text.includes(value), form);
  });

  it('are not read any further when the search is cancelled', async () => {
    const { kept } = await open();
    await assert.rejects(kept.finder(AbortSignal.abort(new Error('cancelled'))), /cancelled/);
  });
});
