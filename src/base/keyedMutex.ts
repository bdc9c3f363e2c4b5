/** Runs work with the same key one after the other; work with different keys runs in parallel. */
export class KeyedMutex {
  /** For each key, a promise that resolves when the last piece of work has settled. */
  readonly #last = new Map<string, Promise<void>>();

  /** Runs `work` when all earlier work for this key has settled. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const running = (this.#last.get(key) ?? Promise.resolve()).then(work);
    const ended = running.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(key, ended);
    void ended.then(() => {
      if (this.#last.get(key) === ended) this.#last.delete(key);
    });
    return running;
  }

  /** Resolves when all work so far has settled. */
  async settled(): Promise<void> {
    await Promise.all(this.#last.values());
  }
}
