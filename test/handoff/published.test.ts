import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { AppError } from '../../src/base/errors.js';
import { PublishedReferences } from '../../src/handoff/publishedReferences.js';
import type { HttpResponse } from '../../src/net/http.js';
import { platformOf } from '../../src/platforms/index.js';
import { Tenants } from '../../src/tenants/tenants.js';
import { ReferenceNames } from '../../src/tokens/referenceNames.js';
import { Refresher } from '../../src/exchange/refresher.js';
import { idle, mockedClock } from '../support/clock.js';
import { memoryWindow } from '../support/memory.js';

const NAME = 'TENANT_TOKEN_ACME';
const acme = { id: 'acme', name: 'Acme', platform: 'bright-pattern', url: 'https://b.example', loginId: 'ada' };
const csp = { id: 'acme', name: 'CSP', platform: 'cloud-services', url: 'https://c.example', passcode: true };

type Settings = Readonly<Record<string, unknown>>;

/** The text as REST Client sends it: variables are read at that moment, once, and are empty if missing. */
const sentByRestClient = (text: string, env: NodeJS.ProcessEnv): string =>
  text.replaceAll(/\{{2}(.+?)\}{2}/g, (whole, variable: string) => {
    const name = /\$processEnv\s(%)?(\w+)/.exec(variable)?.[2];
    return name === undefined ? whole : (env[name] ?? '');
  });

interface Options {
  readonly settings?: readonly Settings[];
  readonly env?: NodeJS.ProcessEnv;
  readonly singleUse?: true;
}

