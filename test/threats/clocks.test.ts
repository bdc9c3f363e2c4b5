import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { AppError } from '../../src/base/errors.js';
import { needsPerson } from '../../src/exchange/status.js';
import { formatDuration } from '../../src/views/duration.js';
import { answers } from '../faults/loopback.js';
import type { SteppedClock } from '../support/clock.js';
import { Asked, LIFETIME_S } from './support/asked.js';
import { RotatingTenant } from './support/rotatingTenant.js';
import { inWorld, type World } from '../support/world.js';

const S = 1000;
const HOUR = 3600 * S;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
const LIFETIME = LIFETIME_S * S;

/** An event of a clock. Returns how much time has really passed. */
type Jump = (clock: SteppedClock) => number;

const setBy =
  (ms: number): Jump =>
  (clock) => {
    clock.set(clock.wall() + ms);
    return 0;
  };

const sleeps =
  (ms: number, monoGoesOn: boolean): Jump =>
  (clock) => {
    clock.sleep(ms, { monoGoesOn });
    return ms;
  };

/** Daylight saving time does nothing to it: it counts from 1970, everywhere. */
const JUMPS: Readonly<Record<string, Jump>> = {
  ...Object.fromEntries(
    [30 * S, 20 * 60 * S, HOUR, DAY, 10 * YEAR].flatMap((ms) => [ms, -ms]).map((ms) => [`set by ${ms / S} s`, setBy(ms)]),
  ),
  'sleeps, and one clock stands still': sleeps(8 * HOUR, false),
  'sleeps, and both clocks go on': sleeps(8 * HOUR, true),
  'sleeps a while, and one clock stands still': sleeps(10 * 60 * S, false),
};

/** A tenant whose access tokens are known by the time that has really passed. */
class Timed {
  readonly asked: Asked;
  /** A jump of the clock while a response is pending. */
  atAnswer: Jump | undefined;
  readonly #world: World;
  readonly #sentAt = new Map<string, number>();
  #slept = 0;

  private constructor(world: World, asked: Asked) {
    this.#world = world;
    this.asked = asked;
  }

  static async start(world: World): Promise<Timed> {
    const timed = new Timed(world, await Asked.start(world));
    timed.asked.script = (socket, request) => {
      const token = world.secretOf('accessToken');
      timed.#sentAt.set(token, timed.#now);
      if (timed.atAnswer) timed.happens(timed.atAnswer);
      timed.atAnswer = undefined;
      answers(200, world.answer({ access_token: token, expires_in: LIFETIME_S }))(socket, request);
    };
    return timed;
  }

