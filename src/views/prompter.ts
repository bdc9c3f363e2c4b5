/**
 * Everything that is asked of people and shown to them. VS Code answers it (windowPrompter.ts), and in tests a script. Messages,
 * prompts and labels may hold names from elsewhere: they are shown as plain text, without links and icons.
 */
export interface Prompter {
  /** Asks for a line of text. Unless it is exact, the answer is trimmed: what is pasted often brings a line end along. */
  text(question: TextQuestion): Promise<Answer<string>>;

  /** {@link text} that is masked while it is typed. */
  secret(question: TextQuestion): Promise<Answer<string>>;

  /** Asks for one of several. */
  choice<T>(question: ChoiceQuestion<T>): Promise<Answer<T>>;

  /** Asks in a dialog, which blocks the window until it is answered. @returns undefined for Cancel */
  confirm<T>(question: Confirmation<T>): Promise<T | undefined>;

  /**
   * Shows a message that stays beside the work.
   * @returns what is chosen of its buttons; undefined when the message is closed or was overlooked
   */
  notify<T>(severity: Severity, message: string, options?: readonly Option<T>[]): Promise<T | undefined>;

  /** Says that something was done where it does not interrupt. */
  done(message: string): void;

  /**
   * Runs `work`, and shows its title and a way to cancel it if it takes long.
   * @returns undefined when the person cancelled
   */
  progress<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined>;

  /** {@link progress} that cannot be cancelled: what `work` sends takes effect in any case. */
  steadyProgress<T>(title: string, work: () => Promise<T>): Promise<T>;
}

/** The person went back a step. */
export const BACK = Symbol('back');

/** Undefined: the person left. */
export type Answer<T> = T | typeof BACK | undefined;

export type Severity = 'info' | 'warning' | 'error';

/** Where a question stands: under which title, and in a sequence. From its second step on there is a way back. */
export interface Place {
  readonly title: string;
  readonly step?: number;
  readonly totalSteps?: number;
}

export interface TextQuestion extends Place {
  readonly prompt: string;
  readonly value?: string;
  readonly placeholder?: string;
  /** The answer is taken to the letter, with the spaces around it. */
  readonly isExact?: true;
  /** A button in the title that leaves the question open. */
  readonly button?: Button & { readonly run: () => unknown };
  readonly validate: (value: string) => Verdict | undefined;
}

/** A problem keeps an answer from being accepted; a warning does not. */
export interface Verdict {
  readonly problem?: string | undefined;
  readonly warning?: string | undefined;
}

export interface ChoiceQuestion<T> extends Place {
  readonly placeholder?: string;
  readonly choices: readonly (Choice<T> | Separator)[];
  /** What Enter takes; otherwise the first. */
  readonly active?: T | undefined;
  /** Buttons in the title that are answers too. */
  readonly buttons?: readonly (Button & { readonly value: T })[];
  /** Is given the choice that the person looks at. */
  readonly onActive?: (value: T) => void;
}

export interface Choice<T> extends Row {
  readonly value: T;
  /** Buttons at the row that are answers too. */
  readonly buttons?: readonly (Button & { readonly value: T })[];
}

/** What a choice looks like. */
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
  /** A warning unless it is said. */
  readonly severity?: Severity;
  /** The ways to say yes. Enter takes the first, so that must be one that does no harm by mistake. */
  readonly options: readonly Option<T>[];
}

/** A button with words, and what it stands for. */
export interface Option<T> {
  readonly label: string;
  readonly value: T;
}
