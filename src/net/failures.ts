import { AppError, type ErrorCode } from '../base/errors.js';

/** By the codes of undici, Node and OpenSSL. */
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

/** TLS alerts about the client's certificate (42 to 49 of RFC 8446 §6.2), by the names of OpenSSL and BoringSSL. */
const ALERTS: readonly (readonly [code: RegExp, ErrorCode])[] = [
  [/_ALERT_CERTIFICATE_REQUIRED$/, 'client-certificate-needed'],
  [
    /_ALERT_(?:(?:BAD|UNSUPPORTED)_CERTIFICATE|CERTIFICATE_(?:REVOKED|EXPIRED|UNKNOWN)|UNKNOWN_CA|ACCESS_DENIED)$/,
    'client-certificate-refused',
  ],
];

/** Errors while connecting: Node's "X509 certificate error codes", and failed TLS. */
const HANDSHAKE: readonly (readonly [code: RegExp, ErrorCode])[] = [
  [/^ERR_SSL_|^EPROTO$/, 'tls-failed'],
  [/CERT|SIGNATURE|^INVALID_(?:CA|PURPOSE)$|^PATH_LENGTH_EXCEEDED$|^HOSTNAME_MISMATCH$|^UNSPECIFIED$/, 'certificate-refused'],
];

/** The code of a network error; undefined for any other error. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error)) return undefined;
  // The code of undici's HTTPParserError may be undefined; the error object contains the service's data.
  return typeof error.code === 'string' ? error.code : error.code === undefined ? error.name : undefined;
}

/** The AppError for a failed connection. Keeps only the code of the original error, which may contain the request. */
export function connectError(code: string, host: string): AppError {
  return new AppError(CODES[code] ?? find([...ALERTS, ...HANDSHAKE], code) ?? 'unreachable', { host, cause: code });
}

/**
 * The AppError for a connection that broke. In TLS 1.3, a service may reject the client's certificate only now; it has not
 * read the request then.
 */
export function connectionError(code: string, host: string): AppError {
  return new AppError(CODES[code] ?? find(ALERTS, code) ?? 'connection-lost', { host, cause: code });
}

function find(table: typeof ALERTS, code: string): ErrorCode | undefined {
  return table.find(([pattern]) => pattern.test(code))?.[1];
}
