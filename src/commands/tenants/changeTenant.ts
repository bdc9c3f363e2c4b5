import type { Tenant } from '../../platforms/tenant.js';
import { settings } from '../../settings.js';
import type { Services } from '../command.js';

/**
 * Writes what a person has changed of a tenant, and lets its API tokens follow: they are not asked about their own answer.
 * @throws AppError as {@link settings.changeTenant}
 */
export async function changeTenant(
  { tenants, broker }: Services,
  tenant: Tenant,
  value: Readonly<Record<string, unknown>>,
): Promise<void> {
  await settings.changeTenant(tenant, value);
  tenants.refresh();
  const changed = tenants.find(tenant.id);
  if (changed) await broker.secrets.follow(tenant, changed);
}
