import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import type { ErrorCode } from '../../src/base/errors.js';
import { DEFAULT_NETWORK } from '../../src/net/proxy.js';
import { authority, certificate, type Certificate } from '../faults/certificates.js';
import { answers, response, tunnelsTo, type Loopback, type Script } from '../faults/loopback.js';
import { clientOf, inWorld, tenantFrom, type World } from '../support/world.js';

const HOST = 'id.acme.example';
const RACES = 600;

describe('threats: networks', () => {
  const company = authority();

  it(
    'row 19: a broken connection loses only its response, and the end of an idle connection loses none',
    inWorld(async (world) => {
      const client = await world.client();
      const whole = response(200, world.good);
      for (const script of [
        (socket: Socket) => void socket.resetAndDestroy(),
        (socket: Socket) => void socket.end(),
        ...[1, 20, whole.length - 100, whole.length - 1].map(
          (length) => (socket: Socket) => void socket.write(whole.subarray(0, length), () => socket.resetAndDestroy()),
        ),
      ])
        await client.refuses(script, 'connection-lost');
      // Data that arrives together with the end may or may not be read.
      const reset: Script = (socket) => void socket.write(whole, () => socket.resetAndDestroy());
      for (let time = 0; time < 20; time += 1) await client.takes(reset).catch(() => client.refuses(reset, 'connection-lost'));

      const keptAlive = response(200, world.good, { connection: 'keep-alive', 'keep-alive': 'timeout=1' });
      for (let race = 0; race < RACES; race += 1)
        await client.takes((socket) => void socket.write(keptAlive, () => setTimeout(() => socket.destroy(), race % 3)));
    }),
  );

  /** A tenant at `https://localhost`, whose service shows a certificate. */
  async function tlsTenant(world: World, tls: Certificate, changes: Readonly<Record<string, unknown>> = {}) {
    const service = await world.service(answers(200, world.good), { tls });
    const tenant = tenantFrom({ ...clientOf(`https://localhost:${service.port}/token`), ...changes });
    return { service, tenant, id: await world.keep(tenant) };
  }

  function companyFile({ folder }: World): string {
    const file = join(folder, 'company.pem');
    writeFileSync(file, company.cert);
    return file;
  }

  it(
    'row 20: a service that cannot prove its identity gets nothing, whatever the environment says',
    inWorld(async (world) => {
      const caFile = companyFile(world);
      const other = authority('Other');
      const old = { ...certificate('localhost', { issuer: company }), minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' };
      const rows: readonly (readonly [Certificate, ErrorCode, cause: RegExp])[] = [
        [certificate('localhost'), 'certificate-refused', /^DEPTH_ZERO_SELF_SIGNED_CERT$/],
        [certificate('localhost', { issuer: other }), 'certificate-refused', /^UNABLE_TO_VERIFY_LEAF_SIGNATURE$/],
        [other, 'certificate-refused', /./],
        [certificate('localhost', { issuer: company, from: -2, to: -1 }), 'certificate-refused', /^CERT_HAS_EXPIRED$/],
        [certificate('localhost', { issuer: company, from: 1, to: 2 }), 'certificate-refused', /^CERT_NOT_YET_VALID$/],
        [certificate('evil.example', { issuer: company }), 'certificate-refused', /^ERR_TLS_CERT_ALTNAME_INVALID$/],
        [certificate('localhost.evil.example', { issuer: company }), 'certificate-refused', /^ERR_TLS_CERT_ALTNAME_INVALID$/],
        [{ ...old, maxVersion: 'TLSv1' } as Certificate, 'tls-failed', /^ERR_SSL_/],
        [{ ...old, maxVersion: 'TLSv1.1' } as Certificate, 'tls-failed', /^ERR_SSL_/],
      ];
      const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
      world.network = { ...DEFAULT_NETWORK, proxyStrictSSL: false };
      try {
        for (const [tls, code, cause] of rows) {
          const { service, tenant, id } = await tlsTenant(world, tls, { caFile });
          const error = await world.failure(world.broker.access(tenant, id));
          assert.equal(error.code, code, String(error.facts['cause']));
          assert.match(String(error.facts['cause']), cause);
          assert.equal(service.received.join(''), '');
        }
      } finally {
        if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
        else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
      }
    }),
  );

  // Those of the machine need a process of their own: test/faults/networks.test.ts.
  it(
    'row 21: the authority of a tenant is trusted for that tenant only',
    inWorld(async (world) => {
      const tls = certificate('localhost', { issuer: company });
      const own = await tlsTenant(world, tls, { caFile: companyFile(world) });
      const others = await tlsTenant(world, tls, { id: 'others' });
      for (let time = 0; time < 2; time += 1) {
        assert.equal((await world.broker.exchange(own.tenant, own.id)).token, world.canaries.accessToken);
        const error = await world.failure(world.broker.exchange(others.tenant, others.id));
        assert.equal(error.code, 'certificate-refused');
      }
      assert.equal(own.service.received.length, 2);
      assert.equal(others.service.received.join(''), '');
    }),
  );

  it(
    'row 23: a proxy learns only which host is called, and only the proxy gets its credentials',
    inWorld(async (world) => {
      const { proxyPassword } = world.canaries;
      const login = `Basic ${Buffer.from(`ada:${proxyPassword}`).toString('base64')}`;
      const target = await world.service(answers(200, world.good), { tls: certificate(HOST, { issuer: company }) });
      const tenant = tenantFrom({ ...clientOf(`https://${HOST}/token`), caFile: companyFile(world) });
      const id = await world.keep(tenant);
      const at = ({ port }: Loopback): string => `http://ada:${proxyPassword}@127.0.0.1:${port}`;
      const works = async (proxy: Loopback): Promise<void> => {
        const before = target.received.length;
        assert.equal((await world.broker.exchange(tenant, id)).token, world.canaries.accessToken);
        assert.equal(target.received.length, before + 1);
        assert.match(proxy.received.at(-1)!, new RegExp(`^CONNECT ${HOST}:443 HTTP/1.1\r\n`));
      };

      const good = await world.proxy(tunnelsTo(target, login));
      world.network = { ...DEFAULT_NETWORK, proxy: at(good) };
      await works(good);
      world.network = { ...DEFAULT_NETWORK, proxy: `http://127.0.0.1:${good.port}`, proxyAuthorization: login };
      await works(good);
      world.network = DEFAULT_NETWORK;
      world.environment = { HTTPS_PROXY: at(good) };
      await works(good);

      const fails = async (script: Script, ...codes: ErrorCode[]): Promise<void> => {
        const proxy = await world.proxy(script);
        world.network = { ...DEFAULT_NETWORK, proxy: at(proxy) };
        const before = target.received.length;
        const error = await world.failure(world.broker.exchange(tenant, id));
        assert.ok(codes.includes(error.code), error.code);
        assert.equal(target.received.length, before);
        assert.equal(world.broker.peek(tenant, id)?.token, world.canaries.accessToken);
        await proxy.idle();
      };
      const page = { 'content-type': 'text/html' };
      await fails(tunnelsTo(target, 'Basic another'), 'proxy-unauthorized');
      await fails(answers(403, '<html>no</html>', page), 'proxy-refused');
      await fails(answers(302, '', { location: `http://127.0.0.1:${good.port}/` }), 'proxy-refused');
      // Both answer in the place of the service; only one of them says so before the handshake.
      await fails(answers(200, '<html>Sign in</html>', page), 'proxy-failed');
      await fails((socket) => void socket.write('HTTP/1.1 200 OK\r\n\r\n<html>Sign in</html>'), 'proxy-failed');
      for (const part of ['', 'HTTP/1.1 2', 'HTTP/1.1 200 OK\r\nx-a: b\r\n'])
        await fails((socket) => void socket.end(part), 'proxy-failed');
      await fails((socket) => void socket.resetAndDestroy(), 'proxy-failed');
      // It accepts the connection and breaks it during the handshake.
      await fails((socket) => void socket.write('HTTP/1.1 200 OK\r\n\r\n', () => socket.end()), 'unreachable', 'proxy-failed');

      // Nothing answers without the proxy: the test checks that the proxy is not used.
      const unused = await world.proxy(tunnelsTo(target, login));
      const nowhere = tenantFrom({ ...clientOf('https://id.acme.invalid/token'), id: 'nowhere' });
      const lost = await world.keep(nowhere);
      for (const [network, environment] of [
        [{ proxy: at(unused), noProxy: ['acme.invalid'] }, {}],
        [{ proxy: at(unused), proxySupport: 'off' }, {}],
        [{}, { HTTPS_PROXY: at(unused), NO_PROXY: '.acme.invalid' }],
      ] as const) {
        world.network = { ...DEFAULT_NETWORK, ...network };
        world.environment = environment;
        assert.equal((await world.failure(world.broker.exchange(nowhere, lost))).code, 'unreachable');
      }
      for (const proxy of [`socks5://ada:${proxyPassword}@127.0.0.1`, `ada:${proxyPassword}@127.0.0.1:${unused.port}`]) {
        world.network = { ...DEFAULT_NETWORK, proxy };
        assert.equal((await world.failure(world.broker.exchange(tenant, id))).code, 'proxy-invalid');
      }
      assert.deepEqual(unused.received, []);
    }),
  );
});
