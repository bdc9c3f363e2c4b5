import assert from 'node:assert/strict';
import { setImmediate as tick } from 'node:timers/promises';
import { Tenants } from '../../src/tenants/tenants.js';
import { platformOf } from '../../src/platforms/index.js';
import { IssuedTokens } from '../../src/tokens/issuedTokens.js';
import { formsOf } from '../threats/support/canaries.js';
import { ACME as entry } from '../support/acme.js';
import { SteppedClock } from '../support/clock.js';
import { MemoryMemento, MemorySecrets, memoryWindow } from '../support/memory.js';

const NOW = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;

/** A window over the machine's storage. Each exchange returns the next of the given access tokens. */
function openWindow(secrets: MemorySecrets, memento: MemoryMemento, accessTokens: string[] = []) {
  const tenants = new Tenants(() => [entry]);
  const send = () =>
    Promise.resolve({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ access_token: accessTokens.shift(), token_type: 'Bearer', expires_in: 3600 }),
    });
  const clock = new SteppedClock(NOW);
  const { vault, broker } = memoryWindow({ secrets, index: memento, send, clock });
  const issued = new IssuedTokens(memento, vault, broker);
  const tenant = tenants.get('acme');
  const secret = { boundTo: platformOf(tenant).exchangeUrl(tenant), secret: { apiToken: 'EXAMPLE-API-TOKEN' } };
  const add = (name = 'Laptop') => vault.add({ tenant: 'acme', name, ...secret });
  const exchange = (id: string) => broker.exchange(tenant, id);
  return { clock, vault, broker, issued, tenant, secret, add, exchange };
}

const open = (...accessTokens: string[]) => {
  const secrets = new MemorySecrets();
  const memento = new MemoryMemento();
  return { secrets, memento, ...openWindow(secrets, memento, accessTokens) };
};
const kept = (memento: MemoryMemento): string => JSON.stringify(memento.get('issuedTokens'));

