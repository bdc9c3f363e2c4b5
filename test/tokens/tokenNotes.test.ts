import assert from 'node:assert/strict';
import type { HttpResponse } from '../../src/net/http.js';
import { platformOf } from '../../src/platforms/index.js';
import { Tenants } from '../../src/tenants/tenants.js';
import { DAY_MS } from '../../src/base/time.js';
import { dueDays, expiryOf } from '../../src/tokens/apiTokenExpiry.js';
import { jwtExpiry } from '../../src/platforms/jwt.js';
import { TokenNotes } from '../../src/tokens/tokenNotes.js';
import { idle, SteppedClock } from '../support/clock.js';
import { MemoryMemento, MemorySecrets, memoryWindow } from '../support/memory.js';

const NOW = Date.UTC(2026, 0, 1);
const commvault = { id: 'cv', name: 'CV', platform: 'commvault', url: 'https://cc.example/commandcenter/api' };

const json = (body: unknown): HttpResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const jwt = (claims: unknown): string => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.EXAMPLE`;

/** A window with notes; its service answers each exchange with a pair that expires after this many days. */
function open(index = new MemoryMemento(), secrets = new MemorySecrets(), renewableDays = 90) {
  const clock = new SteppedClock(NOW);
  let exchanges = 0;
  const send = (): Promise<HttpResponse> => {
    const pair = { accessToken: `EXAMPLE-access-${++exchanges}`, refreshToken: `EXAMPLE-refresh-${exchanges}` };
    const [seconds, renewable] = [NOW / 1000 + 1800, NOW / 1000 + renewableDays * 86_400];
    return Promise.resolve(json({ ...pair, tokenExpiryTimestamp: seconds, renewableUntilTimestamp: renewable }));
  };
  const { vault, broker } = memoryWindow({ index, secrets, clock, send });
  const tenant = new Tenants(() => [commvault]).get('cv');
  const notes = new TokenNotes(index, vault, broker);
  const secret = { accessToken: 'EXAMPLE-access-0', refreshToken: 'EXAMPLE-refresh-0' };
  const token = { tenant: 'cv', name: 'Laptop', boundTo: platformOf(tenant).exchangeUrl(tenant), secret };
  return { index, secrets, clock, vault, broker, tenant, notes, token };
}

describe('TokenNotes', () => {
  it('keeps notes for the next session, and fires once for each change', async () => {
    const { index, secrets, vault, notes, token } = open();
    const { id } = await vault.add(token);
    const reported: string[] = [];
    notes.onDidChange((changed) => reported.push(changed));
    await notes.note(id, { remoteId: 'r1', end: { at: NOW, from: 'created' } });
    await notes.note(id, { remoteId: 'r1' });
    assert.deepEqual(reported, [id]);
    assert.deepEqual(open(index, secrets).notes.of(id), { remoteId: 'r1', end: { at: NOW, from: 'created' } });
  });

  it('returns an empty note for an unknown token, and after the note is deleted', async () => {
    const { index, vault, notes, token } = open();
    const [one, other] = [await vault.add(token), await vault.add(token)];
    await notes.note(one.id, { remoteId: 'r1' });
    assert.deepEqual(notes.of(other.id), {});
    await notes.note(one.id, { remoteId: undefined });
    assert.deepEqual(notes.of(one.id), {});
    await notes.note(one.id, { remoteId: 'r2' });
    await notes.forget(one.id);
    assert.deepEqual([notes.of(one.id), index.get('notes')], [{}, undefined]);
    await notes.note(one.id, { remoteId: 'r3' });
    await notes.forgetAll();
    assert.deepEqual(notes.of(one.id), {});
  });

  it('prefers the service to a person, and a person to the token itself', async () => {
    const { vault, notes, token } = open();
    const { id } = await vault.add(token);
    const end = (): string | undefined => notes.of(id).end?.from;
    await notes.note(id, { end: { at: 1, from: 'jwt' } });
    assert.equal(end(), 'jwt');
    await notes.note(id, { end: { at: 2, from: 'entered' } });
    await notes.note(id, { end: { at: 1, from: 'jwt' }, remoteId: 'r1' });
    assert.deepEqual([end(), notes.of(id).remoteId], ['entered', 'r1']);
    await notes.note(id, { end: { at: 3, from: 'service' } });
    assert.equal(end(), 'service');
  });

  it('replaces an entered expiry by the one that an exchange returns', async () => {
    const { vault, broker, notes, tenant, token } = open();
    const { id } = await vault.add(token);
    await notes.note(id, { end: { at: NOW, from: 'entered' } });
    await broker.exchange(tenant, id);
    await idle();
    const { end, exchangeBy } = notes.of(id);
    assert.deepEqual(end, { at: NOW + 90 * DAY_MS, from: 'exchange', aheadDays: 90 });
    assert.equal(exchangeBy, NOW + 1800_000 + 14 * DAY_MS);
  });

  it('distinguishes a fixed expiry from one that each exchange pushes back', async () => {
    const { vault, broker, notes, clock, tenant, token } = open();
    const { id } = await vault.add(token);
    const aheadDays = async (): Promise<number | undefined> => {
      await broker.exchange(tenant, id);
      await idle();
      return notes.of(id).end?.aheadDays;
    };
    assert.equal(await aheadDays(), 90);
    await clock.advance(60 * DAY_MS);
    assert.equal(await aheadDays(), 90);
    await notes.note(id, { end: { at: clock.wall() + 20 * DAY_MS, from: 'exchange', aheadDays: 20 } });
    assert.equal(await aheadDays(), 30);
  });

  it('keeps an expiry that was entered after an exchange when another session reads the record', async () => {
    const { index, secrets, vault, broker, notes, tenant, token } = open();
    const { id } = await vault.add(token);
    await broker.exchange(tenant, id);
    await idle();
    await notes.note(id, { end: { at: NOW, from: 'entered' } });
    const later = open(index, secrets);
    await later.broker.load(id);
    await idle();
    assert.equal(later.notes.of(id).end?.from, 'entered');
  });

  it('deletes the note of a removed token, and no other', async () => {
    const { index, vault, notes, token } = open();
    const [one, other] = [await vault.add(token), await vault.add(token)];
    for (const { id } of [one, other]) await notes.note(id, { remoteId: id });
    await vault.remove(one.id);
    await idle();
    assert.deepEqual(Object.keys(index.get<object>('notes')), [other.id]);
  });

  it('keeps the notes of a token that another window added and this one does not list yet', async () => {
    const { index, secrets, vault, notes, token } = open();
    const other = open(index, secrets);
    const { id } = await vault.add(token);
    await notes.note(id, { remoteId: 'r1' });
    notes.dispose();
    const listed = index.get<unknown>('tokens');
    await index.update('tokens', []);
    await secrets.store(`token.${id}`, 'changed');
    await idle();
    await index.update('tokens', listed);
    assert.equal(other.notes.of(id).remoteId, 'r1');
  });

  it('notes nothing for a token that was removed meanwhile, not even for a sandbox token', async () => {
    const { index, vault, notes, token } = open();
    for (const { id } of [await vault.add(token), vault.addForSession(token)]) {
      await vault.remove(id);
      await notes.note(id, { remoteId: 'r1' });
      assert.deepEqual([notes.of(id), index.get('notes')], [{}, undefined]);
    }
  });

  it('stores nothing about sandbox tokens', async () => {
    const { index, vault, notes, token } = open();
    const { id } = vault.addForSession(token);
    await notes.note(id, { remoteId: 'r1' });
    assert.deepEqual([notes.of(id), index.get('notes')], [{ remoteId: 'r1' }, undefined]);
    await vault.remove(id);
    assert.deepEqual(notes.of(id), {});
  });

  it('works although notes cannot be written or are damaged', async () => {
    const { index, vault, notes, token } = open();
    const { id } = await vault.add(token);
    index.failing = true;
    await notes.note(id, { remoteId: 'r1' });
    await notes.forget(id);
    index.failing = false;
    for (const damaged of ['text', 42, [], { [id]: { end: 'soon' } }, { [id]: null }]) {
      await index.update('notes', damaged);
      assert.deepEqual(notes.of(id), {});
    }
    await notes.note(id, { remoteId: 'r2' });
    assert.equal(notes.of(id).remoteId, 'r2');
  });
});

describe('the expiry of an API token', () => {
  const end = (at: number | null) => ({ at, from: 'service' as const });

  it('is the earlier of its own expiry and the day by which it must be exchanged', () => {
    assert.equal(expiryOf({}), undefined);
    assert.equal(expiryOf({ end: end(null) }), 'never');
    assert.deepEqual(expiryOf({ end: end(5) }), { at: 5, kind: 'end' });
    for (const last of [undefined, end(null), end(5)])
      assert.deepEqual(expiryOf({ ...(last && { end: last }), exchangeBy: 4 }), {
        at: 4,
        kind: 'unless-exchanged',
        aheadDays: 14,
      });
    assert.deepEqual(expiryOf({ end: end(3), exchangeBy: 4 }), { at: 3, kind: 'end' });
    assert.deepEqual(expiryOf({ end: end(4), exchangeBy: 4 }), { at: 4, kind: 'end' });
  });

  it('is due at the smallest threshold that it has reached', () => {
    const days = [30, 7, 1];
    const due = (inDays: number) => dueDays({ at: inDays * DAY_MS, kind: 'end' }, days, 0);
    assert.deepEqual([31, 30, 8, 7, 1.5, 1, 0, -3].map(due), [undefined, 30, 30, 7, 7, 1, 1, 1]);
    assert.equal(dueDays({ at: 0, kind: 'end' }, [], 0), undefined);
  });

  it('is not due at a threshold that each exchange pushes back', () => {
    const due = (inDays: number) => dueDays({ at: inDays * DAY_MS, kind: 'end', aheadDays: 14 }, [30, 14, 13, 1], 0);
    assert.deepEqual([20, 14, 13.5, 13, 1].map(due), [undefined, undefined, undefined, 13, 1]);
  });

  it('is what a JWT among its secrets states, not what an access token states', () => {
    assert.equal(jwtExpiry({ refreshToken: jwt({ exp: 1000 }) }), 1_000_000);
    assert.equal(jwtExpiry({ accessToken: jwt({ exp: 5 }), refreshToken: jwt({ exp: 1000 }) }), 1_000_000);
    for (const secret of [
      { accessToken: jwt({ exp: 5 }), refreshToken: 'EXAMPLE' },
      { apiToken: 'EXAMPLE' },
      { apiToken: jwt({ exp: 0 }) },
      { apiToken: jwt({ exp: 'soon' }) },
      {},
    ])
      assert.equal(jwtExpiry(secret), undefined);
  });
});
