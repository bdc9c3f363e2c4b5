import * as vscode from 'vscode';
import { platformOf } from '../../platforms/index.js';
import type { Platform, TenantField } from '../../platforms/platform.js';
import { TENANT_COLORS, type Tenant, type TenantColor } from '../../platforms/tenant.js';
import { problemText, readTenants } from '../../tenants/tenants.js';
import { BACK, type Choice, type Prompter } from '../../views/prompter.js';
import { answered } from '../../views/prompts.js';
import { changeTenant } from './changeTenant.js';
import type { Command, Uses } from '../command.js';
import { selectConfiguredTenant } from '../selectToken.js';
import { askField, nameField, type Draft } from './tenantQuestions.js';

/** Shows a tenant's settings, edits the chosen one, and repeats until the person closes the list. */
export const editTenant: Command<Uses<'broker' | 'prompter' | 'tenants'>> = async (services, target) => {
  const entry = services.tenants.entries.find(({ id }) => id === target.tenant);
  if (entry && !entry.tenant) {
    await vscode.commands.executeCommand('tenantTokens.openTenantSettings');
    return;
  }
  let tenant = await selectConfiguredTenant(services, target, vscode.l10n.t('Edit Tenant'));
  while (tenant) {
    const field = await chooseField(services.prompter, tenant);
    if (field === undefined) return;
    if (field === 'json') {
      await vscode.commands.executeCommand('tenantTokens.openTenantSettings');
      return;
    }
    const draft: Draft = { ...tenant };
    const title = vscode.l10n.t('Edit Tenant: {0}', tenant.name);
    const answer = await askField(services.prompter, platformOf(tenant), field, draft, { title });
    const { id } = tenant;
    const problems = readTenants([draft])[0]?.problems ?? [];
    if (problems.length > 0) {
      await services.prompter.notify('warning', vscode.l10n.t('{0} was not changed: {1}.', tenant.name, problemText(problems)));
    } else if (answer !== undefined && answer !== BACK) {
      await changeTenant(services, tenant, draft);
      services.prompter.done(vscode.l10n.t('{0} changed', tenant.name));
    }
    tenant = services.tenants.find(id);
  }
};

function chooseField(prompter: Prompter, tenant: Tenant): Promise<TenantField | 'json' | undefined> {
  const values = tenant as unknown as Readonly<Record<string, unknown>>;
  const choices: Choice<TenantField | 'json'>[] = editableFields(platformOf(tenant)).map((field) => ({
    label: field.label,
    description: shown(field, values[field.key]),
    value: field,
  }));
  choices.push({
    label: vscode.l10n.t('Open settings.json'),
    icon: 'json',
    description: vscode.l10n.t('all settings of the tenant'),
    value: 'json',
  });
  const title = vscode.l10n.t('Edit Tenant: {0}', tenant.name);
  return answered(prompter.choice({ title, placeholder: vscode.l10n.t('Choose what to change'), choices }));
}

function editableFields({ tenantFields, headerStyles }: Platform): TenantField[] {
  const headers: TenantField = {
    key: 'headers',
    label: vscode.l10n.t('Header style'),
    hint: vscode.l10n.t('Which headers carry the access token.'),
    asked: false,
    choices: headerStyles.map(({ id, label }) => ({ value: id, label })),
  };
  return [nameField(), ...tenantFields, ...(headerStyles.length > 1 ? [headers] : []), ...markFields(), ...tlsFields()];
}

/** How a tenant is marked. An empty value takes the setting away. */
function markFields(): TenantField[] {
  const colors: Readonly<Record<TenantColor, string>> = {
    red: vscode.l10n.t('Red'),
    orange: vscode.l10n.t('Orange'),
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

function shown({ choices }: TenantField, value: unknown): string {
  const choice = choices?.find((one) => one.value === value);
  if (choice) return choice.label;
  return typeof value === 'string' ? value : vscode.l10n.t('not set');
}
