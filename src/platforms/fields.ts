import * as z from 'zod/mini';
import { TENANT_COLORS } from './tenant.js';

/** Control and format characters (bidi, zero-width), line and paragraph separators, lone surrogates: not allowed in names. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const [FIRST_PRINTABLE, LAST_PRINTABLE] = [0x20, 0x7e];
/**
 * Matches most addresses, which are valid without parsing: a host name of lower-case letters, digits and single hyphens (so
 * it is in no other script) whose last label begins with a letter (so it is no IP address), a port, a path.
 */
const PLAIN_ADDRESS =
  /^https:\/\/(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)*[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?::[0-9]{1,4})?(?:\/[A-Za-z0-9/_-]*)?$/;
const FINGERPRINT = /^[0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2}){31}$/;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** A line of 1 to `max` visible characters. */
export const text = (max = 256): z.ZodMiniString =>
  z.string('must be a text').check(
    z.minLength(1, 'must not be empty'),
    z.maxLength(max, `must not be longer than ${max} characters`),
    z.refine(isVisible, 'must not contain control or invisible characters'),
    z.refine((value) => value === value.trim(), 'must not begin or end with a space'),
  );

/**
 * One segment of a URL path, such as an organization. `encodeURIComponent` keeps `.` and `..`, which would change the path,
 * so they are refused; everything else is encoded on use.
 */
export const segment = (): z.ZodMiniString =>
  text(128).check(z.refine((value) => !/^\.{1,2}$/.test(value), 'must not be “.” or “..”'));

/**
 * The address of a service: https, or http on this machine only (RFC 6749 §3.2 requires TLS), without user, password, query
 * or fragment.
 */
export const address = (): z.ZodMiniString =>
  z.string('must be a URL').check(
    z.refine((value) => PLAIN_ADDRESS.test(value) || addressProblem(value) === undefined, {
      error: ({ input }) => addressProblem(input as string),
    }),
  );

/** Whether all characters are visible. Most texts are printable ASCII, which needs no lookup of character classes. */
function isVisible(value: string): boolean {
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (code < FIRST_PRINTABLE || code > LAST_PRINTABLE) return !INVISIBLE.test(value);
  }
  return true;
}

function addressProblem(value: string): string | undefined {
  if (INVISIBLE.test(value) || value.includes('\\') || /\s/.test(value)) return 'must be a URL without spaces and backslashes';
  if (!URL.canParse(value)) return 'must be a full URL, such as https://cloud.example.net';
  const url = new URL(value);
  if (url.username || url.password) return 'must not contain a user name or password';
  if (url.search || url.hash || /[?#]/.test(value)) return 'must not contain a query (?) or fragment (#)';
  if (url.protocol === 'http:' && !LOOPBACK.has(url.hostname)) return 'must begin with https:// (http only reaches this machine)';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https://';
  if (url.hostname.endsWith('.')) return 'must not have a host name that ends with a dot';
  // Letters of other scripts may imitate another host: the host shown must be the host used.
  if (hostNameIn(value) !== url.hostname) return `must have the host name as it is looked up: ${url.hostname}`;
  return undefined;
}

/** The host name as written in an address, in lower case. */
function hostNameIn(address: string): string | undefined {
  return /^https?:\/\/([^/]+?)(:\d*)?(\/|$)/i.exec(address)?.[1]?.toLowerCase();
}

/** Calls `make` on first use. Building the schemas of unused platforms would slow each start of the editor. */
export function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** The schema of a tenant: the common fields and the platform's own. Refuses unknown fields, to catch typing errors. */
export function tenantSchema<Id extends string, Shape extends z.core.$ZodLooseShape, Style extends string>(
  id: Id,
  styles: readonly [Style, ...Style[]],
  shape: Shape,
) {
  return z.strictObject({
    id: text(64).check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be letters, digits, “.”, “_” and “-”')),
    name: text(128),
    platform: z.literal(id),
    headers: z.optional(z.enum(styles, `must be one of ${styles.join(', ')}`)),
    hosts: z.optional(z.array(text(255).check(z.regex(/^[^\s/@]+$/, 'must be a host name, with :port if need be')))),
    production: z.optional(z.boolean('must be true or false')),
    color: z.optional(z.enum(TENANT_COLORS, `must be one of ${TENANT_COLORS.join(', ')}`)),
    caFile: z.optional(text(1024)),
    clientCertificateFile: z.optional(text(1024)),
    clientKeyFile: z.optional(text(1024)),
    pinnedCertificate: z.optional(
      z
        .string('must be a text')
        .check(z.regex(FINGERPRINT, 'must be a SHA-256 fingerprint: 64 hexadecimal digits, with or without colons')),
    ),
    gateway: z.optional(
      z.strictObject({
        write: z.optional(z.boolean('must be true or false')),
        rewriteAddresses: z.optional(z.boolean('must be true or false')),
      }),
    ),
    ...shape,
  });
}

/** The address without trailing slashes. */
export function base(url: string): string {
  let end = url.length;
  while (url[end - 1] === '/') end -= 1;
  return url.slice(0, end);
}

/** `host[:port]` of a URL, in lower case. */
export function hostOf(url: string): string {
  return new URL(url).host;
}
