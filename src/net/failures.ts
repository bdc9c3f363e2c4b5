import { AppError, type ErrorCode } from '../base/errors.js';

/** By undici's, Node's and OpenSSL's codes. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  ECONNREFUSED: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  UND_ERR_CONNECT_TIMEOUT: 'unreachable',
  UND_ERR_HEADERS_TIMEOUT: 'timed-out',
  UND_ERR_BODY_TIMEOUT: 'timed-out',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'response-too-large',
  UND_ERR_HEADERS_OVERFLOW: 'response-too-large',
};

/** What the service says of the client's certificate (alerts 42 to 49 of RFC 8446 §6.2), by the names of OpenSSL and BoringSSL. */
const ALERTS: readonly (readonly [code: RegExp, ErrorCode])[] = [
  [/_ALERT_CERTIFICATE_REQUIRED$/, 'client-certificate-needed'],
  [
    /_ALERT_(?:(?:BAD|UNSUPPORTED)_CERTIFICATE|CERTIFICATE_(?:REVOKED|EXPIRED|UNKNOWN)|UNKNOWN_CA|ACCESS_DENIED)$/,
    'client-certificate-refused',
  ],
];

/** While a connection is made: what Node finds in a certificate (its "X509 certificate error codes"), and TLS that fails. */
const HANDSHAKE: readonly (readonly [code: RegExp, ErrorCode])[] = [
  [/^ERR_SSL_|^EPROTO$/, 'tls-failed'],
  [/CERT|SIGNATURE|^INVALID_(?:CA|PURPOSE)$|^PATH_LENGTH_EXCEEDED$|^HOSTNAME_MISMATCH$|^UNSPECIFIED$/, 'certificate-refused'],
];

/** The code of an error of the network, or nothing: what has none is not the network's. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error)) return undefined;
  // undici's HTTPParserError may have its code undefined; it holds what the service has sent.
  return typeof error.code === 'string' ? error.code : error.code === undefined ? error.name : undefined;
}

/** What an error is called that keeps a connection from coming about. Only its code is kept: the error may hold the request. */
export function connectError(code: string, host: string): AppError {
  return new AppError(CODES[code] ?? find([...ALERTS, ...HANDSHAKE], code) ?? 'unreachable', { host, cause: code });
}

/**
 * {@link connectError} for what breaks a connection that was there. In TLS 1.3 that is where a service refuses the client's
 * certificate; it has not read the request then.
 */
export function connectionError(code: string, host: string): AppError {
  return new AppError(CODES[code] ?? find(ALERTS, code) ?? 'connection-lost', { host, cause: code });
}

function find(table: typeof ALERTS, code: string): ErrorCode | undefined {
  return table.find(([pattern]) => pattern.test(code))?.[1];
}
