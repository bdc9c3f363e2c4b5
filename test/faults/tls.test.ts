import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import type { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import tls from 'node:tls';
import { promisify } from 'node:util';
import type { TenantTls } from '../../src/net/http.js';
import type { NetworkSettings } from '../../src/net/proxy.js';
import { authority, certificate, fingerprintOf, type Certificate } from './certificates.js';
import { answers, tunnelsTo, type Loopback } from './loopback.js';
import { CANARY, HOST, LOGIN, useNetwork } from './network.js';

describe('TLS', () => {
  const { company, caFile, running, file, start, service, through, request, senderWith, send, assertSeenOnly, fails } =
    useNetwork();
  const at = ({ port }: Loopback) => `https://localhost:${port}/`;
  const own = () => certificate('localhost', { issuer: company });
  const sendAs = (tenant: TenantTls, url: string, settings: Partial<NetworkSettings> = {}) => send(url, settings, {}, tenant);

  function assertNothingReceived(...servers: readonly Loopback[]): void {
    for (const { received } of servers) assert.equal(received.join(''), '');
  }

  /** What turns off checks in a process: its environment, and the substitute for its command line. */
  async function inAWeakEnvironment(work: () => Promise<void>): Promise<void> {
    const { DEFAULT_MIN_VERSION, DEFAULT_CIPHERS } = tls;
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    Object.assign(tls, { DEFAULT_MIN_VERSION: 'TLSv1', DEFAULT_CIPHERS: 'DEFAULT@SECLEVEL=0' });
    try {
      await work();
    } finally {
      Object.assign(tls, { DEFAULT_MIN_VERSION, DEFAULT_CIPHERS });
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
  }

  const untrusted: readonly (readonly [name: string, tls: () => Certificate, cause: string])[] = [
    ['that signs itself', () => certificate('localhost'), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['of an unknown issuer', () => certificate('localhost', { issuer: authority('Other') }), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['for another host', () => certificate('other.example', { issuer: company }), 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['that has expired', () => certificate('localhost', { issuer: company, from: -2, to: -1 }), 'CERT_HAS_EXPIRED'],
    ['that is not valid yet', () => certificate('localhost', { issuer: company, from: 1, to: 2 }), 'CERT_NOT_YET_VALID'],
  ];
  const weak = ['TLSv1', 'TLSv1.1'] as const;
  const speaking = (version: (typeof weak)[number], certified: Certificate) =>
    service(undefined, { ...certified, minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' });

  for (const [name, certified, cause] of untrusted)
    it(`refuses a certificate ${name}, even if the environment allows it`, async () => {
      const target = await service(undefined, certified());
      await inAWeakEnvironment(() => fails(send(at(target), { proxyStrictSSL: false }), 'certificate-refused', { cause }));
      assertNothingReceived(target);
    });

  for (const version of weak)
    it(`refuses ${version}, even if the environment allows it`, async () => {
      const certified = own();
      const target = await speaking(version, certified);
      await inAWeakEnvironment(async () => {
        await fails(send(at(target)), 'tls-failed');
        await fails(sendAs({ pinnedCertificate: fingerprintOf(certified) }, at(target)), 'tls-failed');
      });
      assertNothingReceived(target);
    });

  it('trusts the tenant’s authority, and no other tenant’s', async () => {
    const target = await service(undefined, own());
    const sender = senderWith(() => ({}));
    assert.equal((await sender.send(request(at(target)))).status, 200);
    const cause = 'UNABLE_TO_VERIFY_LEAF_SIGNATURE';
    await fails(sender.send(request(at(target), {})), 'certificate-refused', { cause });
    assert.equal(target.received.length, 1);
  });

  it('rereads a corrected authority file', async () => {
    const target = await service(undefined, own());
    const sender = senderWith(() => ({}));
    const sendWith = (text: string) => sender.send(request(at(target), { caFile: file('mended.pem', text) }));
    await fails(sendWith('-----BEGIN CERTIFICATE-----\nEXAMPLE\n-----END CERTIFICATE-----\n'), 'tenant-invalid');
    await fails(sendWith(authority('Other').cert), 'certificate-refused');
    assert.equal((await sendWith(company.cert)).status, 200);
  });

  it('trusts the authorities of the machine if VS Code does', async () => {
    const target = await service(undefined, own());
    const machine = file('machine.pem', authority('Expired').cert + company.cert);
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
      env: { ...process.env, SSL_CERT_FILE: machine, SSL_CERT_DIR: dirname(machine) },
    });
    assert.deepEqual(JSON.parse(stdout), [200, 'certificate-refused']);
  });

  it('does not report plain text as a lost answer', async () => {
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

  describe('with a client certificate', () => {
    const clients = authority('Example Clients');
    const ada = certificate('client', { issuer: clients });
    const adaFiles = () => ({
      clientCertificateFile: file('client.pem', ada.cert),
      clientKeyFile: file('client.key.pem', ada.key),
    });
    /** Requires a client certificate, and answers with the name in it. */
    const wanting = (more: Pick<tls.TlsOptions, 'maxVersion' | 'rejectUnauthorized'> = {}, certified = own()) => {
      const rules = { ca: clients.cert, requestCert: true, rejectUnauthorized: true, ...more };
      return service((socket) => answers(200, nameShown(socket))(socket, ''), { ...certified, ...rules });
    };
    const nameShown = (socket: Socket): string => {
      assert.ok(socket instanceof tls.TLSSocket);
      // Node returns an empty object without a certificate.
      return String({ CN: 'nobody', ...socket.getPeerCertificate().subject }.CN);
    };

    it('presents it, from one file or two, also through a proxy', async () => {
      const target = await wanting({}, certificate(HOST, { issuer: company }));
      const proxy = await start(tunnelsTo(target));
      const inOneFile = [ada.cert + ada.key, ada.key + ada.cert].map((text, index) => ({
        clientCertificateFile: file(`both-${index}.pem`, text),
      }));
      for (const files of [adaFiles(), ...inOneFile]) {
        const { body } = await sendAs({ caFile, ...files }, `https://${HOST}/`, through(proxy));
        assert.equal(body, 'client');
      }
    });

    it('presents it with the usual authorities, or a pin', async () => {
      const certified = own();
      const target = await wanting({}, certified);
      await fails(sendAs(adaFiles(), at(target)), 'certificate-refused', { cause: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
      assertNothingReceived(target);
      const { body } = await sendAs({ ...adaFiles(), pinnedCertificate: fingerprintOf(certified) }, at(target));
      assert.equal(body, 'client');
    });

    it('presents it for no other tenant, and to no proxy', async () => {
      const target = await wanting({ rejectUnauthorized: false }, certificate(HOST, { issuer: company }));
      const seen: string[] = [];
      const tunnel = tunnelsTo(target);
      const proxy = await start(
        (socket, head) => {
          seen.push(nameShown(socket));
          tunnel(socket, head);
        },
        { tls: { ...certificate('127.0.0.1'), ca: clients.cert, requestCert: true, rejectUnauthorized: false } },
      );
      const sender = senderWith(() => ({ proxy: `https://127.0.0.1:${proxy.port}`, proxyStrictSSL: false }));
      const shownBy = async (tenant: TenantTls) => (await sender.send(request(`https://${HOST}/`, tenant))).body;
      assert.equal(await shownBy({ caFile, ...adaFiles() }), 'client');
      assert.equal(await shownBy({ caFile }), 'nobody');
      assert.deepEqual(seen, ['nobody', 'nobody']);
    });

    it('reports that one is required, before the request is read', async () => {
      const target = await wanting();
      const cause = 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED';
      for (let time = 0; time < 10; time += 1) await fails(send(at(target)), 'client-certificate-needed', { cause });
      // TLS 1.2 has no alert for it.
      const older = await wanting({ maxVersion: 'TLSv1.2' });
      await fails(send(at(older)), 'tls-failed');
      assertNothingReceived(target, older);
    });

    const PASSPHRASE = 'EXAMPLE-PASSPHRASE';
    const encrypted = (type: 'pkcs8' | 'sec1') =>
      String(createPrivateKey(ada.key).export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE }));
    const faults: readonly (readonly [name: string, problem: RegExp, files: () => TenantTls])[] = [
      [
        'a file that is not there',
        /^clientCertificateFile .*none\.pem cannot be read$/,
        () => ({ clientCertificateFile: join(dirname(caFile), 'none.pem') }),
      ],
      [
        'a key file that is not there',
        /^clientKeyFile .*none\.pem cannot be read$/,
        () => ({ ...adaFiles(), clientKeyFile: join(dirname(caFile), 'none.pem') }),
      ],
      [
        'no certificate',
        /^clientCertificateFile .* holds no certificate in PEM$/,
        () => ({ ...adaFiles(), clientCertificateFile: file('key-only.pem', ada.key) }),
      ],
      [
        'no key',
        /^clientCertificateFile .* holds no private key in PEM$/,
        () => ({ clientCertificateFile: adaFiles().clientCertificateFile }),
      ],
      [
        'a broken key',
        /^clientKeyFile .* holds no private key in PEM$/,
        () => ({ ...adaFiles(), clientKeyFile: file('broken.pem', ada.key.replace(/\n.{20}/, '\nEXAMPLE')) }),
      ],
      [
        'a key with a passphrase',
        /^clientKeyFile .* holds a key with a passphrase: save it without one/,
        () => ({ ...adaFiles(), clientKeyFile: file('encrypted.pem', encrypted('pkcs8')) }),
      ],
      [
        'a key with a passphrase, as OpenSSL wrote them before',
        /^clientCertificateFile .* holds a key with a passphrase/,
        () => ({ clientCertificateFile: file('encrypted.pem', ada.cert + encrypted('sec1')) }),
      ],
      [
        'the key of another certificate',
        /^clientKeyFile .* holds a key that does not belong/,
        () => ({ ...adaFiles(), clientKeyFile: file('other.pem', certificate('other').key) }),
      ],
      ['a key alone', /^clientKeyFile .* needs the certificate/, () => ({ clientKeyFile: adaFiles().clientKeyFile })],
    ];
    for (const [name, problem, files] of faults)
      it(`reports what is wrong with ${name}, before anything is sent`, async () => {
        const target = await wanting();
        await assert.rejects(
          sendAs({ caFile, ...files() }, at(target)),
          (error: { code: string; facts: { problem: string } }) => {
            assert.equal(error.code, 'tenant-invalid');
            assert.match(error.facts.problem, problem);
            assert.doesNotMatch(JSON.stringify(error), /PRIVATE KEY|EXAMPLE/);
            return true;
          },
        );
        assert.deepEqual(target.received, []);
      });
  });

  describe('with a pinned certificate', () => {
    for (const [name, certified] of untrusted)
      it(`accepts that one, ${name}`, async () => {
        const pinned = certified();
        const target = await service(undefined, pinned);
        const fingerprint = fingerprintOf(pinned);
        for (const pin of [fingerprint, fingerprint.toLowerCase(), fingerprint.replaceAll(':', '')])
          assert.equal((await sendAs({ pinnedCertificate: pin }, at(target))).status, 200);
        const proxy = await start(tunnelsTo(target));
        const { status } = await sendAs({ pinnedCertificate: fingerprint }, `https://${HOST}/`, through(proxy));
        assert.equal(status, 200);
        assertSeenOnly([target], [proxy]);
      });

    it('accepts no other, even from a trusted authority, and sends it nothing', async () => {
      const pinned = own();
      const trusted = fingerprintOf(pinned);
      for (const host of ['localhost', HOST]) {
        for (const other of [certificate(host, { issuer: company }), certificate(host), { ...company, name: host }]) {
          const target = await service(undefined, other);
          const proxy = await start(tunnelsTo(target));
          const [url, settings] = host === HOST ? [`https://${HOST}/`, through(proxy)] : [at(target), {}];
          const sending = sendAs({ caFile, pinnedCertificate: trusted }, url, settings);
          await fails(sending, 'certificate-changed', { host: new URL(url).host, trusted, presented: fingerprintOf(other) });
          assertNothingReceived(target);
          await target.idle();
        }
      }
    });

    it('accepts no certificate from a pinned authority', async () => {
      const leaf = own();
      const target = await service(undefined, { ...leaf, cert: leaf.cert + company.cert });
      const sending = sendAs({ caFile, pinnedCertificate: fingerprintOf(company) }, at(target));
      await fails(sending, 'certificate-changed', { presented: fingerprintOf(leaf) });
      assertNothingReceived(target);
    });

    it('accepts nothing without TLS', async () => {
      const target = await start(answers(200, '{}'));
      const url = `http://localhost:${target.port}/`;
      await fails(sendAs({ pinnedCertificate: fingerprintOf(own()) }, url), 'certificate-changed', { presented: 'none' });
      assertNothingReceived(target);
    });

    it('does not weaken the TLS of a proxy', async () => {
      const pinned = certificate(HOST);
      const target = await service(undefined, pinned);
      for (const atProxy of [certificate('127.0.0.1'), pinned]) {
        const proxy = await start(tunnelsTo(target, LOGIN), { tls: atProxy });
        const settings = { ...through(proxy), proxy: `https://127.0.0.1:${proxy.port}`, proxyAuthorization: LOGIN };
        await fails(sendAs({ pinnedCertificate: fingerprintOf(pinned) }, `https://${HOST}/`, settings), 'proxy-failed');
        assertNothingReceived(proxy, target);
      }
    });
  });

  describe('readCertificate', () => {
    const read = (url: string, settings: Partial<NetworkSettings> = {}, tenant: TenantTls = { caFile }, signal?: AbortSignal) =>
      senderWith(() => settings).readCertificate(request(url, tenant), signal);

    for (const [name, certified, problem] of untrusted)
      it(`returns a certificate ${name} and sends nothing`, async () => {
        const presented = certified();
        const target = await service(undefined, presented);
        const found = await read(at(target));
        assert.equal(found.problem, problem);
        assert.equal(found.fingerprint, fingerprintOf(presented));
        assert.equal(found.subject, `CN=${presented.name}`);
        assert.match(found.issuer, /^CN=(Example Authority|Other|localhost)$/);
        assert.equal(found.validFrom > Date.now(), problem === 'CERT_NOT_YET_VALID');
        assert.equal(found.validTo < Date.now(), problem === 'CERT_HAS_EXPIRED');
        await target.idle();
        assertNothingReceived(target);
      });

    it('returns a trusted certificate, and one that differs from the pin', async () => {
      const certified = own();
      const target = await service(undefined, certified);
      assert.equal((await read(at(target))).problem, undefined);
      const found = await read(at(target), {}, { pinnedCertificate: fingerprintOf(certificate('localhost')) });
      assert.deepEqual([found.fingerprint, found.problem], [fingerprintOf(certified), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE']);
    });

    it('returns the one behind a proxy, which sees only the destination', async () => {
      const presented = certificate(HOST);
      const target = await service(undefined, presented);
      const proxy = await start(tunnelsTo(target, LOGIN));
      assert.equal((await read(`https://${HOST}/token`, through(proxy))).fingerprint, fingerprintOf(presented));
      assert.match(proxy.received[0]!, new RegExp(`^CONNECT ${HOST}:443 HTTP/1.1\r\n`));
      assertNothingReceived(target);
      assert.ok(running.every(({ received }) => !received.join('').includes(CANARY)));
      const unnamed = { proxy: `http://127.0.0.1:${proxy.port}` };
      await fails(read(`https://${HOST}/token`, unnamed), 'proxy-unauthorized');
    });

    it('reports why there is no certificate, and stops when the caller aborts', async () => {
      const plain = await start(answers(200, ''), { onConnect: (socket) => void socket.end('SSH-2.0-EXAMPLE\r\n') });
      await fails(read(at(plain)), 'tls-failed');
      for (const version of weak) await fails(read(at(await speaking(version, own()))), 'tls-failed');
      const controller = new AbortController();
      const silent = await start(answers(200, ''), { onConnect: () => controller.abort(new Error('enough')) });
      await assert.rejects(read(at(silent), {}, {}, controller.signal), { message: 'enough' });
    });
  });
});
