/** Exchanges of tokens that are all in use, hour after hour by a stepped clock, and what of the heap they leave behind. */
import { HOUR_MS } from '../../../src/base/time.js';
import { pause } from '../../../src/base/clock.js';
import { grant } from '../../support/fleet.js';
import { heapBytes } from './heap.js';
import { openWindow } from './window.js';

export const accessToken = (): string => 'EXAMPLE-access-token';

/** What a day leaves of a window. */
export interface Soaked {
  readonly exchanges: number;
  /** Bytes per 1,000 exchanges, by the least squares of what was in use after each hour. */
  readonly slope: number;
}

/** A window whose tokens are all in use: exchanged ahead, and taken as soon as they are. */
export async function openInUse(count: number) {
  const state = { exchanges: 0 };
  const window = await openWindow({
    count,
    accessToken,
    async send() {
      state.exchanges++;
      await pause(window.clock, 50);
      return grant(`EXAMPLE-access-token-${state.exchanges}`);
    },
  });
  const { tenants, broker, refresher } = window;
  for (const tenant of tenants.all) {
    await broker.load(tenant.id);
    refresher.used(tenant, tenant.id);
  }
  broker.onDidIssue(({ id }) => refresher.used(tenants.get(id), id));
  return { ...window, state };
}

export async function soak(count: number, hours: number): Promise<Soaked> {
  const { clock, state, secrets, dispose } = await openInUse(count);
  const samples: (readonly [exchanges: number, bytes: number])[] = [];
  for (let hour = 0; hour < hours; hour++) {
    await clock.advance(HOUR_MS);
    // What the stand-in for the key store notes is no part of it.
    secrets.calls.length = 0;
    samples.push([state.exchanges, heapBytes()]);
  }
  dispose();
  // In the first half the code is compiled, and what keeps a fixed number of things fills up.
  return { exchanges: state.exchanges, slope: slopeOf(samples.slice(hours / 2)) * 1_000 };
}

/** A timer each, which renews its token and sets the next one, and a log of it all: how this is often done. */
export function soakNaively(count: number, hours: number): Soaked {
  const log: string[] = [];
  const tokens = new Map<string, string>();
  const samples: (readonly [number, number])[] = [];
  let exchanges = 0;
  for (let hour = 0; hour < hours; hour++) {
    for (let n = 0; n < count; n++) {
      tokens.set(`t${n}`, `EXAMPLE-access-token-${++exchanges}`);
      log.push(`t${n}: exchanged at hour ${hour}`);
    }
    samples.push([exchanges, heapBytes()]);
  }
  return { exchanges: log.length, slope: slopeOf(samples.slice(hours / 4)) * 1_000 };
}

/** Of the straight line that is nearest to the points. */
function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [mx, my] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const [up, over] = [points.map(([x, y]) => (x - mx) * (y - my)), points.map(([x]) => (x - mx) ** 2)];
  return mean(up) / mean(over);
}
