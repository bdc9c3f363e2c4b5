import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { AppError } from '../../src/base/errors.js';
import type { HttpRequest, HttpResponse } from '../../src/net/http.js';
import type { Tenant } from '../../src/platforms/tenant.js';
import { readTenants } from '../../src/tenants/tenants.js';
import { ACME as acme } from '../support/acme.js';
import { SteppedClock } from '../support/clock.js';
import type { WindowParts } from '../../src/exchange/tokenServices.js';
import { MemoryLog, MemorySecrets, memoryWindow } from '../support/memory.js';

const MINUTE = 60_000;

function tenantOf(settings: Record<string, unknown>): Tenant {
  const [entry] = readTenants([settings]);
  assert.ok(entry?.tenant, JSON.stringify(entry?.problems));
  return entry.tenant;
}

function json(body: unknown, status = 200, headers: Record<string, string> = {}): HttpResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

const token = (name: string, more: Record<string, unknown> = {}) =>
  json({ access_token: name, token_type: 'Bearer', expires_in: 3600, ...more });

/** A broker over memory, with a clock that is set and a service that answers from a list. */
async function setUp(
  settings: Record<string, unknown> = acme,
  secret: Record<string, string> = { apiToken: 'EXAMPLE-SECRET-1' },
  more = {},
  parts: Partial<WindowParts> = {},
) {
  const clock = new SteppedClock();
  const secrets = new MemorySecrets();
  const log = new MemoryLog();
  const answers: (HttpResponse | AppError | Promise<HttpResponse> | (() => HttpResponse))[] = [];
  const requests: HttpRequest[] = [];
  const send = async (request: HttpRequest): Promise<HttpResponse> => {
    requests.push(request);
    const answer = answers.shift() ?? new AppError('unreachable', { host: 'a.example' });
    if (answer instanceof AppError) throw answer;
    return typeof answer === 'function' ? answer() : answer;
  };
  const tenant = tenantOf(settings);
  const boundTo = (await import('../../src/platforms/index.js')).platformOf(tenant).exchangeUrl(tenant);
  const { vault, broker, parts: all } = memoryWindow({ clock, secrets, log, send, ...parts });
  const { id } = await vault.add({ tenant: tenant.id, name: 'Laptop', boundTo, secret, ...more });
  return { clock, secrets, vault, log, answers, requests, tenant, id, broker, parts: all };
}

const code = (expected: string) => (error: unknown) => error instanceof AppError && error.code === expected;

