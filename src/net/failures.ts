import { AppError, type ErrorCode } from '../errors.js';

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
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate-refused',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate-refused',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate-refused',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate-refused',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate-refused',
  CERT_HAS_EXPIRED: 'certificate-refused',
  CERT_NOT_YET_VALID: 'certificate-refused',
  CERT_SIGNATURE_FAILURE: 'certificate-refused',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate-refused',
  EPROTO: 'certificate-refused',
};

/** The code of an error of the network, or nothing: what has none is not the network's. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error)) return undefined;
  // undici's HTTPParserError may have its code undefined; it holds what the service has sent.
  return typeof error.code === 'string' ? error.code : error.code === undefined ? error.name : undefined;
}

/**
 * What an error of the network is called. Only its code is kept: the error itself may hold the request.
 * @param unlisted for codes that are not known
 */
export function networkError(code: string, host: string, unlisted: ErrorCode): AppError {
  return new AppError(CODES[code] ?? (code.startsWith('ERR_SSL') ? 'certificate-refused' : unlisted), { host, cause: code });
}
