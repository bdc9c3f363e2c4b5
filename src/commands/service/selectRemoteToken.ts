import * as vscode from 'vscode';
import { AppError } from '../../base/errors.js';
import { platformOf } from '../../platforms/index.js';
import type { Lifecycle, RemoteToken } from '../../platforms/lifecycle.js';
import type { Tenant } from '../../platforms/tenant.js';
import type { ManagementFlow } from '../../management/tokenManager.js';
import { cannot } from '../../views/capabilities.js';
import type { Choice, Prompter, Row } from '../../views/prompter.js';
import { answered } from '../../views/prompts.js';
import { describeRemote, whereText } from '../../views/remoteText.js';
import { TargetedError, type Target, type Uses } from '../command.js';
import { selectTenant } from '../selectToken.js';

/**
 * The tenant of a management command, with its platform's lifecycle.
 * @throws TargetedError `not-manageable` if the platform does not support the act
 */
export async function pickManageable(
  services: Uses<'prompter' | 'tenants' | 'vault'>,
  target: Target,
  title: string,
  act: 'list' | 'update' | 'revoke',
): Promise<{ readonly tenant: Tenant; readonly lifecycle: Lifecycle } | undefined> {
  const owner = target.tenant ?? services.vault.find(target.token)?.tenant;
  const tenant = await selectTenant(services, owner === undefined ? {} : { tenant: owner }, title);
  if (!tenant) return undefined;
  const { lifecycle } = platformOf(tenant);
  if (lifecycle?.[act]) return { tenant, lifecycle };
  throw new TargetedError(new AppError('not-manageable', { reason: cannot(platformOf(tenant), act) }), { tenant: tenant.id });
}

export function listed(prompter: Prompter, tenant: Tenant, flow: ManagementFlow): Promise<readonly RemoteToken[] | undefined> {
  return prompter.progress(vscode.l10n.t('Listing the API tokens of {0}', tenant.name), (signal) => flow.list(signal));
}

/**
 * The target's token at the service, by its id there or by the stored token. If neither identifies it, the person picks it
 * from a list.
 */
export async function pickRemote(
  services: Uses<'manager' | 'notes' | 'prompter' | 'vault'>,
  tenant: Tenant,
  flow: ManagementFlow,
  target: Target,
  title: string,
): Promise<RemoteToken | undefined> {
  const tokens = await listed(services.prompter, tenant, flow);
  if (!tokens) return undefined;
  const named = services.manager.named(tenant.id, tokens, target.remote, target.token);
  if (named) return named;
  if (target.remote !== undefined || tokens.length === 0) throw new AppError('token-gone');
  const kept = services.vault.find(target.token);
  const placeholder = kept
    ? vscode.l10n.t('Which of these is “{0}”?', kept.name)
    : vscode.l10n.t('API tokens of {0} at the service', tenant.name);
  const answer = services.prompter.choice({
    title: `${title}: ${tenant.name}`,
    placeholder,
    choices: tokens.map((token) => ({ ...remoteRow(services, tenant, token), value: token })),
    active: tokens.find(({ name }) => name === kept?.name),
  });
  const token = await answered(answer);
  if (token && kept) await services.manager.recognized(tenant.id, kept.id, token.id);
  return token;
}

/**
 * Asks, for each stored token without a known id at the service, which of the listed ones it is. Whoever leaves it open is
 * asked next time.
 */
export async function matchKept(
  { manager, prompter }: Uses<'manager' | 'prompter'>,
  tenant: Tenant,
  tokens: readonly RemoteToken[],
  title: string,
): Promise<void> {
  for (const { id, name } of manager.unmatched(tenant.id)) {
    const open = tokens.filter((token) => manager.keptAs(tenant.id, token.id) === undefined);
    if (open.length === 0) return;
    const choices: Choice<RemoteToken | 'none'>[] = [
      ...open.map((token) => ({ label: token.name, detail: describeRemote(token, Date.now()), icon: 'cloud', value: token })),
      { label: vscode.l10n.t('None of these'), icon: 'circle-slash', value: 'none' },
    ];
    const placeholder = vscode.l10n.t('Which of these is “{0}”, which is kept here?', name);
    const active = open.find((token) => token.name === name);
    const answer = await answered(prompter.choice({ title: `${title}: ${tenant.name}`, placeholder, choices, active }));
    if (answer === undefined) return;
    await manager.recognized(tenant.id, id, answer === 'none' ? undefined : answer.id);
  }
}

export function remoteRow(services: Uses<'manager' | 'vault'>, tenant: Tenant, token: RemoteToken): Row {
  const kept = services.vault.find(services.manager.keptAs(tenant.id, token.id));
  return {
    label: token.name,
    description: kept
      ? vscode.l10n.t('kept here as “{0}”', kept.name)
      : whereText(services.manager.unmatched(tenant.id).length > 0),
    detail: describeRemote(token, Date.now()),
    icon: kept ? 'key' : 'cloud',
  };
}
