import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import type { buildConnector, Client, Dispatcher } from 'undici';
import { AppError } from '../base/errors.js';
import { codeOf, connectError } from './failures.js';
import { MAX_RESPONSE_BYTES, type PresentedCertificate } from './http.js';
import type { Proxy } from './proxy.js';
import type * as Undici from './undici.js';

const CONNECT_TIMEOUT_MS = 5_000;
/** For the headers, the body, and what frames them. */
const MAX_RECEIVED_BYTES = 3 * MAX_RESPONSE_BYTES;

/** The way to a service. */
export interface Route {
  /** Whom to trust about the service, and the certificate to show to it; undefined: it does not speak TLS. */
  readonly service: SecureContext | undefined;
  /** The SHA-256 of the one certificate to accept from the service: in the place of authorities, host name and dates. */
  readonly pin?: string | undefined;
  readonly proxy?: Proxy | undefined;
  /** Whom to trust about the proxy, if that is spoken to with TLS. */
  readonly atProxy: SecureContext | undefined;
  /** `http.proxyStrictSSL`. It counts for the proxy's own certificate; that of the service is always checked. */
  readonly strictProxy: boolean;
}

/**
 * A client for one request: so settings count at once, and nothing of a tenant is left behind for another. What fails before
 * there is a connection to the service is an `AppError` that says that nothing was sent.
 * @param signal ends the connection, or the attempt at one
 */
export function openClient(undici: typeof Undici, origin: string, route: Route, signal: AbortSignal): Client {
  return new undici.Client(origin, {
    allowH2: false,
    pipelining: 0,
    // The signal is for the whole of the request; the times of undici start anew with each byte.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: MAX_RESPONSE_BYTES,
    // VCF Automation answers with more than a hundred Link headers.
    maxHeaderSize: MAX_RESPONSE_BYTES,
    connect: checkedConnector(undici, route, signal),
  });
}

/** The certificate that the service of an https address presents, trusted or not. Nothing is sent after the handshake. */
export function readCertificate(
  undici: typeof Undici,
  { protocol, host, hostname, port }: URL,
  route: Route,
  signal: AbortSignal,
): Promise<PresentedCertificate> {
  return new Promise((resolve, reject) => {
    const connect = connector(undici, route, false, signal);
    connect({ protocol, host, hostname: hostname.replace(/^\[|\]$/g, ''), port }, (...[error, socket]) => {
      if (error) {
        reject(error);
        return;
      }
      const certificate = certificateOf(socket);
      // Node's types promise an error; it is the code of one, or nothing.
      const problem = (socket as TLSSocket).authorizationError as unknown;
      socket.destroy();
      if (!certificate) reject(new AppError('tls-failed', { host, cause: 'no certificate' }));
      else resolve(presented(certificate, typeof problem === 'string' ? problem : undefined));
    });
  });
}

function presented(certificate: X509Certificate, problem: string | undefined): PresentedCertificate {
  const { subject, issuer, validFrom, validTo, fingerprint256: fingerprint } = certificate;
  return { subject, issuer, validFrom: Date.parse(validFrom), validTo: Date.parse(validTo), fingerprint, problem };
}

/** Nothing where TLS is not spoken. */
function certificateOf(socket: Socket | TLSSocket): X509Certificate | undefined {
  return 'getPeerX509Certificate' in socket ? socket.getPeerX509Certificate() : undefined;
}

/** Connects to the service if it is the one that it should be: by its authority, or by the pin and nothing else. */
function checkedConnector(undici: typeof Undici, route: Route, signal: AbortSignal): buildConnector.connector {
  const { pin } = route;
  const connect = connector(undici, route, pin === undefined, signal);
  if (pin === undefined) return connect;
  return (options, callback) => {
    connect(options, (...[error, socket]) => {
      if (error) {
        callback(error, null);
        return;
      }
      const found = certificateOf(socket)?.fingerprint256 ?? 'none';
      if (found === pin) {
        callback(null, socket);
        return;
      }
      socket.destroy();
      callback(new AppError('certificate-changed', { host: hostOf(options), trusted: pin, presented: found }), null);
    });
  };
}

/** @param strict false: whoever answers is connected to, and the caller has to look who it is */
function connector(undici: typeof Undici, route: Route, strict: boolean, signal: AbortSignal): buildConnector.connector {
  const connect = undici.buildConnector(tlsOptions(route.service, strict));
  return endedBy(signal, (options, callback) => {
    const told: buildConnector.Callback = (...[error, socket]) => {
      if (error) {
        callback(failure(error, hostOf(options), route.proxy), null);
        return;
      }
      // An alert after the handshake does not end the socket, and undici would tell the end that follows in its place.
      socket.once('error', (alert: Error) => socket.destroy(alert));
      limitReading(socket, hostOf(options));
      callback(null, socket);
    };
    if (!route.proxy) {
      connect(options, told);
      return;
    }
    const name = options.hostname.includes(':') ? `[${options.hostname}]` : options.hostname;
    openTunnel(undici, route, route.proxy, `${name}:${options.port || '443'}`, signal).then(
      (httpSocket) => connect({ ...options, httpSocket }, told),
      (error: unknown) => callback(error as AppError, null),
    );
  });
}

