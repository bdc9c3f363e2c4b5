/** One request to a service. Headers and body may hold secrets: a request is never logged, only its method and host are. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A certificate authority of the tenant's own, a path to a PEM file. */
  readonly caFile?: string;
}

/** A complete answer. Header names are lower case; the body is decoded text, at most {@link MAX_RESPONSE_BYTES} long. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Sends one request and reads the whole answer, whatever its status. Rejects with an `AppError` of the net codes
 * (`unreachable`, `timed-out`, `connection-lost`, `certificate-refused`, `redirected`, `response-too-large`, `encoded-response`,
 * `proxy-invalid`, `proxy-failed`, `proxy-unauthorized`, `proxy-refused`).
 */
export type Send = (request: HttpRequest, signal?: AbortSignal) => Promise<HttpResponse>;

export const MAX_RESPONSE_BYTES = 64 * 1024;

/** An `application/x-www-form-urlencoded` body (RFC 6749 §4, appendix B). Undefined values are left out. */
export function formBody(fields: Readonly<Record<string, string | undefined>>): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) form.set(name, value);
  return form.toString();
}

/** The request, with the certificate authority of the tenant that it goes to, if that has one of its own. */
export function withCa(request: HttpRequest, caFile: string | undefined): HttpRequest {
  return caFile ? { ...request, caFile } : request;
}
