import { brightPattern } from './brightPattern.js';
import { cloudDirector } from './cloudDirector.js';
import { cloudServices } from './cloudServices.js';
import { commvault } from './commvault.js';
import { identityServices } from './identityServices.js';
import { oauth2 } from './oauth2.js';
import type { Platform, PlatformId, Tenant } from './platform.js';

/** The registry: a platform is one line here. */
export const platforms: readonly Platform[] = [cloudDirector, cloudServices, commvault, identityServices, brightPattern, oauth2];

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

/**
 * Names of headers that carry a credential on any of the platforms: a request is left with those of one tenant only.
 * Lower case.
 */
export const credentialHeaders: readonly string[] = [
  'authorization',
  'authtoken',
  'csp-auth-token',
  'x-vcloud-authorization',
  'x-vmware-vcloud-access-token',
];
