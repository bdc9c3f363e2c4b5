import assert from 'node:assert/strict';
import { AppError } from '../../src/base/errors.js';
import type { HttpRequest, HttpResponse } from '../../src/net/http.js';
import { platformOf } from '../../src/platforms/index.js';
import { readTenants } from '../../src/tenants/tenants.js';
import type { WindowParts } from '../../src/exchange/tokenServices.js';
import { SteppedClock } from '../support/clock.js';
import { MemoryFolder, MemoryMemento, MemorySecrets, memoryWindow } from '../support/memory.js';

const MINUTE = 60_000;
const SETTINGS = { id: 'acme', name: 'Acme', platform: 'oauth2', tokenUrl: 'https://a.example/token', grant: 'refresh_token' };

const code = (expected: string) => (error: unknown) => error instanceof AppError && error.code === expected;

/** Windows of one machine, and a service that replaces the refresh token each time and takes none twice. */
async function setUp({ folder }: { folder?: MemoryFolder | undefined } = { folder: new MemoryFolder() }) {
  const tenant = readTenants([SETTINGS])[0]!.tenant!;
  const [clock, index] = [new SteppedClock(), new MemoryMemento()];
  const state = { current: 0, requests: [] as HttpRequest[], answers: [] as HttpResponse[] };
  const json = (status: number, body: object, headers = {}): HttpResponse => ({
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const send = async (request: HttpRequest): Promise<HttpResponse> => {
    state.requests.push(request);
    await new Promise<void>((resolve) => clock.after(100, resolve));
    const answer = state.answers.shift();
    if (answer) return answer;
    const sent = new URLSearchParams(request.body).get('refresh_token');
    if (sent !== `EXAMPLE-refresh-${state.current}`) return json(400, { error: 'invalid_grant' });
    const number = ++state.current;
    const refresh = { refresh_token: `EXAMPLE-refresh-${number}` };
    return json(200, { access_token: `EXAMPLE-access-${number}`, token_type: 'Bearer', expires_in: 3600, ...refresh });
  };
  const secrets = new MemorySecrets();
  const open = (parts: Partial<WindowParts> = {}) => memoryWindow({ clock, index, secrets, folder, send, ...parts });
  const first = open();
  const secret = { refreshToken: 'EXAMPLE-refresh-0' };
  const { id } = await clock.until(
    first.vault.add({ tenant: tenant.id, name: 'Laptop', boundTo: platformOf(tenant).exchangeUrl(tenant), secret }),
  );
  await clock.advance(MINUTE);
  return { tenant, id, clock, index, secrets, state, json, open, first };
}

describe('several windows', () => {
  it('exchange once when all of them want a token, or a fresh one', async () => {
    const { tenant, id, clock, state, open, first } = await setUp();
    const brokers = [first, open(), open(), open()].map(({ broker }) => broker);
    const got = await clock.until(Promise.all(brokers.map((broker) => broker.access(tenant, id))));
    assert.deepEqual(new Set(got.map(({ token }) => token)), new Set(['EXAMPLE-access-1']));
    await clock.advance(MINUTE);
    const fresh = await clock.until(Promise.all(brokers.map((broker) => broker.exchange(tenant, id))));
    assert.deepEqual(new Set(fresh.map(({ token }) => token)), new Set(['EXAMPLE-access-2']));
    assert.equal(state.requests.length, 2);
  });

  it('leave a service alone for as long as it told one of them, also after a restart', async () => {
    const { tenant, id, clock, state, json, open, first } = await setUp();
    state.answers.push(json(429, {}, { 'retry-after': '600' }));
    await assert.rejects(clock.until(first.broker.access(tenant, id)), code('rate-limited'));
    first.broker.dispose();
    await clock.advance(5 * MINUTE);
    const { broker } = open();
    await assert.rejects(clock.until(broker.access(tenant, id)), (error: AppError) => {
      const seconds = Number(error.facts['retryAfter']);
      return error.code === 'rate-limited' && seconds > 295 && seconds <= 300;
    });
    assert.equal(state.requests.length, 1);
    await clock.advance(5 * MINUTE);
    assert.equal((await clock.until(broker.access(tenant, id))).token, 'EXAMPLE-access-1');
  });

  it('exchange once where an API has refused a token before its end, and not when it is new', async () => {
    const { tenant, id, clock, state, open, first } = await setUp();
    const second = open();
    const refused = await clock.until(first.broker.access(tenant, id));
    await clock.until(second.broker.access(tenant, id));
    first.broker.refused(id, refused.token);
    assert.equal(first.broker.peek(tenant, id)?.token, refused.token);
    await clock.advance(2 * MINUTE);
    for (const { broker } of [first, second]) {
      broker.refused(id, 'EXAMPLE-another');
      assert.ok(broker.peek(tenant, id));
      broker.refused(id, refused.token);
      assert.equal(broker.peek(tenant, id), undefined);
    }
    const got = await clock.until(Promise.all([first, second].map(({ broker }) => broker.access(tenant, id))));
    assert.deepEqual(
      got.map(({ token }) => token),
      ['EXAMPLE-access-2', 'EXAMPLE-access-2'],
    );
    assert.equal(state.requests.length, 2);
  });

  describe('where the store refuses a new secret', () => {
    it('offer it again, less and less often, until the store takes it', async () => {
      const { tenant, id, clock, secrets, first } = await setUp();
      secrets.failing = 'store';
      await assert.rejects(clock.until(first.broker.access(tenant, id)), code('secret-not-kept'));
      const stores = (): number => secrets.calls.filter((call) => call === 'store').length;
      const perMinute: number[] = [];
      for (let minute = 0; minute < 5; minute++) {
        const before = stores();
        await clock.advance(MINUTE);
        perMinute.push(stores() - before);
      }
      assert.ok(perMinute[0]! >= 3 && perMinute[0]! <= 20, perMinute.join());
      assert.ok(perMinute[4]! >= 1 && perMinute[4]! < perMinute[0]!, perMinute.join());
      assert.equal(first.broker.status(tenant, id).error?.code, 'secret-not-kept');
      secrets.failing = undefined;
      await clock.advance(2 * MINUTE);
      assert.match(secrets.values.get(`token.${id}`) ?? '', /EXAMPLE-refresh-1/);
      assert.equal(first.broker.status(tenant, id).state, 'valid');
      const after = stores();
      await clock.advance(10 * MINUTE);
      assert.equal(stores(), after);
    });

    it('offer it once more when the window closes', async () => {
      const { tenant, id, clock, secrets, first } = await setUp();
      secrets.failing = 'store';
      await assert.rejects(clock.until(first.broker.access(tenant, id)), code('secret-not-kept'));
      secrets.failing = undefined;
      await clock.until(first.broker.settled());
      assert.match(secrets.values.get(`token.${id}`) ?? '', /EXAMPLE-refresh-1/);
    });

    it('do not put it in the place of what another window has got since', async () => {
      const { tenant, id, clock, state, secrets, open, first } = await setUp();
      const own = new MemorySecrets();
      for (const [key, value] of secrets.values) own.values.set(key, value);
      const second = open({ secrets: own });
      own.failing = 'store';
      await assert.rejects(clock.until(second.broker.access(tenant, id)), code('secret-not-kept'));
      // The second copy was written, so another window goes on from it.
      await clock.advance(MINUTE);
      assert.equal((await clock.until(first.broker.exchange(tenant, id))).token, 'EXAMPLE-access-2');
      own.failing = undefined;
      await clock.advance(10 * MINUTE);
      await clock.until(second.broker.settled());
      assert.equal((await clock.until(first.vault.read(id))).secret['refreshToken'], 'EXAMPLE-refresh-2');
      const third = open({ secrets: own });
      const got: string[] = [];
      for (const { broker } of [third, first]) got.push((await clock.until(broker.exchange(tenant, id))).token);
      assert.deepEqual(new Set(got), new Set(['EXAMPLE-access-3']));
      assert.equal(state.current, 3);
    });
  });

  it('put back without a folder what the store has lost and one of them has read', async () => {
    const { tenant, id, clock, secrets, first } = await setUp({ folder: undefined });
    await clock.until(first.broker.access(tenant, id));
    await secrets.delete(`token.${id}`);
    await clock.advance(MINUTE);
    assert.match(secrets.values.get(`token.${id}`) ?? '', /EXAMPLE-refresh-1/);
    assert.equal(first.broker.status(tenant, id).state, 'valid');
  });

  it('do not list again what one of them has removed, where another one writes the list that it had', async () => {
    const { id, clock, index, open, first } = await setUp();
    const before = index.get('tokens');
    await clock.until(first.vault.remove(id));
    await index.update('tokens', before);
    assert.deepEqual([first.vault.entries, first.vault.find(id)], [[], undefined]);
    const second = open();
    await clock.advance(2_000);
    assert.deepEqual([index.get('tokens'), second.vault.entries], [[], []]);
  });

  it('put nothing back that one of them has removed', async () => {
    for (const folder of [new MemoryFolder(), undefined]) {
      const { tenant, id, clock, secrets, open, first } = await setUp({ folder });
      const second = open();
      await clock.until(first.broker.access(tenant, id));
      await clock.until(second.broker.access(tenant, id));
      await clock.until(second.vault.remove(id));
      await clock.advance(MINUTE);
      assert.equal(secrets.values.has(`token.${id}`), false);
      assert.equal(first.broker.peek(tenant, id), undefined);
    }
  });
});