describe('IssuedTokens', () => {
  it('knows whose an access token is, and when it expires', async () => {
    const { issued, add, exchange } = open('EXAMPLE-ACCESS-1', 'EXAMPLE-ACCESS-2');
    const { id } = await add();
    await exchange(id);
    await exchange(id);
    const expected = { token: id, tenant: 'acme', expiresAt: NOW + HOUR };
    for (const token of ['EXAMPLE-ACCESS-1', 'EXAMPLE-ACCESS-2']) {
      const { token: of, tenant, expiresAt } = issued.find(token) ?? {};
      assert.deepEqual({ token: of, tenant, expiresAt }, expected);
    }
  });

  it('fires once for another token, and not for one that was known when its record is read', async () => {
    const { secrets, memento, add, exchange } = open('EXAMPLE-ACCESS-1');
    const { id } = await add();
    await exchange(id);
    const other = openWindow(secrets, memento, ['EXAMPLE-ACCESS-2']);
    let fired = 0;
    other.issued.onDidChange(() => fired++);
    await other.broker.load(id);
    await tick();
    assert.equal(fired, 0);
    await other.exchange(id);
    await tick();
    assert.equal(fired, 1);
  });

  it('knows nothing else: not the API token, not a part of a token, not another', async () => {
    const { issued, add, exchange } = open('EXAMPLE-ACCESS-1');
    await exchange((await add()).id);
    for (const text of ['', 'EXAMPLE-API-TOKEN', 'EXAMPLE-ACCESS-', 'EXAMPLE-ACCESS-11', 'example-access-1', ' EXAMPLE-ACCESS-1'])
      assert.equal(issued.find(text), undefined, text);
  });

  it('recognizes a token from an earlier session that only the record contains', async () => {
    const { secrets, add, exchange, memento } = open('EXAMPLE-ACCESS-1');
    const { id } = await add();
    await exchange(id);
    await memento.update('issuedTokens', undefined);
    const later = openWindow(secrets, memento);
    assert.equal(later.issued.find('EXAMPLE-ACCESS-1'), undefined);
    await later.broker.load(id);
    assert.equal(later.issued.find('EXAMPLE-ACCESS-1')?.token, id);
  });

  it('recognizes what another window recorded, before and after this one read anything', async () => {
    const { secrets, memento, add, exchange } = open('EXAMPLE-ACCESS-1', 'EXAMPLE-ACCESS-2');
    const other = openWindow(new MemorySecrets(), memento);
    assert.equal(other.issued.find('EXAMPLE-ACCESS-1'), undefined);
    const { id } = await add();
    await exchange(id);
    assert.equal(other.issued.find('EXAMPLE-ACCESS-1')?.token, id);
    await exchange(id);
    assert.equal(other.issued.find('EXAMPLE-ACCESS-2')?.token, id);
    assert.equal(openWindow(secrets, memento).issued.find('EXAMPLE-ACCESS-1')?.token, id);
  });

  it('keeps no token, nor a part or an encoding of one', async () => {
    const { memento, add, exchange } = open('EXAMPLE-ACCESS-TOKEN-1');
    await exchange((await add()).id);
    const text = kept(memento);
    for (const secret of ['EXAMPLE-ACCESS-TOKEN-1', 'EXAMPLE-API-TOKEN'])
      for (const [form, value] of formsOf(secret)) assert.ok(!text.includes(value), form);
  });

  it('keeps hashes that differ between machines', async () => {
    const [one, two] = [open('EXAMPLE-ACCESS-1'), open('EXAMPLE-ACCESS-1')];
    for (const { add, exchange } of [one, two]) await exchange((await add()).id);
    const hashes = [one, two].map(({ memento }) => memento.get<{ issued: { hash: string }[] }>('issuedTokens').issued[0]?.hash);
    assert.ok(hashes[0]);
    assert.notEqual(hashes[0], hashes[1]);
  });

  it('marks a token that a service has refused as expired, in all windows', async () => {
    const { issued, add, exchange, broker, secrets, memento, clock } = open('EXAMPLE-ACCESS-1', 'EXAMPLE-ACCESS-2');
    const { id } = await add();
    await exchange(id);
    clock.sleep(HOUR / 2, { monoGoesOn: true });
    let fired = 0;
    issued.onDidChange(() => fired++);
    broker.refused(id, 'EXAMPLE-ACCESS-1');
    await tick();
    assert.equal(fired, 1);
    await exchange(id);
    for (const window of [issued, openWindow(secrets, memento).issued]) {
      assert.equal(window.find('EXAMPLE-ACCESS-1')?.expiresAt, NOW + HOUR / 2);
      assert.equal(window.find('EXAMPLE-ACCESS-2')?.expiresAt, NOW + HOUR + HOUR / 2);
    }
  });

  it('marks a refused new token as expired once there is another one', async () => {
    const { issued, add, exchange, broker, clock } = open('EXAMPLE-ACCESS-1', 'EXAMPLE-ACCESS-2');
    const { id } = await add();
    await exchange(id);
    broker.refused(id, 'EXAMPLE-ACCESS-1');
    await tick();
    assert.equal(issued.find('EXAMPLE-ACCESS-1')?.expiresAt, NOW + HOUR);
    clock.sleep(1000, { monoGoesOn: true });
    await exchange(id);
    await tick();
    assert.equal(issued.find('EXAMPLE-ACCESS-1')?.expiresAt, NOW + 1000);
  });

  it('marks all access tokens of a revoked API token as expired, and no others', async () => {
    const { issued, vault, secret, tenant, add, exchange, broker, clock } = open('A-1', 'A-2', 'B-1', 'S-1');
    const [a, b] = [await add('A'), await add('B')];
    const s = vault.addForSession({ tenant: 'acme', name: 'S', ...secret });
    for (const { id } of [a, a, b, s]) await exchange(id);
    clock.sleep(1000, { monoGoesOn: true });
    for (const { id } of [a, s]) await broker.secrets.revoked(tenant, id);
    await tick();
    const expiries = ['A-1', 'A-2', 'B-1', 'S-1'].map((text) => issued.find(text)?.expiresAt);
    assert.deepEqual(expiries, [NOW + 1000, NOW + 1000, NOW + HOUR, NOW + 1000]);
  });

  it('keeps the newest 256', async () => {
    const tokens = Array.from({ length: 260 }, (_, at) => `EXAMPLE-ACCESS-${at}`);
    const { issued, add, exchange, memento } = open(...tokens);
    const { id } = await add();
    for (const _ of tokens) await exchange(id);
    assert.equal(memento.get<{ issued: unknown[] }>('issuedTokens').issued.length, 256);
    assert.equal(issued.find('EXAMPLE-ACCESS-3'), undefined);
    assert.equal(issued.find('EXAMPLE-ACCESS-4')?.token, id);
    assert.equal(issued.find('EXAMPLE-ACCESS-259')?.token, id);
  });

  it('keeps a token once that an exchange returns again', async () => {
    const { issued, add, exchange, memento } = open('EXAMPLE-ACCESS-1', 'EXAMPLE-ACCESS-1');
    const { id } = await add();
    await exchange(id);
    const before = kept(memento);
    await exchange(id);
    assert.equal(kept(memento), before);
    assert.equal(issued.find('EXAMPLE-ACCESS-1')?.token, id);
  });

  it('assigns a token to the API token that was last exchanged for it', async () => {
    const { issued, add, exchange, memento } = open('EXAMPLE-ACCESS-1', 'EXAMPLE-ACCESS-1');
    await exchange((await add('Laptop')).id);
    const { id } = await add('Laptop, entered anew');
    await exchange(id);
    assert.equal(issued.find('EXAMPLE-ACCESS-1')?.token, id);
    assert.equal(memento.get<{ issued: unknown[] }>('issuedTokens').issued.length, 1);
  });

  it('recognizes sandbox tokens for a session, and stores nothing about them', async () => {
    const { issued, vault, secret, exchange, memento, secrets } = open('EXAMPLE-SANDBOX-1');
    const { id } = vault.addForSession({ tenant: 'acme', name: 'Ada', ...secret });
    await exchange(id);
    assert.equal(issued.find('EXAMPLE-SANDBOX-1')?.token, id);
    assert.equal(memento.get('issuedTokens'), undefined);
    assert.equal(openWindow(secrets, memento).issued.find('EXAMPLE-SANDBOX-1'), undefined);
  });

  it('still recognizes sandbox tokens when another window is the first to record anything', async () => {
    const { issued, vault, secret, exchange, memento, secrets } = open('EXAMPLE-SANDBOX-1');
    const { id } = vault.addForSession({ tenant: 'acme', name: 'Ada', ...secret });
    await exchange(id);
    assert.equal(issued.find('EXAMPLE-SANDBOX-1')?.token, id);
    const other = openWindow(secrets, memento, ['EXAMPLE-ACCESS-1']);
    const real = await other.add();
    await other.exchange(real.id);
    assert.equal(issued.find('EXAMPLE-ACCESS-1')?.token, real.id);
    assert.equal(issued.find('EXAMPLE-SANDBOX-1')?.token, id);
  });

  it('forgets everything, and records later tokens', async () => {
    const { issued, vault, secret, add, exchange, memento } = open('EXAMPLE-ACCESS-1', 'EXAMPLE-SANDBOX-1', 'EXAMPLE-ACCESS-2');
    const { id } = await add();
    await exchange(id);
    await exchange(vault.addForSession({ tenant: 'acme', name: 'Ada', ...secret }).id);
    await issued.forgetAll();
    assert.equal(memento.get('issuedTokens'), undefined);
    for (const token of ['EXAMPLE-ACCESS-1', 'EXAMPLE-SANDBOX-1']) assert.equal(issued.find(token), undefined);
    await exchange(id);
    assert.equal(issued.find('EXAMPLE-ACCESS-2')?.token, id);
  });

  for (const damaged of [
    'text',
    42,
    [],
    { salt: 'x' },
    { salt: '', issued: [] },
    { salt: 5, issued: [{ hash: 'x' }] },
    { salt: 'x', issued: [{ hash: 1 }] },
  ])
    it(`works although the stored value is damaged: ${JSON.stringify(damaged)}`, async () => {
      const { issued, add, exchange, memento, secrets } = open('EXAMPLE-ACCESS-1');
      memento.values.set('issuedTokens', damaged);
      assert.equal(issued.find('EXAMPLE-ACCESS-1'), undefined);
      const { id } = await add();
      await exchange(id);
      assert.equal(issued.find('EXAMPLE-ACCESS-1')?.token, id);
      assert.equal(openWindow(secrets, memento).issued.find('EXAMPLE-ACCESS-1')?.token, id);
    });

  it('lets an exchange succeed although its token cannot be recorded', async () => {
    const { issued, add, exchange, memento } = open('EXAMPLE-ACCESS-1');
    const { id } = await add();
    memento.failing = true;
    assert.equal((await exchange(id)).token, 'EXAMPLE-ACCESS-1');
    assert.equal(issued.find('EXAMPLE-ACCESS-1'), undefined);
  });

  it('records nothing after disposal', async () => {
    const { issued, add, exchange, memento } = open('EXAMPLE-ACCESS-1');
    issued.dispose();
    await exchange((await add()).id);
    assert.equal(memento.get('issuedTokens'), undefined);
  });
});
