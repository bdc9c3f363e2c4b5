import * as vscode from 'vscode';
import type { RemoteToken } from '../../platforms/lifecycle.js';
import type { Tenant } from '../../platforms/tenant.js';
import type { ManagementFlow } from '../../management/tokenManager.js';
import type { TokenEntry } from '../../store/tokenEntry.js';
import { can } from '../../views/capabilities.js';
import type { Prompter } from '../../views/prompter.js';
import { confirmed, confirmTyped } from '../../views/prompts.js';
import { describeRemote } from '../../views/remoteText.js';
import { about, type Command, type Uses } from '../command.js';
import { noteUse } from '../noteUse.js';
import { namedToken } from '../selectToken.js';
import { pickManageable, pickRemote } from './selectRemoteToken.js';
import { signedIn, type SignsIn } from './signIn.js';

/** Revokes an API token at its service after the person typed its name. */
export const revokeToken: Command<SignsIn & Uses<'active' | 'history' | 'notes'>> = async (services, target) => {
  const title = vscode.l10n.t('Revoke API Token');
  if (target.token !== undefined && (await revokeByValue(services, target.token, title))) return;
  const chosen = await pickManageable(services, target, title, 'revoke');
  if (!chosen) return;
  const { tenant } = chosen;
  await signedIn(services, tenant, title, async (flow) => {
    const token = await pickRemote(services, tenant, flow, target, title);
    if (token) await revokeRemote(services, tenant, flow, token, title);
  });
};

/** @returns whether it was revoked */
export async function revokeRemote(
  services: Uses<'active' | 'history' | 'manager' | 'prompter' | 'vault'>,
  tenant: Tenant,
  flow: ManagementFlow,
  token: RemoteToken,
  title: string,
): Promise<boolean> {
  const { prompter, manager } = services;
  const { id, name } = token;
  const which = describeRemote(token, Date.now());
  const perhaps = manager.keptAs(tenant.id, id) === undefined ? manager.unmatched(tenant.id) : [];
  if (!(await confirmRevocation(prompter, tenant, name, title, which, perhaps))) return false;
  await prompter.steadyProgress(vscode.l10n.t('Revoking the API token “{0}” of {1}', name, tenant.name), () => flow.revoke(id));
  await revoked(services, tenant, name, manager.keptAs(tenant.id, id));
  return true;
}

/** Revokes with the API token's own value (RFC 7009). @returns false if the platform does not support that */
async function revokeByValue(
  services: Uses<'active' | 'history' | 'manager' | 'prompter' | 'tenants' | 'vault'>,
  id: string,
  title: string,
): Promise<boolean> {
  const { prompter } = services;
  const { tenant, token } = namedToken(services, id);
  if (!can(tenant, 'revokeByValue')) return false;
  if (!(await confirmRevocation(prompter, tenant, token.name, title))) return true;
  await about(
    { tenant: tenant.id, token: id },
    prompter.steadyProgress(vscode.l10n.t('Revoking the API token “{0}” of {1}', token.name, tenant.name), () =>
      services.manager.revokeByValue(tenant, id),
    ),
  );
  await revoked(services, tenant, token.name, id);
  return true;
}

/**
 * @param which distinguishes it from others of the same name
 * @param perhaps stored tokens that may be this one
 */
function confirmRevocation(
  prompter: Prompter,
  tenant: Tenant,
  name: string,
  title: string,
  which?: string,
  perhaps: readonly TokenEntry[] = [],
): Promise<boolean> {
  const warning = vscode.l10n.t(
    'The API token “{0}” is permanently revoked at {1}, with all its access tokens, wherever it is used. Type its name.',
    which === undefined ? name : `${name} (${which})`,
    tenant.name,
  );
  const names = perhaps.map((kept) => `“${kept.name}”`).join(', ');
  const mayBeHere = vscode.l10n.t('It may be one that is kept here: {0}.', names);
  return confirmTyped(prompter, `${title}: ${tenant.name}`, perhaps.length > 0 ? `${mayBeHere} ${warning}` : warning, name);
}

/** What is kept here of a revoked token is worth nothing, but nothing is deleted that nobody asked to delete. */
async function revoked(
  services: Uses<'active' | 'history' | 'prompter' | 'vault'>,
  tenant: Tenant,
  name: string,
  kept: string | undefined,
): Promise<void> {
  const { prompter } = services;
  const done = vscode.l10n.t('API token “{0}” revoked at {1}', name, tenant.name);
  if (kept !== undefined) noteUse(services, { tenant, token: { id: kept } }, 'revoked');
  const entry = services.vault.find(kept);
  if (!entry || !(await confirmRemoval(prompter, done, entry.name))) {
    prompter.done(done);
    return;
  }
  await forget(services, entry.id);
  prompter.done(vscode.l10n.t('API token “{0}” revoked and removed', name));
}

function confirmRemoval(prompter: Prompter, done: string, name: string): Promise<boolean> {
  return confirmed(
    prompter,
    vscode.l10n.t('Remove “{0}” from this machine too?', name),
    vscode.l10n.t('{0}. It can no longer be exchanged.', done),
    vscode.l10n.t('Remove'),
  );
}

/** Removes a stored token from this machine. */
export async function forget({ vault, active }: Uses<'active' | 'vault'>, id: string): Promise<void> {
  await vault.remove(id);
  if (active.id === id) await active.set(undefined);
}

/** Whether a stored token can be revoked at its service from here. */
export function isRevocable({ tenants }: Uses<'tenants'>, { tenant: owner }: TokenEntry): boolean {
  const tenant = tenants.find(owner);
  return tenant !== undefined && (can(tenant, 'revoke') || can(tenant, 'revokeByValue'));
}
