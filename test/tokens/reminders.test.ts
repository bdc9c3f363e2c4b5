import assert from 'node:assert/strict';
import { DAY_MS } from '../../src/base/time.js';
import { Reminders, type Due } from '../../src/tokens/reminders.js';
import { TokenNotes } from '../../src/tokens/tokenNotes.js';
import { idle, SteppedClock } from '../support/clock.js';
import { MemoryFolder, MemoryMemento, MemorySecrets, memoryWindow } from '../support/memory.js';

const HOUR = 60 * 60_000;

/** What windows share. */
const machine = (folder: { readonly folder: MemoryFolder | undefined } = { folder: new MemoryFolder() }) => ({
  index: new MemoryMemento(),
  secrets: new MemorySecrets(),
  clock: new SteppedClock(),
  ...folder,
});

/** A window that reminds, with the reminders it has shown: `days` and the token. */
function open(shared = machine()) {
  const { index, clock, folder } = shared;
  const { vault, broker } = memoryWindow({ ...shared, folder: undefined });
  const notes = new TokenNotes(index, vault, broker);
  const state = { focused: true, days: [30, 7, 1] as readonly number[] };
  const reminders = new Reminders({ notes, vault, clock, days: () => state.days, focused: () => state.focused, folder });
  const reported: Due[] = [];
  reminders.onDue((due) => reported.push(due));
  const add = async (endsInDays: number) => {
    const { id } = await vault.add({ tenant: 'acme', name: 'x', boundTo: 'https://a.example', secret: { apiToken: 'EXAMPLE' } });
    await notes.note(id, { end: { at: clock.wall() + endsInDays * DAY_MS, from: 'created' } });
    await idle();
    return id;
  };
  const days = () => reported.map((due) => due.days);
  const look = async () => {
    reminders.check();
    await idle();
  };
  return { shared, clock, vault, notes, reminders, state, reported, add, days, look, folder };
}

