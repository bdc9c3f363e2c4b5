import assert from 'node:assert/strict';
import {
  BACK,
  type Answer,
  type Choice,
  type ChoiceQuestion,
  type Confirmation,
  type Option,
  type Place,
  type Prompter,
  type Severity,
  type TextQuestion,
} from '../../src/views/prompter.js';

export { BACK };
/** The person presses Escape, chooses Cancel, or closes the message. */
export const CANCEL = Symbol('cancel');
/** The person presses Enter: takes the text as it stands, the choice that is active, or the first button. */
export const ENTER = Symbol('enter');

/** A button at a row or in the title. @param row the label of its row */
export interface Press {
  readonly press: string;
  readonly row?: string;
}

/** What a person does with a question: types a text, chooses what is called so, or goes. */
export type Reply = string | RegExp | Press | typeof BACK | typeof CANCEL | typeof ENTER;

/** What is asked, as a person sees it. */
export interface Asked {
  readonly kind: 'text' | 'secret' | 'choice' | 'confirm' | 'notify';
  /** Title, prompt, placeholder, message and detail, a line each. */
  readonly text: string;
  readonly title: string;
  /** The text to begin with. */
  readonly value: string;
  /** The labels of choices or buttons. */
  readonly labels: readonly string[];
  /** Of choices: label, description and detail of each. */
  readonly rows: readonly string[];
  /** What Enter takes at first. */
  readonly active: string | undefined;
  readonly step: number | undefined;
  readonly totalSteps: number | undefined;
}

export interface Shown {
  readonly kind: Severity | 'done' | 'progress' | 'problem' | 'hint' | 'note';
  readonly text: string;
}

type Replier = Reply | ((asked: Asked) => Reply | Promise<Reply>);

interface Expectation {
  readonly pattern: string | RegExp;
  readonly replies: Replier[];
}

/**
 * Answers questions by what they say. A question that nobody expects fails the test, and so does one that never comes. Records
 * what was asked and shown.
 */
export class ScriptedPrompter implements Prompter {
  readonly asked: Asked[] = [];
  readonly shown: Shown[] = [];
  readonly #expected: Expectation[] = [];
  readonly #cancelled: (string | RegExp)[] = [];
  readonly #forestalled: (string | RegExp)[] = [];
  readonly #complaints: string[] = [];

  /**
   * @param pattern what the question says somewhere
   * @param replies one after the other, to this question or the next that matches; a text that is found wrong is followed by
   * the next one
   */
  when(pattern: string | RegExp, ...replies: readonly Replier[]): this {
    this.#expected.push({ pattern, replies: [...replies] });
    return this;
  }

  /** The person cancels what is under way, as soon as it has begun: once. @param pattern what its title says */
  cancel(pattern: string | RegExp): this {
    this.#cancelled.push(pattern);
    return this;
  }

  /** The person cancels before anything is done: once. @param pattern what its title says */
  forestall(pattern: string | RegExp): this {
    this.#forestalled.push(pattern);
    return this;
  }

  /** What was shown in one way, oldest first. */
  texts(kind: Shown['kind']): string[] {
    return this.shown.filter((one) => one.kind === kind).map(({ text }) => text);
  }

  /** The last question that says something. */
  question(pattern: string | RegExp): Asked {
    return (
      this.asked.findLast(({ text }) => says(text, pattern)) ??
      assert.fail(`nobody asked ${String(pattern)}, but:\n${this.asked.map(({ text }) => text).join('\n---\n')}`)
    );
  }

  /** Fails if a question came that nobody expected, or one did not come. */
  verify(): void {
    assert.deepEqual(this.#complaints, [], 'nobody expected these questions');
    const unanswered = this.#expected.filter(({ replies }) => replies.length > 0).map(({ pattern }) => pattern);
    const left = [...unanswered, ...this.#cancelled, ...this.#forestalled].map(String);
    const asked = this.asked.map(({ text }) => text).join('\n---\n');
    assert.deepEqual(left, [], `these questions did not come, or not so often; asked was:\n${asked}`);
  }

  readonly text = (question: TextQuestion): Promise<Answer<string>> => this.#type('text', question);
  readonly secret = (question: TextQuestion): Promise<Answer<string>> => this.#type('secret', question);

  async choice<T>(question: ChoiceQuestion<T>): Promise<Answer<T>> {
    const choices = question.choices.filter((one) => 'value' in one);
    const active = choices.find(({ value }) => value === question.active) ?? choices[0];
    const asked = this.#ask('choice', question, [question.title, question.placeholder], {
      labels: choices.map(({ label }) => label),
      rows: choices.map(rowOf),
      active: active?.label,
    });
    const reply = await this.#reply(asked);
    if (reply === BACK) return this.#goBack(question);
    if (reply === CANCEL) return undefined;
    if (reply === ENTER) return active?.value;
    if (typeof reply === 'object' && 'press' in reply) return pressed(question, choices, reply);
    const named = (one: Choice<T>): boolean => (typeof reply === 'string' ? one.label === reply : reply.test(rowOf(one)));
    return (choices.find(named) ?? none(asked, reply)).value;
  }

