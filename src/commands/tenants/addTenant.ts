import * as vscode from 'vscode';
import { AppError } from '../../base/errors.js';
import { platforms } from '../../platforms/index.js';
import { hostOf } from '../../platforms/fields.js';
import type { Platform, Preset } from '../../platforms/platform.js';
import { settings } from '../../settings.js';
import { problemText, readTenants } from '../../tenants/tenants.js';
import { BACK, type Answer, type Choice, type Prompter } from '../../views/prompter.js';
import { askInTurn, type Step } from '../../views/prompts.js';
import type { Command, Uses } from '../command.js';
import { askField, type Draft } from './tenantQuestions.js';

interface Kind {
  readonly platform: Platform;
  readonly preset: Preset;
}

export const addTenant: Command<Uses<'prompter' | 'tenants'>> = async (services) => {
  const title = vscode.l10n.t('Add Tenant');
  let kind: Kind | undefined;
  let draft: Draft = {};
  const kindStep: Step = async (place) => {
    const answer = await services.prompter.choice({
      ...place,
      title,
      placeholder: vscode.l10n.t('Choose the service'),
      choices: kindChoices(),
      active: kind,
    });
    if (answer === undefined || answer === BACK) return answer;
    if (answer !== kind) draft = { platform: answer.platform.id, ...answer.preset.values };
    kind = answer;
    return answer;
  };
  const complete = await askInTurn(() => [kindStep, ...(kind ? fieldSteps(services.prompter, kind, draft, title) : [])]);
  if (!complete) return;

  const id = uniqueId(services, String(draft['name']));
  const entry = { id, ...draft };
  const problems = readTenants([entry])[0]?.problems ?? [];
  if (problems.length > 0) throw new AppError('tenant-invalid', { problem: problemText(problems) });
  await settings.addTenant(entry);
  services.tenants.refresh();
  await vscode.commands.executeCommand('tenantTokens.addToken', { tenant: id });
};

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

function fieldSteps(prompter: Prompter, { platform, preset }: Kind, draft: Draft, title: string): Step[] {
  const heading = `${title}: ${preset.label}`;
  // A choice that the preset has made is not asked again; a text is shown for editing.
  const fields = platform.tenantFields.filter(
    ({ asked, choices, key }) => asked && !(choices && preset.values?.[key] !== undefined),
  );
  const steps = fields.map(
    (field): Step =>
      (place) =>
        askField(prompter, platform, field, draft, { ...place, title: heading }),
  );
  return [...steps, (place) => askName(prompter, platform, draft, { ...place, title: heading })];
}

function askName(prompter: Prompter, platform: Platform, draft: Draft, place: { title: string }): Promise<Answer<unknown>> {
  const field = { key: 'name', label: vscode.l10n.t('Name'), hint: vscode.l10n.t('What you call this tenant.'), asked: true };
  draft['name'] ??= suggestName(draft);
  return askField(prompter, platform, field, draft, place);
}

function suggestName(draft: Draft): string {
  const { organization, tenant, url, tokenUrl } = draft;
  if (typeof organization === 'string') return organization;
  const address = url ?? tokenUrl;
  const host = typeof address === 'string' && URL.canParse(address) ? hostOf(address) : '';
  return typeof tenant === 'string' && tenant !== 'CUSTOMER' ? tenant : host;
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
