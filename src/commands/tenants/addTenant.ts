import * as vscode from 'vscode';
import { AppError } from '../../base/errors.js';
import { platforms } from '../../platforms/index.js';
import { hostOf } from '../../platforms/fields.js';
import type { Platform, Preset } from '../../platforms/platform.js';
import type { Tenant } from '../../platforms/tenant.js';
import { settings } from '../../settings.js';
import { addressFields, addressKeyOf } from '../../tenants/address.js';
import { problemText, readTenants } from '../../tenants/tenants.js';
import { BACK, type Choice } from '../../views/prompter.js';
import { askInTurn, type Step } from '../../views/prompts.js';
import type { Command, Uses } from '../command.js';
import { storeToken, tokenSteps, type TakesUpToken } from '../tokens/addToken.js';
import type { TokenDraft } from '../tokens/tokenQuestions.js';
import { askField, nameField, type Draft } from './tenantQuestions.js';

interface Kind {
  readonly platform: Platform;
  readonly preset: Preset;
}

/** A tenant and its first API token as far as a person has entered them. */
interface Entered {
  readonly kind: Kind;
  readonly draft: Draft;
  /** What the address says, which is not asked then. */
  ofAddress: Readonly<Record<string, string>>;
  readonly token: TokenDraft;
  /** Whether the person is at the questions about the token, so that the tenant is complete. */
  isAtToken: boolean;
}

/** Asks for a tenant and its first API token, stores both, and exchanges the token. */
export const addTenant: Command<TakesUpToken & Uses<'tenants'>> = async (services) => {
  const title = vscode.l10n.t('Add Tenant');
  let entered: Entered | undefined;
  const kindStep: Step = async (place) => {
    const answer = await services.prompter.choice({
      ...place,
      title,
      placeholder: vscode.l10n.t('Choose the service'),
      choices: kindChoices(),
      active: entered?.kind,
    });
    if (answer === undefined || answer === BACK || answer === entered?.kind) return answer;
    const draft = { platform: answer.platform.id, ...answer.preset.values };
    entered = { kind: answer, draft, ofAddress: {}, token: { secret: {} }, isAtToken: false };
    return answer;
  };
  const isComplete = await askInTurn(() => {
    if (!entered) return [kindStep];
    const tenant = tenantOf(services, entered);
    const ofTenant = fieldSteps(services, entered, `${title}: ${entered.kind.preset.label}`);
    const ofToken = tokenSteps(services, tenant, `${title}: ${tenant.name}`, entered.token);
    return [kindStep, ...noting(entered, false, ofTenant), ...noting(entered, true, ofToken)];
  });
  // Whoever leaves at the token may want to create one first.
  if (!entered?.isAtToken) return;
  const tenant = await saveTenant(services, tenantOf(services, entered));
  if (isComplete) {
    await storeToken(services, tenant, entered.token);
    return;
  }
  services.prompter.done(vscode.l10n.t('{0} added, without an API token', tenant.name));
  await services.tree.reveal(tenant.id);
};

/** Notes which of the questions the person is at. */
const noting = (entered: Entered, isAtToken: boolean, steps: readonly Step[]): Step[] =>
  steps.map((step) => (place) => {
    entered.isAtToken = isAtToken;
    return step(place);
  });

function kindChoices(): Choice<Kind>[] {
  return platforms.flatMap((platform) =>
    platform.presets.map((preset) => ({
      label: preset.label,
      detail: preset.detail,
      icon: platform.icon,
      value: kindOf(platform, preset),
    })),
  );
}

/** One object per kind, so that Back finds the earlier choice by identity. */
const kinds = new Map<Preset, Kind>();
function kindOf(platform: Platform, preset: Preset): Kind {
  const kind = kinds.get(preset) ?? { platform, preset };
  kinds.set(preset, kind);
  return kind;
}

/** The questions about a tenant: its address, what neither the kind nor the address says, and a name if another has the same. */
function fieldSteps({ prompter, tenants }: Uses<'prompter' | 'tenants'>, entered: Entered, title: string): Step[] {
  const { kind, draft, ofAddress } = entered;
  const { platform, preset } = kind;
  const known = { ...preset.values, ...ofAddress };
  const fields = platform.tenantFields.filter(({ asked, isAddress, key }) => isAddress || (asked && !(key in known)));
  const isNamed = draft['name'] !== undefined || tenants.entries.some(({ name }) => name === nameOf(entered));
  return [...fields, ...(isNamed ? [nameField()] : [])].map((field) => async (place) => {
    if (field.key === 'name') draft['name'] = nameOf(entered);
    const answer = await askField(prompter, platform, field, draft, { ...place, title });
    if (field.isAddress && typeof answer === 'string') takeAddress(entered, answer);
    return answer;
  });
}

/** Forgets what an earlier address has said. */
function takeAddress(entered: Entered, text: string): void {
  const { kind, draft, ofAddress } = entered;
  for (const key of Object.keys(ofAddress)) Reflect.deleteProperty(draft, key);
  entered.ofAddress = addressFields(kind.platform, text);
  Object.assign(draft, kind.preset.values, entered.ofAddress);
}

/** The name that the person has entered, or else the organization or the host. */
function nameOf({ kind, draft }: Entered): string {
  const { name, organization, tenant } = draft;
  if (typeof name === 'string') return name;
  const address = draft[addressKeyOf(kind.platform)];
  const host = typeof address === 'string' && URL.canParse(address) ? hostOf(address) : kind.preset.label;
  // These are the names of each installation's first one.
  const named = [organization, tenant].find((one) => typeof one === 'string' && one !== 'System' && one !== 'CUSTOMER');
  return typeof named === 'string' ? named : host;
}

/** The tenant as it would be stored now. It may not be complete yet. */
function tenantOf(services: Uses<'tenants'>, entered: Entered): Tenant {
  const name = nameOf(entered);
  return { id: uniqueId(services, name), ...entered.draft, name } as Tenant;
}

/** @throws AppError `tenant-invalid`, `settings-not-written` */
async function saveTenant({ tenants }: Uses<'tenants'>, entry: Tenant): Promise<Tenant> {
  const [{ tenant, problems } = { tenant: undefined, problems: [] }] = readTenants([entry]);
  if (!tenant) throw new AppError('tenant-invalid', { problem: problemText(problems) });
  await settings.addTenant({ ...tenant });
  tenants.refresh();
  return tenant;
}

function uniqueId({ tenants }: Uses<'tenants'>, name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 48);
  const base = plain || 'tenant';
  const taken = new Set(tenants.entries.map(({ id }) => id));
  for (let number = 1; ; number++) {
    const id = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(id)) return id;
  }
}
