import { execFile } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import type * as Clients from '../exchange/clients.js';
import type { Exchange } from '../exchange/clients.js';
import { Production } from '../exchange/production.js';
import { startService, type Service } from '../exchange/service.js';
import { titled, type Bench, type Row, type Subject } from '../row.js';

/** In a turn. */
const EXCHANGES = 150;
const CONCURRENT = 50;
/** In a turn; in the eight that count there are 10,000. */
const MANY = 1_250;
const COLD_STARTS = 3;

/** Microseconds of each exchange, one after the other. */
function oneByOne(name: string, exchange: Exchange): Subject {
  return {
    name,
    async round() {
      const took: number[] = [];
      for (let n = 0; n < EXCHANGES; n++) {
        const begun = performance.now();
        const token = await exchange();
        took.push((performance.now() - begun) * 1000);
        if (token === '') throw new Error(`${name} got no token`);
      }
      return took;
    },
  };
}

/** Microseconds for each of many exchanges, so many at a time. */
function together(name: string, exchange: Exchange): Subject {
  return {
    name,
    async round() {
      let left = MANY;
      const work = async (): Promise<void> => {
        while (left-- > 0) await exchange();
      };
      const begun = performance.now();
      await Promise.all(Array.from({ length: CONCURRENT }, work));
      return [((performance.now() - begun) * 1000) / MANY];
    },
  };
}

/** All are loaded as they would ship, by {@link Production}, and exchange with a service in a process of its own. */
async function withClients(
  subjects: (clients: typeof Clients, service: Service, folder: string) => readonly Subject[] | Promise<readonly Subject[]>,
): Promise<Bench> {
  const production = new Production();
  const service = await startService();
  return {
    subjects: await subjects(await production.load<typeof Clients>('clients'), service, production.folder),
    async close() {
      await service.stop();
      production[Symbol.dispose]();
    },
  };
}

const ours = (clients: typeof Clients, url: string): Exchange => clients.ourExchanger(clients.tenantAt(url)).exchange;

/** Milliseconds to the first header in a process that has loaded nothing of it. */
function cold(name: string, file: string, way: string, service: Service): Subject {
  return {
    name,
    async round() {
      const took: number[] = [];
      for (let n = 0; n < COLD_STARTS; n++) {
        const { stdout } = await promisify(execFile)(process.execPath, [file, way, service.url]);
        took.push(Number(stdout));
      }
      return took;
    },
  };
}

async function withCold(way: 'ours' | 'prefetched'): Promise<Bench> {
  const production = new Production();
  const file = await production.build('cold');
  const service = await startService();
  return {
    subjects: [
      cold('Tenant Tokens', file, way, service),
      cold('global fetch', file, 'fetch', service),
      cold('node:http', file, 'http', service),
    ],
    async close() {
      await service.stop();
      production[Symbol.dispose]();
    },
  };
}

export const rows: readonly Row[] = [
  {
    id: 'B1',
    title: 'An exchange, with a connection of its own',
    unit: 'µs',
    targets: [
      { figure: 'p50', versus: 'undici.request and JSON.parse', atMost: 1.1, moonshot: 1.03 },
      { figure: 'p95', versus: 'undici.request and JSON.parse', atMost: 1.15 },
    ],
    open: () =>
      withClients((clients, { url }) => [
        oneByOne('Tenant Tokens', ours(clients, url)),
        oneByOne('undici.request and JSON.parse', clients.bare(url)),
        // Ours keeps no connection: settings count at once, and nothing of a tenant is left behind for another.
        oneByOne('the same over a kept connection, which ours never has', clients.bare(url, true)),
      ]),
  },
  {
    id: 'B1 over broker',
    title: 'An exchange with all that is kept of it, on this disk',
    unit: 'µs',
    targets: [],
    open: () =>
      withClients(async (clients, { url }, folder) => [
        oneByOne('Tenant Tokens', await clients.ourBroker(url, join(folder, 'storage'))),
        oneByOne('undici.request and JSON.parse, without a store', clients.bare(url)),
      ]),
  },
  {
    id: 'B2',
    title: 'An exchange by libraries, with a connection of its own',
    unit: 'µs',
    targets: [
      titled('simple-oauth2'),
      titled('oauth4webapi'),
      titled('openid-client'),
      titled('google-auth-library'),
      titled('@azure/msal-node'),
    ].map((versus) => ({ figure: 'p50', versus, atMost: 0.6, moonshot: 0.5 })),
    open: () =>
      withClients((clients, { url }) => [
        oneByOne('Tenant Tokens', ours(clients, url)),
        oneByOne(titled('simple-oauth2'), clients.simpleOAuth2(url)),
        oneByOne(titled('oauth4webapi'), clients.oauth4webapi(url)),
        oneByOne(titled('openid-client'), clients.openidClient(url)),
        oneByOne(titled('google-auth-library'), clients.google(url)),
        oneByOne(`${titled('@azure/msal-node')} by a networkClient, as it refuses http`, clients.msal(url)),
      ]),
  },
  {
    id: 'B2 kept',
    title: 'An exchange by libraries over a kept connection, which ours never has',
    unit: 'µs',
    targets: [],
    open: () =>
      withClients((clients, { url }) => [
        oneByOne('Tenant Tokens', ours(clients, url)),
        oneByOne('undici.request and JSON.parse', clients.bare(url, true)),
        oneByOne(titled('oauth4webapi'), clients.oauth4webapi(url, true)),
        oneByOne(titled('openid-client'), clients.openidClient(url, true)),
        oneByOne(titled('google-auth-library'), clients.google(url, true)),
        oneByOne(`${titled('@azure/msal-node')} by a networkClient, as it refuses http`, clients.msal(url, true)),
      ]),
  },
  {
    id: 'B3',
    title: 'The first header in a new process, with what sends it loaded for it',
    unit: 'ms',
    targets: [{ figure: 'p50', versus: 'global fetch', atMost: 1 }],
    open: () => withCold('ours'),
  },
  {
    id: 'B3 prefetched',
    title: 'The first header in a new process, with what sends it loaded before',
    unit: 'ms',
    targets: [{ figure: 'p50', versus: 'global fetch', atMost: 1, moonshot: 0.3 }],
    open: () => withCold('prefetched'),
  },
  {
    id: 'B4',
    title: 'One of 10,000 exchanges, 50 at a time',
    unit: 'µs',
    rounds: 8,
    // A throughput of nine tenths. In the product no more than twelve are under way at a time.
    targets: [{ figure: 'p50', versus: 'undici.request', atMost: 1 / 0.9, moonshot: 1 / 0.97 }],
    open: () =>
      withClients((clients, { url }) => [
        together('Tenant Tokens', ours(clients, url)),
        together('undici.request and JSON.parse', clients.bare(url)),
      ]),
  },
];
