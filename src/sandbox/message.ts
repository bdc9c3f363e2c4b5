import type { IncomingHttpHeaders } from 'node:http';

export interface Call {
  /** The decoded values of the placeholders in the route's path. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Thrown by a route to refuse a request. Each platform writes it in its own format. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export const json = (value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json;charset=UTF-8', ...headers },
  body: JSON.stringify(value),
});

export const NO_CONTENT: Answer = { status: 204, body: '' };

/** The fields of a form body. Refuses a repeated parameter (RFC 6749 §3.2), and another media type with 415. */
export function readForm({ headers, body }: Call): Readonly<Record<string, string | undefined>> {
  requireMediaType(headers, 'application/x-www-form-urlencoded');
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(body)) {
    if (fields.has(name)) throw new Refusal(400, 'invalid_request', `Parameter ${name} is repeated`);
    fields.set(name, value);
  }
  return Object.fromEntries(fields);
}

/** The fields of a JSON object. Refuses another media type with 415. */
export function readJson({ headers, body }: Call, mediaType = 'application/json'): Readonly<Record<string, unknown>> {
  requireMediaType(headers, mediaType);
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Refused below, like JSON that is not an object.
  }
  throw new Refusal(400, 'invalid_request', 'The body is not a JSON object');
}

/** The credentials of `Authorization: Bearer …`; undefined for another scheme or a malformed value (RFC 6750 §2.1). */
export const bearer = (value: string | undefined): string | undefined =>
  /^bearer ([A-Za-z0-9\-._~+/]+=*)$/i.exec(value ?? '')?.[1];

/** User and password of `Authorization: Basic …` (RFC 7617 §2), not form-decoded; undefined for anything else. */
export function basic(value: string | undefined): readonly [user: string, password: string] | undefined {
  const encoded = /^basic (\S+)$/i.exec(value ?? '')?.[1];
  const joined = Buffer.from(encoded ?? '', 'base64').toString('utf8');
  const colon = joined.indexOf(':');
  return colon < 0 ? undefined : [joined.slice(0, colon), joined.slice(colon + 1)];
}

/** A positive number in the query. Refuses anything else with 400. */
export function positive(query: URLSearchParams, name: string, byDefault: number): number {
  const value = Number(query.get(name) ?? byDefault);
  if (!Number.isSafeInteger(value) || value < 1) throw new Refusal(400, 'invalid_request', `${name} must be a positive number`);
  return value;
}

/** The value of a header; undefined if it is missing. */
export const header = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
};

function requireMediaType(headers: IncomingHttpHeaders, wanted: string): void {
  const given = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (given !== wanted) throw new Refusal(415, 'unsupported_media_type', `Content-Type must be ${wanted}`);
}
