import process from 'node:process';
import type { Dispatcher } from 'undici';
import { AppError } from '../base/errors.js';
import { REQUEST_MS } from '../base/timeLimits.js';
import { deadline } from './deadline.js';
import { openClient, readCertificate, type Route } from './dispatcher.js';
import { codeOf, connectionError } from './failures.js';
import {
  MAX_RESPONSE_BYTES,
  type HttpRequest,
  type HttpResponse,
  type ReadCertificate,
  type Send,
  type TenantTls,
} from './http.js';
import { DEFAULT_NETWORK, proxyFor, type Environment, type NetworkSettings } from './proxy.js';
import { Trust } from './trust.js';
import type * as Undici from './undici.js';

/** Some firewalls refuse what does not name itself. Names no tenant and no version of the machine. */
const USER_AGENT = 'Mozilla/5.0 (compatible; tenant-tokens)';

const utf8 = new TextDecoder('utf-8', { fatal: true });

type Work<T> = (undici: typeof Undici, url: URL, route: Route, signal: AbortSignal) => Promise<T>;

/** Sends requests by the settings of the moment; loading undici is put off until something is sent, or soon will be. */
export class Sender {
  readonly #network: () => NetworkSettings;
  readonly #environment: Environment;
  readonly #warn: (message: string) => void;
  readonly #trust = new Trust();
  #undici: Promise<typeof Undici> | undefined;
  /** What ends each request that is under way. */
  readonly #underWay = new Set<AbortController>();
  #isDisposed = false;
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
    this.#reach(request, signal, (undici, url, route, ends) => exchange(undici, url, route, request, ends));

  readonly readCertificate: ReadCertificate = (service, signal) => this.#reach(service, signal, readCertificate);

  /** Loads what the first request would have to wait for. Sends nothing. */
  async prefetch(): Promise<void> {
    await this.#load();
  }

  /** Ends what is under way. */
  dispose(): void {
    this.#isDisposed = true;
    for (const ends of this.#underWay) ends.abort(closed());
  }

  /** Works on a connection within the time that there is, and says what keeps it from being done. */
  async #reach<T>(service: Pick<HttpRequest, 'url' | 'tls'>, signal: AbortSignal | undefined, work: Work<T>): Promise<T> {
    const url = new URL(service.url);
    // Outside of what is explained as a failure of the network.
    const undici = await this.#load();
    const ends = new AbortController();
    const end = (): void => ends.abort(signal?.reason);
    const timer = deadline.start(REQUEST_MS, () => ends.abort(new AppError('timed-out', { host: url.host })));
    this.#underWay.add(ends);
    signal?.addEventListener('abort', end);
    if (signal?.aborted) end();
    if (this.#isDisposed) ends.abort(closed());
    try {
      return await work(undici, url, await this.#route(url, service.tls), ends.signal);
    } catch (error) {
      const code = codeOf(error);
      // Errors without a code are not the network's: they stay what they are.
      throw error instanceof AppError || signal?.aborted || code === undefined ? error : connectionError(code, url.host);
    } finally {
      timer.dispose();
      this.#underWay.delete(ends);
      signal?.removeEventListener('abort', end);
    }
  }

  #load(): Promise<typeof Undici> {
    return (this.#undici ??= import('./undici.js').catch((error: unknown) => {
      // A file that cannot be read now may be when it is wanted again.
      this.#undici = undefined;
      throw error;
    }));
  }

  async #route(url: URL, tls: TenantTls = {}): Promise<Route> {
    const network = this.#network();
    const { systemCertificates, proxyStrictSSL } = network;
    const proxy = proxyFor(url, network, this.#environment);
    const isProxyTls = proxy?.origin.startsWith('https:') === true;
    if (isProxyTls && !proxyStrictSSL && !this.#isWarned) {
      this.#isWarned = true;
      this.#warn(`http.proxyStrictSSL is false: the certificate of the proxy ${new URL(proxy.origin).host} is not checked`);
    }
    return {
      // Without TLS nobody is trusted: reading the authorities takes longer than an exchange.
      service: url.protocol === 'https:' ? await this.#trust.of(tls, systemCertificates) : undefined,
      pin: tls.pinnedCertificate === undefined ? undefined : withColons(tls.pinnedCertificate),
      proxy,
      atProxy: isProxyTls ? this.#trust.usual(systemCertificates) : undefined,
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

function exchange(
  undici: typeof Undici,
  { origin, host, pathname, search }: URL,
  route: Route,
  { method, headers, body }: HttpRequest,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const client = openClient(undici, origin, route, signal);
  const request: Dispatcher.DispatchOptions = {
    method,
    path: pathname + search,
    headers: { 'user-agent': USER_AGENT, 'accept-encoding': 'identity', 'cache-control': 'no-store', ...headers },
    body: body ?? null,
    // Said to the service too: the connection is not used again.
    reset: true,
  };
  // Nothing is left of the client then: its one connection ends with the answer, and with any error.
  return new Promise((resolve, reject) => client.dispatch(request, answerReader(host, resolve, reject)));
}

/** Reads an answer into one piece. What it throws at undici ends the connection, and comes back as the error of the request. */
function answerReader(
  host: string,
  resolve: (response: HttpResponse) => void,
  reject: (error: Error) => void,
): Dispatcher.DispatchHandler {
  let status = 0;
  let headers: HttpResponse['headers'] = {};
  const chunks: Buffer[] = [];
  return {
    onRequestStart: () => undefined,
    onResponseStart(_, statusCode, received) {
      if (statusCode < 200) return;
      status = statusCode;
      headers = singleHeaders(received);
      refuse(status, headers, host);
    },
    onResponseData: (_, chunk) => void chunks.push(chunk),
    onResponseEnd: () => resolve({ status, headers, body: readText(chunks, host) }),
    onResponseError: (_, error) => reject(error),
  };
}

/** @throws AppError for a redirect, which would carry the secret elsewhere, and for what may grow without bound */
function refuse(status: number, headers: HttpResponse['headers'], host: string): void {
  if (status >= 300 && status < 400) throw new AppError('redirected', { host, status });
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') throw new AppError('encoded-response', { host });
  if (Number(headers['content-length'] ?? 0) > MAX_RESPONSE_BYTES) throw new AppError('response-too-large', { host });
}

function readText(chunks: readonly Buffer[], host: string): string {
  try {
    return utf8.decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new AppError('not-json', { host }, cause);
  }
}

/** The names come in lower case. */
function singleHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}

function closed(): AppError {
  return new AppError('connection-lost', { cause: 'closed' });
}
