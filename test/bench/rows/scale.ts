import { mock } from 'node:test';
import { findPlatform } from '../../../src/platforms/index.js';
import { readTenants } from '../../../src/tenants/tenants.js';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/base/time.js';
import { pause } from '../../../src/base/clock.js';
import { TimerQueue } from '../../../src/base/timerQueue.js';
import { Random } from '../../simulation/random.js';
import { SteppedClock } from '../../support/clock.js';
import { grant, openFleet, openStored, storeFleet } from '../../support/fleet.js';
import { LiveTimers } from '../../support/liveTimers.js';
import { counted, titled, type Bench, type Row, type Subject, type Target } from '../row.js';
import { heapBytes } from '../scale/heap.js';

const MANY = 10_000;
const ANSWER_MS = 100;
/** A tenth of an hour's life: where in it a token is exchanged ahead is what differs. */
const SPREAD_S = 360;
/** What an access token is long, when it is a JWT. */
const TOKEN_LENGTH = 1_200;

/** What is measured goes here, so that nothing of it can be left out. */
export let sink: unknown;

/** How long it takes once, in ms, of so many times. */
function timeOf(times: number, work: () => unknown): number {
  const begun = performance.now();
  for (let n = 0; n < times; n++) sink = work();
  return (performance.now() - begun) / times;
}

/** Tenants of all platforms at hosts of their own, in the form that VS Code writes settings in. */
function settingText(count: number): string {
  const kinds = [
    (n: number) => ({ platform: 'cloud-director', url: `https://cloud${n}.example.net`, organization: `org${n}` }),
    (n: number) => ({ platform: 'cloud-services', url: `https://console${n}.example.net` }),
    (n: number) => ({ platform: 'commvault', url: `https://cc${n}.example.net/commandcenter/api` }),
    (n: number) => ({ platform: 'identity-services', url: `https://id${n}.example.net`, tenant: `customer${n}` }),
    (n: number) => ({ platform: 'bright-pattern', url: `https://contact${n}.example.net`, loginId: `user${n}` }),
    (n: number) => ({
      platform: 'oauth2',
      tokenUrl: `https://id${n}.example.org/oauth2/token`,
      grant: 'client_credentials',
      clientId: `client${n}`,
    }),
  ];
  const tenants = Array.from({ length: count }, (_, n) => ({
    id: `tenant-${n}`,
    name: `Tenant number ${n}`,
    ...kinds[n % kinds.length]!(n),
  }));
  return JSON.stringify(tenants, null, 4);
}

/** Checks the way that takes no thought: each entry by its platform's schema. */
function readBySchemas(text: string): unknown {
  const entries = JSON.parse(text) as { readonly platform: string }[];
  return entries.map((entry) => findPlatform(entry.platform)!.tenantSchema.safeParse(entry));
}

function reading(count: number, times: number, unit: 'µs' | 'ms'): Row {
  const scale = unit === 'ms' ? 1 : 1_000;
  return {
    id: `D1 of ${count}`,
    title: `Reading and checking ${count === 1 ? 'a tenant' : `${count} tenants`}`,
    unit,
    targets: [
      { figure: 'p50', versus: 'bare JSON.parse', atMost: 1.6, moonshot: 1.15 },
      ...(count === MANY ? [{ figure: 'p50', atMost: 12 } as const] : []),
    ],
    open(): Promise<Bench> {
      const text = settingText(count);
      const bad = readTenants(JSON.parse(text)).filter(({ tenant }) => !tenant);
      if (bad.length > 0) throw new Error('all of them are to be in order');
      const subject = (name: string, work: () => unknown): Subject => ({ name, round: () => [timeOf(times, work) * scale] });
      return Promise.resolve({
        subjects: [
          subject('Tenant Tokens', () => readTenants(JSON.parse(text))),
          subject('bare JSON.parse', () => JSON.parse(text) as unknown),
          subject(`JSON.parse and ${titled('zod')}`, () => readBySchemas(text)),
        ],
      });
    },
  };
}

