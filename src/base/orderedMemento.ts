import type { Memento } from 'vscode';

/**
 * A Memento whose updates follow one another. VS Code keeps all values as one, and answers each update with all of them as they
 * were then: an update of another key that is made before that answer arrives is taken back by it, and lost with the next one.
 */
export class OrderedMemento implements Memento {
  readonly #inner: Memento;
  /** Values that are not stored yet. */
  readonly #waiting = new Map<string, unknown>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(inner: Memento) {
    this.#inner = inner;
  }

  keys(): readonly string[] {
    const stored = this.#inner.keys().filter((key) => !this.#waiting.has(key));
    return [...stored, ...[...this.#waiting].flatMap(([key, value]) => (value === undefined ? [] : [key]))];
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- as Memento has it
  get<T>(key: string): T | undefined;
  get<T>(key: string, defaultValue: T): T;
  get<T>(key: string, defaultValue?: T): T | undefined {
    if (!this.#waiting.has(key)) return this.#inner.get(key, defaultValue);
    return (this.#waiting.get(key) as T | undefined) ?? defaultValue;
  }

  update(key: string, value: unknown): Promise<void> {
    this.#waiting.set(key, value);
    const done = this.#last.then(async () => {
      try {
        await this.#inner.update(key, value);
      } finally {
        if (this.#waiting.get(key) === value) this.#waiting.delete(key);
      }
    });
    this.#last = done.catch(() => undefined);
    return done;
  }
}
