import process from 'node:process';
import type { Dispatcher } from 'undici';
import { AppError } from '../base/errors.js';
import type { Disposable } from '../base/event.js';
import { REQUEST_MS } from '../base/timeLimits.js';
import { deadline } from './deadline.js';
import { openClient, readCertificate, type Route } from './dispatcher.js';
import { codeOf, connectionError } from './failures.js';
import {
  MAX_RESPONSE_BYTES,
  USER_AGENT,
  type HttpRequest,
  type HttpResponse,
  type OpenStream,
  type ReadCertificate,
  type Send,
  type TenantTls,
} from './http.js';
import { DEFAULT_NETWORK, proxyFor, type Environment, type NetworkSettings } from './proxy.js';
import { HEAD_MS, openStream } from './stream.js';
import { Trust } from './trust.js';
import type * as Undici from './undici.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @param timer the deadline of the work, which may end it early */
type Work<T> = (undici: typeof Undici, url: URL, route: Route, signal: AbortSignal, timer: Disposable) => Promise<T>;

/**
 * Sends requests with the current network settings. Loads undici with the first request, or ahead of it with {@link
 * prefetch}.
 */
export class Sender {
  readonly #network: () => NetworkSettings;
  readonly #environment: Environment;
  readonly #warn: (message: string) => void;
  readonly #trust = new Trust();
  #undici: Promise<typeof Undici> | undefined;
  /** Aborts the requests in flight. */
  readonly #underWay = new Set<AbortController>();
  #isDisposed = false;
  #isWarned = false;

  /** @param warn logs, once, a setting that weakens connections */
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

  readonly stream: OpenStream = (request, signal) =>
    new Promise((resolve, reject) => {
      let end: (error: Error) => void = reject;
      const open: Work<void> = (undici, url, route, ends, timer) =>
        openStream(undici, url, route, request, ends, ({ response, fail }) => {
          timer.dispose();
          end = fail;
          resolve(response);
        });
      this.#reach(request, signal, open, HEAD_MS).catch((error: unknown) => end(error as Error));
    });

  readonly readCertificate: ReadCertificate = (service, signal) => this.#reach(service, signal, readCertificate);

  /** Loads what the first request needs. Sends nothing. */
  async prefetch(): Promise<void> {
    await this.#load();
  }

  /** Aborts the requests in flight. */
  dispose(): void {
    this.#isDisposed = true;
    for (const ends of this.#underWay) ends.abort(closed());
  }

  /** Runs `work` within the request's deadline, and maps network errors to AppErrors. */
  async #reach<T>(
    service: Pick<HttpRequest, 'url' | 'tls'>,
    signal: AbortSignal | undefined,
    work: Work<T>,
    limitMs = REQUEST_MS,
  ): Promise<T> {
    const url = new URL(service.url);
    // Outside the try block: failing to load a file is not a network error.
    const undici = await this.#load();
    const ends = new AbortController();
    const end = (): void => ends.abort(signal?.reason);
    const timer = deadline.start(limitMs, () => ends.abort(new AppError('timed-out', { host: url.host })));
    this.#underWay.add(ends);
    signal?.addEventListener('abort', end);
    if (signal?.aborted) end();
    if (this.#isDisposed) ends.abort(closed());
    try {
      return await work(undici, url, await this.#route(url, service.tls), ends.signal, timer);
    } catch (error) {
      const code = codeOf(error);
      // An error without a code is not a network error, so it stays as it is.
      throw error instanceof AppError || signal?.aborted || code === undefined ? error : connectionError(code, url.host);
    } finally {
      timer.dispose();
      this.#underWay.delete(ends);
      signal?.removeEventListener('abort', end);
    }
  }

  #load(): Promise<typeof Undici> {
    return (this.#undici ??= import('./undici.js').catch((error: unknown) => {
      // Let a later request retry the load.
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
      // Do not load the authorities without TLS: that takes longer than an exchange.
      service: url.protocol === 'https:' ? await this.#trust.of(tls, systemCertificates) : undefined,
      pin: tls.pinnedCertificate === undefined ? undefined : withColons(tls.pinnedCertificate),
      proxy,
      atProxy: isProxyTls ? this.#trust.usual(systemCertificates) : undefined,
      strictProxy: proxyStrictSSL,
    };
  }
}

/** A fingerprint in Node's notation. */
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
    // Sends `Connection: close`: the connection is not used again.
    reset: true,
  };
  // The client needs no cleanup: its only connection closes after the answer or an error.
  return new Promise((resolve, reject) => client.dispatch(request, answerReader(host, resolve, reject)));
}

/** Collects the whole answer. An error thrown here makes undici close the connection and reject the request with it. */
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

/** @throws AppError for a redirect, which would send the secret elsewhere, and for an encoded or oversized answer */
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

/** Joins repeated headers. undici passes their names in lower case. */
function singleHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}

function closed(): AppError {
  return new AppError('connection-lost', { cause: 'closed' });
}
