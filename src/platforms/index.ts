import { ariaAutomation } from './ariaAutomation/platform.js';
import { brightPattern } from './brightPattern/platform.js';
import { cloudDirector } from './cloudDirector/platform.js';
import { cloudServices } from './cloudServices/platform.js';
import { commvault } from './commvault/platform.js';
import { identityServices } from './identityServices/platform.js';
import { oauth2 } from './oauth2/platform.js';
import type { Platform } from './platform.js';
import type { PlatformId, Tenant } from './tenant.js';

/** Stands for an access token where only the place that it takes is of interest. */
const SOME_TOKEN = 'some-token';

/** The registry: a platform is one line here. */
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
  return byId.get(id as PlatformId);
}

/** The platform of a tenant that was validated, and so has one. */
export function platformOf(tenant: Tenant): Platform {
  const platform = findPlatform(tenant.platform);
  if (!platform) throw new TypeError(`no platform ${tenant.platform}`);
  return platform;
}

/** The header style of a tenant: as it says, or else its platform's own. */
export function headerStyleOf(tenant: Tenant): string {
  return tenant.headers ?? platformOf(tenant).defaultHeaderStyle(tenant);
}

const WELL_KNOWN = ['authorization', 'authtoken', 'csp-auth-token', 'x-vcloud-authorization', 'x-vmware-vcloud-access-token'];

/**
 * Names of headers that carry a credential, lower case: those of the platforms and those that tenants name themselves. A
 * request is left with those of one tenant only.
 */
export function credentialHeaders(tenants: readonly Tenant[]): readonly string[] {
  const carriers = tenants.flatMap((tenant) => {
    const platform = platformOf(tenant);
    return platform.headerStyles.flatMap(({ id }) => platform.headers(tenant, SOME_TOKEN, id, {}));
  });
  const own = carriers.filter(({ value }) => value.includes(SOME_TOKEN)).map(({ name }) => name.toLowerCase());
  return [...new Set([...WELL_KNOWN, ...own])];
}