describe('Reminders', () => {
  it('come once at each threshold, over months', async () => {
    const { clock, add, reported, look } = open();
    const id = await add(90);
    const at = clock.wall() + 90 * DAY_MS;
    const when: number[] = [];
    for (let day = 1; day <= 120; day++) {
      await clock.advance(DAY_MS);
      await look();
      await look();
      if (reported.length > when.length) when.push(day);
    }
    assert.deepEqual(
      reported,
      [30, 7, 1].map((days) => ({ id, days, end: { at, kind: 'end' } })),
    );
    assert.deepEqual(when, [60, 83, 89]);
  });

  it('come without an event in a window that keeps focus, with at most one timer', async () => {
    const { clock, add, days } = open();
    await add(90);
    await add(400);
    // The vault has timers of its own until an addition is settled.
    await clock.advance(10_000);
    assert.equal(clock.timers, 1);
    await clock.advance(60 * DAY_MS);
    assert.deepEqual(days(), [30]);
    assert.equal(clock.timers, 1);
  });

  it('set no timer without a known expiry, and none after the last reminder', async () => {
    const { clock, add, notes, vault } = open();
    const id = await add(2);
    await notes.note(id, { end: undefined });
    await vault.add({ tenant: 'acme', name: 'y', boundTo: '', secret: { apiToken: 'EXAMPLE' } });
    await clock.advance(10_000);
    assert.equal(clock.timers, 0);
    await notes.note(id, { end: { at: null, from: 'entered' } });
    assert.equal(clock.timers, 0);
    await notes.note(id, { end: { at: clock.wall() + 2 * DAY_MS, from: 'entered' } });
    assert.equal(clock.timers, 1);
    await clock.advance(3 * DAY_MS);
    assert.equal(clock.timers, 0);
  });

  it('name only the nearest threshold, and an expiry that has passed meanwhile', async () => {
    const { add, days } = open();
    await add(5);
    await add(-2);
    await add(40);
    assert.deepEqual(days(), [7, 1]);
  });

  it('come only in a focused window, and as soon as it gets focus', async () => {
    const { state, add, days, look, clock } = open();
    state.focused = false;
    await add(5);
    await clock.advance(10_000);
    assert.deepEqual([days(), clock.timers], [[], 0]);
    state.focused = true;
    await look();
    assert.deepEqual(days(), [7]);
  });

  it('follow the setting, and do not come without days', async () => {
    const { state, add, days, look } = open();
    state.days = [];
    await add(5);
    assert.deepEqual(days(), []);
    state.days = [6];
    await look();
    assert.deepEqual(days(), [6]);
  });

  it('come again a day after they were snoozed, and then no more', async () => {
    const { clock, add, reminders, days, look } = open();
    const id = await add(5);
    await reminders.snooze(id);
    await clock.advance(23 * HOUR);
    await look();
    assert.deepEqual(days(), [7]);
    await clock.advance(HOUR);
    assert.deepEqual(days(), [7, 7]);
    await clock.advance(2 * DAY_MS);
    await look();
    assert.deepEqual(days(), [7, 7]);
    await clock.advance(DAY_MS);
    assert.deepEqual(days(), [7, 7, 1]);
  });

  it('come in a window that is opened when they are due', async () => {
    const shared = machine();
    const before = open(shared);
    before.state.focused = false;
    const id = await before.add(5);
    before.reminders.dispose();
    const { reported } = open(shared);
    await idle();
    assert.deepEqual(
      reported.map((due) => [due.id, due.days]),
      [[id, 7]],
    );
  });

  it('come although they were snoozed while the clock was a year ahead', async () => {
    const { clock, add, reminders, days, look } = open();
    const id = await add(5);
    clock.set(clock.wall() + 365 * DAY_MS);
    await reminders.snooze(id);
    clock.set(clock.wall() - 365 * DAY_MS);
    await look();
    assert.deepEqual(days(), [7, 7]);
  });

  it('do not come again after a choice, nor at all after they were turned off', async () => {
    const { clock, add, reminders, days, look } = open();
    const [one, other] = [await add(5), await add(5)];
    await reminders.snooze(one);
    await reminders.settle(one, 7);
    await reminders.off(other);
    await clock.advance(2 * DAY_MS);
    await look();
    assert.deepEqual(days(), [7, 7]);
    await clock.advance(3 * DAY_MS);
    assert.deepEqual(days(), [7, 7, 1]);
  });

  it('start again with another expiry, but not with one that varies slightly', async () => {
    const { clock, add, notes, reminders, days } = open();
    const id = await add(5);
    await reminders.off(id);
    const end = clock.wall() + 5 * DAY_MS;
    await notes.note(id, { end: { at: end + 20_000, from: 'exchange' } });
    await idle();
    assert.deepEqual(days(), [7]);
    await notes.note(id, { end: { at: end + DAY_MS, from: 'exchange' } });
    await idle();
    assert.deepEqual(days(), [7, 7]);
  });

  it('do not come when a person has just chosen a short lifetime', async () => {
    const { clock, add, notes, reported } = open();
    const id = await add(400);
    await notes.note(id, { end: { at: clock.wall() + 10 * DAY_MS, from: 'created', aheadDays: 10 } });
    await clock.advance(2 * DAY_MS);
    assert.deepEqual(reported, []);
    await clock.advance(DAY_MS);
    assert.deepEqual(
      reported.map(({ days }) => days),
      [7],
    );
  });

  it('do not come for a token in daily use whose expiry each exchange pushes back', async () => {
    const { clock, add, notes, reported } = open();
    const id = await add(400);
    for (let day = 0; day < 60; day++) {
      await notes.note(id, { end: { at: clock.wall() + 30 * DAY_MS, from: 'exchange', aheadDays: 30 } });
      await clock.advance(DAY_MS);
    }
    assert.deepEqual(reported, []);
    await clock.advance(23 * DAY_MS);
    assert.deepEqual(
      reported.map(({ days }) => days),
      [7],
    );
  });

  it('do not come for a token in daily use that must be exchanged within a fortnight', async () => {
    const { clock, add, notes, reported } = open();
    const id = await add(400);
    const exchangeBy = clock.wall() + 14 * DAY_MS;
    await notes.note(id, { exchangeBy });
    await clock.advance(6 * DAY_MS);
    assert.deepEqual(reported, []);
    await clock.advance(DAY_MS);
    assert.deepEqual(reported, [{ id, days: 7, end: { at: exchangeBy, kind: 'unless-exchanged', aheadDays: 14 } }]);
    await notes.note(id, { exchangeBy: clock.wall() + 14 * DAY_MS });
    await clock.advance(6 * DAY_MS);
    assert.equal(reported.length, 1);
  });

  it('come in one of several windows that check at the same time, and in none that opens later', async () => {
    const first = open();
    const second = open(first.shared);
    first.state.focused = second.state.focused = false;
    await first.add(5);
    first.state.focused = second.state.focused = true;
    first.reminders.check();
    second.reminders.check();
    await idle();
    const third = open(first.shared);
    await third.look();
    assert.equal(first.reported.length + second.reported.length + third.reported.length, 1);
  });

  it('come once although the folder is unusable or missing', async () => {
    const broken = new MemoryFolder();
    broken.failing = ['create', 'names', 'remove'];
    for (const shared of [machine({ folder: broken }), machine({ folder: undefined })]) {
      const { add, look, days } = open(shared);
      await add(5);
      await look();
      const later = open(shared);
      await later.look();
      assert.deepEqual([days(), later.days()], [[7], []]);
    }
  });

  it('come once although notes cannot be written and there is no folder', async () => {
    const { shared, add, look, days, state } = open(machine({ folder: undefined }));
    state.focused = false;
    await add(5);
    state.focused = true;
    shared.index.failing = true;
    for (let times = 0; times < 3; times++) await look();
    assert.deepEqual(days(), [7]);
  });

  it('leave no claim for a past expiry, and no secret in a claim', async () => {
    const { clock, add, folder } = open();
    await add(1);
    await add(5);
    await clock.advance(3 * DAY_MS);
    await add(6);
    const claims = Object.entries(folder?.contents ?? {}).filter(([name]) => name.startsWith('reminders/'));
    assert.equal(claims.length, 2);
    assert.doesNotMatch(JSON.stringify(claims), /EXAMPLE|acme/);
  });

  it('stop on disposal', async () => {
    const { clock, add, reminders, days } = open();
    await add(40);
    reminders.dispose();
    await clock.advance(60 * DAY_MS);
    await add(1);
    assert.deepEqual(days(), []);
  });
});
