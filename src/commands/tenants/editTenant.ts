import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { ErrorCode } from '../../base/errors.js';
import { platformOf } from '../../platforms/index.js';
import type { Platform, TenantField } from '../../platforms/platform.js';
import { TENANT_COLORS, type Tenant, type TenantColor } from '../../platforms/tenant.js';
import type { TokenEntry } from '../../store/tokenEntry.js';
import { problemText, readTenants } from '../../tenants/tenants.js';
import { BACK, type Choice, type Prompter } from '../../views/prompter.js';
import { answered } from '../../views/prompts.js';
import { changeTenant, failedToken } from './changeTenant.js';
import type { Command, Target, Uses } from '../command.js';
import { selectConfiguredTenant } from '../selectToken.js';
import { reviewAddress } from '../tokens/confirmAddress.js';
import { askField, nameField, textOf, type Draft } from './tenantQuestions.js';

/** Errors that a wrong address causes, at once or by what answers there. */
const ADDRESS_ERRORS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'unreachable',
  'timed-out',
  'redirected',
  'web-page',
  'not-json',
  'response-too-large',
]);

type EditsTenant = Uses<'broker' | 'notes' | 'prompter' | 'tenants' | 'vault'>;

/**
 * Shows a tenant's settings, edits the chosen one, and repeats until the person closes the list. After a change, what has failed
 * before is tried again.
 */
export const editTenant: Command<EditsTenant> = async (services, target) => {
  const entry = services.tenants.entries.find(({ id }) => id === target.tenant);
  if (entry && !entry.tenant) {
    await vscode.commands.executeCommand('tenantTokens.openTenantSettings');
    return;
  }
  let tenant = await selectConfiguredTenant(services, target, vscode.l10n.t('Edit Tenant'));
  const suspected = tenant && suspectedField(services, tenant, target);
  while (tenant) {
    const chosen: Choosable | undefined = suspected ?? (await chooseField(services.prompter, tenant));
    if (chosen === undefined) return;
    if (chosen === 'json') {
      await vscode.commands.executeCommand('tenantTokens.openTenantSettings');
      return;
    }
    const failed = failedToken(services, tenant, target);
    const changed: Tenant | undefined = await editField(services, tenant, chosen);
    if (changed && changed !== tenant && (await settle(services, tenant, changed, failed))) return;
    if (suspected) return;
    tenant = services.tenants.find(tenant.id);
  }
};

/** The address, if the exchange that led here has failed because of it. */
function suspectedField({ broker }: Uses<'broker'>, tenant: Tenant, { token }: Target): TenantField | undefined {
  const error = token === undefined ? undefined : broker.status(tenant, token).error;
  const isSuspected = error && (ADDRESS_ERRORS.has(error.code) || error.facts['status'] === 404);
  return isSuspected ? platformOf(tenant).tenantFields.find(({ isAddress }) => isAddress) : undefined;
}

/** @returns the tenant as it is then */
async function editField(services: EditsTenant, tenant: Tenant, field: TenantField): Promise<Tenant | undefined> {
  const draft: Draft = { ...tenant };
  const title = vscode.l10n.t('Edit Tenant: {0}', tenant.name);
  const answer = await askField(services.prompter, platformOf(tenant), field, draft, { title });
  if (answer === undefined || answer === BACK || isDeepStrictEqual(draft, { ...tenant })) return tenant;
  const problems = readTenants([draft])[0]?.problems ?? [];
  if (problems.length > 0) {
    const message = vscode.l10n.t('{0} was not changed: {1}.', tenant.name, problemText(problems));
    await services.prompter.notify('warning', message);
    return tenant;
  }
  const { changed, moved } = await changeTenant(services, tenant, draft);
  // The id of an API token belongs to the organization that it was created in.
  for (const id of moved) await services.notes.note(id, { remoteId: undefined });
  services.prompter.done(vscode.l10n.t('{0} changed', tenant.name));
  return changed;
}

/**
 * Asks whether the tenant's API tokens go to a new address, and exchanges again what has failed at the former one.
 * @returns whether there was anything to do
 */
async function settle(services: EditsTenant, before: Tenant, after: Tenant, failed: TokenEntry | undefined): Promise<boolean> {
  const [from, to] = [before, after].map((tenant) => platformOf(tenant).exchangeUrl(tenant));
  if (from !== to)
    for (const token of services.vault.of(after.id)) {
      const boundTo = await services.broker.secrets.boundTo(token.id).catch(() => undefined);
      if (boundTo !== from) continue;
      await reviewAddress(services, { tenant: after, token });
      return true;
    }
  if (!failed || after.name !== before.name) return false;
  await vscode.commands.executeCommand('tenantTokens.exchange', { token: failed.id });
  return true;
}

