import assert from 'node:assert/strict';
import type { HttpResponse } from '../../src/net/http.js';
import { platformOf } from '../../src/platforms/index.js';
import type { Tenant } from '../../src/platforms/tenant.js';
import { pause } from '../../src/base/clock.js';
import { Refresher } from '../../src/exchange/refresher.js';
import { Random } from '../simulation/random.js';
import { SteppedClock } from '../support/clock.js';
import { MemoryLog, MemoryMemento, MemorySecrets, memoryWindow } from '../support/memory.js';
import { assertG, canary } from './support/canaries.js';
import { tenantFrom } from '../support/world.js';

const S = 1000;
const LIFETIME_S = 3600;
/** Tokens are exchanged ahead between these. */
const [FROM_S, TO_S] = [0.7 * LIFETIME_S, 0.8 * LIFETIME_S];
const ANSWER_MS = 50;
/** The most requests that a service gets at once. */
const AT_ONCE = 4;
/** The length of the intervals in which requests are counted, s. */
const BIN_S = 10;

/** This many tenants of one service, with access tokens of the same moment, all in use. */
async function setUp(count: number) {
  const [clock, secrets, index, log] = [new SteppedClock(), new MemorySecrets(), new MemoryMemento(), new MemoryLog()];
  const canaries = { apiToken: canary('RT'), accessToken: canary('AT') };
  const random = new Random(1).next;
  const begun = clock.mono();
  const service = {
    /** Whose token was asked for, and when: in s. */
    asked: [] as { readonly user: string; readonly at: number }[],
    atOnce: 0,
    most: 0,
    fails: (_: number): boolean => false,
  };
  const tenants = new Map<string, Tenant>();
  for (let n = 0; n < count; n++) {
    const id = `t${n}`;
    const tenant = tenantFrom({ id, name: id, platform: 'bright-pattern', url: 'https://b.example', loginId: id });
    tenants.set(id, tenant);
    const access = { token: canaries.accessToken, exchangedAt: clock.wall(), expiresAt: clock.wall() + LIFETIME_S * S };
    const boundTo = platformOf(tenant).exchangeUrl(tenant);
    const record = { v: 1, generation: 1, boundTo, secret: { apiSecret: canaries.apiToken }, access };
    secrets.values.set(`token.${id}`, JSON.stringify(record));
  }
  index.values.set(
    'tokens',
    [...tenants.keys()].map((id) => ({ id, tenant: id, name: 'x', addedAt: clock.wall() })),
  );
  const { broker, vault } = memoryWindow({
    clock,
    secrets,
    index,
    log,
    folder: undefined,
    random,
    async send({ body }): Promise<HttpResponse> {
      const at = (clock.mono() - begun) / S;
      service.asked.push({ user: new URLSearchParams(body).get('client_id') ?? '', at });
      service.most = Math.max(service.most, ++service.atOnce);
      await pause(clock, ANSWER_MS);
      service.atOnce--;
      const headers = { 'content-type': 'application/json' };
      if (service.fails(at)) return { status: 503, headers, body: '{}' };
      const answer = { access_token: canaries.accessToken, token_type: 'Bearer', expires_in: LIFETIME_S };
      return { status: 200, headers, body: JSON.stringify(answer) };
    },
  });
  const findTenant = (id: string): Tenant | undefined => tenants.get(id);
  const refresher = new Refresher({ broker, vault, clock, random, enabled: () => true, focused: () => true, findTenant });
  for (const [id, tenant] of tenants) {
    await broker.load(id);
    refresher.used(tenant, id);
  }
  return {
    clock,
    broker,
    service,
    tenants,
    /** By so many s of the time in which tokens are exchanged ahead. */
    load: (): readonly number[] => {
      const bins = Array.from({ length: (TO_S - FROM_S) / BIN_S }, () => 0);
      for (const { at } of service.asked) {
        const bin = Math.floor((at - FROM_S) / BIN_S);
        if (bin in bins) bins[bin] = (bins[bin] ?? 0) + 1;
      }
      return bins;
    },
    end: (): void => {
      const named = Object.entries(canaries).map(([name, value]) => ({ name, value }));
      assertG(named, { 'the log': log.lines, globalState: [...index.values], 'the objects': [broker, vault, refresher] });
      refresher.dispose();
      broker.dispose();
    },
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
const peakToMean = (load: readonly number[]): number => Math.max(...load) / (sum(load) / load.length);

describe('threats: herds', () => {
  it('row 33: ten thousand tokens with the same expiry are exchanged one after another, even if their service fails, and a person comes first', async () => {
    await comeOneAfterTheOther(2_500, 0, 1.5);
    // Requests that failed in one minute are retried within the next two, so there are up to twice as many for a while.
    await comeOneAfterTheOther(10_000, 60, 2);
    await letAPersonGoFirst(1_000);
  });

  async function comeOneAfterTheOther(count: number, failsForS: number, most: number): Promise<void> {
    const { clock, broker, service, tenants, load, end } = await setUp(count);
    service.fails = (at) => at >= FROM_S && at < FROM_S + failsForS;
    await clock.advance((FROM_S - 1) * S);
    assert.equal(service.asked.length, 0);
    await clock.advance((TO_S - FROM_S + 60) * S);
    assert.ok(service.most <= AT_ONCE, String(service.most));
    assert.ok(peakToMean(load()) <= most, String(peakToMean(load())));
    for (const [id, tenant] of tenants)
      assert.ok((broker.peek(tenant, id)?.exchangedAt ?? 0) > clock.wall() - LIFETIME_S * S, `${id} was not exchanged`);
    // Nearly all of what failed is tried again once.
    const failed = service.asked.filter(({ at }) => service.fails(at)).length;
    assert.equal(service.asked.length, count + failed);
    assert.ok(failed < (1.5 * count * failsForS) / (TO_S - FROM_S) + 1, String(failed));
    end();
  }

  /** After a sleep all are due within 5 s, which is more than a service can answer. */
  async function letAPersonGoFirst(count: number): Promise<void> {
    const { clock, broker, service, tenants, end } = await setUp(count);
    await clock.advance(0.5 * LIFETIME_S * S);
    clock.sleep(0.4 * LIFETIME_S * S);
    await clock.advance(30 * S);
    service.asked.length = 0;
    await clock.advance(S);
    const waiting = [...tenants].filter(([id, tenant]) => broker.status(tenant, id).state === 'exchanging').slice(AT_ONCE);
    assert.ok(waiting.length > AT_ONCE, String(waiting.length));
    for (const [id, tenant] of waiting.slice(-3)) {
      const before = service.asked.length;
      assert.ok(!service.asked.some(({ user }) => user === id), 'its turn has not come');
      await clock.until(broker.exchange(tenant, id));
      // It goes when the next one is done.
      assert.equal(service.asked[before]?.user, id);
    }
    assert.ok(service.most <= AT_ONCE);
    await clock.advance(60 * S);
    for (const [id, tenant] of tenants) assert.notEqual(broker.status(tenant, id).state, 'exchanging');
    end();
  }
});
