import { Production } from '../exchange/production.js';
import { startService } from '../exchange/service.js';
import { titled, type Bench, type Row, type Subject } from '../row.js';
import type * as Holders from '../exchange/holders.js';

const TENANTS = 10_000;
const CALLERS = 1_000;

/** What is found is counted, so that nothing is optimized away. */
export const sink = { found: 0 };

/** Nanoseconds of a lookup, each time of another tenant. */
function lookups(name: string, lookup: (n: number) => string, count = TENANTS * 10): Subject {
  return {
    name,
    round() {
      const begun = performance.now();
      for (let n = 0; n < count; n++) sink.found += lookup(n % TENANTS).length;
      return [((performance.now() - begun) / count) * 1e6];
    },
  };
}

/** {@link lookups} that are waited for, each before the next. */
function awaited(name: string, lookup: Holders.Lookup, count = TENANTS * 4): Subject {
  return {
    name,
    async round() {
      const begun = performance.now();
      for (let n = 0; n < count; n++) sink.found += (await lookup(n % TENANTS)).length;
      return [((performance.now() - begun) / count) * 1e6];
    },
  };
}

/** Bytes that a lookup leaves to the collector: so few lookups that it does not come meanwhile. Date.now alone leaves 16. */
function allocated(name: string, lookup: (n: number) => string, count = 100_000): Subject {
  return {
    name,
    round() {
      gc!();
      const before = process.memoryUsage().heapUsed;
      for (let n = 0; n < count; n++) sink.found += lookup(n % TENANTS).length;
      return [Math.max(0, process.memoryUsage().heapUsed - before) / count];
    },
  };
}

/** The libraries and ours are loaded as they would ship, by {@link Production}. */
async function withHolders(subjects: (holders: typeof Holders) => Promise<readonly Subject[]>): Promise<Bench> {
  const production = new Production();
  const holders = await production.load<typeof Holders>('holders');
  return {
    subjects: await subjects(holders),
    close() {
      production[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

/** Callers who come at the same time for a token that is no longer good, each time with a holder that knows nothing newer. */
async function atExpiry(
  figures: (holder: Holders.Holder, answered: () => Promise<number>) => Promise<readonly number[]>,
): Promise<Bench> {
  const production = new Production();
  const holders = await production.load<typeof Holders>('holders');
  const service = await startService();
  const sender = new holders.Sender();
  const subject = (name: string, open: () => Holders.Holder | Promise<Holders.Holder>): Subject => ({
    name,
    round: async () => figures(await open(), () => service.answered()),
  });
  return {
    subjects: [
      subject('Tenant Tokens', () => holders.ourHolder(service.url, sender)),
      subject(`${titled('google-auth-library')} getAccessToken`, () => holders.googleHolder(service.url)),
      subject(`${titled('simple-oauth2')} as documented`, () => holders.simpleHolder(service.url)),
      subject(`${titled('oauth4webapi')} with a variable`, () => holders.naiveHolder(service.url)),
    ],
    async close() {
      sender.dispose();
      await service.stop();
      production[Symbol.dispose]();
    },
  };
}

const callers = (ask: () => Promise<unknown>): Promise<unknown> => Promise.all(Array.from({ length: CALLERS }, ask));

export const rows: readonly Row[] = [
  {
    id: 'C1',
    title: 'A good access token is looked up, of 10,000 tenants',
    unit: 'ns',
    targets: [{ figure: 'p50', atMost: 80, moonshot: 50 }],
    open: () =>
      withHolders(async (holders) => [
        lookups('Tenant Tokens', (await holders.ourLookup(TENANTS)).now),
        lookups('Map, and both clocks', holders.bareLookup(TENANTS)),
        awaited(`${titled('@smithy/property-provider')} memoize, awaited`, holders.awsLookup(TENANTS)),
        awaited(`${titled('google-auth-library')} getAccessToken, awaited`, holders.googleTokens(TENANTS)),
        lookups(`${titled('simple-oauth2')} expired`, holders.simpleLookup(TENANTS)),
        awaited(`${titled('@azure/msal-node')} acquireTokenSilent, awaited, of one tenant`, await holders.msalLookup(), 1_000),
      ]),
  },
  {
    id: 'C1 allocation',
    title: 'What such a lookup leaves to the collector',
    unit: 'B',
    targets: [{ figure: 'p50', atMost: 0.5 }],
    open: () =>
      withHolders(async (holders) => [
        allocated('Tenant Tokens', (await holders.ourLookup(TENANTS)).now),
        allocated('Map, and both clocks', holders.bareLookup(TENANTS)),
        allocated(`${titled('simple-oauth2')} expired`, holders.simpleLookup(TENANTS)),
      ]),
  },
  {
    id: 'C2',
    title: 'A good access token is waited for, of 10,000 tenants',
    unit: 'ns',
    targets: [
      { figure: 'p50', versus: 'google-auth-library', atMost: 1 / 15, moonshot: 1 / 20 },
      { figure: 'p50', versus: '@azure/msal-node', atMost: 1 / 300, moonshot: 1 / 400 },
    ],
    open: () =>
      withHolders(async (holders) => [
        awaited('Tenant Tokens', (await holders.ourLookup(TENANTS)).later),
        awaited(`${titled('google-auth-library')} getRequestHeaders`, holders.googleHeaders(TENANTS)),
        awaited(`${titled('@azure/msal-node')} acquireTokenSilent, of one tenant`, await holders.msalLookup(), 1_000),
        awaited(`${titled('@smithy/property-provider')} memoize`, holders.awsLookup(TENANTS)),
      ]),
  },
  {
    id: 'C3 exchanges',
    title: 'Exchanges when 1,000 callers find an access token expired',
    unit: 'count',
    rounds: 1,
    targets: [{ figure: 'p50', atMost: 1 }],
    open: () =>
      atExpiry(async (holder, answered) => {
        const before = await answered();
        await callers(holder);
        return [(await answered()) - before];
      }),
  },
  {
    id: 'C3 fan-out',
    title: 'From the first to the last of 1,000 callers who get the same access token',
    unit: 'µs',
    targets: [{ figure: 'p50', atMost: 50 }],
    open: () =>
      atExpiry(async (holder) => {
        let [come, first, last] = [0, 0, 0];
        await callers(async () => {
          await holder();
          // To ask the clock each time would take longer than to go on.
          come++;
          if (come === 1) first = performance.now();
          if (come === CALLERS) last = performance.now();
        });
        return [(last - first) * 1000];
      }),
  },
];
