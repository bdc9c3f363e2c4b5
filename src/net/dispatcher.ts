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
/** Limits headers, body and framing together. */
const MAX_RECEIVED_BYTES = 3 * MAX_RESPONSE_BYTES;

/** How to reach a service. */
export interface Route {
  /** The authorities to trust for the service, and the client certificate to present; undefined: no TLS. */
  readonly service: SecureContext | undefined;
  /** The SHA-256 of the only certificate to accept from the service. Replaces the checks of authorities, host name and dates. */
  readonly pin?: string | undefined;
  readonly proxy?: Proxy | undefined;
  /** The authorities to trust for a proxy with TLS. */
  readonly atProxy: SecureContext | undefined;
  /** `http.proxyStrictSSL`. Applies to the proxy's own certificate only; the service's is always checked. */
  readonly strictProxy: boolean;
}

/**
 * Opens a client for one request, so that changed settings apply at once and tenants share no connection. A failure before
 * the connection is made is an `AppError` whose code implies that nothing was sent.
 * @param signal closes the connection, or cancels connecting
 * @param isLimited whether an answer larger than {@link MAX_RESPONSE_BYTES} is refused
 */
export function openClient(undici: typeof Undici, origin: string, route: Route, signal: AbortSignal, isLimited = true): Client {
  return new undici.Client(origin, {
    allowH2: false,
    pipelining: 0,
    // The signal limits the whole request; undici's timeouts restart with each byte.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: isLimited ? MAX_RESPONSE_BYTES : -1,
    // VCF Automation answers with more than a hundred Link headers.
    maxHeaderSize: MAX_RESPONSE_BYTES,
    connect: checkedConnector(undici, route, signal, isLimited),
  });
}

/** Reads the certificate that an https service presents, trusted or not. Sends nothing after the handshake. */
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
      // Node's types declare an Error; it is an error code or undefined.
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

/** Undefined without TLS. */
function certificateOf(socket: Socket | TLSSocket): X509Certificate | undefined {
  return 'getPeerX509Certificate' in socket ? socket.getPeerX509Certificate() : undefined;
}

/** Connects only to the expected service: checked by its authority, or by the pin alone. */
function checkedConnector(
  undici: typeof Undici,
  route: Route,
  signal: AbortSignal,
  isLimited: boolean,
): buildConnector.connector {
  const { pin } = route;
  const connect = connector(undici, route, pin === undefined, signal, isLimited);
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

/** @param strict false: accepts any certificate, and the caller must check it */
function connector(
  undici: typeof Undici,
  route: Route,
  strict: boolean,
  signal: AbortSignal,
  isLimited = true,
): buildConnector.connector {
  const connect = undici.buildConnector(tlsOptions(route.service, strict));
  return endedBy(signal, (options, callback) => {
    const connected: buildConnector.Callback = (...[error, socket]) => {
      if (error) {
        callback(failure(error, hostOf(options), route.proxy), null);
        return;
      }
      // An alert after the handshake does not close the socket; undici would report the close that follows instead of the alert.
      socket.once('error', (alert: Error) => socket.destroy(alert));
      if (isLimited) limitReading(socket, hostOf(options));
      callback(null, socket);
    };
    if (!route.proxy) {
      connect(options, connected);
      return;
    }
    const name = options.hostname.includes(':') ? `[${options.hostname}]` : options.hostname;
    openTunnel(undici, route, route.proxy, `${name}:${options.port || '443'}`, signal).then(
      (httpSocket) => connect({ ...options, httpSocket }, connected),
      (error: unknown) => callback(error as AppError, null),
    );
  });
}

/** Cancels connecting, or closes the connection, when the signal aborts. */
function endedBy(signal: AbortSignal, connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    let connected: Socket | TLSSocket | undefined;
    let isSettled = false;
    const ignore = (): void => signal.removeEventListener('abort', end);
    const settle: buildConnector.Callback = (...[error, socket]) => {
      if (isSettled) {
        socket?.destroy();
        return;
      }
      isSettled = true;
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
      else settle(isLate(reason) ? connectError('UND_ERR_CONNECT_TIMEOUT', hostOf(options)) : reason, null);
    };
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    else connect(options, settle);
  };
}

function isLate(reason: Error): boolean {
  return reason instanceof AppError && reason.code === 'timed-out';
}

/** undici limits the content of an answer, but not the bytes of its chunk framing (RFC 9112 §7.1.1). */
function limitReading(socket: Socket | TLSSocket, host: string): void {
  socket.on('readable', () => {
    if (socket.bytesRead > MAX_RECEIVED_BYTES) socket.destroy(new AppError('response-too-large', { host }));
  });
}

function hostOf({ host, hostname }: buildConnector.Options): string {
  return host ?? hostname;
}

/**
 * Opens a connection through the proxy with CONNECT (RFC 9110 §9.3.6). Only this request carries the proxy credentials. Does
 * not use undici's ProxyAgent, which reports the proxy's answer only as message text.
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
      // Typed as any stream, but it is the socket that the client opened.
      onRequestUpgrade: (_, status, __, socket) => resolve({ status, socket: socket as unknown as Socket }),
      onResponseError: (_, error) => reject(error),
    });
  });
}

function tlsOptions(secureContext: SecureContext | undefined, strict: boolean): buildConnector.BuildOptions {
  // rejectUnauthorized is explicit, because the environment can turn it off silently (NODE_TLS_REJECT_UNAUTHORIZED).
  // TLS sessions are not resumed, so that each connection presents its certificate.
  return { allowH2: false, maxCachedSessions: 0, timeout: CONNECT_TIMEOUT_MS, secureContext, rejectUnauthorized: strict };
}

/**
 * The error for a failed connection: nothing has been sent. Plain text instead of TLS inside a tunnel is the proxy's own
 * answer.
 */
function failure(error: Error, host: string, proxy: Proxy | undefined): Error {
  const code = codeOf(error);
  if (code === undefined) return error;
  if (proxy && code === 'ERR_SSL_WRONG_VERSION_NUMBER')
    return new AppError('proxy-failed', { proxy: new URL(proxy.origin).host, host, cause: code });
  return connectError(code, host);
}
