import assert from 'node:assert/strict';
import { AppError } from '../../src/base/errors.js';
import type { HttpResponse } from '../../src/net/http.js';
import { platformOf } from '../../src/platforms/index.js';
import { Tenants } from '../../src/tenants/tenants.js';
import { History } from '../../src/tokens/history.js';
import { ACME } from '../support/acme.js';
import { SteppedClock } from '../support/clock.js';
import { MemoryMemento, memoryWindow } from '../support/memory.js';

const KEY = 'history';

class CountingMemento extends MemoryMemento {
  readonly written: string[] = [];

  override update(key: string, value: unknown): Promise<void> {
    this.written.push(key);
    return super.update(key, value);
  }
}

async function open(index = new CountingMemento()) {
  const clock = new SteppedClock();
  const answers: (HttpResponse | AppError)[] = [];
  const send = (): Promise<HttpResponse> => {
    const answer = answers.shift() ?? new AppError('unreachable');
    return answer instanceof AppError ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const { vault, broker } = memoryWindow({ index, clock, send });
  const tenant = new Tenants(() => [ACME]).get('acme');
  const boundTo = platformOf(tenant).exchangeUrl(tenant);
  const token = { tenant: 'acme', name: 'Laptop', boundTo, secret: { apiToken: 'EXAMPLE-SECRET' } };
  const history = new History({ memento: index, vault, broker, clock });
  const { id } = await vault.add(token);
  const add = (what: 'copied' | 'inserted' | 'sent') => history.add({ token: id, tenant: 'acme', what });
  const whats = (of = id) => history.of(of).map(({ what }) => what);
  const writes = () => index.written.filter((key) => key === KEY).length;
  return { index, clock, vault, broker, tenant, token, history, id, answers, add, whats, writes };
}

const issued: HttpResponse = {
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ access_token: 'EXAMPLE-ACCESS', token_type: 'Bearer', expires_in: 3600 }),
};
const refused: HttpResponse = {
  status: 400,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ error: 'invalid_grant' }),
};

describe('History', () => {
  it('records each exchange that was sent, with its host and result', async () => {
    const { history, broker, tenant, id, answers, clock } = await open();
    answers.push(issued, refused);
    await broker.exchange(tenant, id);
    await assert.rejects(broker.exchange(tenant, id));
    const at = clock.wall();
    assert.deepEqual(history.of(id), [
      { at, token: id, tenant: 'acme', host: 'a.example', what: 'exchanged' },
      { at, token: id, tenant: 'acme', host: 'a.example', what: 'failed', code: 'api-token-refused' },
    ]);
  });

  it('records nothing that was not sent', async () => {
    const { history, broker, tenant, id } = await open();
    await assert.rejects(broker.exchange({ ...tenant, url: 'https://b.example' } as typeof tenant, id));
    assert.deepEqual(history.of(id), []);
  });

  it('keeps no secret', async () => {
    const { history, broker, tenant, id, answers, index } = await open();
    answers.push(issued);
    await broker.exchange(tenant, id);
    await history.settled();
    assert.doesNotMatch(JSON.stringify(index.get(KEY)), /EXAMPLE/);
  });

  it('is written at most once a second', async () => {
    const { add, writes, clock, index, whats } = await open();
    for (let count = 0; count < 20; count++) add('copied');
    assert.equal(writes(), 0);
    await clock.advance(1000);
    assert.equal(writes(), 1);
    add('sent');
    await clock.advance(999);
    assert.equal(writes(), 1);
    await clock.advance(1);
    assert.equal(writes(), 2);
    assert.equal(index.get<unknown[]>(KEY).length, 21);
    assert.equal(whats().at(-1), 'sent');
  });

  it('is written at once when the window closes, and not again', async () => {
    const { add, writes, clock, history } = await open();
    add('copied');
    await history.settled();
    await history.settled();
    await clock.advance(5000);
    assert.equal(writes(), 1);
  });

  it('keeps the newest 300, and removes nothing that another window wrote', async () => {
    const { index, add, history, whats } = await open();
    const other = await open(index);
    add('inserted');
    for (let count = 0; count < 350; count++) other.add('copied');
    await history.settled();
    await other.history.settled();
    assert.equal(index.get<unknown[]>(KEY).length, 300);
    assert.deepEqual(whats(), []);
    add('sent');
    await history.settled();
    assert.equal(index.get<unknown[]>(KEY).length, 300);
    assert.deepEqual([whats(), other.whats().length], [['sent'], 299]);
  });

  it('returns the events of one token, and fires the id of the token that has new ones', async () => {
    const { history, id, add, whats, vault, token } = await open();
    const other = await vault.add(token);
    const reported: unknown[] = [];
    history.onDidChange((of) => reported.push(of));
    add('copied');
    history.add({ token: other.id, tenant: 'acme', what: 'sent', host: 'a.example' });
    assert.deepEqual([whats(), whats(other.id), reported], [['copied'], ['sent'], [id, other.id]]);
  });

  it('keeps nothing of the sandbox', async () => {
    const { history, vault, token, whats, index } = await open();
    const { id } = vault.addForSession(token);
    history.add({ token: id, tenant: 'acme', what: 'copied' });
    await history.settled();
    assert.deepEqual([whats(id), index.get(KEY)], [['copied'], undefined]);
  });

  it('clears everything, even what is not written yet', async () => {
    const { history, add, whats, clock, index } = await open();
    add('copied');
    await history.settled();
    add('sent');
    await history.clear();
    await clock.advance(2000);
    assert.deepEqual([whats(), index.get(KEY)], [[], undefined]);
  });

  it('works although it cannot be written or is damaged', async () => {
    const { history, add, whats, index } = await open();
    index.failing = true;
    add('copied');
    await history.settled();
    index.failing = false;
    for (const damaged of ['text', 42, {}, [{ at: 'now' }, null]]) {
      await index.update(KEY, damaged);
      assert.deepEqual(whats(), []);
    }
    add('sent');
    await history.settled();
    assert.deepEqual(whats(), ['sent']);
  });
});
