import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pause, type Clock } from '../base/clock.js';
import { Emitter, type Disposable, type Event } from '../base/event.js';
import type { OpenStream, StreamResponse } from '../net/http.js';
import type { Header } from '../platforms/platform.js';
import type { Tenant } from '../platforms/tenant.js';
import { AddressRewriter, isRewritable } from './addresses.js';
import { type Body, readBody } from './body.js';
import { pairsOf, requestHeaders, responseHeaders } from './headers.js';
import { isReading, Refusal, requireLocal } from './inbound.js';
import { HOST_MARK, readTarget } from './target.js';

/** The only address that the gateway listens at. */
const LOOPBACK = '127.0.0.1';
const CAPABILITY_BYTES = 24;
const MAX_AT_ONCE = 64;
const IDLE_MS = 60 * 60_000;
/** How long a request with a wrong capability waits for its answer: whoever guesses is slow. */
const WRONG_CAPABILITY_MS = 500;

/** A request that was forwarded. Holds no query, header or body. */
export interface ForwardedRequest {
  /** Epoch ms. */
  readonly at: number;
  /** Ids of the tenant and its API token. */
  readonly tenant: string;
  readonly token: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** Undefined: the service did not answer. */
  readonly status: number | undefined;
  /** Until the answer was complete, ms. */
  readonly ms: number;
}

/** An access token as the headers of its tenant. */
export interface Authorization {
  readonly accessToken: string;
  readonly headers: readonly Header[];
}

interface Parts {
  readonly stream: OpenStream;
  readonly clock: Clock;
  /** @returns the tenant as it is configured now; undefined without it or its API token */
  upstreamOf(tenant: string, token: string): Upstream | undefined;
  /**
   * A valid access token, by an exchange if need be. Asks nobody.
   * @param refused the access token that the service has just answered with 401: the result may be the same
   * @throws what {@link explain} explains
   */
  authorize(tenant: Tenant, token: string, refused?: string): Promise<Authorization>;
  /** Whether a person lets requests to the tenant write. Not called for GET and HEAD. */
  mayWrite(tenant: Tenant, token: string, method: string): boolean;
  /** A failure for whoever reads the answer: what happened and what to do. Undefined: an error in the program. */
  explain(error: unknown, tenant: Tenant): Explained | undefined;
}

/** A tenant that requests are forwarded to. */
export interface Upstream {
  readonly tenant: Tenant;
  /** The origins that requests may go to, by host: the first one is that of the tenant's API. */
  readonly origins: ReadonlyMap<string, string>;
  /** The names of headers that carry a credential, in lower case. */
  readonly credentialNames: ReadonlySet<string>;
}

export interface Explained {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** An API token with an address. */
interface Addressed {
  readonly tenant: string;
  readonly token: string;
  readonly capability: string;
}

/** What is known of a request once it is known where it goes. */
interface Destination {
  readonly upstream: Upstream;
  readonly token: string;
  readonly origin: string;
  /** The path and query at the service. */
  readonly path: string;
  /** What stands for the origin at the gateway. */
  readonly address: string;
}

/**
 * Forwards requests of programs on this machine to tenants, with their access tokens. An address of the gateway contains a
 * capability: whoever has it can send requests as the tenant until the gateway stops, and never sees a token.
 */
export class Gateway implements Disposable {
  readonly #parts: Parts;
  readonly #server: Server;
  readonly #addressed: Addressed[] = [];
  readonly #forwarded = new Emitter<ForwardedRequest>();
  readonly #stopped = new Emitter<void>();
  #underWay = 0;
  #idle: Disposable | undefined;

  private constructor(parts: Parts, server: Server) {
    this.#parts = parts;
    this.#server = server;
    this.#rest();
  }

  /** Listens at a free port of this machine. @throws the error of the system if it has no free port */
  static async start(parts: Parts): Promise<Gateway> {
    // A slow upload may take its time; the head of a request may not.
    const server = createServer({ requestTimeout: 0, headersTimeout: 30_000, keepAliveTimeout: 5_000 });
    const gateway = new Gateway(parts, server);
    server.on('request', (request, response) => void gateway.#answer(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, LOOPBACK, resolve);
    });
    return gateway;
  }