/** Ends the attempt at a connection, and then the connection itself, when the signal aborts. */
function endedBy(signal: AbortSignal, connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    let connected: Socket | TLSSocket | undefined;
    let isTold = false;
    const ignore = (): void => signal.removeEventListener('abort', end);
    const tell: buildConnector.Callback = (...[error, socket]) => {
      if (isTold) {
        socket?.destroy();
        return;
      }
      isTold = true;
      if (error) {
        ignore();
        callback(error, null);
        return;
      }
      connected = socket.once('close', ignore);
      callback(null, socket);
    };
    const end = (): void => {
      const reason = signal.reason as Error;
      if (connected) connected.destroy(reason);
      else tell(isLate(reason) ? connectError('UND_ERR_CONNECT_TIMEOUT', hostOf(options)) : reason, null);
    };
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    else connect(options, tell);
  };
}

function isLate(reason: Error): boolean {
  return reason instanceof AppError && reason.code === 'timed-out';
}

/** undici counts what an answer holds. Its chunks can take any number of bytes to say it (RFC 9112 §7.1.1). */
function limitReading(socket: Socket | TLSSocket, host: string): void {
  socket.on('readable', () => {
    if (socket.bytesRead > MAX_RECEIVED_BYTES) socket.destroy(new AppError('response-too-large', { host }));
  });
}

function hostOf({ host, hostname }: buildConnector.Options): string {
  return host ?? hostname;
}

/**
 * A connection through the proxy, by CONNECT (RFC 9110 §9.3.6). The credentials for the proxy are in this request and in no
 * other. Not undici's own ProxyAgent, which tells what the proxy answered in the text of a message only.
 */
async function openTunnel(
  { Client, buildConnector }: typeof Undici,
  { atProxy, strictProxy }: Route,
  { origin, authorization }: Proxy,
  authority: string,
  signal: AbortSignal,
): Promise<Socket> {
  const client = new Client(origin, {
    allowH2: false,
    headersTimeout: CONNECT_TIMEOUT_MS,
    maxHeaderSize: MAX_RESPONSE_BYTES,
    connect: endedBy(signal, buildConnector(tlsOptions(atProxy, strictProxy))),
  });
  const facts = { proxy: new URL(origin).host, host: authority };
  try {
    const headers = { host: authority, ...(authorization && { 'proxy-authorization': authorization }) };
    const { status, socket } = await upgrade(client, { method: 'CONNECT', path: authority, headers });
    if (status === 200) return socket;
    socket.on('error', () => undefined).destroy();
    throw new AppError(status === 407 ? 'proxy-unauthorized' : 'proxy-refused', { ...facts, status });
  } catch (error) {
    if (error instanceof AppError || signal.aborted) throw error;
    throw new AppError('proxy-failed', { ...facts, cause: codeOf(error) ?? 'error' });
  } finally {
    void client.destroy();
  }
}

function upgrade(client: Client, request: Dispatcher.DispatchOptions): Promise<{ status: number; socket: Socket }> {
  return new Promise((resolve, reject) => {
    client.dispatch(request, {
      onRequestStart: () => undefined,
      // By its type any stream; it is the one that the client has opened.
      onRequestUpgrade: (_, status, __, socket) => resolve({ status, socket: socket as unknown as Socket }),
      onResponseError: (_, error) => reject(error),
    });
  });
}

function tlsOptions(secureContext: SecureContext | undefined, strict: boolean): buildConnector.BuildOptions {
  // Strictness is said aloud, because the environment can turn it off silently (NODE_TLS_REJECT_UNAUTHORIZED).
  // No session is taken up again: each connection shows its certificate.
  return { allowH2: false, maxCachedSessions: 0, timeout: CONNECT_TIMEOUT_MS, secureContext, rejectUnauthorized: strict };
}

/** Nothing was sent yet, whatever broke. What is no TLS at all in a tunnel is the proxy's own answer. */
function failure(error: Error, host: string, proxy: Proxy | undefined): Error {
  const code = codeOf(error);
  if (code === undefined) return error;
  if (proxy && code === 'ERR_SSL_WRONG_VERSION_NUMBER')
    return new AppError('proxy-failed', { proxy: new URL(proxy.origin).host, host, cause: code });
  return connectError(code, host);
}
