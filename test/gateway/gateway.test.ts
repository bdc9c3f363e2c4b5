import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { AppError } from '../../src/base/errors.js';
import { until } from '../workbench/until.js';
import { codeOf, Scene, TOKEN } from './support.js';

const HOUR_MS = 60 * 60_000;

describe('the gateway', () => {
  const scenes: Scene[] = [];
  const open = async (...args: Parameters<typeof Scene.open>): Promise<Scene> => {
    const scene = await Scene.open(...args);
    scenes.push(scene);
    return scene;
  };
  afterEach(async () => {
    for (const scene of scenes.splice(0)) await scene.close();
  });

  describe('forwards', () => {
    it('a request with the access token of its tenant, which the client never sees', async () => {
      const scene = await open((request, response) => void response.end(`you asked for ${request.url}`));
      const answer = await scene.send('/cloudapi/1.0.0/orgs?page=1');
      assert.deepEqual([answer.status, answer.text], [200, 'you asked for /cloudapi/1.0.0/orgs?page=1']);
      const [{ headers } = assert.fail('nothing arrived')] = scene.arrived;
      assert.equal(headers.authorization, `Bearer ${TOKEN}`);
      assert.equal(headers.host, new URL(scene.origin).host);
      assert.ok(!JSON.stringify(answer).includes(TOKEN));
    });

    it('no credential of the client, and no header of its connection', async () => {
      const scene = await open();
      const sent = {
        Authorization: 'Bearer EXAMPLE-of-the-client',
        Authtoken: 'EXAMPLE',
        'csp-auth-token': 'EXAMPLE',
        'X-Vcloud-Authorization': 'EXAMPLE',
        Cookie: 'session=EXAMPLE',
        'Proxy-Authorization': 'Basic EXAMPLE',
        Connection: 'keep-alive, X-Mine',
        'X-Mine': '1',
        TE: 'trailers',
        'Sec-Fetch-Mode': 'cors',
        'X-Kept': 'yes',
      };
      await scene.send('/x', { headers: sent });
      const [{ headers } = assert.fail('nothing arrived')] = scene.arrived;
      assert.doesNotMatch(JSON.stringify(headers), /EXAMPLE(?!-access-token)/);
      assert.deepEqual(
        Object.keys(headers).filter((name) => /cookie|authtoken|csp|vcloud|proxy|mine|^te$|sec-/.test(name)),
        [],
      );
      assert.equal(headers['x-kept'], 'yes');
    });

    it('the Accept header that the client chose, and the tenant’s in place of none or */*', async () => {
      const headers = [
        { name: 'Authorization', value: `Bearer ${TOKEN}` },
        { name: 'Accept', value: 'application/json;version=39.0' },
      ];
      const scene = await open(undefined, { authorize: () => Promise.resolve({ accessToken: TOKEN, headers }) });
      await scene.send('/x');
      await scene.send('/x', { headers: { Accept: '*/*' } });
      await scene.send('/x', { headers: { Accept: 'application/*+xml;version=38.0' } });
      assert.deepEqual(
        scene.arrived.map((request) => request.headers.accept),
        ['application/json;version=39.0', 'application/json;version=39.0', 'application/*+xml;version=38.0'],
      );
    });

    it('an answer with its status and headers, but no cookies and nothing for browsers', async () => {
      const scene = await open((_, response) => {
        response.writeHead(418, 'Short and stout', {
          'Set-Cookie': 'a=b',
          'Access-Control-Allow-Origin': '*',
          'Strict-Transport-Security': 'max-age=1',
          'X-Rate-Limit': '7',
          ETag: '"1"',
        });
        response.end('tea');
      });
      const { status, headers, text: body } = await scene.send('/x');
      assert.deepEqual([status, body, headers['x-rate-limit'], headers.etag], [418, 'tea', '7', '"1"']);
      assert.deepEqual(
        Object.keys(headers).filter((name) => /cookie|access-control|strict/.test(name)),
        [],
      );
    });

    it('addresses of the service as its own, in bodies and in Location, so that a client comes back', async () => {
      const scene = await open((request, response) => {
        const { host } = request.headers;
        const isRedirect = request.url === '/moved';
        response.writeHead(isRedirect ? 302 : 200, {
          'Content-Type': 'application/json',
          ...(isRedirect && { Location: `http://${host}/there` }),
        });
        response.end(JSON.stringify({ href: `http://${host}/next`, other: 'https://other.example/x' }));
      });
      const { text: body, headers } = await scene.send('/x');
      assert.deepEqual(JSON.parse(body), { href: `${scene.address}/next`, other: 'https://other.example/x' });
      assert.equal(headers['content-length'], undefined);
      const moved = await scene.send('/moved');
      assert.deepEqual([moved.status, moved.headers.location], [302, `${scene.address}/there`]);
      assert.equal(scene.arrived.length, 2);
    });

    it('a redirect to another service as it is, without following it', async () => {
      const scene = await open((_, response) => void response.writeHead(307, { Location: 'https://other.example/x' }).end());
      const { status, headers } = await scene.send('/x');
      assert.deepEqual([status, headers.location], [307, 'https://other.example/x']);
    });

    it('addresses as they are where the tenant’s settings say so', async () => {
      const answer = (_: IncomingMessage, response: ServerResponse): void =>
        void response.setHeader('Content-Type', 'application/json').end(`{"href":"${scene.origin}/x"}`);
      const scene = await open(answer, {}, { gateway: { rewriteAddresses: false } });
      assert.equal((await scene.send('/x')).text, `{"href":"${scene.origin}/x"}`);
    });

    it('events as they come', async () => {
      let service: ServerResponse | undefined;
      const scene = await open((_, response) => {
        service = response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        service.write('data: 1\n\n');
      });
      const request = httpRequest(`${scene.address}/events`, { agent: false }).end();
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      assert.equal(String((await once(response, 'data'))[0]), 'data: 1\n\n');
      service?.write('data: 2\n\n');
      assert.equal(String((await once(response, 'data'))[0]), 'data: 2\n\n');
      request.destroy();
    });

    it('a body of any kind once the tenant may be written to', async () => {
      const bodies: string[] = [];
      const scene = await open(
        (request, response) => {
          void text(request).then((body) => {
            bodies.push(body);
            response.writeHead(201).end();
          });
        },
        { mayWrite: () => true },
      );
      const large = 'x'.repeat(3 * 1024 * 1024);
      assert.equal((await scene.send('/x', { method: 'POST', body: '{"a":1}' })).status, 201);
      assert.equal((await scene.send('/x', { method: 'PUT', body: large })).status, 201);
      assert.equal((await scene.send('/x', { method: 'DELETE' })).status, 201);
      const chunked = httpRequest(`${scene.address}/x`, { method: 'POST', agent: false });
      chunked.write('in ');
      chunked.end('pieces');
      await once(chunked, 'response');
      assert.deepEqual(
        bodies.map((body) => body.length),
        [7, large.length, 0, 9],
      );
      assert.deepEqual(
        scene.arrived.map((request) => request.headers['content-length']),
        ['7', String(large.length), undefined, '9'],
      );
    });

    it('to a further host of the tenant, by its name in the path', async () => {
      const scene = await open(undefined, {}, { hosts: ['127.0.0.1:9'] });
      const { port } = new URL(scene.origin);
      assert.equal((await scene.send(`/~/127.0.0.1:${port}/x`)).status, 200);
      assert.equal(scene.arrived[0]?.url, '/x');
      const refused = await scene.send('/~/127.0.0.1:9/x');
      assert.deepEqual([refused.status, codeOf(refused)], [502, 'unreachable']);
    });
  });

  describe('refuses, before a token is taken', () => {
    const nothingSent = (scene: Scene): void => {
      assert.deepEqual([scene.arrived.length, scene.authorized.length, scene.forwarded.length], [0, 0, 0]);
    };

    for (const [what, status, code, headers] of [
      ['the name of another host', 421, 'wrong-host', { Host: 'localhost:1' }],
      ['a name that was rebound to this machine', 421, 'wrong-host', { Host: 'evil.example' }],
      ['a page of another origin', 403, 'from-a-page', { Origin: 'https://evil.example' }],
      ['a page without an origin', 403, 'from-a-page', { Origin: 'null' }],
      ['a link on a page', 403, 'from-a-page', { Referer: 'https://evil.example/' }],
      ['what a page loads', 403, 'from-a-page', { 'Sec-Fetch-Site': 'cross-site' }],
      ['what a page of this machine loads', 403, 'from-a-page', { 'Sec-Fetch-Site': 'same-origin' }],
    ] as const)
      it(what, async () => {
        const scene = await open();
        const answer = await scene.send('/x', { headers });
        assert.deepEqual([answer.status, codeOf(answer)], [status, code]);
        nothingSent(scene);
      });

    for (const method of ['OPTIONS', 'TRACE', 'LOCK', 'PURGE'])
      it(`the method ${method}`, async () => {
        const scene = await open(undefined, { mayWrite: () => true });
        const answer = await scene.send('/x', { method });
        assert.deepEqual([answer.status, codeOf(answer)], [405, 'wrong-method']);
        nothingSent(scene);
      });

    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'QUERY'])
      it(`the method ${method} until a person has allowed writing`, async () => {
        const scene = await open();
        const answer = await scene.send('/x', { method, ...(method !== 'DELETE' && { body: '{}' }) });
        assert.deepEqual([answer.status, codeOf(answer)], [403, 'reading-only']);
        nothingSent(scene);
      });

    it('dot segments and encoded slashes', async () => {
      const scene = await open();
      for (const path of ['/a/../b', '/%2e%2e/b', '/a%2fb', '/a%5cb']) {
        const { pathname } = new URL(scene.address);
        const raw = await scene.sendRaw(`GET ${pathname}${path} HTTP/1.1\r\nHost: ${scene.gateway.authority}\r\n\r\n`);
        assert.match(raw, /^HTTP\/1\.1 400 [^]*"code":"bad-target"/, path);
      }
      nothingSent(scene);
    });

    it('a host that is not the tenant’s', async () => {
      const scene = await open();
      const answer = await scene.send('/~/evil.example/x');
      assert.deepEqual([answer.status, codeOf(answer)], [403, 'foreign-host']);
      nothingSent(scene);
    });

    it('a wrong capability, another tenant’s and one of before the last start, slowly', async () => {
      const scene = await open();
      const { address, clock, gateway } = scene;
      const other = gateway.addressOf('other', 'token');
      const before = await open();
      const paths = [
        '/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/acme/x',
        `${new URL(other).pathname.replace('other', 'acme')}/x`,
        `${new URL(address).pathname.replace('acme', 'other')}/x`,
        `${new URL(before.address).pathname}/x`,
        `${new URL(other).pathname}/x`,
      ];
      for (const path of paths) {
        const answer = scene.sendRaw(`GET ${path} HTTP/1.1\r\nHost: ${gateway.authority}\r\nConnection: close\r\n\r\n`);
        let isAnswered = false;
        void answer.then(() => (isAnswered = true));
        await until('the gateway to wait', () => clock.timers > 1);
        await turn();
        assert.equal(isAnswered, false, path);
        await clock.advance(500);
        assert.match(await answer, /^HTTP\/1\.1 404 [^]*"code":"unknown-address"/, path);
      }
      nothingSent(scene);
    });

    for (const [what, status, head] of [
      [
        'a target in absolute form',
        400,
        (path: string, host: string) => `GET http://${host}${path}/x HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      ],
      ['CONNECT', undefined, (_: string, host: string) => `CONNECT evil.example:443 HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
      ['two hosts', 421, (path: string, host: string) => `GET ${path}/x HTTP/1.1\r\nHost: ${host}\r\nHost: ${host}\r\n\r\n`],
      ['no host', 400, (path: string) => `GET ${path}/x HTTP/1.1\r\n\r\n`],
      [
        'two lengths',
        400,
        (path: string, host: string) =>
          `GET ${path}/x HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
      ],
      [
        'a length and pieces',
        400,
        (path: string, host: string) =>
          `GET ${path}/x HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      ],
      [
        'a header in a header',
        400,
        (path: string, host: string) => `GET ${path}/x HTTP/1.1\r\nHost: ${host}\r\nX: a\nAuthorization: b\r\n\r\n`,
      ],
      [
        'a control character in a header',
        400,
        (path: string, host: string) => `GET ${path}/x HTTP/1.1\r\nHost: ${host}\r\nX: a\x00b\r\n\r\n`,
      ],
      [
        'a megabyte of headers',
        431,
        (path: string, host: string) => `GET ${path}/x HTTP/1.1\r\nHost: ${host}\r\nX: ${'x'.repeat(1_000_000)}\r\n\r\n`,
      ],
    ] as const)
      it(what, async () => {
        const scene = await open(undefined, { mayWrite: () => true });
        const { pathname } = new URL(scene.address);
        const raw = await scene
          .sendRaw(head(pathname, scene.gateway.authority))
          .catch((error: unknown) => (error as NodeJS.ErrnoException).code ?? '');
        if (status === undefined) assert.equal(raw, '');
        else assert.match(raw, new RegExp(`^HTTP/1\\.1 ${status} |^E(CONNRESET|PIPE)$`));
        nothingSent(scene);
      });

    it('more than 64 requests at a time, and says when to come again', async () => {
      const waiting: ServerResponse[] = [];
      const scene = await open((_, response) => void waiting.push(response));
      const sent = Array.from({ length: 64 }, () => scene.send('/x'));
      await until('64 requests', () => waiting.length === 64);
      const answer = await scene.send('/x');
      assert.deepEqual([answer.status, codeOf(answer), answer.headers['retry-after']], [503, 'too-many', '1']);
      for (const response of waiting) response.end('OK');
      assert.deepEqual([...new Set((await Promise.all(sent)).map(({ status }) => status))], [200]);
    });
  });

  describe('answers with an error of its own, which a script can tell from the service’s,', () => {
    it('where no access token is to be had, with what to do', async () => {
      const scene = await open(undefined, { authorize: () => Promise.reject(new AppError('passcode-needed', {})) });
      const answer = await scene.send('/x');
      assert.deepEqual([answer.status, codeOf(answer), scene.arrived.length], [502, 'passcode-needed', 0]);
      assert.match(answer.text, /Acme failed/);
    });

    it('where something unforeseen happens, without its words', async () => {
      const scene = await open(undefined, { authorize: () => Promise.reject(new Error(`broken: ${TOKEN}`)) });
      const answer = await scene.send('/x');
      assert.deepEqual([answer.status, codeOf(answer)], [500, 'failed']);
      assert.ok(!answer.text.includes(TOKEN));
    });

    it('and says at its root how to call it', async () => {
      const scene = await open();
      const raw = await scene.sendRaw(`GET / HTTP/1.1\r\nHost: ${scene.gateway.authority}\r\nConnection: close\r\n\r\n`);
      assert.match(raw, /^HTTP\/1\.1 200 [^]*NO_PROXY=127\.0\.0\.1/);
      assert.ok(!raw.includes('/acme'));
    });
  });

  describe('when a service answers 401', () => {
    const refusing = (request: IncomingMessage, response: ServerResponse): void => {
      void text(request).then((body) => {
        const isNew = request.headers.authorization === 'Bearer NEW';
        response.writeHead(isNew ? 200 : 401).end(body);
      });
    };
    const renewing = {
      mayWrite: () => true,
      authorize: (_: unknown, __: unknown, refused?: string) =>
        Promise.resolve(refused === undefined ? authorization('OLD') : authorization('NEW')),
    };
    const authorization = (accessToken: string) => ({
      accessToken,
      headers: [{ name: 'Authorization', value: `Bearer ${accessToken}` }],
    });

    it('sends the request once more with a new access token', async () => {
      const scene = await open(refusing, renewing);
      const answer = await scene.send('/x', { method: 'POST', body: 'again' });
      assert.deepEqual([answer.status, answer.text, scene.arrived.length], [200, 'again', 2]);
    });

    it('passes it on where there is no new access token', async () => {
      const scene = await open(refusing);
      assert.equal((await scene.send('/x')).status, 401);
      assert.deepEqual([scene.arrived.length, scene.authorized], [1, [undefined, TOKEN]]);
    });

    it('passes it on where the new exchange fails', async () => {
      const authorize = (_: unknown, __: unknown, refused?: string) =>
        refused === undefined ? Promise.resolve(authorization('OLD')) : Promise.reject(new AppError('unreachable', {}));
      const scene = await open(refusing, { authorize });
      assert.equal((await scene.send('/x')).status, 401);
    });

    it('passes it on for the second time', async () => {
      const scene = await open((_, response) => void response.writeHead(401).end(), renewing);
      assert.equal((await scene.send('/x')).status, 401);
      assert.equal(scene.arrived.length, 2);
    });

    it('does not send a body again that it has not kept', async () => {
      const scene = await open(refusing, renewing);
      const answer = await scene.send('/x', { method: 'POST', body: 'x'.repeat(1024 * 1024 + 1) });
      assert.deepEqual([answer.status, scene.arrived.length], [401, 1]);
    });
  });

  describe('ends', () => {
    it('a request at the service when its client leaves', async () => {
      let isClosed = false;
      const scene = await open((request) => void request.socket.once('close', () => (isClosed = true)));
      const request = httpRequest(`${scene.address}/x`, { agent: false }).end();
      request.once('error', () => undefined);
      await until('the request', () => scene.arrived.length === 1);
      request.destroy();
      await until('the connection to the service to close', () => isClosed);
      await until('the request on record', () => scene.forwarded.length === 1);
      assert.equal(scene.forwarded[0]?.status, undefined);
    });

    it('the client’s connection when the service breaks off in the middle', async () => {
      const scene = await open((_, response) => {
        response.writeHead(200, { 'Content-Length': '100' });
        response.write('half', () => response.destroy());
      });
      await assert.rejects(scene.send('/x'), { code: 'ECONNRESET' });
      await until('the request on record', () => scene.forwarded.length === 1);
      assert.equal(scene.arrived.length, 1);
    });

    it('with what it is stopped by: its port is closed, and so are its connections', async () => {
      const scene = await open(() => undefined);
      let stops = 0;
      scene.gateway.onDidStop(() => stops++);
      const { address } = scene;
      const pending = assert.rejects(scene.send('/x'), { code: 'ECONNRESET' });
      await until('the request', () => scene.arrived.length === 1);
      scene.gateway.dispose();
      scene.gateway.dispose();
      await pending;
      await assert.rejects(fetch(`${address}/x`));
      assert.equal(stops, 1);
    });

    it('after an hour without a request, but not while one is under way', async () => {
      let service: ServerResponse | undefined;
      const scene = await open((_, response) => void (service = response));
      let stops = 0;
      scene.gateway.onDidStop(() => stops++);
      await scene.clock.advance(HOUR_MS - 1);
      const pending = scene.send('/x');
      await until('the request', () => service !== undefined);
      await scene.clock.advance(2 * HOUR_MS);
      assert.equal(stops, 0);
      service?.end('OK');
      assert.equal((await pending).text, 'OK');
      await until('the request on record', () => scene.forwarded.length === 1);
      await scene.clock.advance(HOUR_MS - 1);
      assert.equal(stops, 0);
      await scene.clock.advance(1);
      assert.equal(stops, 1);
    });
  });

  it('reports each request it has forwarded, without query, headers and body', async () => {
    const scene = await open((_, response) => void response.writeHead(404).end());
    await scene.send('/api/org?secret=EXAMPLE');
    await until('the request on record', () => scene.forwarded.length === 1);
    const [{ ms, at, ...request } = assert.fail()] = scene.forwarded;
    const { host } = new URL(scene.origin);
    assert.deepEqual(request, { tenant: 'acme', token: 'token', method: 'GET', host, path: '/api/org', status: 404 });
    assert.ok(ms >= 0 && at === scene.clock.wall());
  });
});