type Choosable = TenantField | 'json';

/** Certificate files are rare: those that are not set are behind *More…*. */
async function chooseField(prompter: Prompter, tenant: Tenant): Promise<Choosable | undefined> {
  const values = tenant as unknown as Readonly<Record<string, unknown>>;
  const rowOf = (field: TenantField): Choice<TenantField> => ({
    label: field.label,
    description: shown(field, values[field.key]),
    value: field,
  });
  const rare = tlsFields().filter(({ key }) => values[key] === undefined);
  const usual = [...editableFields(platformOf(tenant)), ...tlsFields().filter(({ key }) => values[key] !== undefined)];
  const place = { title: vscode.l10n.t('Edit Tenant: {0}', tenant.name), placeholder: vscode.l10n.t('Choose what to change') };
  const more: Choice<'more'> = {
    label: vscode.l10n.t('More…'),
    icon: 'ellipsis',
    description: rare.map(({ label }) => label).join(', '),
    value: 'more',
  };
  const json: Choice<'json'> = {
    label: vscode.l10n.t('Open settings.json'),
    icon: 'json',
    description: vscode.l10n.t('all settings of the tenant'),
    value: 'json',
  };
  const choices = [...usual.map(rowOf), ...(rare.length > 0 ? [more] : []), json];
  const chosen = await answered(prompter.choice<Choosable | 'more'>({ ...place, choices }));
  if (chosen !== 'more') return chosen;
  const field = await prompter.choice({ ...place, step: 2, choices: rare.map(rowOf) });
  return field === BACK ? chooseField(prompter, tenant) : field;
}

function editableFields({ tenantFields, headerStyles }: Platform): TenantField[] {
  const hosts: TenantField = {
    key: 'hosts',
    label: vscode.l10n.t('Further hosts'),
    hint: vscode.l10n.t('Hosts that access tokens go to without a question, beside the tenant’s own. Separated by spaces.'),
    placeholder: 'api.example.com api.example.com:8443',
    asked: false,
    form: 'words',
  };
  const headers: TenantField = {
    key: 'headers',
    label: vscode.l10n.t('Header style'),
    hint: vscode.l10n.t('Which headers carry the access token.'),
    asked: false,
    choices: headerStyles.map(({ id, label }) => ({ value: id, label })),
  };
  return [nameField(), ...tenantFields, ...(headerStyles.length > 1 ? [headers] : []), hosts, ...markFields()];
}

/** How a tenant is marked. An empty value takes the setting away. */
function markFields(): TenantField[] {
  const colors: Readonly<Record<TenantColor, string>> = {
    red: vscode.l10n.t('Red'),
    yellow: vscode.l10n.t('Yellow'),
    green: vscode.l10n.t('Green'),
    blue: vscode.l10n.t('Blue'),
    purple: vscode.l10n.t('Purple'),
  };
  return [
    {
      key: 'production',
      label: vscode.l10n.t('Production'),
      hint: vscode.l10n.t('Asks before anything may be changed there.'),
      asked: false,
      choices: [
        { value: true, label: vscode.l10n.t('Yes: ask before anything may be changed there') },
        { value: '', label: vscode.l10n.t('No') },
      ],
    },
    {
      key: 'color',
      label: vscode.l10n.t('Color'),
      hint: vscode.l10n.t('The color of the tenant in the sidebar and the status bar.'),
      asked: false,
      choices: [...TENANT_COLORS.map((value) => ({ value, label: colors[value] })), { value: '', label: vscode.l10n.t('None') }],
    },
  ];
}

function tlsFields(): TenantField[] {
  return [
    {
      key: 'caFile',
      label: vscode.l10n.t('Certificate authority'),
      hint: vscode.l10n.t('Path of a PEM file, for a service whose certificate your company issued itself.'),
      asked: false,
    },
    {
      key: 'clientCertificateFile',
      label: vscode.l10n.t('Client certificate'),
      hint: vscode.l10n.t('Path of a PEM file, for a service that wants a certificate of its clients (mutual TLS).'),
      asked: false,
    },
    {
      key: 'clientKeyFile',
      label: vscode.l10n.t('Key of the client certificate'),
      hint: vscode.l10n.t('Path of a PEM file without a passphrase; empty if the key stands in the certificate’s file.'),
      asked: false,
    },
    {
      key: 'pinnedCertificate',
      label: vscode.l10n.t('Pinned certificate'),
      hint: vscode.l10n.t('SHA-256 of the one certificate that is accepted from the service; empty to trust authorities again.'),
      asked: false,
    },
  ];
}

function shown(field: TenantField, value: unknown): string {
  const choice = field.choices?.find((one) => one.value === value);
  return choice?.label ?? (value === undefined ? vscode.l10n.t('not set') : textOf(field, value));
}
