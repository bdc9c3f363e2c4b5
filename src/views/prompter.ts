/**
 * Everything that the extension asks or shows. windowPrompter.ts implements it with VS Code; tests use a script. Messages,
 * prompts and labels may contain foreign names: they are shown as plain text, without links and icons.
 */
export interface Prompter {
  /** Asks for a line of text. Trims the answer unless it is exact, because pasted text often ends with a line break. */
  text(question: TextQuestion): Promise<Answer<string>>;

  /** {@link text} with masked input. */
  secret(question: TextQuestion): Promise<Answer<string>>;

  /** Asks for one of several choices. */
  choice<T>(question: ChoiceQuestion<T>): Promise<Answer<T>>;

  /** Asks in a modal dialog. @returns undefined for Cancel */
  confirm<T>(question: Confirmation<T>): Promise<T | undefined>;

  /**
   * Shows a message that does not block.
   * @returns the value of the button; undefined when the message is closed or times out
   */
  notify<T>(severity: Severity, message: string, options?: readonly Option<T>[]): Promise<T | undefined>;

  /** Reports success in the status bar. */
  done(message: string): void;

  /**
   * Runs `work`. If it takes long, shows the title and a Cancel button.
   * @returns undefined when the person cancelled
   */
  progress<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined>;

  /** {@link progress} without Cancel, for work that takes effect in any case. */
  steadyProgress<T>(title: string, work: () => Promise<T>): Promise<T>;
}

/** The person went back a step. */
export const BACK = Symbol('back');

/** Undefined: the person cancelled. */
export type Answer<T> = T | typeof BACK | undefined;

export type Severity = 'info' | 'warning' | 'error';

/** The title of a question and its place in a sequence. From the second step on it has a Back button. */
export interface Place {
  readonly title: string;
  readonly step?: number;
  readonly totalSteps?: number;
}

export interface TextQuestion extends Place {
  readonly prompt: string;
  readonly value?: string;
  readonly placeholder?: string;
  /** Keeps leading and trailing spaces of the answer. */
  readonly isExact?: true;
  /** Buttons in the title. They do not close the question; the text is validated again, so that it can say what they did. */
  readonly buttons?: readonly (Button & { readonly run: () => unknown })[];
  readonly validate: (value: string) => Verdict | undefined;
}

/** A problem rejects the answer; a warning and a note, such as what the answer is taken for, do not. */
export interface Verdict {
  readonly problem?: string | undefined;
  readonly warning?: string | undefined;
  readonly note?: string | undefined;
}

export interface ChoiceQuestion<T> extends Place {
  readonly placeholder?: string;
  readonly choices: readonly (Choice<T> | Separator)[];
  /** The choice that Enter selects; by default the first. */
  readonly active?: T | undefined;
  /** Buttons in the title that answer the question. */
  readonly buttons?: readonly (Button & { readonly value: T })[];
  /** Called with the highlighted choice. */
  readonly onActive?: (value: T) => void;
}

export interface Choice<T> extends Row {
  readonly value: T;
  /** Buttons in the row that answer the question. */
  readonly buttons?: readonly (Button & { readonly value: T })[];
}

/** The appearance of a choice. */
export interface Row {
  readonly label: string;
  readonly description?: string | undefined;
  readonly detail?: string | undefined;
  /** Id of a product icon. */
  readonly icon?: string;
}

/** A line between choices. */
export interface Separator {
  readonly separator: string;
}

export interface Button {
  /** Id of a product icon. */
  readonly icon: string;
  readonly tooltip: string;
}

export interface Confirmation<T> {
  readonly message: string;
  readonly detail: string;
  /** Defaults to a warning. */
  readonly severity?: Severity;
  /** Enter chooses the first, so the first must be harmless. */
  readonly options: readonly Option<T>[];
}

/** A button and its value. */
export interface Option<T> {
  readonly label: string;
  readonly value: T;
}
