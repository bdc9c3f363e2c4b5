import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, promisify } from 'node:util';
import { AppError } from '../../src/errors.js';
import type { HttpRequest } from '../../src/net/http.js';
import { DEFAULT_NETWORK, type Environment, type NetworkSettings } from '../../src/net/proxy.js';
import { Sender } from '../../src/net/send.js';
import { authority, certificate, type Certificate } from './certificates.js';
import { answers, drips, serve, tunnelsTo, type Loopback, type Script } from './loopback.js';

const HOST = 'id.acme.example';
const CANARY = 'EXAMPLE-CANARY-API-TOKEN';
const PASSWORD = 'EXAMPLE-CANARY-PROXY-PASSWORD';
const LOGIN = `Basic ${Buffer.from(`ada:${PASSWORD}`).toString('base64')}`;

describe('networks', () => {
  const running: Loopback[] = [];
  const senders: Sender[] = [];
  const company = authority();
  let folder: string;
  let caFile: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenant-tokens-networks-'));
    caFile = join(folder, 'company.pem');
    writeFileSync(caFile, company.cert);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  afterEach(async () => {
    for (const sender of senders.splice(0)) sender.dispose();
    await Promise.all(running.splice(0).map((server) => server.stop()));
  });

  const start = async (...args: Parameters<typeof serve>): Promise<Loopback> => {
    const server = await serve(...args);
    running.push(server);
    return server;
  };
  const service = (script: Script = answers(200, '{}'), tls: Certificate = certificate(HOST, { issuer: company })) =>
    start(script, { tls });
  const through = ({ port }: Loopback, more: Partial<NetworkSettings> = {}): Partial<NetworkSettings> => ({
    proxy: `http://ada:${PASSWORD}@127.0.0.1:${port}`,
    ...more,
  });
  const request = (url: string): HttpRequest => ({ method: 'POST', url, headers: {}, body: CANARY, tls: { caFile } });

  async function send(url: string, settings: Partial<NetworkSettings> = {}, environment: Environment = {}) {
    const sender = new Sender(() => ({ ...DEFAULT_NETWORK, ...settings }), environment);
    senders.push(sender);
    return sender.send(request(url));
  }

  /** Where a secret may have gone: to the service that it is for. The login of the proxy: to the proxy. */
  function assertSeenOnly(byService: readonly Loopback[], byProxy: readonly Loopback[] = []): void {
    for (const server of running) {
      const seen = server.received.join('\n');
      if (!byService.includes(server)) assert.ok(!seen.includes(CANARY), 'the API token has gone elsewhere');
      if (!byProxy.includes(server))
        assert.ok(![PASSWORD, LOGIN].some((text) => seen.includes(text)), 'the login has gone elsewhere');
    }
    for (const server of byService) assert.ok(server.received.some((text) => text.includes(CANARY)));
  }

  async function fails(sending: Promise<unknown>, code: string, facts: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await assert.rejects(sending, (error: unknown) => {
      assert.ok(error instanceof AppError, String(error));
      assert.equal(error.code, code, inspect(error));
      for (const [name, value] of Object.entries(facts)) assert.equal(error.facts[name], value, name);
      const shown = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error);
      for (const secret of [CANARY, PASSWORD, LOGIN.slice(6), 'ada']) assert.ok(!shown.includes(secret), shown);
      return true;
    });
  }

  describe('a proxy', () => {
    for (const tls of [undefined, 'TLS'])
      it(`is used${tls ? ', with TLS to it' : ''}, and sees nothing but where to`, async () => {
        const target = await service();
        const own = tls && certificate('127.0.0.1', { issuer: company });
        const proxy = await start(tunnelsTo(target, LOGIN), own ? { tls: own } : {});
        const url = `${own ? 'https' : 'http'}://ada:${PASSWORD}@127.0.0.1:${proxy.port}`;
        // The proxy's certificate is of the company's authority, which is the tenant's alone.
        const { status } = await send(`https://${HOST}/token`, { proxy: url, proxyStrictSSL: !own });
        assert.equal(status, 200);
        assert.match(proxy.received[0]!, new RegExp(`^CONNECT ${HOST}:443 HTTP/1.1\r\n`));
        assertSeenOnly([target], [proxy]);
      });

    it('is used from the environment, with the login of the setting', async () => {
      const target = await service();
      const proxy = await start(tunnelsTo(target, LOGIN));
      await send(`https://${HOST}:8443/token`, { proxyAuthorization: LOGIN }, { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
      assert.match(proxy.received[0]!, new RegExp(`^CONNECT ${HOST}:8443 `));
      assertSeenOnly([target], [proxy]);
    });

    it('is left out for this machine and for exceptions', async () => {
      const local = await service(undefined, certificate('localhost', { issuer: company }));
      const proxy = await start(tunnelsTo(local));
      assert.equal((await send(`https://localhost:${local.port}/`, through(proxy))).status, 200);
      // Nobody answers there: it is not asked for through the proxy.
      await fails(send('https://id.acme.invalid/', through(proxy, { noProxy: ['acme.invalid'] })), 'unreachable');
      assert.deepEqual(proxy.received, []);
      assertSeenOnly([local]);
    });

    it('counts as the settings are when something is sent', async () => {
      const target = await service();
      const [first, second] = [await start(tunnelsTo(target)), await start(tunnelsTo(target))];
      let settings = through(first);
      const sender = new Sender(() => ({ ...DEFAULT_NETWORK, ...settings }), {});
      senders.push(sender);
      await sender.send(request(`https://${HOST}/`));
      settings = through(second);
      await sender.send(request(`https://${HOST}/`));
      assert.deepEqual([first.received.length, second.received.length, target.received.length], [1, 1, 2]);
      await Promise.all([first.idle(), second.idle(), target.idle()]);
    });

    it('does not get round the check of the service’s certificate, whatever proxyStrictSSL says', async () => {
      for (const [tls, cause] of [
        [certificate(HOST), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
        [certificate(HOST, { issuer: authority('Other Authority') }), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
        [certificate('other.example', { issuer: company }), 'ERR_TLS_CERT_ALTNAME_INVALID'],
        [certificate('127.0.0.1', { issuer: company }), 'ERR_TLS_CERT_ALTNAME_INVALID'],
      ] as const) {
        const proxy = await start(tunnelsTo(await service(undefined, tls)));
        const sending = send(`https://${HOST}/`, through(proxy, { proxyStrictSSL: false }));
        await fails(sending, 'certificate-refused', { cause, host: HOST });
        assertSeenOnly([], running);
      }
    });

    it('whose own certificate is not trusted gets neither the login nor the secret', async () => {
      const target = await service();
      for (const tls of [certificate('127.0.0.1'), certificate('other.example', { issuer: company })]) {
        const proxy = await start(tunnelsTo(target), { tls });
        await fails(send(`https://${HOST}/`, { proxy: `https://ada:${PASSWORD}@127.0.0.1:${proxy.port}` }), 'proxy-failed');
      }
      assertSeenOnly([]);
    });

    it('that cannot be reached is told apart from the service', async () => {
      const proxy = await serve(() => undefined);
      await proxy.stop();
      const facts = { proxy: `127.0.0.1:${proxy.port}`, cause: 'ECONNREFUSED' };
      await fails(send(`https://${HOST}/`, through(proxy)), 'proxy-failed', facts);
      await fails(send(`https://${HOST}/`, { proxy: 'http://proxy.acme.invalid' }), 'proxy-failed', {
        proxy: 'proxy.acme.invalid',
      });
    });

    for (const [name, script, code, facts] of [
      ['wants a login', tunnelsTo({ port: 1 }, 'Basic other'), 'proxy-unauthorized', { status: 407 }],
      ['refuses', answers(403, 'no'), 'proxy-refused', { status: 403 }],
      [
        'cannot reach the service',
        answers(502, '<html>no</html>', { 'content-type': 'text/html' }),
        'proxy-refused',
        { status: 502 },
      ],
      ['redirects', answers(302, '', { location: 'http://127.0.0.1:1/' }), 'proxy-refused', { status: 302 }],
      ['answers in the place of the service', answers(200, '<html>Sign in</html>'), 'proxy-failed', {}],
      ['breaks off', (socket: Socket) => void socket.resetAndDestroy(), 'proxy-failed', {}],
      ['ends without a word', (socket: Socket) => void socket.end(), 'proxy-failed', {}],
      ['breaks off within its answer', (socket: Socket) => void socket.end('HTTP/1.1 200 Conn'), 'proxy-failed', {}],
      ['is none', (socket: Socket) => void socket.end('SSH-2.0-EXAMPLE\r\n'), 'proxy-failed', {}],
      ['answers without end', answers(200, '', { 'x-long': 'x'.repeat(128 * 1024) }), 'proxy-failed', {}],
      [
        'breaks off the tunnel',
        (socket: Socket) => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n', () => socket.end());
        },
        'unreachable',
        {},
      ],
    ] as const satisfies readonly (readonly [string, Script, string, Readonly<Record<string, unknown>>])[])
      it(`that ${name} gets no secret`, async () => {
        const proxy = await start(script);
        await fails(send(`https://${HOST}/`, through(proxy)), code, facts);
        assertSeenOnly([], [proxy]);
        await proxy.idle();
      });

    it('that cannot be used is told before anything is sent', async () => {
      const target = await service();
      await fails(send(`https://${HOST}:${target.port}/`, { proxy: `socks5://ada:${PASSWORD}@127.0.0.1` }), 'proxy-invalid');
      assert.deepEqual(target.received, []);
    });
  });

  describe('TLS', () => {
    const at = ({ port }: Loopback) => `https://localhost:${port}/`;
    const rows: readonly (readonly [name: string, tls: () => Certificate, cause: string])[] = [
      ['that signs itself', () => certificate('localhost'), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
      ['of an unknown issuer', () => certificate('localhost', { issuer: authority('Other') }), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
      ['for another host', () => certificate('other.example', { issuer: company }), 'ERR_TLS_CERT_ALTNAME_INVALID'],
      ['that has expired', () => certificate('localhost', { issuer: company, from: -2, to: -1 }), 'CERT_HAS_EXPIRED'],
      ['that is not valid yet', () => certificate('localhost', { issuer: company, from: 1, to: 2 }), 'CERT_NOT_YET_VALID'],
    ];
    for (const [name, tls, cause] of rows)
      it(`refuses a certificate ${name}, also where the environment would not`, async () => {
        const target = await service(undefined, tls());
        const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
        process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
        try {
          await fails(send(at(target), { proxyStrictSSL: false }), 'certificate-refused', { cause });
        } finally {
          if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
          else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
        }
        assertSeenOnly([]);
      });

    it('trusts the authority of the tenant, and that of no other tenant', async () => {
      const target = await service(undefined, certificate('localhost', { issuer: company }));
      assert.equal((await send(at(target))).status, 200);
      const sender = new Sender();
      senders.push(sender);
      await sender.send(request(at(target)));
      const { tls: _, ...without } = request(at(target));
      await fails(sender.send(without), 'certificate-refused', { cause: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
      assert.equal(target.received.length, 2);
    });

    it('takes notice when the file of the authority is mended', async () => {
      const target = await service(undefined, certificate('localhost', { issuer: company }));
      const mended = join(folder, 'mended.pem');
      const sender = new Sender();
      senders.push(sender);
      for (const [text, code] of [
        ['-----BEGIN CERTIFICATE-----\nEXAMPLE\n-----END CERTIFICATE-----\n', 'tenant-invalid'],
        [authority('Other').cert, 'certificate-refused'],
      ] as const) {
        writeFileSync(mended, text);
        await fails(sender.send({ ...request(at(target)), tls: { caFile: mended } }), code);
      }
      writeFileSync(mended, company.cert);
      assert.equal((await sender.send({ ...request(at(target)), tls: { caFile: mended } })).status, 200);
    });

    it('trusts the authorities of the machine if VS Code does', async () => {
      const target = await service(undefined, certificate('localhost', { issuer: company }));
      const machine = join(folder, 'machine.pem');
      writeFileSync(machine, authority('Expired').cert + company.cert);
      const script = `
        import { DEFAULT_NETWORK } from './src/net/proxy.ts';
        import { Sender } from './src/net/send.ts';
        const statusWith = (systemCertificates) =>
          new Sender(() => ({ ...DEFAULT_NETWORK, systemCertificates }), {})
            .send({ method: 'GET', url: '${at(target)}', headers: {} })
            .then(({ status }) => status, ({ code }) => code);
        console.log(JSON.stringify([await statusWith(true), await statusWith(false)]));`;
      const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
        cwd: join(__dirname, '../..'),
        env: { ...process.env, SSL_CERT_FILE: machine, SSL_CERT_DIR: folder },
      });
      assert.deepEqual(JSON.parse(stdout), [200, 'certificate-refused']);
    });

    it('does not take what is no TLS for a lost answer', async () => {
      const target = await start(answers(400, 'plain http'), {
        onConnect: (socket) => void socket.end('HTTP/1.1 400 No\r\n\r\n'),
      });
      await fails(send(at(target)), 'tls-failed');
      const broken = await start(answers(200, '{}'), {
        onConnect: (socket) => void socket.once('data', () => socket.resetAndDestroy()),
      });
      await fails(send(at(broken)), 'unreachable');
      assertSeenOnly([]);
    });
  });

  it('waits ten seconds and no longer, whoever is slow and at whatever', async () => {
    const silent: Script = () => undefined;
    const own = () => certificate('localhost', { issuer: company });
    const slow = [
      await service(silent, own()),
      await service(drips('HTTP/1.1 200 OK\r\nx-slow: ', 100), own()),
      await service(drips('HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n', 100), own()),
      await service(drips('HTTP/1.1 200 OK\r\n\r\n', 100), own()),
    ];
    const neverShakesHands = await start(silent);
    const neverAnswers = await start(silent);
    const dripping = await start(drips('HTTP/1.1 200 OK\r\nx-slow: ', 100));
    const connectsToNothing = await start((socket) => void socket.write('HTTP/1.1 200 OK\r\n\r\n'));
    const begun = performance.now();
    await Promise.all([
      ...slow.map(({ port }) => fails(send(`https://localhost:${port}/`), 'timed-out')),
      fails(send(`https://localhost:${neverShakesHands.port}/`), 'unreachable'),
      fails(send(`https://${HOST}/`, through(neverAnswers)), 'proxy-failed'),
      fails(send(`https://${HOST}/`, through(dripping)), 'proxy-failed'),
      fails(send(`https://${HOST}/`, through(connectsToNothing)), 'unreachable'),
    ]);
    assert.ok(performance.now() - begun < 11_000, `${performance.now() - begun} ms`);
    assertSeenOnly(slow, [neverAnswers, dripping, connectsToNothing]);
    // Nothing is left open.
    await Promise.all(running.map((server) => server.idle()));
  });
});
