/** TLS of a tenant's own, where the usual authorities do not do. Files are named by their paths. */
export interface TenantTls {
  /** The certificate authorities to trust in place of the usual ones: PEM. */
  readonly caFile?: string | undefined;
  /** The certificate that the tenant's clients show (mutual TLS), with those between it and its authority: PEM. */
  readonly clientCertificateFile?: string | undefined;
  /** The key of that certificate, without a passphrase: PEM. Undefined: it stands in the same file. */
  readonly clientKeyFile?: string | undefined;
  /** The SHA-256 of the one certificate (DER) that is accepted from the service, in hex, with or without colons. */
  readonly pinnedCertificate?: string | undefined;
}

/** One request to a service. Headers and body may hold secrets: a request is never logged, only its method and host are. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly tls?: TenantTls;
}

/** A complete answer. Header names are lower case; the body is decoded text, at most {@link MAX_RESPONSE_BYTES} long. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Sends one request and reads the whole answer, whatever its status. Rejects with an `AppError` of the net codes
 * (`unreachable`, `timed-out`, `connection-lost`, `tls-failed`, `certificate-refused`, `certificate-changed`,
 * `client-certificate-needed`, `client-certificate-refused`, `redirected`, `response-too-large`, `encoded-response`,
 * `proxy-invalid`, `proxy-failed`, `proxy-unauthorized`, `proxy-refused`), or `tenant-invalid` for the files of its TLS.
 */
export type Send = (request: HttpRequest, signal?: AbortSignal) => Promise<HttpResponse>;

/** A certificate as a service presents it. The names are what it says of itself. */
export interface PresentedCertificate {
  /** A distinguished name, an attribute to a line. */
  readonly subject: string;
  readonly issuer: string;
  /** Epoch ms. */
  readonly validFrom: number;
  /** Epoch ms. */
  readonly validTo: number;
  /** SHA-256 of its DER, in hex with colons. */
  readonly fingerprint: string;
  /** Node's code for the first reason not to trust it; undefined: it is trusted without being pinned. */
  readonly problem: string | undefined;
}

/**
 * Reads the certificate that a service presents, trusted or not, by a TLS handshake with nothing after it. The address is an
 * https one. Rejects as {@link Send} does.
 */
export type ReadCertificate = (service: Pick<HttpRequest, 'url' | 'tls'>, signal?: AbortSignal) => Promise<PresentedCertificate>;

export const MAX_RESPONSE_BYTES = 64 * 1024;
/** None of the headers that say something about an answer is as long. */
const MAX_HEADER_LENGTH = 1024;

/** A header of an answer, as far as it is read; empty where there is none. @param name in lower case */
export function headerOf({ headers }: Pick<HttpResponse, 'headers'>, name: string): string {
  return (headers[name] ?? '').slice(0, MAX_HEADER_LENGTH);
}

/** An `application/x-www-form-urlencoded` body (RFC 6749 §4, appendix B). Undefined values are left out. */
export function formBody(fields: Readonly<Record<string, string | undefined>>): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) form.set(name, value);
  return form.toString();
}

/** The request, with the TLS of the tenant that it goes to, if that has any of its own. */
export function withTls(
  request: HttpRequest,
  { caFile, clientCertificateFile, clientKeyFile, pinnedCertificate }: TenantTls,
): HttpRequest {
  const tls: TenantTls = { caFile, clientCertificateFile, clientKeyFile, pinnedCertificate };
  return Object.values(tls).some((value) => value !== undefined) ? { ...request, tls } : request;
}