  /** `host:port`, as a client has to call it. */
  get authority(): string {
    return `${LOOPBACK}:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Fires each request that has gone to a tenant, when it is over. */
  get onDidForward(): Event<ForwardedRequest> {
    return this.#forwarded.event;
  }

  /** Fires when it has stopped: by {@link dispose}, or after an hour without a request. */
  get onDidStop(): Event<void> {
    return this.#stopped.event;
  }

  /** The address that stands for a tenant, with an API token of it: the same until the gateway stops. No slash at its end. */
  addressOf(tenant: string, token: string): string {
    let addressed = this.#addressed.find((one) => one.tenant === tenant && one.token === token);
    if (!addressed) {
      addressed = { tenant, token, capability: randomBytes(CAPABILITY_BYTES).toString('base64url') };
      this.#addressed.push(addressed);
    }
    return `http://${this.authority}/${addressed.capability}/${encodeURIComponent(tenant)}`;
  }

  /** Ends all requests, and forgets all addresses. */
  dispose(): void {
    this.#idle?.dispose();
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    this.#stopped.fire();
  }

  #rest(): void {
    this.#idle?.dispose();
    this.#idle = this.#parts.clock.after(IDLE_MS, () => this.dispose());
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const left = new AbortController();
    response.once('close', () => left.abort());
    try {
      requireLocal(request, this.authority);
      if (request.url === '/') introduce(response);
      else await this.#forward(request, response, await this.#destinationOf(request), left.signal);
    } catch (error) {
      refuse(response, error);
    }
  }

  /** @throws Refusal before a token is taken */
  async #destinationOf({ url = '', method = '' }: IncomingMessage): Promise<Destination> {
    const target = readTarget(url);
    if (!target)
      throw new Refusal(400, 'bad-target', 'The path has dot segments, encoded slashes or characters that must be encoded.');
    const addressed = this.#addressed.find(({ capability }) => isEqual(capability, target.capability));
    const { tenant: id = '', token = '' } = addressed ?? {};
    const upstream = id === target.tenant ? this.#parts.upstreamOf(id, token) : undefined;
    if (!upstream) {
      await pause(this.#parts.clock, WRONG_CAPABILITY_MS);
      throw new Refusal(404, 'unknown-address', 'This address is not valid any more. Run “Copy Gateway URL” in VS Code.');
    }
    const { tenant, origins } = upstream;
    if (!isReading(method) && !this.#parts.mayWrite(tenant, token, method))
      throw new Refusal(
        403,
        'reading-only',
        `The gateway only reads from ${tenant.name}. Allow writing in VS Code, then send the request again.`,
      );
    const host = target.host?.toLowerCase();
    const origin = host === undefined ? [...origins.values()][0] : origins.get(host);
    if (origin === undefined)
      throw new Refusal(403, 'foreign-host', `${tenant.name} has no host of this name. Add it to its setting “hosts”.`);
    const own = this.addressOf(id, token);
    return { upstream, token, origin, path: target.path, address: host === undefined ? own : `${own}/${HOST_MARK}/${host}` };
  }

  async #forward(
    request: IncomingMessage,
    response: ServerResponse,
    destination: Destination,
    signal: AbortSignal,
  ): Promise<void> {
    const { upstream, token, origin, path } = destination;
    const { tenant } = upstream;
    const { method = '' } = request;
    if (this.#underWay >= MAX_AT_ONCE)
      throw new Refusal(503, 'too-many', `The gateway forwards ${MAX_AT_ONCE} requests at a time.`, { 'Retry-After': '1' });
    const began = this.#parts.clock.mono();
    let status: number | undefined;
    this.#underWay++;
    this.#idle?.dispose();
    try {
      const answer = await this.#send(request, destination, await readBody(request), signal);
      ({ status } = answer);
      await pass(answer, response, destination, method);
    } catch (error) {
      throw this.#explained(error, tenant) ?? error;
    } finally {
      this.#underWay--;
      if (this.#underWay === 0 && this.#server.listening) this.#rest();
      this.#forwarded.fire({
        at: this.#parts.clock.wall(),
        tenant: tenant.id,
        token,
        method,
        host: new URL(origin).host,
        path: path.replace(/\?.*$/s, ''),
        status,
        ms: this.#parts.clock.mono() - began,
      });
    }
  }

  #explained(error: unknown, tenant: Tenant): Refusal | undefined {
    const explained = this.#parts.explain(error, tenant);
    return explained && new Refusal(explained.status, explained.code, explained.message);
  }

  /** Sends a request; once more with a new access token if the service refuses the one at hand, and the body is at hand too. */
  async #send(
    request: IncomingMessage,
    { upstream, token, origin, path }: Destination,
    { content, length }: Body,
    signal: AbortSignal,
  ): Promise<StreamResponse> {
    const { tenant, credentialNames } = upstream;
    const received = pairsOf(request.rawHeaders);
    const attempt = ({ headers: auth }: Authorization): Promise<StreamResponse> => {
      const headers = requestHeaders(received, auth, credentialNames);
      if (content instanceof Readable && length !== undefined) headers.push(['Content-Length', String(length)]);
      const sent = { method: request.method ?? '', url: origin + path, headers, tls: tenant };
      return this.#parts.stream({ ...sent, ...(content !== undefined && { body: content }) }, signal);
    };
    const authorization = await this.#parts.authorize(tenant, token);
    const answer = await attempt(authorization);
    if (answer.status !== 401 || content instanceof Readable) return answer;
    const anew = await this.#parts.authorize(tenant, token, authorization.accessToken).catch(() => authorization);
    if (anew.accessToken === authorization.accessToken) return answer;
    await leave(answer);
    return await attempt(anew);
  }
}

