import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { inspect } from 'node:util';
import { AppError } from '../../src/base/errors.js';
import type { HttpRequest, TenantTls } from '../../src/net/http.js';
import { DEFAULT_NETWORK, type Environment, type NetworkSettings } from '../../src/net/proxy.js';
import { Sender } from '../../src/net/send.js';
import { authority, certificate, type Certificate } from './certificates.js';
import { answers, serve, type Loopback, type Script } from './loopback.js';

export const HOST = 'id.acme.example';
export const CANARY = 'EXAMPLE-CANARY-API-TOKEN';
export const PASSWORD = 'EXAMPLE-CANARY-PROXY-PASSWORD';
export const LOGIN = `Basic ${Buffer.from(`ada:${PASSWORD}`).toString('base64')}`;

/** Services, proxies and senders for the tests of a suite; all are stopped after each test. */
export function useNetwork() {
  const running: Loopback[] = [];
  const senders: Sender[] = [];
  /** The authority of the tenant. */
  const company = authority();
  const folder = mkdtempSync(join(tmpdir(), 'tenant-tokens-networks-'));

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
  const service = (script: Script = answers(200, '{}'), tls: Certificate & TlsOptions = certificate(HOST, { issuer: company })) =>
    start(script, { tls });
  const through = ({ port }: Loopback, more: Partial<NetworkSettings> = {}): Partial<NetworkSettings> => ({
    proxy: `http://ada:${PASSWORD}@127.0.0.1:${port}`,
    ...more,
  });
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const caFile = file('company.pem', company.cert);
  const request = (url: string, tls: TenantTls = { caFile }): HttpRequest => ({
    method: 'POST',
    url,
    headers: {},
    body: CANARY,
    tls,
  });

  /** A sender with VS Code's settings; its warnings go to `warnings`. */
  function senderWith(settings: () => Partial<NetworkSettings>, environment: Environment = {}, warnings: string[] = []): Sender {
    const sender = new Sender(
      () => ({ ...DEFAULT_NETWORK, ...settings() }),
      environment,
      (message) => warnings.push(message),
    );
    senders.push(sender);
    return sender;
  }

  /** Sends the secret with the tenant's own authority, or with other TLS settings. */
  async function send(
    url: string,
    settings: Partial<NetworkSettings> = {},
    environment: Environment = {},
    tls: TenantTls = { caFile },
  ) {
    return senderWith(() => settings, environment).send(request(url, tls));
  }

  /** Checks that the secret has reached only its service, and the proxy's login only the proxy. */
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

  return { company, caFile, running, file, start, service, through, request, senderWith, send, assertSeenOnly, fails };
}
