import process from 'node:process';
import type { HttpRequest } from 'httpyac';
import { hostWithPort } from '../httpFile/index.js';

export type Hooks = NonNullable<NonNullable<HttpRequest['options']>['hooks']>;
/** What got, the library below httpYac, is about to put on the wire: its options, with those of `node:https` among them. */
export type Wire = Parameters<NonNullable<Hooks['beforeRequest']>[number]>[0];

/** Who can read a request. */
export interface Reader {
  /** As `requestHost` gives it. */
  readonly host: string;
  /** Undefined: the host itself. Else whoever is on the way to it or in its place, because httpYac sends with these options. */
  readonly options?: readonly string[];
}

/** What got 11 has of its own accord, or what decides neither who is connected to nor whose certificate is accepted. */
const HARMLESS: ReadonlySet<string> = new Set([
  // What is sent. `url` is looked at, and so is the Host header.
  ...['method', 'url', 'prefixUrl', 'username', 'password', 'searchParams', 'headers', 'body', 'json', 'form', 'allowGetBody'],
  ...['cookieJar', 'ignoreInvalidCookies', 'stringifyJson', 'https.certificate', 'https.key', 'https.passphrase'],
  // How long, how often, and over which version of IP.
  ...['timeout', 'retry', 'followRedirect', 'maxRedirects', 'methodRewriting', 'context', 'pagination'],
  ...['dnsLookupIpVersion', 'family'],
  // What is made of the answer.
  ...['decompress', 'encoding', 'responseType', 'parseJson', 'resolveBodyOnly', 'isStream', 'throwHttpErrors', 'cacheOptions'],
  ...['shared', 'cacheHeuristic', 'immutableMinTimeToLive', 'ignoreCargoCult'],
]);

/** What is harmless with this value only. */
const HARMLESS_VALUES: Readonly<Record<string, unknown>> = {
  http2: false,
  rejectUnauthorized: true,
  'https.rejectUnauthorized': true,
};

/**
 * Who can read a request, by all that decides it. Any file of a repository can set got's options (`request` of `.httpyac.json`),
 * so one that is not known to be harmless opens the request to whoever is on the way.
 * @param proxy that httpYac has made agents for
 */
export function readersOf(wire: Wire, proxy: string | undefined): readonly Reader[] {
  const { url } = wire;
  const host = hostWithPort(url) ?? '';
  const named = hostsInHeader(wire);
  const options = optionsThatMatter(wire, proxy);
  if (named.includes(undefined)) options.push('headers.host');
  const isOpen = url.protocol === 'http:' || options.length > 0 || hasNoName(url);
  return [
    { host },
    ...named.flatMap((one) => (one === undefined || one === host ? [] : { host: one })),
    ...(options.length > 0 ? [{ host, options }] : []),
    ...(proxy && isOpen ? [{ host: hostWithPort(new URL(proxy)) ?? proxy }] : []),
  ];
}

/** An agent of httpYac's for a proxy compares the certificate with the name of the proxy where the service has only an address. */
const hasNoName = ({ hostname }: URL): boolean => /^\[|^[\d.]+$/.test(hostname);

function optionsThatMatter(wire: Wire, proxy: string | undefined): string[] {
  const { https = {}, ...others } = wire;
  const given = [...Object.entries(others), ...Object.entries(https).map(([name, value]) => [`https.${name}`, value] as const)];
  const isPlain = wire.url.protocol === 'http:';
  const isHarmless = (name: string, value: unknown): boolean =>
    value === undefined ||
    HARMLESS.has(name) ||
    (name in HARMLESS_VALUES && value === HARMLESS_VALUES[name]) ||
    (name === 'agent' && Boolean(proxy)) ||
    // What is no function fails after the token is in its place, and keeps it in the error.
    (name === 'hooks' &&
      Object.values(wire.hooks)
        .flat()
        .every((hook: unknown) => typeof hook === 'function')) ||
    // There is no certificate whose check they could weaken.
    (isPlain && /^https\.|^rejectUnauthorized$/.test(name));
  const names = given.filter(([name, value]) => !isHarmless(name, value)).map(([name]) => name);
  // got connects to a socket of the machine for this name.
  if (wire.url.hostname === 'unix') names.push('socketPath');
  const isChecked = https.rejectUnauthorized === true || process.env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0';
  if (!isPlain && !isChecked) names.push('NODE_TLS_REJECT_UNAUTHORIZED');
  return names;
}

/**
 * A Host header names whose certificate is accepted (Node), and to whom a service that stands before many passes a request on.
 * @returns undefined for what is no host
 */
function hostsInHeader({ url, headers }: Wire): readonly (string | undefined)[] {
  return [headers['host'] ?? []].flat().map((host) => {
    const parsed = /^[^\\/?#@\s]+$/.test(host) ? URL.parse(`${url.protocol}//${host}`) : null;
    return parsed ? hostWithPort(parsed) : undefined;
  });
}
