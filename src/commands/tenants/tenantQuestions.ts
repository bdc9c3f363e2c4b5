import * as vscode from 'vscode';
import type { Platform, TenantField } from '../../platforms/platform.js';
import { addressFields } from '../../tenants/address.js';
import { BACK, type Answer, type Choice, type Place, type Prompter } from '../../views/prompter.js';

/** A tenant that the person is entering. */
export type Draft = Record<string, unknown>;

/**
 * Validates one field of a draft with the platform's schema, together with the other fields.
 * @returns the problem; undefined if the field is valid, or empty and optional
 */
export function fieldProblem({ tenantSchema }: Platform, draft: Draft, key: string, value: unknown): string | undefined {
  const candidate = { id: 'x', name: 'x', ...draft, [key]: value === '' ? undefined : value };
  const issue = tenantSchema.safeParse(candidate).error?.issues.find(({ path }) => path[0] === key);
  if (!issue) return undefined;
  return value === '' || value === undefined ? vscode.l10n.t('This is needed.') : issue.message;
}

/** Asks for one field and stores the answer in the draft; an empty one is left out. */
export async function askField(
  prompter: Prompter,
  platform: Platform,
  field: TenantField,
  draft: Draft,
  place: Place,
): Promise<Answer<unknown>> {
  const answer = field.choices
    ? await choose(prompter, platform, field, draft, place)
    : await enter(prompter, platform, field, draft, place);
  if (answer !== undefined && answer !== BACK) setField(draft, field.key, answer);
  if (field.isAddress && typeof answer === 'string') Object.assign(draft, addressFields(platform, answer));
  return answer;
}

function choose(
  prompter: Prompter,
  platform: Platform,
  { key, label, choices = [] }: TenantField,
  draft: Draft,
  place: Place,
): Promise<Answer<unknown>> {
  const possible: Choice<unknown>[] = choices.filter(({ value }) => !fieldProblem(platform, draft, key, value));
  return prompter.choice({ ...place, placeholder: label, choices: possible, active: draft[key] });
}

function enter(
  prompter: Prompter,
  platform: Platform,
  { key, label, hint, placeholder }: TenantField,
  draft: Draft,
  place: Place,
): Promise<Answer<string>> {
  const value = draft[key];
  return prompter.text({
    ...place,
    prompt: `${label}: ${hint}`,
    ...(placeholder !== undefined && { placeholder }),
    ...(typeof value === 'string' && { value }),
    validate: (text) => {
      const problem = fieldProblem(platform, draft, key, text);
      return problem === undefined ? undefined : { problem: vscode.l10n.t('{0} {1}', label, problem) };
    },
  });
}

function setField(draft: Draft, key: string, value: unknown): void {
  if (value === '') Reflect.deleteProperty(draft, key);
  else draft[key] = value;
}
