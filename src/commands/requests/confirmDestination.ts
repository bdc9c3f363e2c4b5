import type { Tenant } from '../../platforms/tenant.js';
import type { Destination } from '../../tenants/hostConsents.js';
import { tenantHosts } from '../../tenants/hosts.js';
import { askHost, type HostUse } from '../../views/insertionQuestions.js';
import { changeTenant } from '../tenants/changeTenant.js';
import type { Services } from '../command.js';

/**
 * A token goes to its tenant's hosts; anywhere else only when the person says so: this once (for this session, where it is
 * handed out again and again), or for all time in the settings.
 */
export async function confirmDestination(
  services: Services,
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
  if (answer === 'once' && use !== 'insert') consents.give(tenant, foreign);
  return answer !== undefined;
}
