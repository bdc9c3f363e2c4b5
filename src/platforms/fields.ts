import * as z from 'zod/mini';
import type { PlatformId } from './tenant.js';

/** Control, format (bidi, zero-width), line and paragraph separators, lone surrogates: nothing of these belongs into a name. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const [FIRST_PRINTABLE, LAST_PRINTABLE] = [0x20, 0x7e];
/**
 * What most addresses look like, and of which nothing has to be parsed to know that it is fine: a host name of lower-case
 * letters and digits with single hyphens, so that it is no other script's, and not ending in a number, so that it is no IP
 * address; a port, a path.
 */
const PLAIN_ADDRESS =
  /^https:\/\/(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)*[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?::[0-9]{1,4})?(?:\/[A-Za-z0-9/_-]*)?$/;
const FINGERPRINT = /^[0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2}){31}$/;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** A line of text of 1 to `max` characters that shows all that it holds. */
export const text = (max = 256): z.ZodMiniString =>
  z.string('must be a text').check(
    z.minLength(1, 'must not be empty'),
    z.maxLength(max, `must not be longer than ${max} characters`),
    z.refine(isVisible, 'must not contain control or invisible characters'),
    z.refine((value) => value === value.trim(), 'must not begin or end with a space'),
  );

/**
 * One segment of a URL path, such as an organisation. `.` and `..` survive `encodeURIComponent` and would change the path,
 * so they are refused by name; everything else is encoded where it is used.
 */
export const segment = (): z.ZodMiniString =>
  text(128).check(z.refine((value) => !/^\.{1,2}$/.test(value), 'must not be “.” or “..”'));

/**
 * The address of a service: https, or http on this machine only (RFC 6749 §3.2 demands TLS), without user, password,
 * query or fragment.
 */
export const address = (): z.ZodMiniString =>
  z.string('must be a URL').check(
    z.refine((value) => PLAIN_ADDRESS.test(value) || addressProblem(value) === undefined, {
      error: ({ input }) => addressProblem(input as string),
    }),
  );

/** Shows all that it holds. Most texts are printable ASCII, of which that is known without looking classes of characters up. */
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
  // Letters of other scripts may look like those of another host: what is shown has to be what is asked.
  if (hostNameIn(value) !== url.hostname) return `must have the host name as it is looked up: ${url.hostname}`;
  return undefined;
}

/** Of an address as it is written; only the case of its letters does not count. */
function hostNameIn(address: string): string | undefined {
  return /^https?:\/\/([^/]+?)(:\d*)?(\/|$)/i.exec(address)?.[1]?.toLowerCase();
}

/** Makes it when it is asked for first: schemas of platforms that a person does not use would cost each start of the editor. */
export function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** The shape that every tenant has, with the platform's own fields beside it. Unknown fields are refused, to catch typing errors. */
export function tenantSchema<Id extends PlatformId, Shape extends z.core.$ZodLooseShape, Style extends string>(
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
    caFile: z.optional(text(1024)),
    clientCertificateFile: z.optional(text(1024)),
    clientKeyFile: z.optional(text(1024)),
    pinnedCertificate: z.optional(
      z
        .string('must be a text')
        .check(z.regex(FINGERPRINT, 'must be a SHA-256 fingerprint: 64 hexadecimal digits, with or without colons')),
    ),
    ...shape,
  });
}

/** The address without trailing slashes, ready for a path to follow. */
export function base(url: string): string {
  let end = url.length;
  while (url[end - 1] === '/') end -= 1;
  return url.slice(0, end);
}

/** `host[:port]` of a URL, in lower case. */
export function hostOf(url: string): string {
  return new URL(url).host;
}
