import assert from 'node:assert/strict';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/base/time.js';
import { pause } from '../../src/base/clock.js';
import { openWindow } from '../bench/scale/window.js';
import { openInUse } from '../bench/scale/soak.js';
import { SteppedClock } from '../support/clock.js';
import { grant, openFleet } from '../support/fleet.js';
import { sizesOf } from '../support/sizes.js';

const MANY = 10_000;
const ANSWER_MS = 100;
/** A tenth of an hour's life: where in it a token is exchanged ahead is what differs. */
const SPREAD_S = 360;
const accessToken = (): string => 'EXAMPLE-access-token';

describe('budgets of a window with ten thousand tokens', () => {
  it('reads no record when it opens, but the active token’s', async () => {
    for (const [active, expected] of [
      [undefined, 0],
      ['t7', 1],
    ] as const) {
      const { clock, secretReads, dispose } = await openWindow({ count: MANY, accessToken }, active);
      await clock.advance(10 * MINUTE_MS);
      assert.equal(secretReads(), expected);
      dispose();
    }
  });

  it('sets no timer while nothing is in use, whatever it keeps', async () => {
    const { clock, tree, view, dispose } = await openWindow({ count: MANY, accessToken });
    await clock.advance(SECOND_MS);
    view.show(false);
    assert.equal(clock.timers, 0);
    view.show(true);
    tree.getChildren();
    clock.after = () => assert.fail('it sets a timer');
    await clock.advance(10 * MINUTE_MS);
    dispose();
  });

  it('has one timer for the tokens that are in use', async () => {
    const { clock, tenants, broker, refresher, dispose } = await openWindow({ count: MANY, accessToken });
    await clock.advance(SECOND_MS);
    for (const tenant of tenants.all) {
      await broker.load(tenant.id);
      refresher.used(tenant, tenant.id);
    }
    assert.equal(clock.timers, 1);
    dispose();
    assert.equal(clock.timers, 0);
  });

  it('exchanges those that end together evenly, and so many at once and no more', async () => {
    const clock = new SteppedClock();
    const bySecond = new Map<number, number>();
    const state = { under: 0, atOnce: 0 };
    const { tenants, broker, refresher } = openFleet({
      count: MANY,
      clock,
      accessToken,
      random: () => 0.3,
      async send() {
        const second = Math.floor(clock.mono() / SECOND_MS);
        bySecond.set(second, (bySecond.get(second) ?? 0) + 1);
        state.atOnce = Math.max(state.atOnce, ++state.under);
        await pause(clock, ANSWER_MS);
        state.under--;
        return grant();
      },
    });
    for (const tenant of tenants.all) {
      await broker.load(tenant.id);
      refresher.used(tenant, tenant.id);
    }
    await clock.advance(HOUR_MS);
    const counts = [...bySecond.values()];
    const sum = counts.reduce((one, other) => one + other);
    assert.equal(sum, MANY);
    const mean = MANY / SPREAD_S;
    assert.ok(Math.max(...counts) <= 1.2 * mean, `${Math.max(...counts)} in a second, ${mean} in the mean one`);
    assert.ok(state.atOnce <= 12, String(state.atOnce));
    refresher.dispose();
    broker.dispose();
  }).timeout(120_000);
});

describe('budgets of a day with many exchanges', () => {
  it('has as many timers, listeners and entries in its maps after it as before', async () => {
    const { clock, state, broker, vault, refresher, dispose } = await openInUse(100);
    await clock.advance(2 * HOUR_MS);
    const before = { timers: clock.timers, sizes: sizesOf([broker, vault, refresher]) };
    const early = state.exchanges;
    await clock.advance(DAY_MS);
    assert.ok(state.exchanges - early > 24 * 100, String(state.exchanges));
    // What follows a write is over soon after the last one.
    assert.ok(clock.timers <= before.timers + 20, `${clock.timers} timers, ${before.timers} before`);
    assert.deepEqual(sizesOf([broker, vault, refresher]), before.sizes);
    dispose();
    await clock.advance(MINUTE_MS);
    assert.equal(clock.timers, 0);
  }).timeout(120_000);
});
