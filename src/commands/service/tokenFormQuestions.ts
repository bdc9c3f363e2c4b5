import * as vscode from 'vscode';
import type { TokenFormField } from '../../platforms/lifecycle.js';
import { BACK, type Answer, type Choice, type Place, type Prompter } from '../../views/prompter.js';
import { missing, type Step } from '../../views/prompts.js';

/** The answers so far. */
export type EnteredForm = Record<string, string>;

/** A check beyond the field's own. @returns the problem */
export type Check = (field: TokenFormField, value: string) => string | undefined;

/** Questions for the fields that apply to the answers so far. They store their answers in the draft; an empty one is left out. */
export function formSteps(
  prompter: Prompter,
  fields: readonly TokenFormField[],
  title: string,
  draft: EnteredForm,
  check?: Check,
): Step[] {
  return fields
    .filter((field) => field.isAsked?.(draft) ?? true)
    .map((field) => async (place) => {
      const answer = await ask(prompter, field, { ...place, title }, draft, check);
      if (answer !== undefined && answer !== BACK) keep(draft, field.key, answer);
      return answer;
    });
}

/** The answers to the fields that finally apply: earlier answers may have asked for others. */
export function completeForm(fields: readonly TokenFormField[], draft: EnteredForm): EnteredForm {
  const asked = fields.filter((field) => field.isAsked?.(draft) ?? true).map(({ key }) => key);
  return Object.fromEntries(Object.entries(draft).filter(([key]) => asked.includes(key)));
}

function ask(
  prompter: Prompter,
  field: TokenFormField,
  place: Place,
  draft: EnteredForm,
  check?: Check,
): Promise<Answer<string>> {
  const { key, label, hint, placeholder, choices } = field;
  const value = draft[key] ?? field.initial?.(Date.now());
  if (choices) {
    const items: readonly Choice<string>[] = choices;
    return prompter.choice({ ...place, placeholder: `${label}: ${hint}`, choices: items, active: value });
  }
  return prompter.text({
    ...place,
    prompt: `${label}: ${hint}`,
    ...(placeholder !== undefined && { placeholder }),
    ...(value !== undefined && { value }),
    validate: (text) => {
      const problem = problemOf(field, text) ?? check?.(field, text);
      return problem === undefined ? undefined : { problem };
    },
  });
}

function problemOf(field: TokenFormField, text: string): string | undefined {
  if (text === '') return field.optional ? undefined : missing(field.label);
  const problem = field.problem?.(text, Date.now());
  return problem === undefined ? undefined : vscode.l10n.t('{0} {1}.', field.label, problem);
}

function keep(draft: EnteredForm, key: string, answer: string): void {
  if (answer === '') Reflect.deleteProperty(draft, key);
  else draft[key] = answer;
}