const accessToken = (n: number): string => `${n}.`.padEnd(TOKEN_LENGTH, 'x');

/** What a window takes that has 10,000 tenants with a token each, all in use, their access tokens at hand. Bytes, of the tokens too. */
async function fleetBytes(): Promise<number> {
  const stored = storeFleet({ count: MANY, accessToken });
  const before = heapBytes();
  const { tenants, broker, refresher, secrets } = openStored(stored);
  for (const tenant of tenants.all) {
    await broker.load(tenant.id);
    refresher.used(tenant, tenant.id);
  }
  secrets.calls.length = 0;
  const bytes = heapBytes() - before;
  if (tenants.all.some((tenant) => !broker.peek(tenant, tenant.id))) throw new Error('the tokens are not there');
  refresher.dispose();
  broker.dispose();
  return bytes;
}

/** The same as people write it down first: an object for each, with its token and a timer that is to renew it. */
function naiveBytes(): number {
  const { setting, secrets } = storeFleet({ count: MANY, accessToken });
  const before = heapBytes();
  const all = (JSON.parse(setting) as { readonly id: string }[]).map((tenant) => ({
    ...tenant,
    ...(JSON.parse(secrets.values.get(`token.${tenant.id}`)!) as object),
    timer: setTimeout(() => (sink = tenant), HOUR_MS).unref(),
  }));
  const bytes = heapBytes() - before;
  for (const { timer } of all) clearTimeout(timer);
  return bytes;
}

function memory(id: string, title: string, unit: 'B' | 'kB', targets: readonly Target[], figure: (bytes: number) => number): Row {
  const subjects: readonly Subject[] = [
    { name: 'Tenant Tokens', round: async () => [figure(await fleetBytes())] },
    { name: 'objects with a timer each', round: () => [figure(naiveBytes())] },
  ];
  return { id, title, unit, targets, rounds: 4, open: () => Promise.resolve({ subjects }) };
}

/** Waits of a minute to a quarter of an hour, in no order. */
const waits = Array.from({ length: MANY }, (_, n) => MINUTE_MS + ((n * 7919) % MANY) * 90);

const nothing = (): void => undefined;

/** Sets and calls off, ns each; and how many timers are live between. */
const timing: Row = {
  id: 'D3',
  title: 'Setting a timer or calling it off, of 10,000',
  unit: 'ns',
  targets: [{ figure: 'p50', atMost: 300, moonshot: 100 }],
  open: () =>
    Promise.resolve({
      subjects: [
        {
          name: 'Tenant Tokens',
          round() {
            const timetable = new TimerQueue(() => performance.now());
            const work = (): void => waits.map((ms) => timetable.after(ms, nothing)).forEach((one) => one.dispose());
            return [(timeOf(10, work) * 1e6) / (2 * MANY)];
          },
        },
        {
          name: 'setTimeout',
          round() {
            const work = (): void => waits.map((ms) => setTimeout(nothing, ms).unref()).forEach((one) => clearTimeout(one));
            return [(timeOf(10, work) * 1e6) / (2 * MANY)];
          },
        },
      ],
    }),
};

/** The time on the processor until all that was set for the next 50 ms has been called, ns each. */
async function calling(set: (ms: number, call: () => void) => void): Promise<number> {
  const begun = process.cpuUsage();
  await new Promise<void>((resolve) => {
    let left = MANY;
    const called = (): void => {
      if (--left === 0) resolve();
    };
    for (let n = 0; n < MANY; n++) set(1 + ((n * 7919) % 50), called);
  });
  const { user, system } = process.cpuUsage(begun);
  return ((user + system) * 1_000) / (2 * MANY);
}

const due: Row = {
  id: 'D3 due',
  title: 'Setting a timer and calling what it is for, of 10,000',
  unit: 'ns',
  targets: [{ figure: 'p50', atMost: 300, moonshot: 100 }],
  open: () =>
    Promise.resolve({
      subjects: [
        {
          name: 'Tenant Tokens',
          async round() {
            // Nobody waits for a timer that keeps no process alive.
            const held = setInterval(nothing, HOUR_MS);
            const timetable = new TimerQueue(() => performance.now());
            const ns = await calling((ms, call) => timetable.after(ms, call));
            clearInterval(held);
            return [ns];
          },
        },
        { name: 'setTimeout', round: async () => [await calling((ms, call) => setTimeout(call, ms))] },
      ],
    }),
};