async function setUp({ settings = [acme], env: given, ...more }: Options = {}) {
  const env: NodeJS.ProcessEnv = given ?? {};
  const state = {
    settings,
    enabled: true,
    focused: true,
    refreshAhead: true,
    lifetime: 3600,
    error: undefined as AppError | undefined,
    exchanges: 0,
    changes: 0,
    /** The error of the wall clock, ms. */
    wallError: 0,
  };
  const clock = { ...mockedClock, wall: () => Date.now() + state.wallError };
  const tenants = new Tenants(() => state.settings);
  const send = (): Promise<HttpResponse> => {
    const count = ++state.exchanges;
    if (state.error) return Promise.reject(state.error);
    const body = { access_token: `EXAMPLE-${count}`, token_type: 'Bearer', expires_in: state.lifetime };
    return Promise.resolve({ status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  };
  const { vault, broker } = memoryWindow({ clock, send });
  const refresher = new Refresher({
    broker,
    vault,
    clock,
    random: () => 0.5,
    enabled: () => state.refreshAhead,
    focused: () => state.focused,
    findTenant: (id) => tenants.find(id),
  });
  const names = new ReferenceNames(tenants, vault);
  const model = { names, broker, refresher, vault, tenants, now: clock.wall };
  const switches = { enabled: () => state.enabled, focused: () => state.focused };
  const published = new PublishedReferences(env, model, switches);
  published.onDidChange(() => state.changes++);

  const tenant = tenants.all[0]!;
  const secret = { apiToken: 'EXAMPLE-SECRET', apiSecret: 'EXAMPLE-SECRET' };
  const add = (of = tenant) => vault.add({ tenant: of.id, name: 'x', boundTo: platformOf(of).exchangeUrl(of), secret, ...more });
  const { id } = await add();
  const settle = async (): Promise<void> => {
    await idle();
  };
  const pass = async (minutes: number): Promise<void> => {
    for (let half = 0; half < minutes * 2; half++) {
      mock.timers.tick(30_000);
      await settle();
    }
  };
  const want = async (...wanted: string[]): Promise<void> => {
    published.want(new Set(wanted));
    await settle();
  };
  const value = (): string | undefined => env[NAME];
  return { state, env, value, tenants, tenant, vault, broker, refresher, published, id, add, pass, settle, want };
}

describe('PublishedReferences', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.UTC(2026, 0, 1) }));
  afterEach(() => mock.timers.reset());

  it('gives REST Client only the token that an open file refers to', async () => {
    const { env, state, published, want } = await setUp();
    const text = `Authorization: Bearer {{$processEnv ${NAME}}}`;
    assert.equal(sentByRestClient(text, env), 'Authorization: Bearer ');
    await want(NAME);
    assert.equal(sentByRestClient(text, env), 'Authorization: Bearer EXAMPLE-1');
    assert.deepEqual([env, published.isPublished(NAME), state.changes], [{ [NAME]: 'EXAMPLE-1' }, true, 1]);
    await want();
    assert.deepEqual([env, published.isPublished(NAME), state.changes], [{}, false, 2]);
  });

  it('works on the environment that child processes inherit', async () => {
    const { published, want } = await setUp({ env: process.env });
    await want(NAME);
    assert.equal(process.env[NAME], 'EXAMPLE-1');
    published.dispose();
    assert.equal(process.env[NAME], undefined);
  });

  it('publishes nothing without permission, and withdraws it with the permission', async () => {
    const { value, env, state, published, want, settle } = await setUp();
    state.enabled = false;
    await want(NAME);
    assert.deepEqual([env, state.exchanges], [{}, 0]);
    state.enabled = true;
    published.check();
    await settle();
    assert.equal(value(), 'EXAMPLE-1');
    state.enabled = false;
    published.check();
    assert.deepEqual(env, {});
  });

  it('publishes a cached token without an exchange', async () => {
    const { value, state, broker, tenant, id, want } = await setUp();
    await broker.access(tenant, id);
    await want(NAME);
    assert.deepEqual([value(), state.exchanges], ['EXAMPLE-1', 1]);
  });

  it('refreshes a token before its expiry while it is wanted, and no longer', async () => {
    const { value, state, want, pass } = await setUp();
    await want(NAME);
    for (let hour = 0; hour < 5; hour++) {
      await pass(60);
      assert.equal(value(), `EXAMPLE-${state.exchanges}`);
    }
    assert.ok(state.exchanges >= 5);
    await want();
    const before = state.exchanges;
    await pass(5 * 60);
    assert.ok(state.exchanges <= before + 1, 'at most once, because it was used');
  });

  it('withdraws a token when it expires, and not before', async () => {
    const { value, env, state, want, pass } = await setUp();
    await want(NAME);
    state.error = new AppError('unreachable');
    await pass(59.5);
    assert.equal(value(), 'EXAMPLE-1', 'no longer handed out, but still valid');
    await pass(0.5);
    assert.deepEqual(env, {});
  });

  it('withdraws a token when it expires, although the clock was set back meanwhile', async () => {
    for (const minutes of [20, 24 * 60]) {
      const { value, env, state, want, pass } = await setUp();
      await want(NAME);
      state.focused = false;
      await pass(30);
      state.wallError = -minutes * 60_000;
      await pass(29);
      assert.equal(value(), 'EXAMPLE-1');
      await pass(1.5);
      assert.deepEqual(env, {});
    }
  });

  it('publishes it again when the window gets focus', async () => {
    const { value, env, state, published, want, pass, settle } = await setUp();
    await want(NAME);
    state.focused = false;
    await pass(3 * 60);
    assert.deepEqual([env, state.exchanges], [{}, 1]);
    state.focused = true;
    published.check();
    await settle();
    assert.equal(value(), 'EXAMPLE-2');
  });

  it('publishes it again automatically if nothing is exchanged ahead', async () => {
    const { value, state, want, pass } = await setUp();
    state.refreshAhead = false;
    await want(NAME);
    await pass(150);
    assert.deepEqual([value(), state.exchanges], ['EXAMPLE-3', 3]);
  });

  it('asks the service once for a token that it refuses', async () => {
    for (const code of ['unreachable', 'api-token-refused'] as const) {
      const { env, state, want, pass } = await setUp();
      state.error = new AppError(code);
      await want(NAME);
      await want(NAME, 'TENANT_TOKEN_NOBODY');
      await pass(60);
      assert.deepEqual([env, state.exchanges], [{}, code === 'unreachable' ? 2 : 1], 'again only when a file wants more');
    }
  });

  it('requests a token that expires at once at most twice a minute, however often the window gets focus', async () => {
    for (const [lifetime, looks] of [
      [1, false],
      [1, true],
      [20, true],
      [35, true],
    ] as const) {
      const { state, published, want, settle } = await setUp();
      state.lifetime = lifetime;
      await want(NAME);
      for (let minute = 1; minute <= 10; minute++) {
        const before = state.exchanges;
        for (let second = 0; second < 60; second++) {
          mock.timers.tick(1_000);
          await settle();
          if (looks) published.check();
          await settle();
        }
        assert.ok(state.exchanges <= before + 2, `${lifetime} s: ${state.exchanges - before} exchanges`);
      }
      assert.ok(state.exchanges >= 10, 'it is published again');
      published.dispose();
    }
  });

  it('never exchanges a token that costs a passcode or its only use, but publishes a cached one', async () => {
    for (const options of [{ settings: [csp] }, { singleUse: true }] as const) {
      const { value, env, state, broker, tenant, id, want, settle } = await setUp(options);
      await want(NAME);
      assert.deepEqual([env, state.exchanges], [{}, 0]);
      await broker.exchange(tenant, id, { passcode: '123456' });
      await settle();
      assert.equal(value(), 'EXAMPLE-1');
    }
  });

  it('publishes a token that another window has stored', async () => {
    const { value, state, vault, tenant, id, want } = await setUp({ settings: [csp] });
    const access = { token: 'EXAMPLE-other', exchangedAt: Date.now(), expiresAt: Date.now() + 3_600_000 };
    await vault.write(id, { ...(await vault.read(id)), generation: 1, access });
    await want(NAME);
    assert.deepEqual([value(), state.exchanges, tenant.id], ['EXAMPLE-other', 0, 'acme']);
  });

  it('follows a new access token at once', async () => {
    const { value, broker, tenant, id, want } = await setUp();
    await want(NAME);
    await broker.exchange(tenant, id);
    assert.equal(value(), 'EXAMPLE-2');
  });

  it('withdraws a token when it, its secret, its tenant or the tenant’s address is gone', async () => {
    const ways: ((one: Awaited<ReturnType<typeof setUp>>) => unknown)[] = [
      ({ vault, id }) => vault.remove(id),
      ({ state, tenants }) => {
        state.settings = [];
        tenants.refresh();
      },
      ({ state, tenants }) => {
        state.settings = [{ ...acme, url: 'https://elsewhere.example' }];
        tenants.refresh();
      },
      ({ state, broker, tenant, id }) => {
        state.error = new AppError('unreachable');
        return broker.secrets.replace(tenant, id, { apiSecret: 'EXAMPLE-NEW' });
      },
      ({ published }) => published.dispose(),
    ];
    for (const goes of ways) {
      const one = await setUp();
      await one.want(NAME);
      assert.equal(one.value(), 'EXAMPLE-1');
      await goes(one);
      await one.settle();
      assert.deepEqual(one.env, {}, String(goes));
    }
  });

  it('publishes nothing for a name of no token or of several', async () => {
    const settings = [acme, { ...acme, id: 'acme-x' }];
    const { env, tenants, add, want } = await setUp({ settings });
    await add(tenants.find('acme-x'));
    await want('TENANT_TOKEN_NOBODY', 'TENANT_TOKEN_ACME_X');
    assert.deepEqual(env, {});
    await want(NAME);
    assert.deepEqual(Object.keys(env), [NAME]);
  });

  it('keeps a foreign variable, in any case', async () => {
    for (const key of [NAME, 'Tenant_Token_Acme']) {
      const { env, published, state, want, settle } = await setUp({ env: { [key]: 'theirs' } });
      assert.equal(published.clash(NAME), true);
      await want(NAME);
      assert.deepEqual([env, state.exchanges, published.isPublished(NAME)], [{ [key]: 'theirs' }, 0, false]);
      published.dispose();
      await settle();
      assert.deepEqual(env, { [key]: 'theirs' });
    }
  });

  it('keeps a variable that another program has written since', async () => {
    const { value, env, published, broker, tenant, id, want } = await setUp();
    await want(NAME);
    assert.equal(published.clash(NAME), false);
    env[NAME] = 'theirs';
    assert.deepEqual([published.clash(NAME), published.isPublished(NAME)], [true, false]);
    await broker.exchange(tenant, id);
    await want();
    published.dispose();
    assert.equal(value(), 'theirs');
  });

  it('publishes a name as written in the files, even in several cases', async () => {
    const { env, want } = await setUp();
    const lower = NAME.toLowerCase();
    await want(lower, NAME);
    assert.deepEqual(env, { [lower]: 'EXAMPLE-1', [NAME]: 'EXAMPLE-1' });
    await want(NAME);
    assert.deepEqual(env, { [NAME]: 'EXAMPLE-1' });
  });
});