function introduce(response: ServerResponse): void {
  const text =
    'This is the gateway of Tenant Tokens. It needs a whole address: run “Copy Gateway URL” in VS Code.\n' +
    `If your client sends requests through a proxy, exclude ${LOOPBACK} from it: NO_PROXY=${LOOPBACK}\n`;
  response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' }).end(text);
}

function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Passes an answer on while it arrives. A body that breaks off breaks the connection, so that the client notices. */
async function pass(
  { status, reason, headers, body }: StreamResponse,
  response: ServerResponse,
  { upstream: { tenant }, origin, address }: Destination,
  method: string,
): Promise<void> {
  const rewriter = new AddressRewriter(origin, address);
  const rewrites = tenant.gateway?.rewriteAddresses !== false;
  const rewritesBody = rewrites && method !== 'HEAD' && isRewritable(headers);
  const rewrite = (text: string): string => (rewrites ? rewriter.rewrite(text) : text);
  const passed = responseHeaders(headers, rewrite, !(rewrites && isRewritable(headers)));
  response.writeHead(status, reason, passed.flat());
  // A service may wait for its reader before it sends a body.
  response.flushHeaders();
  await pipeline(Readable.from(rewritesBody ? rewriter.stream(body) : body, { objectMode: false }), response);
}

/** Leaves the rest of an answer unread. */
async function leave({ body }: StreamResponse): Promise<void> {
  for await (const _ of body) break;
}

/** Answers with an error of the gateway's own, marked by a header, so that a script can tell it from the service's. */
function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const { status, code, message, headers } =
    error instanceof Refusal ? error : new Refusal(500, 'failed', 'The gateway could not forward this request.');
  const text = `${JSON.stringify({ error: { code, message } })}\n`;
  response.writeHead(status, {
    ...headers,
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    'X-Tenant-Tokens-Error': code,
    // The rest of a body that was not read.
    Connection: 'close',
  });
  response.end(response.req.method === 'HEAD' ? undefined : text);
}
