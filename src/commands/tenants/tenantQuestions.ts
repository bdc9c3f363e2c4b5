import * as vscode from 'vscode';
import type { Platform, TenantField } from '../../platforms/platform.js';
import { isRecord } from '../../platforms/jwt.js';
import { addressFields, addressKeyOf } from '../../tenants/address.js';
import { BACK, type Answer, type Choice, type Place, type Prompter, type Verdict } from '../../views/prompter.js';
import { inSentence, missing } from '../../views/prompts.js';

/** A tenant that the person is entering. */
export type Draft = Record<string, unknown>;

export const nameField = (): TenantField => ({
  key: 'name',
  label: vscode.l10n.t('Name'),
  hint: vscode.l10n.t('What you call this tenant.'),
  asked: true,
});

/** Asks for one field and stores the answer in the draft; an empty one is left out. An address sets all that it names. */
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
  if (answer === undefined || answer === BACK) return answer;
  if (field.isAddress && typeof answer === 'string') Object.assign(draft, addressFields(platform, answer));
  else setField(draft, field.key, typeof answer === 'string' ? valueOf(field, answer) : answer);
  return answer;
}

/** How a person writes a value of the settings. */
export function textOf({ form }: TenantField, value: unknown): string {
  if (form === 'words' && Array.isArray(value)) return value.join(' ');
  if (form === 'pairs' && isRecord(value))
    return Object.entries(value)
      .map(([name, one]) => `${escaped(name)}=${escaped(String(one))}`)
      .join('&');
  return String(value);
}

/** Undefined for an empty text. */
function valueOf({ form }: TenantField, text: string): unknown {
  if (text === '') return undefined;
  if (form === 'words') return text.split(/[\s,]+/).filter(Boolean);
  return form === 'pairs' ? Object.fromEntries(new URLSearchParams(text)) : text;
}

/** Only what would be read as something else, so that an address stays readable. */
const escaped = (text: string): string => text.replace(/[%&=+]/g, encodeURIComponent);

function choose(
  prompter: Prompter,
  platform: Platform,
  { key, label, choices = [] }: TenantField,
  draft: Draft,
  place: Place,
): Promise<Answer<unknown>> {
  const possible: Choice<unknown>[] = choices.filter(
    ({ value }) => value === '' || !problemOf(platform, { ...draft, [key]: value }, key),
  );
  return prompter.choice({ ...place, placeholder: label, choices: possible, active: draft[key] });
}

function enter(prompter: Prompter, platform: Platform, field: TenantField, draft: Draft, place: Place): Promise<Answer<string>> {
  const { key, label, hint, placeholder } = field;
  return prompter.text({
    ...place,
    prompt: `${label}: ${hint}`,
    ...(placeholder !== undefined && { placeholder }),
    ...(draft[key] !== undefined && { value: textOf(field, draft[key]) }),
    validate: (text) => {
      if (field.isAddress && text !== '') return judgeAddress(platform, draft, text);
      const problem = problemOf(platform, { ...draft, [key]: valueOf(field, text) }, key);
      if (problem === undefined) return undefined;
      return { problem: text === '' ? missing(label) : vscode.l10n.t('{0} {1}', label, problem) };
    },
  });
}

/** Judges all that an address names, and says what it is taken for. */
function judgeAddress(platform: Platform, draft: Draft, text: string): Verdict {
  const fields = addressFields(platform, text);
  const labelOf = (key: string): string => platform.tenantFields.find((field) => field.key === key)?.label ?? key;
  const entries = Object.entries(fields);
  for (const [key] of entries) {
    const problem = problemOf(platform, { ...draft, ...fields }, key);
    if (problem !== undefined) return { problem: vscode.l10n.t('{0} {1}', labelOf(key), problem) };
  }
  const own = addressKeyOf(platform);
  const parts = entries.map(([key, value]) => (key === own ? value : `${inSentence(labelOf(key))} ${value}`));
  return { note: vscode.l10n.t('Will use {0}.', parts.join(', ')) };
}

/** The problem of one field of a draft, which the schema judges together with the others. */
function problemOf({ tenantSchema }: Platform, draft: Draft, key: string): string | undefined {
  const candidate = { id: 'x', name: 'x', ...draft };
  return tenantSchema.safeParse(candidate).error?.issues.find(({ path }) => path[0] === key)?.message;
}

function setField(draft: Draft, key: string, value: unknown): void {
  if (value === undefined) Reflect.deleteProperty(draft, key);
  else draft[key] = value;
}