  happens(jump: Jump): void {
    const before = this.#world.clock.mono();
    const passed = jump(this.#world.clock);
    this.#slept += passed - (this.#world.clock.mono() - before);
  }

  /** Takes an access token, which is valid. */
  async take(): Promise<void> {
    const { tenant, id } = this.asked;
    const { token } = await this.#world.until(this.#world.broker.access(tenant, id));
    this.isGood(token);
  }

  isGood(token: string): void {
    assert.ok(this.#now - this.#sentAt.get(token)! < LIFETIME, 'it has ended');
  }

  get #now(): number {
    return this.#world.clock.mono() + this.#slept;
  }
}

/** Takes an access token before something happens to the clock, and after it. @param isHeld it is exchanged ahead, too */
async function jumps(world: World, what: string, jump: Jump, afterS: number, isHeld: boolean): Promise<void> {
  const timed = await Timed.start(world);
  const { tenant, id } = timed.asked;
  const refresher = world.refresher(world, tenant);
  // While the answer is on its way, or later.
  if (afterS === 0) timed.atAnswer = jump;
  await timed.take();
  if (isHeld) refresher.hold(tenant, id);
  for (let s = 0; s < afterS; s += 60) await world.pass(Math.min(60, afterS - s) * S, 10 * S);
  timed.asked.forget();
  if (afterS > 0) timed.happens(jump);
  for (let second = 0; second < 60; second++) {
    await timed.take();
    const { access } = world.broker.status(tenant, id);
    assert.match(formatDuration(access!.expiresAt! - world.clock.wall()), /^\d+[hms]/, what);
    await world.pass(S);
  }
  assert.ok(timed.asked.times.length <= 1, `${what}: ${timed.asked.times.join()}`);
  // Afterwards it continues normally.
  timed.asked.forget();
  for (let minute = 0; minute < 120; minute++) {
    await world.pass(60 * S, 10 * S);
    if (isHeld) assert.ok(world.broker.peek(tenant, id), `${what}: none at hand after ${minute} min`);
    await timed.take();
    const { access } = world.broker.status(tenant, id);
    const shown = access!.expiresAt! - world.clock.wall();
    assert.ok(shown > 0 && shown <= LIFETIME, `${what}: ${shown} ms are shown`);
  }
  assert.ok(timed.asked.times.length >= 2 && timed.asked.times.length <= 4, `${what}: ${timed.asked.times.join()}`);
  refresher.dispose();
}

describe('threats: clocks', () => {
  it(
    'row 31: whatever is done to a clock, no expired access token is handed out, and at most one exchange follows',
    inWorld(async (world) => {
      for (const [what, jump] of Object.entries(JUMPS))
        for (const afterS of [0, 5, 1800, 2400, LIFETIME_S - 120])
          for (const isHeld of [true, false]) await jumps(world, `${what} after ${afterS} s`, jump, afterS, isHeld);
    }),
  );

  it(
    'row 32: an exchange that a sleep interrupts ends in time, shows nothing, and is retried when the network is back, if that is safe',
    inWorld(async (world) => {
      world.stepDeadlines();
      for (const monoGoesOn of [false, true])
        for (const isLost of [false, true])
          for (const rotates of [false, true]) {
            const state = { isOffline: false, tries: 0 };
            const window = world.open({
              send(request) {
                state.tries++;
                return state.isOffline ? Promise.reject(new AppError('unreachable', { host: 'EXAMPLE' })) : world.send(request);
              },
            });
            const { broker, vault } = window;
            const service = await RotatingTenant.start(world, 30 * S);
            const { tenant, id } = service;
            service.login.family.rotates = rotates;
            service.lifetimeS = LIFETIME_S;
            await world.until(broker.access(tenant, id));
            const { secret } = await vault.read(id);
            const refresher = world.refresher(window, tenant);
            refresher.hold(tenant, id);
            // It is on its way when the machine falls asleep, and the service never hears of it.
            const sockets: Socket[] = [];
            service.unheard = (socket) => {
              sockets.push(socket);
              world.silence(socket);
            };
            await world.pass(0.7 * LIFETIME - S);
            while (sockets.length === 0) await world.pass(S);
            world.clock.sleep(8 * HOUR, { monoGoesOn });
            if (isLost) for (const socket of sockets) socket.resetAndDestroy();
            service.unheard = undefined;
            Object.assign(state, { isOffline: true, tries: 0 });
            assert.equal(broker.status(tenant, id).state, 'exchanging');
            await world.pass(11 * S);
            const { state: shown, error } = broker.status(tenant, id);
            assert.notEqual(shown, 'exchanging');
            assert.equal(needsPerson(error), rotates, error?.code);
            await world.pass(49 * S);
            assert.deepEqual((await vault.read(id)).secret, secret);
            state.isOffline = false;
            await world.pass(35 * S);
            const isDone = broker.peek(tenant, id) !== undefined;
            // A request that may replace the secret is only sent again for a caller that wants a token.
            assert.equal(isDone, !rotates);
            if (rotates) assert.equal(state.tries, 0);
            await world.until(broker.access(tenant, id));
            assert.equal(broker.status(tenant, id).state, 'valid');
            assert.equal(service.login.family.isRevoked, false);
            refresher.dispose();
          }
    }),
  );
});
