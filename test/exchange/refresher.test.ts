import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { AppError } from '../../src/base/errors.js';
import type { HttpResponse } from '../../src/net/http.js';
import { platformOf } from '../../src/platforms/index.js';
import { readTenants } from '../../src/tenants/tenants.js';
import { Refresher } from '../../src/exchange/refresher.js';
import { ACME as acme } from '../support/acme.js';
import { idle, mockedClock, SteppedClock } from '../support/clock.js';
import { memoryWindow } from '../support/memory.js';

const csp = { id: 'acme', name: 'CSP', platform: 'cloud-services', url: 'https://c.example', passcode: true };
/** A platform whose exchange never replaces the secret. */
const plain = { id: 'acme', name: 'BP', platform: 'bright-pattern', url: 'https://b.example', loginId: 'ada' };

async function setUp(settings: Record<string, unknown> = acme, more = {}) {
  const state = { enabled: true, focused: true, error: undefined as AppError | undefined, exchanges: 0 };
  const tenant = readTenants([settings])[0]?.tenant;
  assert.ok(tenant);
  const boundTo = platformOf(tenant).exchangeUrl(tenant);
  const send = (): Promise<HttpResponse> => {
    state.exchanges++;
    if (state.error) return Promise.reject(state.error);
    const pair = { accessToken: 'x', refreshToken: 'y', tokenExpiryTimestamp: Date.now() / 1000 + 3600 };
    const body = JSON.stringify({ access_token: 'x', token_type: 'Bearer', expires_in: 3600, ...pair });
    return Promise.resolve({ status: 200, headers: { 'content-type': 'application/json' }, body });
  };
  const { vault, broker } = memoryWindow({ clock: mockedClock, send });
  const { id } = await vault.add({ tenant: 'acme', name: 'x', boundTo, secret: { apiToken: 'EXAMPLE' }, ...more });
  const refresher = new Refresher({
    broker,
    vault,
    clock: mockedClock,
    random: () => 0.5,
    enabled: () => state.enabled,
    focused: () => state.focused,
    findTenant: (name) => (name === 'acme' ? tenant : undefined),
  });
  await broker.exchange(tenant, id, { passcode: '123456' });
  const pass = async (minutes: number): Promise<void> => {
    for (let half = 0; half < minutes * 2; half++) {
      mock.timers.tick(30_000);
      await idle();
    }
  };
  return { state, vault, tenant, id, broker, refresher, pass };
}

describe('Refresher', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.UTC(2026, 0, 1) }));
  afterEach(() => mock.timers.reset());

  it('exchanges a token in use once, between 70 and 80 % of its life', async () => {
    const { refresher, tenant, id, state, pass } = await setUp();
    refresher.used(tenant, id);
    await pass(41);
    assert.equal(state.exchanges, 1);
    await pass(9);
    assert.equal(state.exchanges, 2);
  });

  it('leaves a token alone that nobody has used for a lifetime', async () => {
    const { refresher, tenant, id, state, pass } = await setUp();
    refresher.used(tenant, id);
    await pass(10 * 60);
    assert.equal(state.exchanges, 2);
  });

  it('goes on while the token is used', async () => {
    const { refresher, tenant, id, state, pass } = await setUp();
    for (let n = 0; n < 10; n++) {
      refresher.used(tenant, id);
      await pass(30);
    }
    assert.ok(state.exchanges >= 6, String(state.exchanges));
  });

  it('goes on with a token that is held, until all have released it', async () => {
    const { refresher, tenant, id, state, pass } = await setUp();
    const holds = [refresher.hold(tenant, id), refresher.hold(tenant, id)];
    await pass(10 * 60);
    assert.ok(state.exchanges >= 10, String(state.exchanges));
    holds[0]?.dispose();
    const before = state.exchanges;
    await pass(5 * 60);
    assert.ok(state.exchanges > before);
    holds[1]?.dispose();
    const released = state.exchanges;
    await pass(5 * 60);
    assert.equal(state.exchanges, released);
  });

  it('exchanges a held token that ended unseen, when the window is looked at again', async () => {
    const { refresher, tenant, id, state, pass } = await setUp();
    state.focused = false;
    refresher.hold(tenant, id);
    await pass(5 * 60);
    assert.equal(state.exchanges, 1);
    state.focused = true;
    refresher.check();
    await pass(0.5);
    assert.equal(state.exchanges, 2);
  });

  it('waits for the window that is looked at, and then does it at once', async () => {
    const { refresher, tenant, id, state, pass } = await setUp();
    state.focused = false;
    refresher.used(tenant, id);
    await pass(50);
    assert.equal(state.exchanges, 1);
    state.focused = true;
    refresher.check();
    await pass(0.5);
    assert.equal(state.exchanges, 2);
  });

  it('does nothing when it is turned off', async () => {
    const { refresher, tenant, id, state, pass } = await setUp();
    state.enabled = false;
    refresher.used(tenant, id);
    await pass(55);
    assert.equal(state.exchanges, 1);
  });

  it('does not send again unasked what may have replaced the secret, or what the service refused', async () => {
    const commvault = { id: 'acme', name: 'CV', platform: 'commvault', url: 'https://cc.example/api' };
    const secret = { accessToken: 'EXAMPLE-a', refreshToken: 'EXAMPLE-r' };
    const rotating = await setUp(commvault, { secret });
    rotating.state.error = new AppError('timed-out');
    const refused = await setUp();
    refused.state.error = new AppError('api-token-refused');
    // What may have replaced the secret is repeated once, at once.
    for (const [{ refresher, tenant, id, state, pass }, sent] of [
      [rotating, 2],
      [refused, 1],
    ] as const) {
      refresher.used(tenant, id);
      await pass(59);
      assert.equal(state.exchanges, 1 + sent);
    }
  });

  it('tries again no sooner than every 30 s, and keeps the good token', async () => {
    const { refresher, broker, tenant, id, state, pass } = await setUp(plain, { secret: { apiSecret: 'EXAMPLE' } });
    refresher.used(tenant, id);
    await pass(41);
    state.error = new AppError('unreachable');
    await pass(10);
    assert.ok(state.exchanges > 1 && state.exchanges <= 1 + 20, String(state.exchanges));
    assert.equal(broker.peek(tenant, id)?.token, 'x');
  });

  it('never exchanges unasked what costs a passcode or its only use', async () => {
    for (const { state, refresher, tenant, id, pass } of [await setUp(csp), await setUp(acme, { singleUse: true })]) {
      refresher.used(tenant, id);
      await pass(55);
      assert.equal(state.exchanges, 1);
    }
  });

  for (const code of ['web-page', 'not-json', 'redirected', 'certificate-refused'] as const)
    it(`tries once more after ${code}, and then leaves it to a person`, async () => {
      const { refresher, tenant, id, state, pass } = await setUp(plain, { secret: { apiSecret: 'EXAMPLE' } });
      refresher.hold(tenant, id);
      state.error = new AppError(code);
      await pass(10 * 60);
      assert.equal(state.exchanges, 3);
    });

  it('stops with a token that was removed', async () => {
    const { refresher, vault, tenant, id, state, pass } = await setUp();
    refresher.used(tenant, id);
    await vault.remove(id);
    await pass(55);
    assert.equal(state.exchanges, 1);
  });
});

