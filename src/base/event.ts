export interface Disposable {
  dispose(): void;
}

/** Has the shape of `vscode.Event`, so that rooms without VS Code can publish changes. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<(value: T) => void>();

  readonly event: Event<T> = (listener) => {
    const own = (value: T): void => {
      listener(value);
    };
    this.#listeners.add(own);
    return { dispose: () => this.#listeners.delete(own) };
  };

  fire(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}

/** Fires when any of several events does. */
export function anyOf(...events: readonly Event<void>[]): Event<void> {
  return (listener) => {
    const all = events.map((event) => event(() => listener()));
    return { dispose: () => all.forEach((one) => one.dispose()) };
  };
}
