import type { Readable } from 'node:stream';

/** A tenant's own TLS settings, for services that the usual authorities do not cover. Files are given by path. */
export interface TenantTls {
  /** The certificate authorities to trust instead of the usual ones: PEM. */
  readonly caFile?: string | undefined;
  /** The client certificate (mutual TLS), with its intermediate certificates: PEM. */
  readonly clientCertificateFile?: string | undefined;
  /** The key of the client certificate, without a passphrase: PEM. Undefined: it is in the certificate's file. */
  readonly clientKeyFile?: string | undefined;
  /** The SHA-256 of the only certificate (DER) to accept from the service, in hex, with or without colons. */
  readonly pinnedCertificate?: string | undefined;
}

/** One request to a service. Headers and body may hold secrets, so only the method and host may be logged. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly tls?: TenantTls;
}

/** A complete answer. Header names are in lower case; the body is decoded text of at most {@link MAX_RESPONSE_BYTES}. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Sends one request and reads the whole answer, whatever its status. Rejects with an `AppError` of the net codes
 * (`unreachable`, `timed-out`, `connection-lost`, `tls-failed`, `certificate-refused`, `certificate-changed`,
 * `client-certificate-needed`, `client-certificate-refused`, `redirected`, `response-too-large`, `encoded-response`,
 * `proxy-invalid`, `proxy-failed`, `proxy-unauthorized`, `proxy-refused`), or `tenant-invalid` for unusable TLS files.
 */
export type Send = (request: HttpRequest, signal?: AbortSignal) => Promise<HttpResponse>;

/** A request of any kind, sent exactly as it is given. Headers keep their order and may repeat. */
export interface StreamRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly HeaderPair[];
  readonly body?: string | Uint8Array | Readable;
  readonly tls?: TenantTls;
}

export type HeaderPair = readonly [name: string, value: string];

/** The head of an answer, and its body while it arrives: as sent, with its content coding. Header names are in lower case. */
export interface StreamResponse {
  readonly status: number;
  /** The service's own words for the status; may be empty. */
  readonly reason: string;
  readonly headers: readonly HeaderPair[];
  /** Delivers all that has arrived before it throws. Leaving it early closes the connection. */
  readonly body: AsyncIterable<Buffer>;
}

/**
 * Sends one request and resolves with the head of the answer, whatever its status; a redirect is not followed. The time until
 * the head is limited, the body is not: `signal` ends both. Rejects as {@link Send} does, and so does the body.
 */
export type OpenStream = (request: StreamRequest, signal?: AbortSignal) => Promise<StreamResponse>;

/** A certificate as a service presents it. Its names are claims, not verified. */
export interface PresentedCertificate {
  /** A distinguished name, one attribute per line. */
  readonly subject: string;
  readonly issuer: string;
  /** Epoch ms. */
  readonly validFrom: number;
  /** Epoch ms. */
  readonly validTo: number;
  /** SHA-256 of the DER encoding, in hex with colons. */
  readonly fingerprint: string;
  /** Node's code for the first reason not to trust the certificate; undefined: it is trusted without a pin. */
  readonly problem: string | undefined;
}

/**
 * Reads the certificate that an https service presents, trusted or not, with a TLS handshake and nothing more. Rejects as
 * {@link Send} does.
 */
export type ReadCertificate = (service: Pick<HttpRequest, 'url' | 'tls'>, signal?: AbortSignal) => Promise<PresentedCertificate>;

/** Some firewalls refuse requests without a User-Agent. This one reveals neither the tenant nor the system. */
export const USER_AGENT = 'Mozilla/5.0 (compatible; tenant-tokens)';

export const MAX_RESPONSE_BYTES = 64 * 1024;
/** Longer than any header value that matters here. */
const MAX_HEADER_LENGTH = 1024;

/**
 * The value of a header, cut off at 1024 characters; empty if it is missing.
 * @param name in lower case
 */
export function headerOf({ headers }: Pick<HttpResponse, 'headers'>, name: string): string {
  return (headers[name] ?? '').slice(0, MAX_HEADER_LENGTH);
}

/** An `application/x-www-form-urlencoded` body (RFC 6749 §4, appendix B). Omits undefined values. */
export function formBody(fields: Readonly<Record<string, string | undefined>>): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) form.set(name, value);
  return form.toString();
}

/** The request with the tenant's own TLS settings, if it has any. */
export function withTls<Request extends object>(
  request: Request,
  { caFile, clientCertificateFile, clientKeyFile, pinnedCertificate }: TenantTls,
): Request & { readonly tls?: TenantTls } {
  const tls: TenantTls = { caFile, clientCertificateFile, clientKeyFile, pinnedCertificate };
  return Object.values(tls).some((value) => value !== undefined) ? { ...request, tls } : request;
}
