import assert from 'node:assert/strict';
import { createServer, request as httpRequest, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Gateway, type ForwardedRequest } from '../../src/gateway/gateway.js';
import { Sender } from '../../src/net/send.js';
import { AppError } from '../../src/base/errors.js';
import { credentialHeaders } from '../../src/platforms/index.js';
import { upstreamsOf } from '../../src/tenants/upstreams.js';
import { readTenants } from '../../src/tenants/tenants.js';
import { SteppedClock } from '../support/clock.js';

export const TOKEN = 'EXAMPLE-access-token';
type Parts = Parameters<typeof Gateway.start>[0];

/** A service of a tenant on this machine, and a gateway to it. Stops with the test. */
export class Scene {
  readonly clock = new SteppedClock(Date.UTC(2030, 0, 1));
  readonly forwarded: ForwardedRequest[] = [];
  /** The heads of the requests that have arrived at the service. */
  readonly arrived: IncomingMessage[] = [];
  /** What the gateway was asked for: the refused token, or none. */
  readonly authorized: (string | undefined)[] = [];
  readonly #sender = new Sender();
  readonly #service: Server;
  #gateway: Gateway | undefined;

  private constructor(answer: RequestListener) {
    this.#service = createServer((request, response) => {
      this.arrived.push(request);
      answer(request, response);
    });
  }

  /**
   * @param answer of the service
   * @param settings of the tenant
   */
  static async open(
    answer: RequestListener = (_, response) => void response.end('OK'),
    parts: Partial<Parts> = {},
    settings: Readonly<Record<string, unknown>> = {},
  ): Promise<Scene> {
    const scene = new Scene(answer);
    await new Promise<void>((resolve) => scene.#service.listen(0, '127.0.0.1', resolve));
    const entry = { id: 'acme', name: 'Acme', platform: 'cloud-director', url: scene.origin, organization: 'acme', ...settings };
    const [read] = readTenants([entry]);
    assert.ok(read?.tenant, JSON.stringify(read?.problems));
    const { tenant } = read;
    scene.#gateway = await Gateway.start({
      stream: scene.#sender.stream,
      clock: scene.clock,
      upstreamOf: (id, token) =>
        id === 'acme' && token === 'token'
          ? { tenant, origins: upstreamsOf(tenant), credentialNames: new Set(credentialHeaders([tenant])) }
          : undefined,
      authorize: (_, __, refused) => {
        scene.authorized.push(refused);
        return Promise.resolve({ accessToken: TOKEN, headers: [{ name: 'Authorization', value: `Bearer ${TOKEN}` }] });
      },
      mayWrite: () => false,
      explain: (error, { name }) =>
        error instanceof AppError ? { status: 502, code: error.code, message: `${name} failed: ${error.code}.` } : undefined,
      ...parts,
    });
    scene.#gateway.onDidForward((request) => scene.forwarded.push(request));
    return scene;
  }

  get gateway(): Gateway {
    return this.#gateway ?? assert.fail('not open');
  }

  /** Of the service. */
  get origin(): string {
    return `http://127.0.0.1:${(this.#service.address() as AddressInfo).port}`;
  }

  /** Of the tenant at the gateway. */
  get address(): string {
    return this.gateway.addressOf('acme', 'token');
  }

  async close(): Promise<void> {
    this.#gateway?.dispose();
    this.#sender.dispose();
    this.#service.closeAllConnections();
    await new Promise((resolve) => this.#service.close(resolve));
  }

  /** Sends a request as Node does, without the headers that `fetch` adds. */
  async send(path: string, { method = 'GET', headers = {}, body }: SendOptions = {}): Promise<Answer> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = httpRequest(this.address + path, { method, headers, agent: false }, resolve);
      request.once('error', reject).end(body);
    });
    return { status: response.statusCode ?? 0, headers: response.headers, text: await text(response) };
  }

  /** Sends bytes as they are. @returns all that comes back, until the connection closes */
  async sendRaw(bytes: string): Promise<string> {
    const { port } = new URL(this.address);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(bytes, 'latin1');
    return await text(socket);
  }
}

interface SendOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** The code of an error of the gateway's own. */
export function codeOf({ headers, text: body }: Answer): string {
  const { error } = JSON.parse(body) as { error: { code: string; message: string } };
  assert.equal(headers['x-tenant-tokens-error'], error.code);
  assert.match(error.message, /^[A-Z].*\.$/);
  return error.code;
}