const timers = counted('D3 timers', 'Live timers while 10,000 calls wait', 1, [
  {
    name: 'Tenant Tokens',
    round() {
      const timetable = new TimerQueue(() => performance.now());
      return [liveAfter((ms) => timetable.after(ms, nothing))];
    },
  },
  { name: 'setTimeout', round: () => [liveAfter((ms) => setTimeout(nothing, ms).unref())] },
]);

function liveAfter(set: (ms: number) => unknown): number {
  const counted = new LiveTimers();
  const made = waits.map(set);
  const { live } = counted;
  mock.restoreAll();
  sink = made;
  return live;
}

/** When 10,000 tokens of one moment, all in use, are exchanged again: by the second; and the most at once. */
async function herd(random: () => number): Promise<{ readonly bySecond: readonly number[]; readonly atOnce: number }> {
  const clock = new SteppedClock();
  const bySecond: number[] = [];
  let [under, atOnce] = [0, 0];
  const { tenants, broker, refresher } = openFleet({
    count: MANY,
    clock,
    accessToken: () => 'EXAMPLE-access-token',
    random,
    async send() {
      const second = Math.floor(clock.mono() / SECOND_MS);
      bySecond[second] = (bySecond[second] ?? 0) + 1;
      atOnce = Math.max(atOnce, ++under);
      await pause(clock, ANSWER_MS);
      under--;
      return grant();
    },
  });
  for (const tenant of tenants.all) {
    await broker.load(tenant.id);
    refresher.used(tenant, tenant.id);
  }
  await clock.advance(HOUR_MS);
  refresher.dispose();
  return { bySecond: Object.values(bySecond), atOnce };
}

const peakToMean = (counts: readonly number[]): number => Math.max(...counts) / (MANY / SPREAD_S);

/** Two windows of one machine begin at different places. */
const chance = (): number => 0.3;

const spread: Row = {
  id: 'D6',
  title: 'The busiest second of 10,000 tokens that end together, to the mean one',
  unit: 'ratio',
  targets: [{ figure: 'p50', atMost: 1.5, moonshot: 1.2 }],
  rounds: 1,
  open: () =>
    Promise.resolve({
      subjects: [
        { name: 'Tenant Tokens', round: async () => [peakToMean((await herd(chance)).bySecond)] },
        { name: 'chance alone', round: () => [peakToMean(byChance())] },
      ],
    }),
};

/** What each token's own roll of the dice would give, between the same 70 and 80 % of an hour. */
function byChance(): number[] {
  const { next } = new Random(1);
  const counts = Array.from({ length: SPREAD_S }, () => 0);
  for (let n = 0; n < MANY; n++) counts[Math.floor(next() * counts.length)]!++;
  return counts;
}

const cap = counted('D6 at once', 'Exchanges at once when 10,000 tokens end together', 12, [
  { name: 'Tenant Tokens', round: async () => [(await herd(chance)).atOnce] },
]);

export const rows: readonly Row[] = [
  reading(1, 2_000, 'µs'),
  reading(100, 50, 'µs'),
  reading(MANY, 2, 'ms'),
  memory(
    'D2',
    'Memory of a tenant with a token in use, beyond its access token',
    'B',
    [{ figure: 'p50', atMost: 600, moonshot: 300 }],
    (bytes) => bytes / MANY - TOKEN_LENGTH,
  ),
  memory(
    'D2 in all',
    'Memory of 10,000 tenants with a token in use each',
    'kB',
    [{ figure: 'p50', atMost: 22_000 }],
    (bytes) => bytes / 1_000,
  ),
  timing,
  due,
  timers,
  spread,
  cap,
];
