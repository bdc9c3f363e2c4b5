/** Runs in a process of its own, once: `cold.js <way> <url>`. Prints the milliseconds from the wish to the header. */
import { request } from 'node:http';
import process from 'node:process';
import { REFRESH_TOKEN } from './answer.js';

const FORM = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: REFRESH_TOKEN, client_id: 'bench' }).toString();

const headerOf = (answer: string): string => `Bearer ${(JSON.parse(answer) as { access_token: string }).access_token}`;

/** Each gives back what is timed, when what is not part of it has been done. */
const ways: Record<string, (url: string) => Promise<() => Promise<string>>> = {
  async prefetched(url) {
    const { ourExchanger, tenantAt } = await import('./ours.js');
    const { exchange, prefetch } = ourExchanger(tenantAt(url));
    await prefetch();
    return async () => `Bearer ${await exchange()}`;
  },
  async ours(url) {
    const { ourExchanger, tenantAt } = await import('./ours.js');
    const { exchange } = ourExchanger(tenantAt(url));
    return async () => `Bearer ${await exchange()}`;
  },
  fetch: (url) => Promise.resolve(async () => headerOf(await (await fetch(url, { method: 'POST', headers: FORM, body })).text())),
  http: (url) =>
    Promise.resolve(
      () =>
        new Promise((resolve, reject) => {
          const sent = request(url, { method: 'POST', headers: FORM }, (response) => {
            let answer = '';
            response.setEncoding('utf8').on('data', (chunk) => (answer += String(chunk)));
            response.on('end', () => resolve(headerOf(answer)));
          });
          sent.on('error', reject).end(body);
        }),
    ),
};

async function main(way: string, url: string): Promise<void> {
  const header = await ways[way]!(url);
  const begun = performance.now();
  const value = await header();
  const took = performance.now() - begun;
  if (value.length < REFRESH_TOKEN.length) throw new Error('no header');
  process.stdout.write(String(took), () => process.exit());
}

void main(process.argv[2]!, process.argv[3]!);
