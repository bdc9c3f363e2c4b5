import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type * as Undici from 'undici';
import type { Agent, buildConnector } from 'undici';
import { AppError } from '../errors.js';
import { codeOf, networkError } from './failures.js';
import { MAX_RESPONSE_BYTES } from './http.js';
import type { Proxy } from './proxy.js';

const CONNECT_TIMEOUT_MS = 5_000;

/** The way to a service. */
export interface Route {
  /** Whom to trust about the service. */
  readonly service: SecureContext;
  readonly proxy?: Proxy | undefined;
  /** Whom to trust about the proxy, if that is spoken to with TLS. */
  readonly atProxy: SecureContext;
  /** `http.proxyStrictSSL`. It counts for the proxy's own certificate; that of the service is always checked. */
  readonly strictProxy: boolean;
}

/**
 * An agent for one request, to be destroyed after it: so settings count at once, and nothing of a tenant is left behind for
 * another. What fails before there is a connection to the service is an `AppError` that says that nothing was sent.
 */
export function openAgent(undici: typeof Undici, route: Route, timeoutMs: number, signal: AbortSignal): Agent {
  return new undici.Agent({
    allowH2: false,
    pipelining: 0,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxResponseSize: MAX_RESPONSE_BYTES,
    // VCF Automation answers with more than a hundred Link headers.
    maxHeaderSize: MAX_RESPONSE_BYTES,
    connect: connector(undici, route, signal),
  });
}

function connector(undici: typeof Undici, route: Route, signal: AbortSignal): buildConnector.connector {
  const connect = undici.buildConnector(tlsOptions(route.service, true));
  return (options, callback) => {
    const { host = options.hostname } = options;
    const told: buildConnector.Callback = (...[error, socket]) => {
      if (error) callback(connectError(error, host, route.proxy), null);
      else callback(null, socket);
    };
    if (!route.proxy) {
      connect(options, told);
      return;
    }
    openTunnel(undici, route, route.proxy, `${options.hostname}:${options.port || '443'}`, signal).then(
      (httpSocket) => connect({ ...options, httpSocket }, told),
      (error: unknown) => callback(error as AppError, null),
    );
  };
}

/**
 * A connection through the proxy, by CONNECT (RFC 9110 §9.3.6). The credentials for the proxy are in this request and in no
 * other. Not undici's own ProxyAgent, which tells what the proxy answered in the text of a message only.
 */
async function openTunnel(
  { Client }: typeof Undici,
  { atProxy, strictProxy }: Route,
  { origin, authorization }: Proxy,
  authority: string,
  signal: AbortSignal,
): Promise<Socket> {
  const client = new Client(origin, {
    allowH2: false,
    headersTimeout: CONNECT_TIMEOUT_MS,
    maxHeaderSize: MAX_RESPONSE_BYTES,
    connect: tlsOptions(atProxy, strictProxy),
  });
  const facts = { proxy: new URL(origin).host, host: authority };
  try {
    const headers = { host: authority, ...(authorization && { 'proxy-authorization': authorization }) };
    const { statusCode, socket } = await client.connect({ path: authority, headers, signal });
    // By its type any stream; it is the one that the client has opened.
    if (statusCode === 200) return socket as unknown as Socket;
    socket.on('error', () => undefined).destroy();
    throw new AppError(statusCode === 407 ? 'proxy-unauthorized' : 'proxy-refused', { ...facts, status: statusCode });
  } catch (error) {
    if (error instanceof AppError || signal.aborted) throw error;
    throw new AppError('proxy-failed', { ...facts, cause: codeOf(error) ?? 'error' });
  } finally {
    await client.destroy();
  }
}

function tlsOptions(secureContext: SecureContext, strict: boolean): buildConnector.BuildOptions {
  // Strictness is said aloud, because the environment can turn it off silently (NODE_TLS_REJECT_UNAUTHORIZED).
  return { allowH2: false, timeout: CONNECT_TIMEOUT_MS, secureContext, rejectUnauthorized: strict };
}

/** Nothing was sent yet, whatever broke. What is no TLS at all in a tunnel is the proxy's own answer. */
function connectError(error: Error, host: string, proxy: Proxy | undefined): Error {
  const code = codeOf(error);
  if (code === undefined) return error;
  if (proxy && code === 'ERR_SSL_WRONG_VERSION_NUMBER')
    return new AppError('proxy-failed', { proxy: new URL(proxy.origin).host, host, cause: code });
  return networkError(code, host, 'unreachable');
}