describe('Broker', () => {
  it('exchanges once and serves from memory until shortly before the end', async () => {
    const { broker, tenant, id, answers, requests, clock } = await setUp();
    answers.push(token('first'), token('second'));
    assert.equal((await broker.access(tenant, id)).token, 'first');
    clock.sleep(58 * MINUTE);
    assert.equal((await broker.access(tenant, id)).token, 'first');
    assert.equal(requests.length, 1);
    clock.sleep(1.5 * MINUTE);
    assert.equal((await broker.access(tenant, id)).token, 'second');
  });

  it('exchanges once for many callers at the same time', async () => {
    const { broker, tenant, id, answers, requests } = await setUp();
    answers.push(token('one'));
    const all = await Promise.all(
      Array.from({ length: 1000 }, (_, n) => (n % 2 ? broker.access(tenant, id) : broker.exchange(tenant, id))),
    );
    assert.equal(new Set(all).size, 1);
    assert.equal(requests.length, 1);
  });

  it('takes over the access token that is kept: a second window needs no exchange', async () => {
    const first = await setUp();
    first.answers.push(token('kept'));
    await first.broker.access(first.tenant, first.id);
    const { broker: second } = memoryWindow({ ...first.parts, send: () => assert.fail('sent') });
    assert.equal(second.peek(first.tenant, first.id), undefined);
    assert.equal((await second.access(first.tenant, first.id)).token, 'kept');
  });

  it('counts the life of a token from the moment the exchange was sent', async () => {
    const { broker, tenant, id, answers, clock } = await setUp();
    const sentAt = clock.wall();
    answers.push(() => {
      clock.sleep(8000);
      return token('slow');
    });
    assert.equal((await broker.access(tenant, id)).expiresAt, sentAt + 3600_000);
  });

  it('exchanges once more if the token has ended when its answer arrives, as after a sleep', async () => {
    const { broker, tenant, id, answers, clock, requests } = await setUp();
    const after = (ms: number, name: string) => () => {
      clock.sleep(ms);
      return token(name, { expires_in: 30 });
    };
    answers.push(after(70_000, 'ended'), token('fresh'));
    assert.equal((await broker.access(tenant, id)).token, 'fresh');
    // But not again and again, at a service whose tokens end before they arrive.
    clock.sleep(2 * 3600_000);
    requests.length = 0;
    answers.push(after(40_000, 'first'), after(40_000, 'second'), token('third'));
    assert.equal((await broker.access(tenant, id)).token, 'second');
    assert.equal(requests.length, 2);
  });

  it('does not trust a token from a time that the clock has not reached', async () => {
    const { broker, tenant, id, answers, clock } = await setUp();
    answers.push(token('before'), token('after'));
    await broker.access(tenant, id);
    clock.sleep(-(10 * MINUTE));
    assert.equal((await broker.access(tenant, id)).token, 'after');
  });

  describe('rotation', () => {
    const commvault = { id: 'cv', name: 'CV', platform: 'commvault', url: 'https://cc.example/commandcenter/api' };
    const pair = { accessToken: 'EXAMPLE-access-1', refreshToken: 'EXAMPLE-refresh-1' };
    const renewed = (n: number) =>
      json({
        accessToken: `EXAMPLE-access-${n}`,
        refreshToken: `EXAMPLE-refresh-${n}`,
        tokenExpiryTimestamp: Date.UTC(2026, 0, 1, 0, 30) / 1000,
      });

    it('stores and reads back the new secret before it hands out the access token', async () => {
      const { broker, tenant, id, answers, secrets, vault } = await setUp(commvault, pair);
      answers.push(renewed(2));
      secrets.calls.length = 0;
      const access = await broker.access(tenant, id);
      const stored = secrets.calls.indexOf('store');
      assert.deepEqual(secrets.calls.slice(stored, stored + 2), ['store', 'get']);
      assert.equal(access.token, 'EXAMPLE-access-2');
      const record = await vault.read(id);
      assert.deepEqual(record.secret, { accessToken: 'EXAMPLE-access-2', refreshToken: 'EXAMPLE-refresh-2' });
      assert.deepEqual(record.previous?.secret, pair);
      assert.equal(record.generation, 1);
    });

    it('sends the newest pair the next time, also when another window renewed it', async () => {
      const { broker, tenant, id, answers, requests, vault } = await setUp(commvault, pair);
      answers.push(renewed(2), renewed(4));
      await broker.access(tenant, id);
      const record = await vault.read(id);
      await vault.write(id, {
        ...record,
        generation: 2,
        secret: { accessToken: 'EXAMPLE-access-3', refreshToken: 'EXAMPLE-refresh-3' },
      });
      await broker.exchange(tenant, id);
      assert.deepEqual(JSON.parse(requests[1]?.body ?? ''), {
        accessToken: 'EXAMPLE-access-3',
        refreshToken: 'EXAMPLE-refresh-3',
      });
    });

    it('keeps a new secret in memory that the store refuses, and stores it before the next exchange', async () => {
      const { broker, tenant, id, answers, requests, secrets, vault } = await setUp(commvault, pair);
      answers.push(renewed(2), renewed(3));
      secrets.failing = 'store';
      await assert.rejects(broker.access(tenant, id), code('secret-not-kept'));
      assert.equal(broker.status(tenant, id).state, 'attention');
      assert.equal((await broker.access(tenant, id)).token, 'EXAMPLE-access-2');
      secrets.failing = undefined;
      await broker.exchange(tenant, id);
      assert.deepEqual(JSON.parse(requests[1]?.body ?? ''), {
        accessToken: 'EXAMPLE-access-2',
        refreshToken: 'EXAMPLE-refresh-2',
      });
      assert.equal((await vault.read(id)).secret['refreshToken'], 'EXAMPLE-refresh-3');
      assert.equal(broker.status(tenant, id).state, 'valid');
    });

    it('keeps the result of an exchange whose caller has gone', async () => {
      const { broker, tenant, id, answers, vault } = await setUp(commvault, pair);
      const { promise, resolve } = Promise.withResolvers<HttpResponse>();
      answers.push(promise);
      const controller = new AbortController();
      const waiting = broker.access(tenant, id, { signal: controller.signal });
      controller.abort(new Error('cancelled'));
      await assert.rejects(waiting, /cancelled/);
      const other = broker.access(tenant, id);
      resolve(renewed(2));
      assert.equal((await other).token, 'EXAMPLE-access-2');
      assert.equal((await vault.read(id)).secret['refreshToken'], 'EXAMPLE-refresh-2');
    });

    for (const [what, accessToken] of [
      ['unsafe', 'EXAMPLE {{x}}'],
      ['the API token itself', 'EXAMPLE-refresh-1'],
    ] as const)
      it(`keeps the new pair of an answer whose access token is ${what}`, async () => {
        const { broker, tenant, id, answers, vault, requests } = await setUp(commvault, pair);
        answers.push(json({ accessToken, refreshToken: 'EXAMPLE-refresh-2' }), renewed(3));
        await assert.rejects(broker.access(tenant, id), AppError);
        assert.deepEqual((await vault.read(id)).secret, { accessToken, refreshToken: 'EXAMPLE-refresh-2' });
        assert.deepEqual((await vault.read(id)).previous?.secret, pair);
        assert.equal(broker.peek(tenant, id), undefined);
        await broker.access(tenant, id);
        assert.deepEqual(JSON.parse(requests[1]?.body ?? ''), { accessToken, refreshToken: 'EXAMPLE-refresh-2' });
      });

    it('says that a renewal without an answer may have replaced the pair', async () => {
      const { broker, tenant, id, answers } = await setUp(commvault, pair);
      answers.push(new AppError('connection-lost', { host: 'cc.example' }));
      await assert.rejects(broker.access(tenant, id), code('renewal-uncertain'));
    });

    it('keeps the pair that a service refused', async () => {
      const { broker, tenant, id, answers, vault } = await setUp(commvault, pair);
      answers.push(json({ errorCode: 7, errorMessage: 'no' }));
      await assert.rejects(broker.access(tenant, id), code('api-token-refused'));
      assert.deepEqual((await vault.read(id)).secret, pair);
    });
  });

  describe('address', () => {
    it('sends nothing, and hands out nothing, once the tenant has another one', async () => {
      const { broker, tenant, id, answers, requests } = await setUp();
      answers.push(token('old'));
      await broker.access(tenant, id);
      const moved = tenantOf({ ...acme, url: 'https://evil.example' });
      await assert.rejects(broker.access(moved, id), (error: unknown) => {
        assert.ok(error instanceof AppError);
        assert.deepEqual(error.facts, {
          from: 'https://a.example/oauth/tenant/acme/token',
          to: 'https://evil.example/oauth/tenant/acme/token',
        });
        return error.code === 'address-changed';
      });
      await assert.rejects(broker.exchange(moved, id), code('address-changed'));
      assert.equal(broker.peek(moved, id), undefined);
      assert.equal(broker.status(moved, id).state, 'attention');
      assert.equal(requests.length, 1);
      assert.equal(broker.status(tenant, id).state, 'valid');
    });

    it('counts another organization or path at the same host as another address', async () => {
      const { broker, id } = await setUp();
      for (const change of [{ organization: 'other' }, { pathPrefix: '/tm' }])
        await assert.rejects(broker.access(tenantOf({ ...acme, ...change }), id), code('address-changed'));
    });

    it('sends after a person has confirmed, and does not use the old access token there', async () => {
      const { broker, tenant, id, answers, requests } = await setUp();
      answers.push(token('old'), token('new'));
      await broker.access(tenant, id);
      const moved = tenantOf({ ...acme, url: 'https://b.example' });
      assert.equal((await broker.secrets.review(moved, id)).from, 'https://a.example/oauth/tenant/acme/token');
      await broker.secrets.rebind(moved, id, await broker.secrets.review(moved, id));
      assert.equal((await broker.access(moved, id)).token, 'new');
      assert.equal(requests[1]?.url, 'https://b.example/oauth/tenant/acme/token');
    });
  });

  describe('failures', () => {
    it('keeps a good access token when an exchange fails', async () => {
      const { broker, tenant, id, answers } = await setUp();
      answers.push(token('good'), ...Array.from({ length: 3 }, () => new AppError('timed-out', { host: 'a.example' })));
      await broker.access(tenant, id);
      await assert.rejects(broker.exchange(tenant, id), code('timed-out'));
      assert.equal((await broker.access(tenant, id)).token, 'good');
      assert.equal(broker.status(tenant, id).state, 'valid');
      assert.equal(broker.status(tenant, id).error?.code, 'timed-out');
    });

    it('reports a secret that is not stored, whatever else goes wrong', async () => {
      const { broker, tenant, id, secrets, answers } = await setUp();
      answers.push(() => {
        secrets.failing = 'store';
        return token('a', { refresh_token: 'EXAMPLE-ROTATED' });
      });
      await assert.rejects(broker.access(tenant, id), code('secret-not-kept'));
      secrets.failing = 'get';
      await assert.rejects(broker.exchange(tenant, id), code('secret-store-failed'));
      assert.equal(broker.status(tenant, id).error?.code, 'secret-not-kept');
    });

    it('waits as long as the service says', async () => {
      const { broker, tenant, id, answers, requests, clock } = await setUp();
      answers.push(json({}, 429, { 'retry-after': '120' }), token('later'));
      await assert.rejects(broker.access(tenant, id), code('rate-limited'));
      clock.sleep(119_000);
      await assert.rejects(broker.access(tenant, id), (error: AppError) => error.facts['retryAfter'] === 1);
      assert.equal(requests.length, 1);
      clock.sleep(1000);
      assert.equal((await broker.access(tenant, id)).token, 'later');
    });

    it('reads the vault once for a status, and tells what is wrong with it', async () => {
      const { broker, tenant, id, secrets } = await setUp(acme, undefined, {}, { folder: undefined });
      secrets.values.clear();
      await broker.load(id);
      assert.equal(broker.status(tenant, id).error?.code, 'secret-lost');
      assert.equal(broker.status(tenant, id).state, 'attention');
    });

    it('forgets an error when the secret is entered again', async () => {
      const { broker, tenant, id, secrets, answers, clock } = await setUp(acme, undefined, {}, { folder: undefined });
      secrets.values.clear();
      await assert.rejects(clock.until(broker.access(tenant, id)), code('secret-lost'));
      await clock.until(broker.secrets.replace(tenant, id, { apiToken: 'EXAMPLE-SECRET-2' }));
      assert.equal(broker.status(tenant, id).state, 'unknown');
      answers.push(token('back'));
      assert.equal((await clock.until(broker.access(tenant, id))).token, 'back');
    });

    it('stops, without a trace, for a token that was removed while it was exchanged', async () => {
      const { broker, tenant, id, answers, vault, secrets } = await setUp();
      const { promise, resolve } = Promise.withResolvers<HttpResponse>();
      answers.push(promise);
      const waiting = broker.access(tenant, id);
      await new Promise(setImmediate);
      await vault.remove(id);
      resolve(token('late'));
      await assert.rejects(waiting, code('token-unknown'));
      assert.deepEqual([...secrets.values.keys()].sort(), ['key', `removed.${id}`]);
      assert.equal(broker.peek(tenant, id), undefined);
    });
  });

  describe('a secret that is entered again', () => {
    it('is not overwritten by an exchange or a discovery that was under way', async () => {
      const { apiVersion: _, ...unversioned } = acme;
      const { broker, tenant, id, answers, vault } = await setUp(unversioned);
      const exchange = Promise.withResolvers<HttpResponse>();
      const discovery = Promise.withResolvers<HttpResponse>();
      answers.push(exchange.promise, discovery.promise);
      const exchanging = broker.access(tenant, id);
      const replacing = broker.secrets.replace(tenant, id, { apiToken: 'EXAMPLE-SECRET-2' });
      exchange.resolve(token('old'));
      await new Promise(setImmediate);
      discovery.resolve(json({}, 404));
      await Promise.all([exchanging, replacing]);
      const record = await vault.read(id);
      assert.deepEqual(record.secret, { apiToken: 'EXAMPLE-SECRET-2' });
      assert.equal(record.access, undefined);
    });

    it('counts on from a record that this window cannot read', async () => {
      const { broker, tenant, id, answers, clock, parts } = await setUp();
      await parts
        .folder!.folder('tokens')
        .folder(id)
        .replace('record', JSON.stringify({ v: 1, generation: 7, key: 'other', data: '' }));
      await assert.rejects(clock.until(broker.access(tenant, id)), code('renewed-elsewhere'));
      await broker.secrets.replace(tenant, id, { apiToken: 'EXAMPLE-SECRET-2' });
      answers.push(token('fresh'));
      assert.equal((await broker.access(tenant, id)).token, 'fresh');
    });

    it('counts on from the record that is stored, also if it was not read before', async () => {
      const { broker, tenant, id, vault } = await setUp();
      await vault.write(id, { ...(await vault.read(id)), generation: 5 });
      await broker.secrets.replace(tenant, id, { apiToken: 'EXAMPLE-SECRET-2' });
      assert.equal((await vault.read(id)).generation, 6);
    });
  });

  it('waits again when the service says so again', async () => {
    const { broker, tenant, id, answers, clock } = await setUp();
    answers.push(json({}, 429, { 'retry-after': '2' }), json({}, 429, { 'retry-after': '600' }), token('later'));
    await assert.rejects(broker.access(tenant, id), code('rate-limited'));
    clock.sleep(2000);
    await assert.rejects(broker.access(tenant, id), code('rate-limited'));
    clock.sleep(599_000);
    await assert.rejects(broker.access(tenant, id), (error: AppError) => error.facts['retryAfter'] === 1);
  });

  it('shows a changed address rather than an error of the old one', async () => {
    const { broker, tenant, id, answers } = await setUp();
    answers.push(json({}, 404));
    await assert.rejects(broker.access(tenant, id), code('not-found'));
    assert.equal(broker.status(tenantOf({ ...acme, organization: 'other' }), id).error?.code, 'address-changed');
  });

  it('settles when the last answer has been kept', async () => {
    const { broker, tenant, id, answers, vault } = await setUp();
    const { promise, resolve } = Promise.withResolvers<HttpResponse>();
    answers.push(promise);
    void broker.access(tenant, id);
    const settled = broker.settled();
    resolve(token('a', { refresh_token: 'EXAMPLE-ROTATED' }));
    await settled;
    assert.deepEqual((await vault.read(id)).secret, { apiToken: 'EXAMPLE-ROTATED' });
  });

  describe('tokens whose exchange costs something', () => {
    const csp = { id: 'csp', name: 'CSP', platform: 'cloud-services', url: 'https://c.example', passcode: true };

    it('asks for a passcode before anything is sent, and sends it', async () => {
      const { broker, tenant, id, answers, requests } = await setUp(csp);
      await assert.rejects(broker.access(tenant, id), code('passcode-needed'));
      assert.equal(requests.length, 0);
      assert.equal(broker.status(tenant, id).state, 'unknown');
      answers.push(token('mfa'));
      assert.equal((await broker.access(tenant, id, { passcode: '123456' })).token, 'mfa');
      assert.equal(new URLSearchParams(requests[0]?.body).get('passcode'), '123456');
    });

    it('does not exchange again because the end is unknown', async () => {
      const { broker, tenant, id, answers, clock, requests } = await setUp(csp);
      answers.push(token('mfa', { expires_in: undefined }));
      await broker.access(tenant, id, { passcode: '123456' });
      clock.sleep(20 * MINUTE);
      assert.equal((await broker.access(tenant, id)).token, 'mfa');
      assert.equal(requests.length, 1);
    });

    it('exchanges a token of a single use once', async () => {
      const idb = { id: 'idb', name: 'IDB', platform: 'identity-services', url: 'https://i.example', tenant: 'CUSTOMER' };
      const { broker, tenant, id, answers, requests, clock } = await setUp(
        idb,
        { apiToken: 'vidb_EXAMPLE' },
        { singleUse: true },
      );
      answers.push(token('only'));
      await broker.access(tenant, id);
      await assert.rejects(broker.exchange(tenant, id), code('single-use-spent'));
      assert.equal(broker.status(tenant, id).state, 'valid');
      clock.sleep(2 * 60 * MINUTE);
      await assert.rejects(broker.access(tenant, id), code('single-use-spent'));
      assert.equal(requests.length, 1);
    });
  });

  it('exchanges a token without a known end again after a minute', async () => {
    const { broker, tenant, id, answers, clock } = await setUp();
    answers.push(token('a', { expires_in: '' }), token('b'));
    await broker.access(tenant, id);
    assert.equal(broker.status(tenant, id).access?.expiresAt, null);
    clock.sleep(59_000);
    assert.equal((await broker.access(tenant, id)).token, 'a');
    clock.sleep(2_000);
    assert.equal((await broker.access(tenant, id)).token, 'b');
  });

  describe('discovery', () => {
    const { apiVersion: _, ...unversioned } = acme;
    const versions = {
      status: 200,
      headers: { 'content-type': 'application/xml' },
      body: '<SupportedVersions><VersionInfo deprecated="false"><Version>39.1</Version></VersionInfo></SupportedVersions>',
    };

    it('finds the API version after the exchange, once, without a secret', async () => {
      const { broker, tenant, id, answers, requests } = await setUp(unversioned);
      answers.push(token('a'), versions, token('b'));
      const access = await broker.access(tenant, id);
      assert.deepEqual(broker.headers(tenant, id, access.token), [
        { name: 'Authorization', value: 'Bearer a' },
        { name: 'Accept', value: 'application/json;version=39.1', yieldsTo: 'version=' },
      ]);
      await broker.exchange(tenant, id);
      assert.deepEqual(
        requests.map(({ url }) => new URL(url).pathname),
        ['/oauth/tenant/acme/token', '/api/versions', '/oauth/tenant/acme/token'],
      );
      assert.ok(!JSON.stringify(requests[1]).includes('EXAMPLE'));
    });

    it('does without where it fails', async () => {
      const { broker, tenant, id, answers } = await setUp(unversioned);
      answers.push(token('a'), new AppError('timed-out'));
      const access = await broker.access(tenant, id);
      assert.deepEqual(broker.headers(tenant, id, access.token), [{ name: 'Authorization', value: 'Bearer a' }]);
    });
  });

  it('logs and throws nothing secret', async () => {
    const { broker, tenant, id, answers, log } = await setUp();
    answers.push(
      json({ minorErrorCode: 'invalid_grant', message: 'Invalid refresh token EXAMPLE-SECRET-1' }, 400),
      json({ access_token: 'CANARY {{x}}', token_type: 'Bearer' }),
      token('CANARY-ACCESS', { refresh_token: 'CANARY-ROTATED' }),
    );
    const errors: unknown[] = [];
    for (let n = 0; n < 2; n++) await broker.access(tenant, id).catch((error: unknown) => errors.push(error));
    await broker.access(tenant, id);
    const seen = inspect([errors, log.lines, broker.status(tenant, id)], { depth: 10 });
    assert.equal(errors.length, 2);
    assert.doesNotMatch(seen, /EXAMPLE-SECRET|CANARY/);
  });
});