describe('Refresher, by the minute', () => {
  /** So many tokens that are held, and a service that tells when it was asked. */
  async function setUp(count: number) {
    const [clock, tenant] = [new SteppedClock(), readTenants([plain])[0]?.tenant];
    assert.ok(tenant);
    const state = { error: undefined as AppError | undefined, sentAt: [] as number[], spread: 0 };
    const send = (): Promise<HttpResponse> => {
      state.sentAt.push(clock.mono());
      if (state.error) return Promise.reject(state.error);
      const body = JSON.stringify({ access_token: 'x', token_type: 'Bearer', expires_in: 3600 });
      return Promise.resolve({ status: 200, headers: { 'content-type': 'application/json' }, body });
    };
    const { vault, broker } = memoryWindow({ clock, send });
    const refresher = new Refresher({
      broker,
      vault,
      clock,
      random: () => (state.spread = (state.spread + 0.19) % 1),
      enabled: () => true,
      focused: () => true,
      findTenant: () => tenant,
    });
    const ids: string[] = [];
    for (let n = 0; n < count; n++) {
      const boundTo = platformOf(tenant).exchangeUrl(tenant);
      const { id } = await clock.until(vault.add({ tenant: 'acme', name: 'x', boundTo, secret: { apiSecret: 'EXAMPLE' } }));
      await clock.until(broker.access(tenant, id));
      refresher.hold(tenant, id);
      ids.push(id);
    }
    state.sentAt.length = 0;
    return { clock, tenant, broker, refresher, state, ids };
  }

  it('asks a network that is away each half minute, and has a token soon after it is back', async () => {
    const { clock, tenant, broker, refresher, state, ids } = await setUp(1);
    const [id = ''] = ids;
    state.error = new AppError('unreachable');
    await clock.advance(2 * 3600_000);
    assert.equal(broker.peek(tenant, id), undefined);
    const times = state.sentAt.filter((at) => at > clock.mono() - 3600_000).length;
    assert.ok(times >= 60 && times <= 120, String(times));
    state.error = undefined;
    await clock.advance(35_000);
    assert.equal(broker.peek(tenant, id)?.token, 'x');
    refresher.dispose();
  });

  it('spreads over some seconds what is due after a sleep', async () => {
    const { clock, refresher, state } = await setUp(10);
    await clock.advance(10_000);
    clock.sleep(8 * 3600_000);
    await clock.advance(60_000);
    assert.equal(state.sentAt.length, 10);
    const apart = Math.max(...state.sentAt) - Math.min(...state.sentAt);
    assert.ok(apart > 1_000 && apart < 10_000, String(apart));
    refresher.dispose();
  });
});
