import type { ErrorCode } from '../../base/errors.js';
import type { Tenant } from '../../platforms/tenant.js';
import { settings } from '../../settings.js';
import type { TokenEntry } from '../../store/tokenEntry.js';
import type { Target, Uses } from '../command.js';

/**
 * Writes a tenant that the person has changed, and rebinds its API tokens, so that nobody has to confirm their own change,
 * unless it leads to another server.
 * @returns the changed tenant, undefined if its settings are not in order now; the ids of tokens that are sent to another path
 * @throws AppError as {@link settings.changeTenant}
 */
export async function changeTenant(
  { tenants, broker }: Uses<'broker' | 'tenants'>,
  tenant: Tenant,
  value: Readonly<Record<string, unknown>>,
): Promise<{ readonly changed: Tenant | undefined; readonly moved: readonly string[] }> {
  await settings.changeTenant(tenant, value);
  tenants.refresh();
  const changed = tenants.find(tenant.id);
  return { changed, moved: changed ? await broker.secrets.follow(tenant, changed) : [] };
}

/** The API token whose last exchange has failed: the target's, or else the first of the tenant. */
export function failedToken({ broker, vault }: Uses<'broker' | 'vault'>, tenant: Tenant, target: Target): TokenEntry | undefined {
  const errorOf = ({ id }: TokenEntry): ErrorCode | undefined => broker.status(tenant, id).error?.code;
  const failed = vault.of(tenant.id).filter(errorOf);
  // Nothing was sent where the settings have changed, so there is nothing to try again unless a person has asked for it.
  const isSent = (token: TokenEntry): boolean => errorOf(token) !== 'address-changed' && errorOf(token) !== 'trust-changed';
  return failed.find(({ id }) => id === target.token) ?? failed.find(isSent);
}
