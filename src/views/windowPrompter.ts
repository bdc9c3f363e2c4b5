import * as vscode from 'vscode';
import { inert } from './format.js';
import {
  BACK,
  type Answer,
  type Button,
  type Choice,
  type ChoiceQuestion,
  type Option,
  type Place,
  type Prompter,
  type Separator,
  type Severity,
  type TextQuestion,
} from './prompter.js';

/** Most exchanges finish before anyone could read the progress. */
const SHOW_AFTER_MS = 400;
const DONE_MS = 5_000;

/** The inputs, dialogs and notifications of VS Code. Lint forbids them elsewhere (eslint.config.mjs). */
export const windowPrompter: Prompter = {
  text: (question) => askText(question, false),
  secret: (question) => askText(question, true),
  choice: askChoice,
  confirm: ({ message, detail, severity = 'warning', options }) =>
    show(severity, message, options, { modal: true, detail: inert(detail) }),
  notify: (severity, message, options = []) => show(severity, message, options, {}),
  done(message) {
    vscode.window.setStatusBarMessage(`$(check) ${inert(message)}`, DONE_MS);
  },
  async progress(title, work) {
    const controller = new AbortController();
    try {
      return await shownIfLong(title, work(controller.signal), controller);
    } catch (error) {
      if (controller.signal.aborted) return undefined;
      throw error;
    }
  },
  steadyProgress: (title, work) => shownIfLong(title, work()),
};

function askText(question: TextQuestion, isMasked: boolean): Promise<Answer<string>> {
  const input = vscode.window.createInputBox();
  input.prompt = inert(question.prompt);
  input.placeholder = question.placeholder;
  input.password = isMasked;
  input.value = question.value ?? '';
  return ask(input, question, question.buttons ?? [], (accept) => {
    const answer = (): string => (question.isExact ? input.value : input.value.trim());
    const judge = (): boolean => {
      const { problem, warning, note } = question.validate(answer()) ?? {};
      const { Error, Warning, Info } = vscode.InputBoxValidationSeverity;
      const severity = problem ? Error : warning ? Warning : Info;
      const message = problem ?? warning ?? note;
      input.validationMessage = message === undefined ? undefined : { message: inert(message), severity };
      return !problem;
    };
    input.onDidChangeValue(judge);
    input.onDidAccept(() => {
      if (judge()) accept(answer());
    });
    if (input.value) judge();
    return ({ run }) => {
      run();
      if (input.value) judge();
    };
  });
}

interface Item<T> extends vscode.QuickPickItem {
  readonly choice?: Choice<T>;
}

function askChoice<T>(question: ChoiceQuestion<T>): Promise<Answer<T>> {
  const { choices, active, onActive, placeholder, buttons = [] } = question;
  const input = vscode.window.createQuickPick<Item<T>>();
  input.placeholder = placeholder;
  input.matchOnDescription = true;
  input.matchOnDetail = true;
  input.items = choices.map(itemOf);
  const first = active !== undefined && input.items.find(({ choice }) => choice?.value === active);
  if (first) input.activeItems = [first];
  return ask(input, question, buttons, (accept) => {
    if (onActive)
      input.onDidChangeActive(([item]) => {
        if (item?.choice) onActive(item.choice.value);
      });
    input.onDidAccept(() => {
      const [item] = input.selectedItems;
      if (item?.choice) accept(item.choice.value);
    });
    input.onDidTriggerItemButton(({ item, button }) => {
      const at = item.buttons?.indexOf(button) ?? -1;
      const pressed = item.choice?.buttons?.[at];
      if (pressed) accept(pressed.value);
    });
    return ({ value }) => accept(value);
  });
}

function itemOf<T>(choice: Choice<T> | Separator): Item<T> {
  if ('separator' in choice) return { label: choice.separator, kind: vscode.QuickPickItemKind.Separator };
  const { label, description, detail, icon, buttons } = choice;
  return {
    choice,
    label: inert(label),
    ...(description !== undefined && { description: inert(description) }),
    ...(detail !== undefined && { detail: inert(detail) }),
    ...(icon !== undefined && { iconPath: new vscode.ThemeIcon(icon) }),
    ...(buttons && { buttons: buttons.map(buttonOf) }),
  };
}

const buttonOf = ({ icon, tooltip }: Button): vscode.QuickInputButton => ({ iconPath: new vscode.ThemeIcon(icon), tooltip });

/**
 * Shows an input until it is answered or cancelled, and disposes of it.
 * @param buttons in the title, beside Back
 * @param wire connects the input to `accept`; returns the handler of the buttons
 */
function ask<T, B extends Button>(
  input: vscode.InputBox | vscode.QuickPick<vscode.QuickPickItem>,
  { title, step, totalSteps }: Place,
  buttons: readonly B[],
  wire: (accept: (value: T) => void) => (button: B) => void,
): Promise<Answer<T>> {
  return new Promise((resolve) => {
    input.title = title;
    // After the first question, the number of questions is not known yet.
    if (totalSteps !== undefined && totalSteps > 1) Object.assign(input, { step, totalSteps });
    input.ignoreFocusOut = true;
    const back = step !== undefined && step > 1 ? [vscode.QuickInputButtons.Back] : [];
    const own = buttons.map(buttonOf);
    input.buttons = [...back, ...own];
    const done = (answer: Answer<T>): void => {
      resolve(answer);
      input.dispose();
    };
    const pressed = wire(done);
    input.onDidTriggerButton((button) => {
      if (button === vscode.QuickInputButtons.Back) done(BACK);
      const one = buttons[own.indexOf(button)];
      if (one) pressed(one);
    });
    input.onDidHide(() => {
      done(undefined);
    });
    input.show();
  });
}

async function show<T>(
  severity: Severity,
  message: string,
  options: readonly Option<T>[],
  how: vscode.MessageOptions,
): Promise<T | undefined> {
  const labels = options.map(({ label }) => label);
  const chosen = await MESSAGES[severity](inert(message), how, ...labels);
  return options.find(({ label }) => label === chosen)?.value;
}

const MESSAGES = {
  info: (...message: Message) => vscode.window.showInformationMessage(...message),
  warning: (...message: Message) => vscode.window.showWarningMessage(...message),
  error: (...message: Message) => vscode.window.showErrorMessage(...message),
};
type Message = [text: string, how: vscode.MessageOptions, ...labels: string[]];

/** @param controller aborts the work when the person cancels; undefined: no Cancel button */
async function shownIfLong<T>(title: string, running: Promise<T>, controller?: AbortController): Promise<T> {
  const timer = setTimeout(() => {
    const how = { location: vscode.ProgressLocation.Notification, title: inert(title), cancellable: controller !== undefined };
    void vscode.window.withProgress(how, async (_, token) => {
      token.onCancellationRequested(() => controller?.abort());
      await running.catch(() => undefined);
    });
  }, SHOW_AFTER_MS);
  try {
    return await running;
  } finally {
    clearTimeout(timer);
  }
}
