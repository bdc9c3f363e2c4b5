import * as vscode from 'vscode';
import { AppError } from '../base/errors.js';
import { platformOf } from '../platforms/index.js';
import type { Tenant } from '../platforms/tenant.js';
import type { TokenEntry } from '../store/tokenEntry.js';
import { describeStatus, STATE_ICONS } from '../views/format.js';
import type { Choice, Prompter, Row } from '../views/prompter.js';
import { answered } from '../views/prompts.js';
import type { Target, Uses } from './command.js';

export interface Chosen {
  readonly tenant: Tenant;
  readonly token: TokenEntry;
}

/**
 * The target's tenant, or the one that the person picks.
 * @throws AppError `tenant-unknown`, `tenant-invalid`
 */
export async function selectTenant(
  { tenants, prompter }: Uses<'prompter' | 'tenants'>,
  target: Target,
  title: string,
): Promise<Tenant | undefined> {
  return target.tenant === undefined ? chooseTenant(prompter, tenants.all, title) : tenants.get(target.tenant);
}

/** {@link selectTenant} among the tenants of the settings: the sandbox's cannot be changed. */
export async function selectConfiguredTenant(
  { tenants, prompter }: Uses<'prompter' | 'tenants'>,
  target: Target,
  title: string,
): Promise<Tenant | undefined> {
  if (target.tenant === undefined)
    return chooseTenant(
      prompter,
      tenants.all.filter(({ id }) => tenants.isInSettings(id)),
      title,
    );
  const tenant = tenants.get(target.tenant);
  if (tenants.isInSettings(tenant.id)) return tenant;
  void prompter.notify('info', vscode.l10n.t('{0} belongs to the sandbox and cannot be changed.', tenant.name));
  return undefined;
}

function chooseTenant(prompter: Prompter, all: readonly Tenant[], title: string): Promise<Tenant | undefined> {
  if (all.length === 0) return offerFirstTenant(prompter);
  const choices: Choice<Tenant>[] = all.map((tenant) => ({
    label: tenant.name,
    description: platformOf(tenant).label,
    icon: platformOf(tenant).icon,
    value: tenant,
  }));
  return answered(prompter.choice({ title, placeholder: vscode.l10n.t('Choose a tenant'), choices }));
}

/** What {@link selectToken} uses. */
export type SelectsToken = Uses<'active' | 'broker' | 'prompter' | 'tenants' | 'vault'>;

/**
 * The target's token, or the one that the person picks. Does not ask if the target's tenant has only one.
 * @throws AppError `tenant-unknown`, `tenant-invalid`, `token-unknown`
 */
export async function selectToken(services: SelectsToken, target: Target, title: string): Promise<Chosen | undefined> {
  if (target.token !== undefined) return namedToken(services, target.token);
  const tenant = target.tenant === undefined ? undefined : services.tenants.get(target.tenant);
  const candidates = allTokens(services).filter((one) => !tenant || one.tenant.id === tenant.id);
  if (candidates.length === 0) return offerFirst(services, tenant);
  if (tenant && candidates.length === 1) return candidates[0];
  return chooseToken(services, candidates, title);
}

export async function chooseToken(
  services: Uses<'active' | 'broker' | 'prompter'>,
  candidates: readonly Chosen[],
  title: string,
): Promise<Chosen | undefined> {
  const active = candidates.find(({ token }) => token.id === services.active.id);
  // Loads the states that no row has requested yet.
  await Promise.all(candidates.map(({ token }) => services.broker.load(token.id)));
  const choices = candidates.map((one) => ({ ...tokenRow(services, one), value: one }));
  return answered(
    services.prompter.choice({ title, placeholder: vscode.l10n.t('Choose a tenant’s API token'), choices, active }),
  );
}

export function tokenRow({ broker }: Uses<'broker'>, { tenant, token }: Chosen): Row {
  const status = broker.status(tenant, token.id);
  return {
    label: tenant.name,
    description: token.name,
    detail: `${platformOf(tenant).label} · ${describeStatus(status, Date.now())}`,
    icon: STATE_ICONS[status.state][0],
  };
}

/** A row in a list of one tenant's tokens, whose title names the tenant. */
export function siblingRow({ broker }: Uses<'broker'>, { tenant, token }: Chosen): Row {
  const status = broker.status(tenant, token.id);
  return { label: token.name, description: describeStatus(status, Date.now()), icon: STATE_ICONS[status.state][0] };
}

/** Every token with a valid tenant, in the order of the tenants. */
export function allTokens({ tenants, vault }: Uses<'tenants' | 'vault'>): Chosen[] {
  return tenants.all.flatMap((tenant) => vault.of(tenant.id).map((token) => ({ tenant, token })));
}

/** @throws AppError `token-unknown`, `tenant-unknown`, `tenant-invalid` */
export function namedToken({ tenants, vault }: Uses<'tenants' | 'vault'>, id: string): Chosen {
  const token = vault.find(id);
  if (!token) throw new AppError('token-unknown');
  return { tenant: tenants.get(token.tenant), token };
}

async function offerFirstTenant(prompter: Prompter): Promise<undefined> {
  const message = vscode.l10n.t('There is no API token yet. Add a tenant and its token, or try the sandbox.');
  const command = await prompter.notify('info', message, [
    { label: vscode.l10n.t('Add Tenant'), value: 'tenantTokens.addTenant' },
    { label: vscode.l10n.t('Start Sandbox'), value: 'tenantTokens.startSandbox' },
  ]);
  if (command !== undefined) await vscode.commands.executeCommand(command);
}

/** @param tenant whose token is wanted; undefined: anyone’s */
async function offerFirst({ prompter, tenants }: Uses<'prompter' | 'tenants'>, tenant: Tenant | undefined): Promise<undefined> {
  const all = tenant ? [tenant] : tenants.all;
  const [only] = all;
  if (!only) return offerFirstTenant(prompter);
  const message =
    all.length === 1
      ? vscode.l10n.t('{0} has no API token yet.', only.name)
      : vscode.l10n.t('None of your {0} tenants has an API token.', all.length);
  if (await prompter.notify('info', message, [{ label: vscode.l10n.t('Add API Token'), value: true }]))
    await vscode.commands.executeCommand('tenantTokens.addToken', all.length === 1 ? { tenant: only.id } : {});
}
