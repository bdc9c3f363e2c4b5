import { platformOf } from '../platforms/index.js';
import { hostOf } from '../platforms/fields.js';
import type { Tenant } from '../platforms/tenant.js';

/**
 * The hosts that a tenant's access tokens may go to without asking, in lower case: `name` for https on its standard port,
 * `name:port` for another port or plain http.
 */
export function tenantHosts(tenant: Tenant): readonly string[] {
  const url = platformOf(tenant).exchangeUrl(tenant);
  const own = hostOf(url);
  return [
    url.startsWith('http:') && !/:\d+$/.test(own) ? `${own}:80` : own,
    ...(tenant.hosts ?? []).map((host) => host.toLowerCase()),
  ];
}

export function isAllowedHost(tenant: Tenant, host: string): boolean {
  return tenantHosts(tenant).includes(host.toLowerCase());
}
