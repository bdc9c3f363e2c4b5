import assert from 'node:assert/strict';
import { AppError } from '../../src/base/errors.js';
import type { HttpRequest, HttpResponse } from '../../src/net/http.js';
import { platformOf } from '../../src/platforms/index.js';
import type { Conversation, CreatedToken, Lifecycle, RemoteToken, Session } from '../../src/platforms/lifecycle.js';
import { Tenants } from '../../src/tenants/tenants.js';
import { TokenManager } from '../../src/management/tokenManager.js';
import { TokenNotes } from '../../src/tokens/tokenNotes.js';
import { idle, SteppedClock, whetherSettled } from '../support/clock.js';
import { MemoryLog, MemoryMemento, MemorySecrets, memoryWindow } from '../support/memory.js';
import { leaksIn, textOf } from '../threats/support/canaries.js';

const NOW = Date.UTC(2026, 0, 1);
const HOST = 'https://b.example';

/** A platform without token management: each test lends it what it needs. */
const settings = { id: 'bp', name: 'BP', platform: 'bright-pattern', url: HOST, loginId: 'ada' };

const credentials = { user: 'EXAMPLE-USER', password: 'EXAMPLE-PASSWORD' };
const session: Session = { headers: { authorization: 'Bearer EXAMPLE-SESSION' }, secrets: ['EXAMPLE-SESSION'] };
const remote = (id: string, more: Partial<RemoteToken> = {}): RemoteToken => ({ id, name: 'ci', state: 'active', ...more });
const made = (more: Partial<CreatedToken> = {}): CreatedToken => ({
  secret: { apiSecret: 'EXAMPLE-NEW-SECRET' },
  token: remote('r1', { endsAt: NOW + 5 }),
  ...more,
});

/** A conversation of one request that returns its response. */
function* ask<T>(method: HttpRequest['method'], path: string, result: T | (() => T)): Conversation<T> {
  const { response } = yield { method, url: HOST + path, headers: {} };
  if (response.status !== 200) throw new AppError(response.status === 401 ? 'session-refused' : 'unexpected-answer');
  return typeof result === 'function' ? (result as () => T)() : result;
}

const OK: HttpResponse = { status: 200, headers: {}, body: '' };

const issued = (token: string): HttpResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 3600 }),
});

type Answer = HttpResponse | AppError | Promise<HttpResponse> | (() => HttpResponse | Promise<HttpResponse>);

interface Parts {
  readonly forSession?: boolean;
  readonly folder?: undefined;
}

/** A manager over memory and a service that does what `lifecycle` says; a path that is not in `answers` is answered with 200. */
function open(lifecycle: Partial<Lifecycle> = {}, options: Parts = {}) {
  const { forSession: _, ...parts } = options;
  const clock = new SteppedClock(NOW);
  const [index, secrets, log] = [new MemoryMemento(), new MemorySecrets(), new MemoryLog()];
  const answers: Record<string, Answer> = {};
  const requests: string[] = [];
  const send = async ({ method, url }: HttpRequest, signal?: AbortSignal): Promise<HttpResponse> => {
    const { pathname } = new URL(url);
    requests.push(`${method} ${pathname}`);
    const answer = answers[pathname] ?? OK;
    const response = await (typeof answer === 'function' ? answer() : answer);
    signal?.throwIfAborted();
    if (response instanceof AppError) throw response;
    return response;
  };
  const { vault, broker } = memoryWindow({ clock, index, secrets, log, send, ...parts });
  const notes = new TokenNotes(index, vault, broker);
  const manager = new TokenManager({ vault, broker, notes, send, clock, log, isForSession: () => options.forSession ?? false });
  const tenant = new Tenants(() => [settings]).get('bp');
  Object.assign(platformOf(tenant), {
    lifecycle: {
      logIn: () => ask('POST', '/login', session),
      logOut: () => ({ method: 'POST', url: `${HOST}/logout`, headers: session.headers }),
      sessionOf: () => session,
      create: () => ask('POST', '/create', made),
      list: () => ask('GET', '/list', [remote('r1')]),
      update: () => ask('PATCH', '/update', undefined),
      revoke: () => ask('DELETE', '/revoke', undefined),
      regenerate: () => ask('POST', '/regenerate', () => made({ secret: { apiSecret: 'EXAMPLE-OTHER-SECRET' } })),
      ...lifecycle,
    },
  });
  const boundTo = platformOf(tenant).exchangeUrl(tenant);
  const add = (apiSecret = 'EXAMPLE-OLD-SECRET') => vault.add({ tenant: 'bp', name: 'Laptop', boundTo, secret: { apiSecret } });
  const signIn = () => manager.signIn(tenant, credentials);
  return { clock, index, secrets, log, answers, requests, vault, broker, notes, manager, tenant, add, signIn };
}

