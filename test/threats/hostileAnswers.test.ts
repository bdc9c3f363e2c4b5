import assert from 'node:assert/strict';
import process from 'node:process';
import { AppError } from '../../src/base/errors.js';
import { MAX_RESPONSE_BYTES, type HttpResponse } from '../../src/net/http.js';
import { findPlatform } from '../../src/platforms/index.js';
import type { Tenant } from '../../src/platforms/tenant.js';
import { attempt } from '../../src/exchange/trace.js';
import { hostileAnswers, ordinaryAnswer } from '../faults/hostileAnswers.js';
import { answers } from '../faults/loopback.js';
import { assertLinear } from '../support/linear.js';
import { isLong } from '../support/long.js';
import { inWorld } from '../support/world.js';

const address = { id: 'one', name: 'One', url: 'https://service.example' };
const TENANTS: readonly Tenant[] = [
  { ...address, platform: 'cloud-director', organization: 'acme' } as Tenant,
  { ...address, platform: 'commvault' },
  { ...address, platform: 'oauth2', tokenUrl: 'https://service.example/token', grant: 'refresh_token' } as Tenant,
];
const SECRET = Object.fromEntries(
  ['apiToken', 'accessToken', 'refreshToken', 'clientSecret'].map((field) => [field, `EXAMPLE-${field}-0123456789abcdef`]),
);

/** All that is done with an answer: it is read in every way, and what may be shown of it is kept. */
function read(given: HttpResponse): void {
  for (const tenant of TENANTS) {
    const platform = findPlatform(tenant.platform)!;
    // Read parts of a response are cached.
    const response = { ...given };
    let outcome: HttpResponse | AppError = response;
    try {
      platform.readExchange(response, tenant, SECRET, 0);
    } catch (error) {
      assert.ok(error instanceof AppError, String(error));
      outcome = error;
    }
    platform.readRotated?.(response, tenant, SECRET);
    platform.readDiscovery?.(response);
    const request = platform.exchange(tenant, SECRET);
    for (const each of [outcome, response])
      attempt({ request, secrets: Object.values(SECRET), sentAt: 0, endedAt: 1, outcome: each });
  }
}

/** The least of several times on the processor, in ms. */
function timeOf(response: HttpResponse): number {
  const times = Array.from({ length: 20 }, () => {
    const begun = process.cpuUsage();
    read(response);
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

/** A secret in forms that a search for the plain text would miss. */
function disguisesOf(secret: string): Readonly<Record<string, string>> {
  const bytes = Buffer.from(secret);
  const each = (write: (code: number) => string, between = ''): string => [...bytes].map(write).join(between);
  return {
    'in pieces': secret.replace(/.{5}/g, '$& and '),
    'in pieces, the last first': secret
      .match(/.{1,7}/g)!
      .reverse()
      .join(', '),
    reversed: Array.from(secret).reverse().join('').replace(/.{6}/g, '$& '),
    spelled: Array.from(secret).join(' '),
    'in full width': each((code) => String.fromCharCode(code + 0xfee0)),
    'as references to characters': each((code) => `&#${code};`),
    'percent-encoded': each((code) => `%${code.toString(16)}`, ' '),
    'in base64': bytes.toString('base64').replace(/.{8}/g, '$& '),
    'reversed, in base64': Buffer.from(bytes).reverse().toString('base64').replace(/.{8}/g, '$&|'),
    'in hexadecimal': each((code) => code.toString(16), ':'),
    'as numbers': each(String, ' '),
  };
}

describe('threats: responses that take time, or contain a secret', () => {
  it('row 61: a service cannot block the editor: a response takes time in proportion to its size', async () => {
    for (const name of Object.keys(hostileAnswers(1)))
      await assertLinear(MAX_RESPONSE_BYTES, (size) => read(hostileAnswers(size)[name]!), name);
  });

  // A ratio of two times is fair on a quiet machine only.
  (isLong ? it : it.skip)('reads the worst answer in three times the time of an ordinary one of its length', () => {
    const ordinary = timeOf(ordinaryAnswer(MAX_RESPONSE_BYTES));
    const slow = Object.entries(hostileAnswers(MAX_RESPONSE_BYTES))
      .map(([name, response]) => [name, Math.round((timeOf(response) / ordinary) * 10) / 10] as const)
      .filter(([, ratio]) => ratio > 3);
    assert.deepEqual(slow, []);
  });

  it(
    'row 62: a text of a service that reveals most of a secret is not shown, and neither are several together',
    inWorld(async (world) => {
      const client = await world.client();
      for (const secret of [world.canaries.apiToken, world.canaries.clientSecret])
        for (const [disguise, text] of Object.entries(disguisesOf(secret))) {
          const half = Math.ceil(text.length / 2);
          for (const body of [
            { error: 'invalid_request', error_description: text.slice(0, 190), message: text.slice(0, 190) },
            { error: text.slice(0, 15), error_description: text.slice(15) },
            { message: `No ${text}`, code: 5 },
            { errors: [{ message: text.slice(0, half) }, { message: text.slice(half) }] },
          ]) {
            const error = await client.refuses(answers(400, JSON.stringify(body)), 'request-refused');
            const shown = JSON.stringify([error.facts, world.broker.trace(client.id)?.attempts.map(({ outcome }) => outcome)]);
            const pieces = new Set(text.split(/[^A-Za-z0-9\uff01-\uff5e]+/));
            pieces.delete('and');
            const reported = [...pieces].filter((piece) => piece.length > 1 && shown.includes(piece));
            assert.ok(reported.join('').length * 3 < secret.length * 2, `${disguise}: ${reported.join()} in ${shown}`);
          }
        }
    }),
  );
});
