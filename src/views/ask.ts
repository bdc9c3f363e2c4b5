import * as vscode from 'vscode';
import { inert } from './format.js';

/** The person went back a step. */
export const BACK = Symbol('back');
export type Answer<T> = T | typeof BACK | undefined;

interface Place {
  readonly title: string;
  readonly step?: number;
  readonly totalSteps?: number;
}

export interface TextQuestion extends Place {
  readonly prompt: string;
  readonly value?: string;
  readonly placeholder?: string;
  readonly password?: boolean;
  /** The answer is taken to the letter, with the spaces around it. */
  readonly isExact?: true;
  /** A button in the title that leaves the question open. */
  readonly button?: vscode.QuickInputButton & { readonly run: () => unknown };
  /** A problem keeps the answer from being accepted; a warning does not. */
  readonly validate: (
    value: string,
  ) => { readonly problem?: string | undefined; readonly warning?: string | undefined } | undefined;
}

export interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

/** Asks for a line of text. Unless it is exact, the answer is trimmed: what is pasted often brings a line end along. */
export function askText(question: TextQuestion): Promise<Answer<string>> {
  const input = vscode.window.createInputBox();
  input.prompt = inert(question.prompt);
  input.placeholder = question.placeholder;
  input.password = question.password ?? false;
  input.value = question.value ?? '';
  const { button } = question;
  return ask(input, question, (accept) => {
    if (button) {
      input.buttons = [...input.buttons, button];
      input.onDidTriggerButton((pressed) => {
        if (pressed === button) void button.run();
      });
    }
    const answer = (): string => (question.isExact ? input.value : input.value.trim());
    const judge = (): boolean => {
      const { problem, warning } = question.validate(answer()) ?? {};
      if (problem) input.validationMessage = inert(problem);
      else if (warning)
        input.validationMessage = { message: inert(warning), severity: vscode.InputBoxValidationSeverity.Warning };
      else input.validationMessage = undefined;
      return !problem;
    };
    input.onDidChangeValue(judge);
    input.onDidAccept(() => {
      if (judge()) accept(answer());
    });
    if (input.value) judge();
  });
}

/** Asks for one of several; `active` is the one that Enter takes. */
export function askChoice<T>(
  place: Place & { readonly placeholder?: string },
  choices: readonly (Choice<T> | vscode.QuickPickItem)[],
  active?: T,
): Promise<Answer<T>> {
  const input = vscode.window.createQuickPick<Choice<T> | vscode.QuickPickItem>();
  input.placeholder = place.placeholder;
  input.matchOnDescription = true;
  input.matchOnDetail = true;
  input.items = choices;
  const first = choices.find((choice) => 'value' in choice && choice.value === active);
  if (first) input.activeItems = [first];
  return ask(input, place, (accept) => {
    input.onDidAccept(() => {
      const [chosen] = input.selectedItems;
      if (chosen && 'value' in chosen) accept(chosen.value);
    });
  });
}

/** The life of an input: shown, answered or left, and disposed of in any case. */
function ask<T>(
  input: vscode.InputBox | vscode.QuickPick<vscode.QuickPickItem>,
  { title, step, totalSteps }: Place,
  wire: (accept: (value: T) => void) => void,
): Promise<Answer<T>> {
  return new Promise((resolve) => {
    input.title = title;
    // Of a first question it is not known yet how many follow.
    if (totalSteps !== undefined && totalSteps > 1) Object.assign(input, { step, totalSteps });
    input.ignoreFocusOut = true;
    if (step !== undefined && step > 1) input.buttons = [vscode.QuickInputButtons.Back];
    const done = (answer: Answer<T>): void => {
      resolve(answer);
      input.dispose();
    };
    wire(done);
    input.onDidTriggerButton((button) => {
      if (button === vscode.QuickInputButtons.Back) done(BACK);
    });
    input.onDidHide(() => {
      done(undefined);
    });
    input.show();
  });
}

/** A question of a sequence; it keeps its own answer. */
export type Step = (place: { readonly step: number; readonly totalSteps: number }) => Promise<Answer<unknown>>;

/**
 * Asks one after the other, with a way back.
 * @param next gives the questions anew after each answer, because answers decide what else is asked
 * @returns whether all were answered
 */
export async function askInTurn(next: () => readonly Step[]): Promise<boolean> {
  let at = 0;
  for (;;) {
    const steps = next();
    const step = steps[at];
    if (!step) return true;
    const answer = await step({ step: at + 1, totalSteps: steps.length });
    if (answer === undefined) return false;
    at += answer === BACK ? -1 : 1;
  }
}

/** Asks for a name to be typed before what bears it is destroyed. */
export async function confirmTyped(title: string, prompt: string, name: string): Promise<boolean> {
  const answer = await askText({
    title,
    prompt,
    placeholder: name,
    validate: (value) => (value === name ? undefined : { problem: vscode.l10n.t('Type the name “{0}”, or press Escape.', name) }),
  });
  return answer === name;
}

/** A modal question with one way to say yes. */
export async function confirm(message: string, detail: string, yes: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, yes)) === yes;
}

/** Says that something was done where it does not interrupt. */
export function tell(message: string): void {
  vscode.window.setStatusBarMessage(`$(check) ${inert(message)}`, 5000);
}
