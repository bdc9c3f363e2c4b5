import { platformOf } from '../platforms/index.js';
import type { Tenant } from '../platforms/tenant.js';
import { tenantHosts } from './hosts.js';

/**
 * The origins that a tenant's requests may go to, by host as {@link tenantHosts} has it. The first one is that of its API:
 * where the platform does not know it, the first of `hosts`.
 */
export function upstreamsOf(tenant: Tenant): ReadonlyMap<string, string> {
  const platform = platformOf(tenant);
  const { protocol } = new URL(platform.exchangeUrl(tenant));
  const [own = '', ...more] = tenantHosts(tenant);
  const hosts = platform.probe ? [own, ...more] : [...more, own];
  return new Map(hosts.map((host) => [host, originOf(host, protocol)]));
}

/** @param here the scheme of services on this machine; others have https */
function originOf(host: string, here: string): string {
  const isHere = /^(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(host);
  return new URL(`${isHere ? here : 'https:'}//${host}`).origin;
}
