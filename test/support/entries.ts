import type { Tenant } from '../../src/platforms/tenant.js';
import type { Sandbox, SandboxPlatform, SandboxService } from '../../src/sandbox/index.js';

/** A tenant of the sandbox as an entry of the settings, changed. */
export function entryOf(
  sandbox: Sandbox,
  tenantId: string,
  change: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return { ...tenantOf(sandbox, tenantId).tenant, ...change };
}

/** The parts of a secret of the sandbox, in the order in which they are asked for. */
export function secretOf(sandbox: Sandbox, tenantId: string, token = 0): string[] {
  const secret = tenantOf(sandbox, tenantId).tokens[token]?.secret;
  if (!secret) throw new Error(`the sandbox has no token ${token} of ${tenantId}`);
  return Object.values(secret);
}

export function tenantOf(sandbox: Sandbox, tenantId: string): Sandbox['tenants'][number] {
  const found = sandbox.tenants.find(({ tenant }) => tenant['id'] === tenantId);
  if (!found) throw new Error(`the sandbox has no tenant ${tenantId}`);
  return found;
}

/** The service of the sandbox that a tenant is at. */
export const serviceOf = (sandbox: Sandbox, { platform }: Tenant): SandboxService =>
  sandbox.services[platform as SandboxPlatform];

/** The setting that holds them. */
export const TENANTS = 'tenantTokens.tenants';
