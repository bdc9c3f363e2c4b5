import type { Tenant } from '../../platforms/tenant.js';
import type { Destination } from '../../tenants/hostConsents.js';
import { tenantHosts } from '../../tenants/hosts.js';
import { askHost, type HostUse } from '../../views/insertionQuestions.js';
import { changeTenant } from '../tenants/changeTenant.js';
import type { Uses } from '../command.js';

/** What {@link confirmDestination} uses. */
export type ConfirmsHost = Uses<'broker' | 'consents' | 'prompter' | 'tenants'>;

/**
 * Whether a token may go to these hosts. Its tenant's are allowed; for others the person decides: once (a reference: for this
 * session), or always, in the settings.
 */
export async function confirmDestination(
  services: ConfirmsHost,
  tenant: Tenant,
  destinations: readonly Destination[],
  use: HostUse,
): Promise<boolean> {
  const { tenants, consents, prompter } = services;
  const foreign = destinations.filter((destination) => !consents.allows(tenant, destination));
  if (foreign.length === 0) return true;
  const hosts = foreign.flatMap(({ host }) => host ?? []);
  const canRemember = tenants.isInSettings(tenant.id) && hosts.length === foreign.length;
  const labels = foreign.map(({ label }) => label);
  const answer = await askHost(prompter, tenant.name, labels, tenantHosts(tenant).join(', '), use, canRemember);
  if (answer === 'always') await changeTenant(services, tenant, { ...tenant, hosts: [...(tenant.hosts ?? []), ...hosts] });
  if (answer === 'once' && use === 'refer') consents.give(tenant, foreign);
  return answer !== undefined;
}
