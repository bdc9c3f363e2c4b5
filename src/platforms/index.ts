import { ariaAutomation } from './ariaAutomation/platform.js';
import { brightPattern } from './brightPattern/platform.js';
import { cloudDirector } from './cloudDirector/platform.js';
import { cloudServices } from './cloudServices/platform.js';
import { commvault } from './commvault/platform.js';
import { identityServices } from './identityServices/platform.js';
import { oauth2 } from './oauth2/platform.js';
import type { Platform } from './platform.js';
import type { Tenant } from './tenant.js';

/** A placeholder access token, used to find which headers carry one. */
const SOME_TOKEN = 'some-token';

/** The registry: one line per platform. */
export const platforms: readonly Platform[] = [
  cloudDirector,
  cloudServices,
  ariaAutomation,
  commvault,
  identityServices,
  brightPattern,
  oauth2,
];

const byId = new Map(platforms.map((platform) => [platform.id, platform]));

export function findPlatform(id: unknown): Platform | undefined {
  return byId.get(id as string);
}

/** The platform of a validated tenant. */
export function platformOf(tenant: Tenant): Platform {
  const platform = findPlatform(tenant.platform);
  if (!platform) throw new TypeError(`no platform ${tenant.platform}`);
  return platform;
}

/** The host that secrets of a tenant are exchanged at, with its port. */
export function exchangeHost(tenant: Tenant): string {
  return new URL(platformOf(tenant).exchangeUrl(tenant)).host;
}

/** A URL for a first request to a tenant: a harmless resource where the platform has one, or else the root of its host. */
export function firstUrl(tenant: Tenant): string {
  const platform = platformOf(tenant);
  return platform.probe?.(tenant).url ?? new URL('/', platform.exchangeUrl(tenant)).href;
}

/** The header style of a tenant, or else its platform's default. */
export function headerStyleOf(tenant: Tenant): string {
  return tenant.headers ?? platformOf(tenant).defaultHeaderStyle(tenant);
}

/** Headers of earlier releases of the services. */
const FORMER = ['x-vcloud-authorization', 'x-vmware-vcloud-access-token'];

/**
 * The names, in lower case, of headers that carry a credential: the platforms' and the tenants' own. Inserting headers
 * removes those of other tenants from a request.
 */
export function credentialHeaders(tenants: readonly Tenant[]): readonly string[] {
  const usual = platforms.flatMap((platform) => carriers({ id: '', name: '', platform: platform.id }));
  return [...new Set([...usual, ...FORMER, ...tenants.flatMap(carriers)])];
}

function carriers(tenant: Tenant): readonly string[] {
  const platform = platformOf(tenant);
  const headers = platform.headerStyles.flatMap(({ id }) => platform.headers(tenant, SOME_TOKEN, id, {}));
  return headers.filter(({ value }) => value.includes(SOME_TOKEN)).map(({ name }) => name.toLowerCase());
}
