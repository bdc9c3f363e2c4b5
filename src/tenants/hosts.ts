import { platformOf } from '../platforms/index.js';
import { hostOf } from '../platforms/fields.js';
import type { Tenant } from '../platforms/platform.js';

/** The hosts (`name` or `name:port`, lower case) that a tenant's access tokens may go to without asking. */
export function tenantHosts(tenant: Tenant): readonly string[] {
  return [hostOf(platformOf(tenant).exchangeUrl(tenant)), ...(tenant.hosts ?? []).map((host) => host.toLowerCase())];
}

export function mayGoTo(tenant: Tenant, host: string): boolean {
  return tenantHosts(tenant).includes(host.toLowerCase());
}
