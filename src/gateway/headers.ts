import type { HeaderPair } from '../net/http.js';
import type { Header } from '../platforms/platform.js';

/** Headers of one connection (RFC 9110 §7.6.1), which are not forwarded; besides these, those that `Connection` names. */
const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** Credentials of a client: the gateway brings its own. Besides these, the headers of all platforms. */
const CREDENTIALS = new Set(['authorization', 'cookie']);
/** Set by the connection to the service; and bodies without a coding, because addresses in them are rewritten. */
const REPLACED = new Set(['host', 'content-length', 'accept-encoding']);
/** What a service says to browsers about its own origin. */
const OF_ITS_ORIGIN = /^(set-cookie2?|access-control-.*|alt-svc|clear-site-data|strict-transport-security|public-key-pins)$/;

/** Pairs of names and values from Node's flat list. */
export function pairsOf(raw: readonly string[]): HeaderPair[] {
  const pairs: HeaderPair[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) pairs.push([raw[at] ?? '', raw[at + 1] ?? '']);
  return pairs;
}

/**
 * The headers for the service: the client's without credentials, and the tenant's auth headers. A header of the tenant that is
 * no credential, such as Accept, gives way to one that the client chose.
 * @param credentialNames in lower case
 */
export function requestHeaders(
  received: readonly HeaderPair[],
  auth: readonly Header[],
  credentialNames: ReadonlySet<string>,
): HeaderPair[] {
  const isCredential = (name: string): boolean => CREDENTIALS.has(name) || credentialNames.has(name);
  const hops = hopsOf(received);
  const kept = received.filter(([header]) => {
    const name = header.toLowerCase();
    return !hops.has(name) && !REPLACED.has(name) && !isCredential(name) && !name.startsWith('sec-');
  });
  const chosen = new Set(
    kept.filter(([name, value]) => !(/^accept$/i.test(name) && value.trim() === '*/*')).map(([name]) => name.toLowerCase()),
  );
  const own = auth.filter(({ name }) => isCredential(name.toLowerCase()) || !chosen.has(name.toLowerCase()));
  const replaced = new Set(own.map(({ name }) => name.toLowerCase()));
  return [
    ...kept.filter(([name]) => !replaced.has(name.toLowerCase())),
    ['Accept-Encoding', 'identity'],
    ...own.map(({ name, value }): HeaderPair => [name, value]),
  ];
}

/**
 * The headers for the client, with addresses of the service rewritten to the gateway.
 * @param hasItsLength whether the body goes on as it is
 */
export function responseHeaders(
  received: readonly HeaderPair[],
  rewrite: (text: string) => string,
  hasItsLength: boolean,
): HeaderPair[] {
  const hops = hopsOf(received);
  return received
    .filter(([header]) => {
      const name = header.toLowerCase();
      return !hops.has(name) && !OF_ITS_ORIGIN.test(name) && (hasItsLength || name !== 'content-length');
    })
    .map(([name, value]) => (/^(location|content-location|link)$/i.test(name) ? [name, rewrite(value)] : [name, value]));
}

function hopsOf(headers: readonly HeaderPair[]): ReadonlySet<string> {
  const named = headers
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.split(',').map((name) => name.trim().toLowerCase()));
  return new Set([...HOP_BY_HOP, ...named]);
}
