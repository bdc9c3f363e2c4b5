import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { request } from 'node:http';
import { get, jsonOf, postForm, postJson, START, useSandbox } from './client.js';

/** Sends a chosen Host header, which fetch would not. */
const statusForHost = (origin: string, host: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const { port } = new URL(origin);
    request({ host: '127.0.0.1', port, path: '/api/versions', headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once('error', reject)
      .end();
  });

describe('sandbox: what all services do', () => {
  const sandbox = useSandbox();
  const director = () => sandbox.current().services['cloud-director'];
  const exchange = () =>
    postForm(`${director().origin}/oauth/tenant/acme/token`, {
      grant_type: 'refresh_token',
      refresh_token: sandbox.secret('sandbox-cloud-director')['apiToken']!,
    });

  it('listens on loopback only, each on its own port', () => {
    const origins = Object.values(sandbox.current().services).map(({ origin }) => origin);
    for (const origin of origins) assert.match(origin, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(new Set(origins).size, origins.length);
  });

  it('refuses a request for another host name', async () => {
    const { origin } = director();
    assert.equal(await statusForHost(origin, new URL(origin).host), 200);
    for (const host of ['attacker.example', `localhost:${new URL(origin).port}`, '127.0.0.1'])
      assert.equal(await statusForHost(origin, host), 421, host);
  });

  it('distinguishes unknown paths from wrong methods', async () => {
    assert.equal((await get(`${director().origin}/nothing`)).status, 404);
    assert.equal((await get(`${director().origin}/oauth/tenant/acme/token`)).status, 405);
    assert.equal((await get(`${director().origin}/oauth/tenant/%2e%2e/token/more`)).status, 404);
    assert.equal((await get(`${director().origin}/oauth/tenant/%E0%A4%A/token`)).status, 405);
  });

  it('accepts only a form where one is required, without repeated parameters, and of limited size', async () => {
    const url = `${director().origin}/oauth/tenant/acme/token`;
    assert.equal((await postJson(url, { grant_type: 'refresh_token' })).status, 415);
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    assert.equal((await postJson(url, 'grant_type=a&grant_type=b', type)).status, 400);
    assert.equal((await postJson(url, `grant_type=${'a'.repeat(70_000)}`, type)).status, 413);
  });

  it('dates its answers by the injected clock, and forbids storing them', async () => {
    const { headers } = await exchange();
    assert.equal(headers.get('date'), new Date(START).toUTCString());
    assert.equal(headers.get('cache-control'), 'no-store');
  });

  it('records requests and answers', async () => {
    await exchange();
    await get(`${director().origin}/api/versions?x=1`);
    const [first, second] = director().requests;
    assert.deepEqual(
      [first?.method, first?.path, first?.status, first?.headers['content-type']],
      ['POST', '/oauth/tenant/acme/token', 200, 'application/x-www-form-urlencoded;charset=UTF-8'],
    );
    assert.match(first?.body ?? '', /^grant_type=refresh_token&refresh_token=EXAMPLE/);
    assert.deepEqual([second?.method, second?.path, second?.body], ['GET', '/api/versions?x=1', '']);
  });

  describe('on demand', () => {
    it('limits the rate, fails, shows a web page and redirects, as often as requested', async () => {
      const service = director();
      service.answerNext('rate-limited', 2);
      service.answerNext('service-failed');
      service.answerNext('web-page');
      service.answerNext('redirect');
      const replies = [];
      for (let time = 0; time < 6; time += 1) replies.push(await exchange());
      assert.deepEqual(
        replies.map(({ status }) => status),
        [429, 429, 503, 200, 307, 200],
      );
      const [limited, , failed, page, moved, fine] = replies;
      assert.equal(limited?.headers.get('retry-after'), '2');
      assert.equal(jsonOf(failed!)['minorErrorCode'], 'temporarily_unavailable');
      assert.match(page?.headers.get('content-type') ?? '', /^text\/html/);
      assert.match(page?.text ?? '', /^<!DOCTYPE html>/);
      assert.equal(moved?.headers.get('location'), `${service.origin}/moved`);
      assert.equal(jsonOf(fine!)['token_type'], 'Bearer');
    });

    it('keeps the misbehaviour of exchanges and resources separate', async () => {
      director().answerNext('service-failed', 1, 'resource');
      assert.equal((await exchange()).status, 200);
      assert.equal((await get(`${director().origin}/api/versions`)).status, 503);
      assert.equal((await get(`${director().origin}/api/versions`)).status, 200);
    });

    it('keeps the misbehaviour of token management separate, and treats signing in as a resource', async () => {
      director().answerNext('service-failed', 1, 'manage');
      director().answerNext('rate-limited', 1, 'resource');
      assert.equal((await exchange()).status, 200);
      assert.equal((await postJson(`${director().origin}/cloudapi/1.0.0/sessions`, '')).status, 429);
      assert.equal((await get(`${director().origin}/cloudapi/1.0.0/tokens`)).status, 503);
      assert.equal((await get(`${director().origin}/cloudapi/1.0.0/tokens`)).status, 406);
    });

    it('changes an answer', async () => {
      director().answerNext((due) => ({ ...due, body: due.body.replace('}', ',}') }));
      const { status, text } = await exchange();
      assert.equal(status, 200);
      assert.throws(() => JSON.parse(text) as unknown, SyntaxError);
    });

    for (const [behaviour, takesEffect] of [
      ['cut-off', true],
      ['lost', true],
      ['dropped', false],
    ] as const)
      it(`breaks the connection (${behaviour}) ${takesEffect ? 'after' : 'before'} the request has taken effect`, async () => {
        const { accessToken, refreshToken } = sandbox.secret('sandbox-commvault');
        const url = `${String(sandbox.tenant('sandbox-commvault').tenant['url'])}/V4/AccessToken/Renew`;
        const service = sandbox.current().services.commvault;
        service.answerNext(behaviour);
        await assert.rejects(postJson(url, { accessToken, refreshToken }));
        assert.equal(service.requests.at(-1)?.status, 0);
        const again = jsonOf(await postJson(url, { accessToken, refreshToken }));
        assert.equal('accessToken' in again, !takesEffect);
      });

    it('leaves a client waiting', async () => {
      director().answerNext('silent');
      const waiting = new AbortController();
      const pending = fetch(`${director().origin}/oauth/provider/token`, { method: 'POST', signal: waiting.signal });
      while (director().requests.length === 0) await new Promise(setImmediate);
      waiting.abort();
      await assert.rejects(pending, { name: 'AbortError' });
    });
  });

  it('closes immediately, with open connections', async () => {
    const { origin } = director();
    const port = Number(new URL(origin).port);
    const socket = connect(port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve).once('error', () => undefined));
    await new Promise((resolve) => socket.once('connect', resolve));
    director().answerNext('silent');
    const pending = assert.rejects(fetch(`${origin}/oauth/provider/token`, { method: 'POST' }));
    while (director().requests.length === 0) await new Promise(setImmediate);
    await sandbox.current().stop();
    await Promise.all([closed, pending]);
    await assert.rejects(get(`${origin}/api/versions`));
  });
});