const code = (expected: string) => (error: unknown) => error instanceof AppError && error.code === expected;
const lost = new AppError('timed-out', { host: 'b.example' });

describe('TokenManager', () => {
  afterEach(() => {
    Object.assign(platformOf(new Tenants(() => [settings]).get('bp')), { lifecycle: undefined });
  });

  describe('creating', () => {
    it('stores a created token before it reports it, and notes its details', async () => {
      const { signIn, vault, notes, manager } = open();
      const flow = await signIn();
      const entry = await flow.create({ name: 'ci' }, 'Pipeline');
      assert.deepEqual(vault.find(entry.id), entry);
      assert.equal(entry.name, 'Pipeline');
      assert.deepEqual((await vault.read(entry.id)).secret, { apiSecret: 'EXAMPLE-NEW-SECRET' });
      assert.deepEqual(notes.of(entry.id), { remoteId: 'r1', end: { at: NOW + 5, from: 'created', aheadDays: 0 } });
      assert.deepEqual(manager.details(entry.id), { at: NOW, token: made().token });
      assert.deepEqual([flow.orphan, flow.isUnkept], [undefined, false]);
    });

    it('keeps the access token that came with it, so that a single-use token is never sent', async () => {
      const access = { token: 'EXAMPLE-ACCESS', expiresAt: NOW + 3600_000 };
      const create = () => ask('POST', '/create', made({ singleUse: true, access, exchangeBy: NOW + 9 }));
      const { signIn, broker, notes, tenant, requests } = open({ create });
      const { id, singleUse } = await (await signIn()).create({ name: 'ci' });
      assert.equal(singleUse, true);
      assert.deepEqual(await broker.access(tenant, id), { ...access, exchangedAt: NOW });
      assert.deepEqual(requests, ['POST /login', 'POST /create']);
      assert.equal(notes.of(id).exchangeBy, NOW + 9);
    });

    it('keeps a token in memory if the store refuses it, and stores it on the next attempt', async () => {
      const { signIn, secrets, vault, answers } = open();
      const flow = await signIn();
      answers['/create'] = () => refuse(secrets);
      await assert.rejects(flow.create({ name: 'ci' }), code('token-not-stored'));
      assert.deepEqual(flow.orphan, { id: 'r1', name: 'ci', certainty: 'made' });
      await assert.rejects(flow.keepAgain(), code('token-not-stored'));
      assert.equal(flow.isUnkept, true);
      secrets.failing = undefined;
      const { id } = await flow.keepAgain();
      assert.deepEqual((await vault.read(id)).secret, made().secret);
      assert.deepEqual([flow.orphan, flow.isUnkept], [undefined, false]);
    });

    it('delays a closing window, which then signs out', async () => {
      const { signIn, answers, manager, vault, requests } = open();
      const flow = await signIn();
      const answered = Promise.withResolvers<HttpResponse>();
      answers['/create'] = answered.promise;
      void flow.create({ name: 'ci' });
      const isSettled = whetherSettled(manager.settled());
      await idle();
      assert.equal(isSettled(), false);
      answered.resolve(OK);
      await manager.settled();
      assert.equal(vault.of('bp').length, 1);
      assert.deepEqual(requests, ['POST /login', 'POST /create', 'POST /logout']);
    });

    it('leaves nothing to store after an unstored token was revoked', async () => {
      const { signIn, secrets, answers } = open();
      const flow = await signIn();
      answers['/create'] = () => refuse(secrets);
      await assert.rejects(flow.create({ name: 'ci' }));
      await flow.revoke('another');
      assert.equal(flow.isUnkept, true);
      await flow.revoke('r1');
      assert.deepEqual([flow.orphan, flow.isUnkept], [undefined, false]);
      await assert.rejects(flow.keepAgain(), TypeError);
    });

    it('finds the token of a lost response, and never creates a second one', async () => {
      const list = () => ask('GET', '/list', [remote('old', { createdAt: NOW - 86_400_000 }), remote('new', { createdAt: NOW })]);
      const { signIn, answers, requests, vault } = open({ list });
      answers['/create'] = lost;
      const flow = await signIn();
      await assert.rejects(flow.create({ name: 'ci' }), (error) => code('creation-uncertain')(error) && hasName(error));
      assert.deepEqual(flow.orphan, { id: 'new', name: 'ci', certainty: 'found' });
      assert.deepEqual(requests, ['POST /login', 'POST /create', 'GET /list']);
      assert.deepEqual(vault.entries, []);
    });

    it('searches for the token if the platform cannot read the response, too', async () => {
      const create = () =>
        ask('POST', '/create', (): CreatedToken => {
          throw new AppError('creation-uncertain', { name: 'ci' });
        });
      const { signIn } = open({ create });
      const flow = await signIn();
      await assert.rejects(flow.create({ name: 'ci' }), code('creation-uncertain'));
      assert.deepEqual(flow.orphan, { id: 'r1', name: 'ci', certainty: 'found' });
    });

    it('does not claim a token that was listed before', async () => {
      const { signIn, answers } = open({ list: () => ask('GET', '/list', [remote('r1')]) });
      answers['/create'] = lost;
      const flow = await signIn();
      await flow.list();
      await assert.rejects(flow.create({ name: 'ci' }), code('creation-uncertain'));
      assert.equal(flow.orphan, undefined);
    });

    for (const [what, tokens, expected] of [
      ['that has another name', [remote('r1', { name: 'cd' })], undefined],
      ['that was revoked', [remote('r1', { state: 'revoked' })], undefined],
      ['that is stored here', [remote('kept')], undefined],
      ['whose name two tokens have', [remote('r1'), remote('r2')], undefined],
      ['that was there before', [remote('r1', { createdAt: NOW - 86_400_000 })], undefined],
      ['without a creation time, the only one of its name', [remote('kept'), remote('r1')], 'r1'],
    ] as const)
      it(`${expected ? 'claims' : 'does not claim'} a token ${what}`, async () => {
        const { signIn, answers, add, notes } = open({ list: () => ask('GET', '/list', tokens) });
        await notes.note((await add()).id, { remoteId: 'kept' });
        answers['/create'] = lost;
        const flow = await signIn();
        await assert.rejects(flow.create({ name: 'ci' }), code('creation-uncertain'));
        assert.equal(flow.orphan?.id, expected);
      });

    for (const answer of [
      lost,
      new AppError('service-failed', { status: 502 }),
      new AppError('not-json'),
      new AppError('connection-lost'),
    ])
      it(`is uncertain after ${answer.code}, even if the service cannot be asked`, async () => {
        const { signIn, answers } = open();
        answers['/create'] = answer;
        answers['/list'] = lost;
        const flow = await signIn();
        await assert.rejects(flow.create({ name: 'ci' }), code('creation-uncertain'));
        assert.equal(flow.orphan, undefined);
      });

    for (const answer of [new AppError('rights-missing'), new AppError('name-taken'), new AppError('unreachable')])
      it(`is certain to have failed after ${answer.code}`, async () => {
        const { signIn, answers, requests } = open();
        answers['/create'] = answer;
        const flow = await signIn();
        await assert.rejects(flow.create({ name: 'ci' }), code(answer.code));
        assert.deepEqual([flow.orphan, requests.at(-1)], [undefined, 'POST /create']);
      });

    it('names a created token whose value the service did not return', async () => {
      const halfDone = new AppError('creation-half-done', { id: 'urn:1', name: 'ci' });
      const { signIn, answers } = open();
      answers['/create'] = halfDone;
      const flow = await signIn();
      await assert.rejects(flow.create({ name: 'ci' }), halfDone);
      assert.deepEqual([flow.orphan, flow.isUnkept], [{ id: 'urn:1', name: 'ci', certainty: 'made' }, false]);
    });

    it('sends nothing if this window could not store the result', async () => {
      const { signIn, vault, secrets, requests } = open();
      const flow = await signIn();
      secrets.failing = 'store';
      await assert.rejects(flow.create({ name: 'ci' }), code('token-not-stored'));
      vault.prepare = () => Promise.reject(new AppError('window-outdated'));
      await assert.rejects(flow.create({ name: 'ci' }), code('window-outdated'));
      assert.deepEqual([requests, flow.orphan, flow.isUnkept], [['POST /login'], undefined, false]);
    });

    it('stores a result that arrives after its caller has stopped waiting', async () => {
      const { signIn, answers, vault } = open();
      const answered = Promise.withResolvers<HttpResponse>();
      answers['/create'] = answered.promise;
      const flow = await signIn();
      const caller = new AbortController();
      const creation = flow.create({ name: 'ci' }, 'ci', caller.signal);
      await idle();
      caller.abort();
      await assert.rejects(creation, caller.signal.reason as Error);
      answered.resolve(OK);
      await flow.close();
      assert.equal(vault.entries.length, 1);
    });

    it('sends nothing for a caller that has already stopped waiting', async () => {
      const { signIn, requests } = open();
      const flow = await signIn();
      await assert.rejects(flow.create({ name: 'ci' }, 'ci', AbortSignal.abort()));
      await flow.close();
      assert.deepEqual(requests, ['POST /login', 'POST /logout']);
    });

    it('neither notes nor revokes a token that was created without an id', async () => {
      const { signIn, secrets, answers, notes, manager, tenant } = open({
        create: () => ask('POST', '/create', made({ token: remote('') })),
      });
      const flow = await signIn();
      await flow.list();
      answers['/create'] = () => refuse(secrets);
      await assert.rejects(flow.create({ name: 'ci' }), code('token-not-stored'));
      assert.deepEqual([flow.orphan, flow.isUnkept], [undefined, true]);
      secrets.failing = undefined;
      const { id } = await flow.keepAgain();
      assert.equal(notes.of(id).remoteId, undefined);
      assert.deepEqual(manager.remote(tenant)?.tokens, [remote('r1')]);
    });

    it('stores a token permanently although its tenant was removed from the settings meanwhile', async () => {
      const gone = { forSession: false };
      const { signIn, vault } = open({}, gone);
      const flow = await signIn();
      gone.forSession = true;
      const { id } = await flow.create({ name: 'ci' });
      assert.equal(vault.isForSession(id), false);
    });

    it('keeps sandbox tokens for the session only', async () => {
      const { signIn, vault, secrets, index } = open({}, { forSession: true });
      const { id } = await (await signIn()).create({ name: 'ci' });
      assert.equal(vault.isForSession(id), true);
      assert.doesNotMatch(textOf([...secrets.values, ...index.values]), /EXAMPLE|"r1"/);
    });
  });

  describe('regenerating', () => {
    it('replaces the old value by the new one, and drops the old access token', async () => {
      const { signIn, add, vault, broker, notes, tenant, answers } = open();
      const { id } = await add();
      answers['/configapi/v2/oauth/token'] = {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ access_token: 'EXAMPLE-ACCESS', token_type: 'Bearer', expires_in: '3600' }),
      };
      await broker.exchange(tenant, id);
      await notes.note(id, { end: { at: 1, from: 'entered' }, exchangeBy: 1 });
      const { generation } = await vault.read(id);
      await (await signIn()).regenerate(id);
      const record = await vault.read(id);
      assert.deepEqual(record.secret, { apiSecret: 'EXAMPLE-OTHER-SECRET' });
      assert.deepEqual([record.access, record.previous, record.generation], [undefined, undefined, generation + 1]);
      assert.equal(broker.peek(tenant, id), undefined);
      assert.deepEqual(notes.of(id), { remoteId: 'r1', end: { at: NOW + 5, from: 'created', aheadDays: 0 } });
    });

    it('keeps the old value if the response is lost, and reports that it is uncertain', async () => {
      const { signIn, add, vault, answers, requests } = open();
      const { id } = await add();
      answers['/regenerate'] = lost;
      await assert.rejects((await signIn()).regenerate(id), code('regeneration-uncertain'));
      assert.deepEqual((await vault.read(id)).secret, { apiSecret: 'EXAMPLE-OLD-SECRET' });
      assert.equal(requests.filter((one) => one === 'POST /regenerate').length, 1);
    });

    it('sends nothing if this window could not store the result', async () => {
      const { signIn, add, vault, requests } = open();
      const { id } = await add();
      vault.prepare = () => Promise.reject(new AppError('window-outdated'));
      await assert.rejects((await signIn()).regenerate(id), code('window-outdated'));
      assert.deepEqual(requests, ['POST /login']);
    });

    it('excludes windows without a shared folder, too, since a second value would invalidate the first', async () => {
      const { signIn, add, answers, secrets, clock } = open({}, { folder: undefined });
      const { id } = await clock.until(add());
      let leases: readonly string[] = [];
      answers['/regenerate'] = () => {
        leases = [...secrets.values.keys()].filter((key) => key.startsWith('lease.'));
        return OK;
      };
      await clock.until((await signIn()).regenerate(id));
      assert.equal(leases.length, 1);
    });

    it('reports that the service has refused', async () => {
      const { signIn, add, answers } = open();
      const { id } = await add();
      answers['/regenerate'] = new AppError('rights-missing');
      await assert.rejects((await signIn()).regenerate(id), code('rights-missing'));
    });

    it('keeps a value in memory if the store refuses it, reports that, and stores it later', async () => {
      const { signIn, add, vault, broker, tenant, secrets, answers, clock } = open();
      const { id } = await add();
      answers['/regenerate'] = () => refuse(secrets);
      await assert.rejects((await signIn()).regenerate(id), AppError);
      assert.equal(broker.status(tenant, id).error?.code, 'secret-not-kept');
      secrets.failing = undefined;
      await clock.advance(5000);
      assert.deepEqual((await vault.read(id)).secret, { apiSecret: 'EXAMPLE-OTHER-SECRET' });
      assert.equal(broker.status(tenant, id).error, undefined);
    });

    it('sends the value only to the address that it was entered for', async () => {
      const { manager, add, tenant, requests } = open();
      const { id } = await add();
      const elsewhere = { ...tenant, url: 'https://c.example' } as typeof tenant;
      const flow = await manager.signIn(elsewhere, credentials);
      await assert.rejects(flow.regenerate(id), code('address-changed'));
      assert.deepEqual(requests, ['POST /login']);
    });

    it('goes before an exchange that is requested meanwhile, which uses the new value', async () => {
      const { signIn, add, broker, tenant, answers, requests } = open();
      const { id } = await add();
      const answered = Promise.withResolvers<HttpResponse>();
      answers['/regenerate'] = answered.promise;
      const regeneration = (await signIn()).regenerate(id);
      await idle();
      const exchange = broker.exchange(tenant, id).catch(() => undefined);
      await idle();
      assert.equal(requests.at(-1), 'POST /regenerate');
      answered.resolve(OK);
      await regeneration;
      await exchange;
      assert.equal(requests.at(-1), 'POST /configapi/v2/oauth/token');
    });
  });

  describe('asking with the value itself', () => {
    it('returns what the service reported, and notes the expiry', async () => {
      const inspect: Lifecycle['inspect'] = (_, { apiSecret = '' }) =>
        ask('POST', `/inspect/${apiSecret.length}`, remote('x', { endsAt: null }));
      const { manager, add, tenant, notes, requests } = open({ inspect });
      const { id } = await add();
      assert.equal((await manager.inspect(tenant, id)).id, 'x');
      assert.deepEqual(requests, ['POST /inspect/18']);
      assert.deepEqual(notes.of(id), { end: { at: null, from: 'service' } });
      assert.equal(manager.details(id)?.token.id, 'x');
    });

    it('does neither if the address has changed', async () => {
      const inspect = () => ask('POST', '/inspect', remote('x'));
      const revokeByValue = () => ask('POST', '/revokeByValue', undefined);
      const { manager, add, tenant, requests } = open({ inspect, revokeByValue });
      const { id } = await add();
      const elsewhere = { ...tenant, url: 'https://c.example' } as typeof tenant;
      await assert.rejects(manager.inspect(elsewhere, id), code('address-changed'));
      await assert.rejects(manager.revokeByValue(elsewhere, id), code('address-changed'));
      assert.deepEqual(requests, []);
    });

    it('revokes a token by its own value, and keeps the stored secret', async () => {
      const { manager, add, tenant, requests, vault } = open({ revokeByValue: () => ask('POST', '/revokeByValue', undefined) });
      const { id } = await add();
      await manager.revokeByValue(tenant, id);
      assert.deepEqual(requests, ['POST /revokeByValue']);
      assert.ok(vault.find(id));
    });
  });

  describe('revoking', () => {
    const create = () => ask('POST', '/create', made({ access: { token: 'EXAMPLE-ACCESS', expiresAt: NOW + 3600_000 } }));
    const revokeByValue = () => ask('POST', '/revokeByValue', undefined);

    for (const how of ['revoke', 'revokeByValue'] as const)
      it(`makes all windows forget the access token: ${how}`, async () => {
        const { signIn, manager, vault, broker, tenant, requests, clock, index, secrets, notes } = open({
          create,
          revokeByValue,
        });
        const flow = await signIn();
        const { id } = await flow.create({ name: 'ci' });
        const other = memoryWindow({ clock, index, secrets });
        for (const window of [broker, other.broker]) assert.equal((await window.access(tenant, id)).token, 'EXAMPLE-ACCESS');
        await (how === 'revoke' ? flow.revoke('r1') : manager.revokeByValue(tenant, id));
        await idle();
        for (const window of [broker, other.broker, memoryWindow({ clock, index, secrets }).broker]) {
          await window.load(id);
          const { state, access, error } = window.status(tenant, id);
          assert.deepEqual([state, access, error?.code], ['attention', undefined, 'token-revoked']);
          assert.equal(window.peek(tenant, id), undefined);
          const before = requests.length;
          await assert.rejects(window.access(tenant, id), code('token-revoked'));
          assert.equal(requests.length, before, 'sends nothing');
        }
        assert.ok(!JSON.stringify([...secrets.values]).includes('EXAMPLE-ACCESS'));
        assert.deepEqual((await vault.read(id)).secret, made().secret, 'keeps the secret for the person to remove');
        assert.equal(notes.of(id).end, undefined, 'reminds nobody of the expiry of a revoked token');
      });

    it('stops handing out the access token at once, even if another window works with the API token meanwhile', async () => {
      const { manager, add, broker, tenant, clock, index, secrets, answers } = open({ revokeByValue });
      const { id } = await add();
      answers['/configapi/v2/oauth/token'] = issued('EXAMPLE-ACCESS');
      await broker.access(tenant, id);
      await manager.revokeByValue(tenant, id);
      const other = memoryWindow({ clock, index, secrets, send: () => new Promise(() => undefined) });
      void other.broker.exchange(tenant, id);
      await idle();
      const revoking = broker.secrets.revoked(tenant, id);
      assert.equal(broker.peek(tenant, id), undefined);
      await clock.until(revoking);
    });

    it('sends the API token again only if a person asks for an exchange, and takes what comes', async () => {
      const { manager, add, broker, tenant, answers } = open({ revokeByValue });
      const { id } = await add();
      await manager.revokeByValue(tenant, id);
      answers['/configapi/v2/oauth/token'] = issued('EXAMPLE-ACCESS');
      await assert.rejects(broker.access(tenant, id), code('token-revoked'));
      await broker.exchange(tenant, id);
      assert.equal((await broker.access(tenant, id)).token, 'EXAMPLE-ACCESS');
      assert.equal(broker.status(tenant, id).state, 'valid');
    });
  });

  describe('listing', () => {
    it('returns the tokens at the service, when it was asked, and which are stored here', async () => {
      const { signIn, manager, tenant, clock, notes, add } = open({
        list: () => ask('GET', '/list', [remote('r1', { endsAt: 7 }), remote('r2')]),
      });
      const { id } = await add();
      await notes.note(id, { remoteId: 'r1' });
      const reported: string[] = [];
      manager.onDidChange((tenant) => reported.push(tenant));
      await clock.advance(60_000);
      const tokens = await (await signIn()).list();
      assert.deepEqual(manager.remote(tenant), { at: clock.wall(), address: platformOf(tenant).exchangeUrl(tenant), tokens });
      assert.deepEqual(
        [manager.keptAs('bp', 'r1'), manager.keptAs('bp', 'r2'), manager.keptAs('x', 'r1')],
        [id, undefined, undefined],
      );
      assert.deepEqual(notes.of(id).end, { at: 7, from: 'service' });
      assert.deepEqual(reported, ['bp']);
    });

    it('recognizes a stored token by a unique suffix of its value', async () => {
      const tokens = [
        remote('r1', { suffix: 'ONE1' }),
        remote('r2', { suffix: 'TWO2' }),
        remote('r3', { suffix: 'TWO2' }),
        remote('r4', { suffix: 'X' }),
      ];
      const { signIn, manager, add } = open({ list: () => ask('GET', '/list', tokens) });
      const { id } = await add('EXAMPLE-ONE1');
      for (const value of ['EXAMPLE-TWO2', 'EXAMPLE-X']) await add(value);
      await (await signIn()).list();
      assert.deepEqual(
        tokens.map((token) => manager.keptAs('bp', token.id)),
        [id, undefined, undefined, undefined],
      );
    });

    it('recognizes neither of two stored tokens with the same suffix', async () => {
      const { signIn, manager, add } = open({ list: () => ask('GET', '/list', [remote('r1', { suffix: 'ONE1' })]) });
      for (const value of ['EXAMPLE-A-ONE1', 'EXAMPLE-B-ONE1']) await add(value);
      await (await signIn()).list();
      assert.equal(manager.keptAs('bp', 'r1'), undefined);
    });

    it('finds only the token with the given remote id or, without one, the stored token', async () => {
      const { add, notes, manager, signIn } = open({ list: () => ask('GET', '/list', [remote('a'), remote('b'), remote('c')]) });
      const { id } = await add();
      await notes.note(id, { remoteId: 'c' });
      const tokens = await (await signIn()).list();
      const named = (remoteId?: string, token?: string) => manager.named('bp', tokens, remoteId, token)?.id;
      assert.deepEqual([named('b'), named('b', id), named(undefined, id)], ['b', 'b', 'c']);
      assert.deepEqual(
        [named('z'), named('z', id), named(undefined, 'other'), named()],
        [undefined, undefined, undefined, undefined],
      );
    });

    it('follows creations, changes, replacements and revocations', async () => {
      let tokens = [remote('r0')];
      const { signIn, manager, tenant, vault } = open({
        list: () => ask('GET', '/list', () => tokens),
        regenerate: () => ask('POST', '/regenerate', () => made({ token: remote('r9') })),
      });
      const ids = () => manager.remote(tenant)?.tokens.map(({ id }) => id);
      const flow = await signIn();
      await flow.list();
      const { id } = await flow.create({ name: 'ci' });
      assert.deepEqual(ids(), ['r0', 'r1']);
      await flow.regenerate(id);
      assert.deepEqual([ids(), manager.keptAs('bp', 'r9')], [['r0', 'r9'], id]);
      tokens = [remote('r0', { name: 'cd' }), remote('r9')];
      await flow.update('r0', { name: 'cd' });
      assert.equal(manager.remote(tenant)?.tokens[0]?.name, 'cd');
      await flow.revoke('r9');
      assert.deepEqual([ids(), manager.details(id)], [['r0'], undefined]);
      assert.ok(vault.find(id));
    });

    it('is not shown for an address other than the one that was queried', async () => {
      const { signIn, manager, tenant } = open();
      await (await signIn()).list();
      const moved = { ...tenant, url: 'https://moved.example' } as typeof tenant;
      assert.deepEqual([manager.remote(tenant)?.tokens, manager.remote(moved)], [[remote('r1')], undefined]);
    });

    it('accepts a person’s choice of the remote token, and then no other token has it', async () => {
      const { manager, notes, add } = open();
      const [one, other] = [await add(), await add('EXAMPLE-OTHER-SECRET')];
      await manager.recognized('bp', one.id, 'r1');
      await manager.recognized('bp', other.id, 'r1');
      assert.deepEqual([notes.of(one.id).remoteId, manager.keptAs('bp', 'r1')], [undefined, other.id]);
    });

    it('forgets the details of a token that a person has replaced', async () => {
      const { signIn, manager, notes } = open();
      const { id } = await (await signIn()).create({ name: 'ci' });
      await manager.replaced(id);
      assert.deepEqual([manager.details(id), manager.keptAs('bp', 'r1'), notes.of(id)], [undefined, undefined, {}]);
    });

    it('forgets everything on request', async () => {
      const { signIn, manager, tenant } = open();
      const flow = await signIn();
      await flow.list();
      manager.forgetAll();
      assert.equal(manager.remote(tenant), undefined);
    });

    it('can be cancelled, before anything is sent and after', async () => {
      const { signIn, manager, tenant, requests, answers } = open();
      const flow = await signIn();
      await assert.rejects(flow.list(AbortSignal.abort()));
      assert.deepEqual(requests, ['POST /login']);
      const caller = new AbortController();
      answers['/list'] = () => {
        caller.abort();
        return OK;
      };
      await assert.rejects(flow.list(caller.signal));
      assert.equal(manager.remote(tenant), undefined);
    });
  });

  describe('a flow', () => {
    it('runs operations one after another, and signs out after the last', async () => {
      const { signIn, answers, requests } = open();
      const answered = Promise.withResolvers<HttpResponse>();
      answers['/revoke'] = answered.promise;
      const flow = await signIn();
      const work = [flow.revoke('r5'), flow.list(), flow.close()];
      await idle();
      assert.deepEqual(requests, ['POST /login', 'DELETE /revoke']);
      answered.resolve(OK);
      await Promise.all(work);
      assert.deepEqual(requests, ['POST /login', 'DELETE /revoke', 'GET /list', 'POST /logout']);
      await assert.rejects(flow.list(), TypeError);
    });

    it('continues after a failure, and retries nothing', async () => {
      const { signIn, answers, requests } = open();
      answers['/list'] = { ...OK, status: 401 };
      const flow = await signIn();
      await assert.rejects(flow.list(), code('session-refused'));
      await flow.revoke('r1');
      assert.deepEqual(requests, ['POST /login', 'GET /list', 'DELETE /revoke']);
    });

    it('waits at most 5 s for the sign-out, and ignores its failure', async () => {
      const { signIn, answers, clock } = open();
      answers['/logout'] = new Promise<HttpResponse>(() => undefined);
      const closing = (await signIn()).close();
      const isClosed = whetherSettled(closing);
      await clock.advance(4999);
      assert.equal(isClosed(), false);
      await clock.advance(1);
      assert.equal(isClosed(), true);
      answers['/logout'] = lost;
      await (await signIn()).close();
    });

    it('does not start if the service refuses the password, which is sent once', async () => {
      const { signIn, answers, requests } = open();
      answers['/login'] = new AppError('login-refused');
      await assert.rejects(signIn(), code('login-refused'));
      assert.deepEqual(requests, ['POST /login']);
    });

    it('uses an access token of a stored token, or one that was entered', async () => {
      const seen: string[] = [];
      const sessionOf: Lifecycle['sessionOf'] = (_, token) => (seen.push(token), session);
      const { manager, tenant, add, answers } = open({ sessionOf });
      const body = JSON.stringify({ access_token: 'EXAMPLE-ACCESS', token_type: 'Bearer', expires_in: '3600' });
      answers['/configapi/v2/oauth/token'] = { status: 200, headers: { 'content-type': 'application/json' }, body };
      await (await manager.withAccessOf(tenant, (await add()).id)).list();
      await manager.withAccessToken(tenant, 'EXAMPLE-ENTERED').list();
      assert.deepEqual(seen, ['EXAMPLE-ACCESS', 'EXAMPLE-ENTERED']);
    });

    it('passes the error of a request on to its conversation', async () => {
      function* list(): Conversation<readonly RemoteToken[]> {
        try {
          yield { method: 'GET', url: `${HOST}/first`, headers: {} };
        } catch (error) {
          assert.ok(code('unreachable')(error));
        }
        return yield* ask('GET', '/list', [remote('second')]);
      }
      const { signIn, answers } = open({ list });
      answers['/first'] = new AppError('unreachable');
      assert.equal((await (await signIn()).list())[0]?.id, 'second');
    });

    it('redacts secrets in a service’s texts and ids, which globalState keeps', async () => {
      const echo = (secret: string) => remote(secret, { name: `of ${secret}`, roles: [secret], suffix: 'SECRET' });
      const { signIn, manager, index, add, tenant } = open({
        create: () => ask('POST', '/create', made({ token: echo('EXAMPLE-NEW-SECRET') })),
        regenerate: () => ask('POST', '/regenerate', made({ token: echo('EXAMPLE-SESSION') })),
        list: () => ask('GET', '/list', [echo('EXAMPLE-SESSION'), remote('r1', { owner: 'EXAMPLE-SESSION' })]),
        inspect: () => ask('POST', '/inspect', echo('EXAMPLE-OLD-SECRET')),
      });
      const flow = await signIn();
      const { id } = await flow.create({ name: 'ci' });
      const created = manager.details(id);
      await flow.regenerate(id);
      assert.deepEqual(await flow.list(), [remote('r1', { owner: '…' })]);
      const inspected = await manager.inspect(tenant, (await add()).id);
      assert.deepEqual(inspected, { ...remote(''), name: 'of …', roles: ['…'], suffix: 'SECRET' });
      const reported = [created, manager.details(id), inspected, manager.remote(tenant), [...index.values]];
      assert.doesNotMatch(textOf(reported), /EXAMPLE/);
    });

    it('leaves no secret in the log, in globalState, in an error, or in any printed form', async () => {
      const { signIn, manager, log, index, answers, tenant, add } = open({ inspect: () => ask('POST', '/inspect', remote('x')) });
      const flow = await signIn();
      const { id } = await flow.create({ name: 'ci' });
      await flow.regenerate(id);
      await flow.list();
      await manager.inspect(tenant, (await add()).id);
      answers['/create'] = lost;
      const error: unknown = await flow.create({ name: 'ci' }).catch((thrown: unknown) => thrown);
      const printed = { log: log.lines, globalState: [...index.values], error, flow, manager, listing: manager.remote(tenant) };
      const places = Object.entries(printed).map(([place, value]) => ({ place, text: textOf(value) }));
      const values = ['EXAMPLE-PASSWORD', 'EXAMPLE-SESSION', 'EXAMPLE-NEW-SECRET', 'EXAMPLE-OTHER-SECRET', 'EXAMPLE-OLD-SECRET'];
      assert.deepEqual(
        leaksIn(
          places,
          values.map((value) => ({ name: value, value })),
        ),
        [],
      );
      assert.ok(log.lines.includes('bp: create done at b.example'));
      assert.doesNotMatch(log.lines.join('\n'), /EXAMPLE|\bci\b/);
    });
  });
});

/** Makes the key store refuse everything from now on. */
function refuse(secrets: MemorySecrets): HttpResponse {
  secrets.failing = 'store';
  return OK;
}

function hasName(error: unknown): boolean {
  return error instanceof AppError && error.facts['name'] === 'ci';
}
