import type { Tenant } from '../../platforms/tenant.js';
import { settings } from '../../settings.js';
import type { Uses } from '../command.js';

/**
 * Writes a tenant that the person has changed, and rebinds its API tokens, so that nobody has to confirm their own change.
 * @throws AppError as {@link settings.changeTenant}
 */
export async function changeTenant(
  { tenants, broker }: Uses<'broker' | 'tenants'>,
  tenant: Tenant,
  value: Readonly<Record<string, unknown>>,
): Promise<void> {
  await settings.changeTenant(tenant, value);
  tenants.refresh();
  const changed = tenants.find(tenant.id);
  if (changed) await broker.secrets.follow(tenant, changed);
}
