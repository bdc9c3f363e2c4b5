import process from 'node:process';
import type * as Undici from 'undici';
import type { Dispatcher } from 'undici';
import { AppError } from '../errors.js';
import { openAgent, readCertificate, type Route } from './dispatcher.js';
import { codeOf, connectionError } from './failures.js';
import { MAX_RESPONSE_BYTES, type HttpRequest, type HttpResponse, type ReadCertificate, type Send } from './http.js';
import { DEFAULT_NETWORK, proxyFor, type Environment, type NetworkSettings } from './proxy.js';
import { Trust } from './trust.js';

/** For the whole of a request: the limits of undici start anew with each byte. */
const DEADLINE_MS = 10_000;
/** Some firewalls refuse what does not name itself. Names no tenant and no version of the machine. */
const USER_AGENT = 'Mozilla/5.0 (compatible; tenant-tokens)';

type Work<T> = (undici: typeof Undici, route: Route, signal: AbortSignal) => Promise<T>;

/** Sends requests by the settings of the moment; loading undici is put off until something is sent. */
export class Sender {
  readonly #network: () => NetworkSettings;
  readonly #environment: Environment;
  readonly #warn: (message: string) => void;
  readonly #trust = new Trust();
  readonly #disposed = new AbortController();
  #isWarned = false;

  /** @param warn for the log: what weakens connections, once */
  constructor(
    network: () => NetworkSettings = () => DEFAULT_NETWORK,
    environment: Environment = process.env,
    warn: (message: string) => void = () => undefined,
  ) {
    this.#network = network;
    this.#environment = environment;
    this.#warn = warn;
  }

  readonly send: Send = (request, signal) =>
    this.#reach(request, signal, (undici, route, ends) => exchange(undici, route, request, ends));

  readonly readCertificate: ReadCertificate = (service, signal) =>
    this.#reach(service, signal, (undici, route, ends) => readCertificate(undici, route, new URL(service.url), ends));

  /** Ends what is under way. */
  dispose(): void {
    this.#disposed.abort(new AppError('connection-lost', { cause: 'closed' }));
  }

  /** Works on a connection within the time that there is, and says what keeps it from being done. */
  async #reach<T>(service: Pick<HttpRequest, 'url' | 'tls'>, signal: AbortSignal | undefined, work: Work<T>): Promise<T> {
    const { host } = new URL(service.url);
    // Outside of what is explained as a failure of the network.
    const undici = await import('undici');
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    const ends = [deadline, this.#disposed.signal, ...(signal ? [signal] : [])];
    try {
      return await work(undici, await this.#route(service), AbortSignal.any(ends));
    } catch (error) {
      if (error instanceof AppError || signal?.aborted) throw error;
      if (deadline.aborted) throw new AppError('timed-out', { host });
      const code = codeOf(error);
      // Errors without a code are not the network's: they stay what they are.
      throw code === undefined ? error : connectionError(code, host);
    }
  }

  async #route({ url, tls = {} }: Pick<HttpRequest, 'url' | 'tls'>): Promise<Route> {
    const network = this.#network();
    const { systemCertificates, proxyStrictSSL } = network;
    const proxy = proxyFor(new URL(url), network, this.#environment);
    if (proxy?.origin.startsWith('https:') && !proxyStrictSSL && !this.#isWarned) {
      this.#isWarned = true;
      this.#warn(`http.proxyStrictSSL is false: the certificate of the proxy ${new URL(proxy.origin).host} is not checked`);
    }
    return {
      service: await this.#trust.of(tls, systemCertificates),
      pin: tls.pinnedCertificate === undefined ? undefined : withColons(tls.pinnedCertificate),
      proxy,
      atProxy: this.#trust.usual(systemCertificates),
      strictProxy: proxyStrictSSL,
    };
  }
}

/** A fingerprint as Node writes it. */
function withColons(fingerprint: string): string {
  return fingerprint
    .replaceAll(':', '')
    .toUpperCase()
    .replace(/..(?=.)/g, '$&:');
}

async function exchange(undici: typeof Undici, route: Route, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  const { host } = new URL(request.url);
  const agent = openAgent(undici, route, DEADLINE_MS, signal);
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
