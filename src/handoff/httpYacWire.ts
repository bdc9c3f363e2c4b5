import process from 'node:process';
import type { HttpRequest } from 'httpyac';
import { hostWithPort } from '../httpFile/index.js';

export type Hooks = NonNullable<NonNullable<HttpRequest['options']>['hooks']>;
/** The options of the request that got, the library below httpYac, is about to send, including those of `node:https`. */
export type Wire = Parameters<NonNullable<Hooks['beforeRequest']>[number]>[0];

/** A party that can read a request. */
export interface Reader {
  /** As returned by `requestHost`. */
  readonly host: string;
  /**
   * Undefined: the host itself. Otherwise anyone between us and the host or in its place, because httpYac sends with these
   * options.
   */
  readonly options?: readonly string[];
}

/** Options that got 11 sets itself, or that affect neither the connection's target nor which certificate is accepted. */
const HARMLESS: ReadonlySet<string> = new Set([
  // The content of the request. `url` and the Host header are checked separately.
  ...['method', 'url', 'prefixUrl', 'username', 'password', 'searchParams', 'headers', 'body', 'json', 'form', 'allowGetBody'],
  ...['cookieJar', 'ignoreInvalidCookies', 'stringifyJson', 'https.certificate', 'https.key', 'https.passphrase'],
  // Timing, retries and the IP version.
  ...['timeout', 'retry', 'followRedirect', 'maxRedirects', 'methodRewriting', 'context', 'pagination'],
  ...['dnsLookupIpVersion', 'family'],
  // The handling of the response.
  ...['decompress', 'encoding', 'responseType', 'parseJson', 'resolveBodyOnly', 'isStream', 'throwHttpErrors', 'cacheOptions'],
  ...['shared', 'cacheHeuristic', 'immutableMinTimeToLive', 'ignoreCargoCult'],
]);

/** Options that are harmless with this value only. */
const HARMLESS_VALUES: Readonly<Record<string, unknown>> = {
  http2: false,
  rejectUnauthorized: true,
  'https.rejectUnauthorized': true,
};

/**
 * Everyone who can read a request. Any file of a repository can set got's options (`request` of `.httpyac.json`), so any option
 * that is not known to be harmless opens the request to anyone on the way.
 * @param proxy the proxy that httpYac has created agents for
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

/** httpYac's proxy agents compare the certificate with the name of the proxy if the URL contains only an IP address. */
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
    // A hook that is not a function fails after the token is inserted, and leaves it in the error.
    (name === 'hooks' &&
      Object.values(wire.hooks)
        .flat()
        .every((hook: unknown) => typeof hook === 'function')) ||
    // Without TLS there is no certificate check to weaken.
    (isPlain && /^https\.|^rejectUnauthorized$/.test(name));
  const names = given.filter(([name, value]) => !isHarmless(name, value)).map(([name]) => name);
  // got connects to a local socket for this name.
  if (wire.url.hostname === 'unix') names.push('socketPath');
  const isChecked = https.rejectUnauthorized === true || process.env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0';
  if (!isPlain && !isChecked) names.push('NODE_TLS_REJECT_UNAUTHORIZED');
  return names;
}

/**
 * A Host header decides whose certificate Node accepts, and where a reverse proxy forwards a request to.
 * @returns undefined for an invalid host
 */
function hostsInHeader({ url, headers }: Wire): readonly (string | undefined)[] {
  return [headers['host'] ?? []].flat().map((host) => {
    const parsed = /^[^\\/?#@\s]+$/.test(host) ? URL.parse(`${url.protocol}//${host}`) : null;
    return parsed ? hostWithPort(parsed) : undefined;
  });
}
