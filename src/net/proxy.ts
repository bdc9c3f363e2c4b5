import { AppError } from '../base/errors.js';

/** VS Code's own network settings (`http.*`). */
export interface NetworkSettings {
  readonly proxy: string;
  readonly proxySupport: string;
  readonly noProxy: readonly string[];
  /** The value of the `Proxy-Authorization` header: a secret. */
  readonly proxyAuthorization: string;
  readonly proxyStrictSSL: boolean;
  readonly systemCertificates: boolean;
}

export const DEFAULT_NETWORK: NetworkSettings = {
  proxy: '',
  proxySupport: 'override',
  noProxy: [],
  proxyAuthorization: '',
  proxyStrictSSL: true,
  systemCertificates: false,
};

/** The proxy that requests are tunnelled through. */
export interface Proxy {
  /** Scheme, host and port, which messages may show. */
  readonly origin: string;
  /** The value of the `Proxy-Authorization` header: a secret. */
  readonly authorization: string | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
/** In VS Code's order. */
const VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'];

/**
 * Chooses the proxy for an address by VS Code's rules: settings take precedence over the environment, and this machine is
 * always reached directly. Plain http never goes to a proxy, which could read it; it is allowed for this machine only.
 * @returns undefined for a direct connection
 * @throws AppError `proxy-invalid`, without the value, which may contain a password
 */
export function proxyFor(target: URL, settings: NetworkSettings, environment: Environment): Proxy | undefined {
  if (settings.proxySupport === 'off' || target.protocol !== 'https:' || isExcepted(target, settings, environment))
    return undefined;
  if (settings.proxy) return readProxy(settings.proxy, 'http.proxy', settings.proxyAuthorization);
  const variable = VARIABLES.find((name) => environment[name]);
  return variable ? readProxy(environment[variable] ?? '', variable, settings.proxyAuthorization) : undefined;
}

/** An entry matches a host and its subdomains, on one port if it names one; `*` matches everything. */
function isExcepted({ hostname, port }: URL, settings: NetworkSettings, environment: Environment): boolean {
  const host = hostname.replace(/\.$/, '');
  if (LOOPBACK.includes(host)) return true;
  const names = [host, host.replace(/^\[|\]$/g, ''), `${host}:${port || '443'}`];
  const list =
    settings.noProxy.length > 0 ? settings.noProxy.join(',') : (environment['NO_PROXY'] ?? environment['no_proxy'] ?? '');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((entry) => entry.replace(/^\*?\./, ''))
    .some((entry) => entry === '*' || names.some((name) => name === entry || name.endsWith(`.${entry}`)));
}

function readProxy(value: string, source: string, authorization: string): Proxy {
  try {
    const url = new URL(value);
    if (url.hostname && ['http:', 'https:'].includes(url.protocol))
      return { origin: url.origin, authorization: authorization || basic(url) };
  } catch {
    // The URL error would quote the value.
  }
  throw new AppError('proxy-invalid', { source });
}

/** Basic credentials (RFC 7617) from the user and password in a URL. */
function basic({ username, password }: URL): string | undefined {
  if (!username && !password) return undefined;
  return `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;
}
