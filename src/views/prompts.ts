import * as vscode from 'vscode';
import { BACK, type Answer, type Prompter } from './prompter.js';

/** A question of a sequence. It stores its own answer. */
export type Step = (place: { readonly step: number; readonly totalSteps: number }) => Promise<Answer<unknown>>;

/**
 * Asks the questions in order, with a Back button.
 * @param next returns the questions; called after each answer, because answers decide which questions follow
 * @param first the index of the question to begin with; Back leads to those before it
 * @returns whether all were answered
 */
export async function askInTurn(next: () => readonly Step[], first = 0): Promise<boolean> {
  let at = first;
  for (;;) {
    const steps = next();
    const step = steps[at];
    if (!step) return true;
    const answer = await step({ step: at + 1, totalSteps: steps.length });
    if (answer === undefined) return false;
    at += answer === BACK ? -1 : 1;
  }
}

/** A label within a sentence: “API token” and “client secret”. Names and abbreviations keep their upper case. */
export const inSentence = (label: string): string => label.replace(/^\p{Lu}(?=\p{Ll})/u, (first) => first.toLocaleLowerCase());

/** The problem of an empty answer. */
export const missing = (label: string): string => vscode.l10n.t('Enter the {0}.', inSentence(label));

/** Makes the person type the name of what is about to be destroyed. */
export async function confirmTyped(prompter: Prompter, title: string, prompt: string, name: string): Promise<boolean> {
  const answer = await prompter.text({
    title,
    prompt,
    placeholder: name,
    validate: (value) => (value === name ? undefined : { problem: vscode.l10n.t('Type the name “{0}”, or press Escape.', name) }),
  });
  return answer === name;
}

/** A dialog with one button besides Cancel. */
export async function confirmed(prompter: Prompter, message: string, detail: string, yes: string): Promise<boolean> {
  return (await prompter.confirm({ message, detail, options: [{ label: yes, value: true }] })) ?? false;
}

/** Treats Back as Cancel, for a single question. */
export async function answered<T>(answer: Promise<Answer<T>>): Promise<T | undefined> {
  const value = await answer;
  return value === BACK ? undefined : value;
}
