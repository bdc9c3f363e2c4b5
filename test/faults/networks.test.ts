import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { mock } from 'node:test';
import { deadline } from '../../src/net/deadline.js';
import type { NetworkSettings } from '../../src/net/proxy.js';
import { authority, certificate } from './certificates.js';
import { answers, drips, serve, tunnelsTo, type Script } from './loopback.js';
import { HOST, LOGIN, PASSWORD, useNetwork } from './network.js';

describe('networks', () => {
  const { company, running, start, service, through, request, senderWith, send, assertSeenOnly, fails } = useNetwork();

  describe('a proxy', () => {
    for (const tls of [undefined, 'TLS'])
      it(`is used${tls ? ', with TLS to it' : ''}, and sees only the destination`, async () => {
        const target = await service();
        const own = tls && certificate('127.0.0.1', { issuer: company });
        const proxy = await start(tunnelsTo(target, LOGIN), own ? { tls: own } : {});
        const url = `${own ? 'https' : 'http'}://ada:${PASSWORD}@127.0.0.1:${proxy.port}`;
        // The proxy’s certificate is from the company’s authority, which only the tenant trusts.
        const { status } = await send(`https://${HOST}/token`, { proxy: url, proxyStrictSSL: !own });
        assert.equal(status, 200);
        assert.match(proxy.received[0]!, new RegExp(`^CONNECT ${HOST}:443 HTTP/1.1\r\n`));
        assertSeenOnly([target], [proxy]);
      });

    it('is taken from the environment, with the login in the setting', async () => {
      const target = await service();
      const proxy = await start(tunnelsTo(target, LOGIN));
      await send(`https://${HOST}:8443/token`, { proxyAuthorization: LOGIN }, { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
      assert.match(proxy.received[0]!, new RegExp(`^CONNECT ${HOST}:8443 `));
      assertSeenOnly([target], [proxy]);
    });

    it('receives an IPv6 address in brackets', async () => {
      const proxy = await start(tunnelsTo(await service()));
      await fails(send('https://[2001:db8::1]:8443/token', through(proxy)), 'certificate-refused');
      assert.match(proxy.received[0]!, /^CONNECT \[2001:db8::1\]:8443 HTTP/);
    });

    it('whose certificate is not checked causes one warning, which names the setting', async () => {
      const target = await service();
      const proxy = await start(tunnelsTo(target), { tls: certificate('127.0.0.1') });
      const plain = await start(tunnelsTo(target));
      const unchecked = { proxy: `https://127.0.0.1:${proxy.port}`, proxyStrictSSL: false };
      let settings: Partial<NetworkSettings> = through(plain, { proxyStrictSSL: false });
      const warnings: string[] = [];
      const sender = senderWith(() => settings, {}, warnings);
      const warningsWith = async (next: Partial<NetworkSettings>): Promise<number> => {
        settings = next;
        assert.equal((await sender.send(request(`https://${HOST}/`))).status, 200);
        return warnings.length;
      };
      assert.equal(await warningsWith(settings), 0, 'there is no certificate of a proxy to be checked');
      assert.equal(await warningsWith(unchecked), 1);
      assert.match(warnings[0]!, new RegExp(`^http\\.proxyStrictSSL is false: .* 127\\.0\\.0\\.1:${proxy.port} `));
      assert.equal(await warningsWith(unchecked), 1);
    });

    it('is not used for this machine and exceptions', async () => {
      const local = await service(undefined, certificate('localhost', { issuer: company }));
      const proxy = await start(tunnelsTo(local));
      assert.equal((await send(`https://localhost:${local.port}/`, through(proxy))).status, 200);
      // Nothing answers there, and the proxy is not used.
      await fails(send('https://id.acme.invalid/', through(proxy, { noProxy: ['acme.invalid'] })), 'unreachable');
      assert.deepEqual(proxy.received, []);
      assertSeenOnly([local]);
    });

    it('follows the settings at the time of the request', async () => {
      const target = await service();
      const [first, second] = [await start(tunnelsTo(target)), await start(tunnelsTo(target))];
      let settings = through(first);
      const sender = senderWith(() => settings);
      await sender.send(request(`https://${HOST}/`));
      settings = through(second);
      await sender.send(request(`https://${HOST}/`));
      assert.deepEqual([first.received.length, second.received.length, target.received.length], [1, 1, 2]);
      await Promise.all([first.idle(), second.idle(), target.idle()]);
    });

    it('does not bypass the check of the service’s certificate, whatever proxyStrictSSL says', async () => {
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

    it('that is unreachable is distinguished from the service', async () => {
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
      ['is not a proxy', (socket: Socket) => void socket.end('SSH-2.0-EXAMPLE\r\n'), 'proxy-failed', {}],
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

    it('that is unusable is reported before anything is sent', async () => {
      const target = await service();
      await fails(send(`https://${HOST}:${target.port}/`, { proxy: `socks5://ada:${PASSWORD}@127.0.0.1` }), 'proxy-invalid');
      assert.deepEqual(target.received, []);
    });
  });

  it('waits ten seconds and no longer, whatever is slow', async () => {
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
    const limits = mock.method(deadline, 'start');
    await Promise.all([
      ...slow.map(({ port }) => fails(send(`https://localhost:${port}/`), 'timed-out')),
      fails(send(`https://localhost:${neverShakesHands.port}/`), 'unreachable'),
      fails(send(`https://${HOST}/`, through(neverAnswers)), 'proxy-failed'),
      fails(send(`https://${HOST}/`, through(dripping)), 'proxy-failed'),
      fails(send(`https://${HOST}/`, through(connectsToNothing)), 'unreachable'),
    ]);
    limits.mock.restore();
    assert.deepEqual(new Set(limits.mock.calls.map(({ arguments: [ms] }) => ms)), new Set([10_000]));
    assertSeenOnly(slow, [neverAnswers, dripping, connectsToNothing]);
    // No connection stays open.
    await Promise.all(running.map((server) => server.idle()));
  });
});