  async confirm<T>({ message, detail, options }: Confirmation<T>): Promise<T | undefined> {
    const labels = options.map(({ label }) => label);
    const asked = this.#ask('confirm', { title: message }, [message, detail], { labels, active: labels[0] });
    return optionOf(options, asked, await this.#reply(asked));
  }

  async notify<T>(severity: Severity, message: string, options: readonly Option<T>[] = []): Promise<T | undefined> {
    this.#show(severity, message);
    if (options.length === 0) return undefined;
    const labels = options.map(({ label }) => label);
    const asked = this.#ask('notify', { title: message }, [message], { labels, active: undefined });
    return optionOf(options, asked, await this.#reply(asked));
  }

  done(message: string): void {
    this.#show('done', message);
  }

  async progress<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    this.#show('progress', title);
    if (takeFirst(this.#forestalled, title)) return undefined;
    const controller = new AbortController();
    const running = work(controller.signal);
    if (takeFirst(this.#cancelled, title)) controller.abort();
    try {
      return await running;
    } catch (error) {
      if (controller.signal.aborted) return undefined;
      throw error;
    }
  }

  steadyProgress<T>(title: string, work: () => Promise<T>): Promise<T> {
    this.#show('progress', title);
    return work();
  }

  async #type(kind: 'text' | 'secret', question: TextQuestion): Promise<Answer<string>> {
    const { title, prompt, placeholder, value = '', isExact, validate } = question;
    const asked = this.#ask(kind, question, [title, prompt, placeholder], { value: kind === 'secret' ? '' : value });
    const judge = (text: string): boolean => {
      const { problem, warning, note } = validate(text) ?? {};
      if (problem !== undefined) this.#show('problem', problem);
      else if (warning !== undefined) this.#show('hint', warning);
      else if (note !== undefined) this.#show('note', note);
      return problem === undefined;
    };
    if (value !== '') judge(value);
    for (;;) {
      const reply = await this.#reply(asked);
      if (reply === BACK) return this.#goBack(question);
      if (reply === CANCEL) return undefined;
      const button =
        typeof reply === 'object' && 'press' in reply && question.buttons?.find(({ tooltip }) => tooltip === reply.press);
      if (button) {
        await button.run();
        continue;
      }
      const typed = reply === ENTER ? value : typeof reply === 'string' ? reply : none(asked, reply);
      const answer = isExact ? typed : typed.trim();
      if (judge(answer)) return answer;
    }
  }

  #goBack({ step = 1, title }: Place): typeof BACK {
    assert.ok(step > 1, `there is no way back from ${title}`);
    return BACK;
  }

  #ask(
    kind: Asked['kind'],
    { title, step, totalSteps }: Place,
    words: readonly (string | undefined)[],
    more: Partial<Asked>,
  ): Asked {
    const text = words.filter((one) => one !== undefined).join('\n');
    const asked = { kind, text, title, value: '', labels: [], rows: [], active: undefined, step, totalSteps, ...more };
    this.asked.push(asked);
    return asked;
  }

  async #reply(asked: Asked): Promise<Reply> {
    const replier = this.#take(asked.text);
    if (replier !== undefined) return typeof replier === 'function' ? replier(asked) : replier;
    const { shown } = this;
    const complaint = `${asked.kind}: ${asked.text}\n[${asked.rows.concat(asked.rows.length ? [] : asked.labels).join(' | ')}]`;
    this.#complaints.push(complaint);
    // Nothing waits for a message: the test fails at its end.
    if (asked.kind === 'notify') return CANCEL;
    const last = shown.at(-1);
    throw new assert.AssertionError({ message: `nobody expected ${complaint}\nshown last: ${last?.kind} ${last?.text}` });
  }

  #take(text: string): Replier | undefined {
    return this.#expected.find(({ pattern, replies }) => replies.length > 0 && says(text, pattern))?.replies.shift();
  }

  #show(kind: Shown['kind'], text: string): void {
    this.shown.push({ kind, text });
  }
}

const says = (text: string, pattern: string | RegExp): boolean =>
  typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text);

/** Takes the first pattern that a text says out of a list. */
function takeFirst(patterns: (string | RegExp)[], text: string): boolean {
  const at = patterns.findIndex((pattern) => says(text, pattern));
  if (at >= 0) patterns.splice(at, 1);
  return at >= 0;
}

const rowOf = ({ label, description, detail }: Choice<unknown>): string =>
  [label, description, detail].filter((one) => one !== undefined).join(' – ');

function optionOf<T>(options: readonly Option<T>[], asked: Asked, reply: Reply): T | undefined {
  if (reply === CANCEL) return undefined;
  // A message beside the work takes no key.
  if (reply === ENTER && asked.kind === 'confirm') return options[0]?.value;
  return (options.find(({ label }) => label === reply) ?? none(asked, reply)).value;
}

function pressed<T>(question: ChoiceQuestion<T>, choices: readonly Choice<T>[], { press, row }: Press): T {
  const buttons = row === undefined ? question.buttons : choices.find(({ label }) => label === row)?.buttons;
  const button = buttons?.find(({ tooltip }) => tooltip === press);
  return (button ?? assert.fail(`there is no button ${press} at ${row ?? 'the title'} of ${question.title}`)).value;
}

const nameOf = (reply: Reply): string =>
  typeof reply === 'object' && 'press' in reply ? `the button ${reply.press}` : String(reply);

const none = (asked: Asked, reply: Reply): never =>
  assert.fail(`${nameOf(reply)} is no answer to ${asked.kind}: ${asked.text}\n[${asked.labels.join(' | ')}]`);
