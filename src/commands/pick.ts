import * as vscode from 'vscode';
import { AppError } from '../errors.js';
import { platformOf } from '../platforms/index.js';
import type { Tenant } from '../platforms/platform.js';
import type { TokenEntry } from '../tokens/tokenList.js';
import { askChoice, BACK, type Choice } from '../views/ask.js';
import { describeStatus, inert, STATE_ICONS } from '../views/format.js';
import type { Services, Target } from './command.js';

export interface Chosen {
  readonly tenant: Tenant;
  readonly token: TokenEntry;
}

/**
 * The tenant that the target names, or that the person picks.
 * @throws AppError `tenant-unknown`, `tenant-invalid`
 */
export async function pickTenant({ tenants }: Services, target: Target, title: string): Promise<Tenant | undefined> {
  return target.tenant === undefined ? chooseTenant(tenants.all, title) : tenants.get(target.tenant);
}

/** {@link pickTenant} among those of the settings: what the sandbox has cannot be changed. */
export async function pickOwnTenant({ tenants }: Services, target: Target, title: string): Promise<Tenant | undefined> {
  if (target.tenant === undefined)
    return chooseTenant(
      tenants.all.filter(({ id }) => tenants.isInSettings(id)),
      title,
    );
  const tenant = tenants.get(target.tenant);
  if (tenants.isInSettings(tenant.id)) return tenant;
  void vscode.window.showInformationMessage(vscode.l10n.t('{0} belongs to the sandbox and cannot be changed.', tenant.name));
  return undefined;
}

async function chooseTenant(all: readonly Tenant[], title: string): Promise<Tenant | undefined> {
  if (all.length === 0) return offerFirstTenant();
  const choices: Choice<Tenant>[] = all.map((tenant) => ({
    label: tenant.name,
    description: platformOf(tenant).label,
    iconPath: new vscode.ThemeIcon(platformOf(tenant).icon),
    value: tenant,
  }));
  const chosen = await askChoice({ title, placeholder: vscode.l10n.t('Choose a tenant') }, choices);
  return chosen === BACK ? undefined : chosen;
}

/**
 * The token that the target names, or the person picks: the only one of a named tenant without asking.
 * @throws AppError `tenant-unknown`, `tenant-invalid`, `token-unknown`
 */
export async function pickToken(services: Services, target: Target, title: string): Promise<Chosen | undefined> {
  if (target.token !== undefined) return namedToken(services, target.token);
  const tenant = target.tenant === undefined ? undefined : services.tenants.get(target.tenant);
  const candidates = allTokens(services).filter((one) => !tenant || one.tenant.id === tenant.id);
  if (candidates.length === 0) return tenant ? offerFirstToken(tenant) : offerFirstTenant();
  if (tenant && candidates.length === 1) return candidates[0];
  return chooseToken(services, candidates, title);
}

export async function chooseToken(services: Services, candidates: readonly Chosen[], title: string): Promise<Chosen | undefined> {
  const active = candidates.find(({ token }) => token.id === services.active.id);
  // So that states which no row has asked for yet are shown too.
  await Promise.all(candidates.map(({ token }) => services.broker.load(token.id)));
  const choices = candidates.map((one) => tokenChoice(services, one));
  const chosen = await askChoice({ title, placeholder: vscode.l10n.t('Choose a tenant’s API token') }, choices, active);
  return chosen === BACK ? undefined : chosen;
}

export function tokenChoice({ broker }: Services, chosen: Chosen): Choice<Chosen> {
  const status = broker.status(chosen.tenant, chosen.token.id);
  return {
    label: `$(${STATE_ICONS[status.state][0]}) ${chosen.tenant.name}`,
    description: chosen.token.name,
    detail: `${platformOf(chosen.tenant).label} · ${describeStatus(status, Date.now())}`,
    value: chosen,
  };
}

/** Among tokens of one tenant, which the title names. */
export function siblingChoice({ broker }: Services, chosen: Chosen): Choice<Chosen> {
  const status = broker.status(chosen.tenant, chosen.token.id);
  return {
    label: `$(${STATE_ICONS[status.state][0]}) ${inert(chosen.token.name)}`,
    description: describeStatus(status, Date.now()),
    value: chosen,
  };
}

/** Every token whose tenant is in order, the tenants in their order. */
export function allTokens({ tenants, vault }: Services): Chosen[] {
  return tenants.all.flatMap((tenant) => vault.of(tenant.id).map((token) => ({ tenant, token })));
}

/** @throws AppError `token-unknown`, `tenant-unknown`, `tenant-invalid` */
export function namedToken({ tenants, vault }: Services, id: string): Chosen {
  const token = vault.find(id);
  if (!token) throw new AppError('token-unknown');
  return { tenant: tenants.get(token.tenant), token };
}

async function offerFirstTenant(): Promise<undefined> {
  const add = vscode.l10n.t('Add Tenant');
  const sandbox = vscode.l10n.t('Start Sandbox');
  const message = vscode.l10n.t('There is no API token yet. Add a tenant and its token, or try the sandbox.');
  const chosen = await vscode.window.showInformationMessage(message, add, sandbox);
  if (chosen) await vscode.commands.executeCommand(chosen === add ? 'tenantTokens.addTenant' : 'tenantTokens.startSandbox');
}

async function offerFirstToken(tenant: Tenant): Promise<undefined> {
  const add = vscode.l10n.t('Add API Token');
  const chosen = await vscode.window.showInformationMessage(vscode.l10n.t('{0} has no API token yet.', tenant.name), add);
  if (chosen) await vscode.commands.executeCommand('tenantTokens.addToken', { tenant: tenant.id });
}
