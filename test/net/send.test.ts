import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { AppError } from '../../src/base/errors.js';
import type { HttpRequest } from '../../src/net/http.js';
import { Sender } from '../../src/net/send.js';

describe('send', () => {
  const open: (Server | TcpServer)[] = [];
  let sender: Sender;

  beforeEach(() => {
    sender = new Sender();
  });

  afterEach(async () => {
    sender.dispose();
    for (const server of open.splice(0)) {
      if ('closeAllConnections' in server) server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  async function listen(server: Server | TcpServer): Promise<string> {
    open.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  const serve = (listener: RequestListener) => listen(createServer(listener));
  const post = (url: string): HttpRequest => ({
    method: 'POST',
    url,
    headers: { 'content-type': 'text/plain' },
    body: 'EXAMPLE-SECRET',
  });
  const code = (expected: string) => (error: unknown) => {
    assert.ok(error instanceof AppError, String(error));
    assert.ok(!JSON.stringify(error.facts).includes('EXAMPLE'));
    assert.equal(error.code, expected);
    return true;
  };

  it('sends the request as it is and reads the whole answer', async () => {
    const seen: { body: string; headers: NodeJS.Dict<string | string[]> }[] = [];
    const url = await serve((request, response) => {
      let body = '';
      request
        .on('data', (chunk: Buffer) => (body += chunk.toString()))
        .on('end', () => {
          seen.push({ body, headers: request.headers });
          response.writeHead(400, { 'X-Thing': 'a' }).end('{"ü":1}');
        });
    });
    const response = await sender.send(post(url));
    assert.equal(response.status, 400);
    assert.equal(response.headers['x-thing'], 'a');
    assert.equal(response.body, '{"ü":1}');
    assert.equal(seen[0]!.body, 'EXAMPLE-SECRET');
    assert.equal(seen[0]!.headers['accept-encoding'], 'identity');
    assert.equal(seen[0]!.headers['connection'], 'close');
    assert.match(String(seen[0]!.headers['user-agent']), /tenant-tokens/);
  });

  for (const status of [301, 302, 303, 307, 308])
    it(`does not follow a ${status}`, async () => {
      let visits = 0;
      const other = await serve((_, response) => {
        visits++;
        response.end();
      });
      const url = await serve((_, response) => response.writeHead(status, { location: other }).end());
      await assert.rejects(sender.send(post(url)), code('redirected'));
      assert.equal(visits, 0);
    });

  it('refuses an encoded answer', async () => {
    const url = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{}')));
    await assert.rejects(sender.send(post(url)), code('encoded-response'));
  });

  it('refuses an answer that is larger than any token', async () => {
    const url = await serve((_, response) => response.end('x'.repeat(64 * 1024 + 1)));
    await assert.rejects(sender.send(post(url)), code('response-too-large'));
  });

  it('stops reading an endless answer', async () => {
    let sent = 0;
    const url = await serve((_, response) => {
      const more = (): void => {
        while (response.write('x'.repeat(16 * 1024))) sent += 16 * 1024;
        response.once('drain', more);
      };
      response.writeHead(200);
      more();
    });
    await assert.rejects(sender.send(post(url)), code('response-too-large'));
    assert.ok(sent < 8 * 1024 * 1024, String(sent));
  });

  it('refuses an answer that is not UTF-8', async () => {
    const url = await serve((_, response) => response.end(Buffer.from([0x7b, 0xff, 0x7d])));
    await assert.rejects(sender.send(post(url)), code('not-json'));
  });

  it('never accepts a partial answer as complete', async () => {
    const body = '{"access_token":"EXAMPLE"}';
    for (let length = 0; length < body.length; length++) {
      const url = await listen(
        createTcpServer((socket: Socket) => {
          socket.on('error', () => undefined);
          socket.once('data', () =>
            socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, length)}`),
          );
        }),
      );
      await assert.rejects(sender.send(post(url)), code('connection-lost'));
    }
  });

  it('distinguishes a closed port from a lost connection', async () => {
    const url = await serve(() => undefined);
    const closed = open.pop() as Server;
    await new Promise((resolve) => closed.close(resolve));
    await assert.rejects(sender.send(post(url)), code('unreachable'));
    const reset = await listen(createTcpServer((socket: Socket) => void socket.once('data', () => socket.resetAndDestroy())));
    await assert.rejects(sender.send(post(reset)), code('connection-lost'));
  });

  it('stops when the caller aborts', async () => {
    const controller = new AbortController();
    const url = await serve(() => controller.abort(new Error('enough')));
    await assert.rejects(sender.send(post(url), controller.signal), (error: Error) => error.message === 'enough');
  });

  it('reports which certificate authority file cannot be read', async () => {
    await assert.rejects(
      sender.send({ ...post('https://127.0.0.1:1/'), tls: { caFile: '/no/such/file.pem' } }),
      code('tenant-invalid'),
    );
  });
});
