import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.js';
import { authority, certificate, type Certificate } from '../faults/certificates.js';
import { answers, serve, tunnelsTo, type Loopback } from '../faults/loopback.js';
import { cliEnvironment } from '../handoff/support/cliEnvironment.js';
import { runHttpYac } from '../support/httpyacCli.js';

/** A host of the tenant, and its address: nothing answers there except what a repository puts in its place. */
const HOST = 'cloud.acme.example';
const ADDRESS = '192.0.2.1';
const TOKEN = /^authorization: Bearer \S{20,}$/im;

describe('threats: httpYac, with files of a repository', () => {
  const evil = authority('Evil Authority');
  const running: Loopback[] = [];
  let sandbox: Sandbox;
  let folder: string;
  let env: Readonly<Record<string, string>>;

  before(async () => {
    sandbox = await startSandbox();
    folder = mkdtempSync(path.join(tmpdir(), 'tenant-tokens-httpyac-'));
    env = await cliEnvironment(folder, sandbox);
  });
  after(async () => {
    await sandbox.stop();
    rmSync(folder, { recursive: true });
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.stop()));
  });

  const service = async (shown: Certificate): Promise<Loopback> => {
    const server = await serve(answers(200, '{}'), { tls: shown });
    running.push(server);
    return server;
  };
  /** A proxy that answers in the place of every service, with this certificate. @returns also what it has decrypted */
  const decryptingProxy = async (shown: Certificate) => {
    const decrypting = await service(shown);
    const proxy = await serve(tunnelsTo(decrypting));
    running.push(proxy);
    return { port: proxy.port, read: decrypting.received };
  };
  const request = (url: string, lines: readonly string[] = []): readonly string[] => [
    ...lines,
    `GET ${url}`,
    'Authorization: Bearer {{$processEnv TENANT_TOKEN_SANDBOX_OAUTH2_CLIENT}}',
  ];

  interface Setting {
    /** `.httpyac.json` of the repository. */
    readonly config?: object;
    readonly hosts?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
  }

  /** Sends from a repository, first as a person who says no to each question, then as one who says yes. */
  async function sendTwice(lines: readonly string[], read: readonly string[], setting: Setting): Promise<string> {
    const { config, hosts = [HOST, ADDRESS], environment } = setting;
    const repository = mkdtempSync(path.join(folder, 'repository-'));
    if (config) writeFileSync(path.join(repository, '.httpyac.json'), JSON.stringify(config));
    const file = path.join(repository, 'request.http');
    writeFileSync(file, lines.join('\n'));
    const around = { ...env, EXAMPLE_HOSTS: JSON.stringify(hosts), ...environment };
    const printed = await runHttpYac(file, [], around);
    assert.deepEqual(read, [], 'something was read before the person was asked');
    const allowed = await runHttpYac(file, [], { ...around, EXAMPLE_ALLOWS: 'all' });
    assert.match(read.join('\n'), TOKEN, `nothing would have been read:\n${allowed}`);
    return /Not sent: (.*?) \(Not sent/.exec(printed)?.[1] ?? printed;
  }

  it('row 75: the person is asked about options that let a proxy decrypt: an authority, a disabled check, another name', async () => {
    for (const [options, gotOptions, shownFor = HOST] of [
      ['https.certificateAuthority', { https: { certificateAuthority: evil.cert } }],
      ['rejectUnauthorized', { rejectUnauthorized: false }],
      ['ca, servername', { ca: evil.cert, servername: 'evil.example' }, 'evil.example'],
    ] as const) {
      const { port, read } = await decryptingProxy(certificate(shownFor, { issuer: evil }));
      const config = { proxy: `http://127.0.0.1:${port}`, request: gotOptions };
      const refusal = await sendTwice(request(`https://${HOST}/api`), read, { config });
      assert.equal(
        refusal,
        `TENANT_TOKEN_SANDBOX_OAUTH2_CLIENT may not go to ${HOST}, anyone on the way to ${HOST} (${options}), 127.0.0.1:${port}`,
      );
    }
  });

  it('row 76: the person is asked if a line of the file turns off the certificate check, even without a proxy', async () => {
    const { port, received } = await service(certificate('127.0.0.1'));
    const host = `127.0.0.1:${port}`;
    const lines = request(`https://${host}/api`, ['# @no-reject-unauthorized']);
    const refusal = await sendTwice(lines, received, { hosts: [host] });
    assert.ok(refusal.endsWith(`anyone on the way to ${host} (https.rejectUnauthorized)`), refusal);
  });

  it('row 77: the person is asked about a proxy if the service has no name, since its certificate is compared with that of the proxy', async () => {
    const { port, read } = await decryptingProxy(certificate('localhost', { issuer: evil }));
    const trusted = path.join(folder, 'authority.pem');
    writeFileSync(trusted, evil.cert);
    const refusal = await sendTwice(request(`https://${ADDRESS}/api`), read, {
      config: { proxy: `http://localhost:${port}` },
      environment: { NODE_EXTRA_CA_CERTS: trusted },
    });
    assert.ok(refusal.endsWith(`may not go to ${ADDRESS}, localhost:${port}`), refusal);
  });

  it('row 78: the person is asked about a socket in place of the service', async () => {
    const name = 'tenant-tokens-service';
    const socketPath = process.platform === 'win32' ? String.raw`\\.\pipe\${name}` : path.join(folder, name);
    const read: string[] = [];
    const server = createServer((incoming, outgoing) => {
      read.push(`authorization: ${incoming.headers.authorization}`);
      outgoing.end('{}');
    });
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
    try {
      const setting = { config: { request: { socketPath } }, hosts: [`${HOST}:80`] };
      const refusal = await sendTwice(request(`http://${HOST}/api`), read, setting);
      assert.ok(refusal.endsWith(`anyone on the way to ${HOST}:80 (socketPath)`), refusal);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('does not ask about a proxy that sees only ciphertext', async () => {
    const { port, read } = await decryptingProxy(certificate(HOST, { issuer: evil }));
    const file = path.join(folder, 'proxied.http');
    writeFileSync(file, request(`https://${HOST}/api`, [`# @proxy http://127.0.0.1:${port}`]).join('\n'));
    const printed = await runHttpYac(file, [], { ...env, EXAMPLE_HOSTS: JSON.stringify([HOST]) });
    assert.doesNotMatch(printed, /Not sent/);
    assert.match(printed, /unable to verify the first certificate/);
    assert.deepEqual(read, []);
  });
});
