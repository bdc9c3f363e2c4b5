import process from 'node:process';
import type * as Undici from 'undici';
import type { Dispatcher } from 'undici';
import { AppError } from '../errors.js';
import { openAgent, type Route } from './dispatcher.js';
import { codeOf, networkError } from './failures.js';
import { MAX_RESPONSE_BYTES, type HttpRequest, type HttpResponse, type Send } from './http.js';
import { DEFAULT_NETWORK, proxyFor, type Environment, type NetworkSettings } from './proxy.js';
import { Trust } from './trust.js';

/** For the whole of a request: the limits of undici start anew with each byte. */
const DEADLINE_MS = 10_000;
/** Some firewalls refuse what does not name itself. Names no tenant and no version of the machine. */
const USER_AGENT = 'Mozilla/5.0 (compatible; tenant-tokens)';

/** Sends requests by the settings of the moment; loading undici is put off until something is sent. */
export class Sender {
  readonly #network: () => NetworkSettings;
  readonly #environment: Environment;
  readonly #trust = new Trust();
  readonly #disposed = new AbortController();

  constructor(network: () => NetworkSettings = () => DEFAULT_NETWORK, environment: Environment = process.env) {
    this.#network = network;
    this.#environment = environment;
  }

  readonly send: Send = async (request, signal) => {
    const { host } = new URL(request.url);
    // Outside of what is explained as a failure of the network.
    const undici = await import('undici');
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    const ends = [deadline, this.#disposed.signal, ...(signal ? [signal] : [])];
    try {
      return await this.#exchange(undici, request, AbortSignal.any(ends), host);
    } catch (error) {
      if (error instanceof AppError || signal?.aborted) throw error;
      if (deadline.aborted) throw new AppError('timed-out', { host });
      const code = codeOf(error);
      // Errors without a code are not the network's: they stay what they are.
      throw code === undefined ? error : networkError(code, host, 'connection-lost');
    }
  };

  /** Ends what is under way. */
  dispose(): void {
    this.#disposed.abort(new AppError('connection-lost', { cause: 'closed' }));
  }

  async #exchange(undici: typeof Undici, request: HttpRequest, signal: AbortSignal, host: string): Promise<HttpResponse> {
    const agent = openAgent(undici, await this.#route(request), DEADLINE_MS, signal);
    try {
      const response = await undici.request(request.url, {
        method: request.method,
        headers: { 'user-agent': USER_AGENT, 'accept-encoding': 'identity', 'cache-control': 'no-store', ...request.headers },
        body: request.body ?? null,
        dispatcher: agent,
        signal,
        // Said to the service too: the connection is not used again.
        reset: true,
      });
      // An answer that is refused breaks off with the agent.
      response.body.on('error', () => undefined);
      const headers = singleHeaders(response.headers);
      const refused = refuse(response.statusCode, headers, host);
      if (refused) throw refused;
      return { status: response.statusCode, headers, body: await readText(response.body, host) };
    } finally {
      await agent.destroy();
    }
  }

  async #route({ url, tls: { caFile } = {} }: HttpRequest): Promise<Route> {
    const network = this.#network();
    const usual = this.#trust.usual(network.systemCertificates);
    return {
      service: caFile ? await this.#trust.only(caFile) : usual,
      proxy: proxyFor(new URL(url), network, this.#environment),
      atProxy: usual,
      strictProxy: network.proxyStrictSSL,
    };
  }
}

/** A redirect would carry the secret elsewhere, and what is encoded or announced as large may grow without bound. */
function refuse(status: number, headers: HttpResponse['headers'], host: string): AppError | undefined {
  if (status >= 300 && status < 400) return new AppError('redirected', { host, status });
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') return new AppError('encoded-response', { host });
  return Number(headers['content-length'] ?? 0) > MAX_RESPONSE_BYTES ? new AppError('response-too-large', { host }) : undefined;
}

async function readText(body: Dispatcher.ResponseData['body'], host: string): Promise<string> {
  const bytes = await body.bytes();
  if (bytes.byteLength > MAX_RESPONSE_BYTES) throw new AppError('response-too-large', { host });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('not-json', { host }, cause);
  }
}

function singleHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}
