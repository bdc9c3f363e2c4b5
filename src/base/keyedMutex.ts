/** Runs pieces of work that have a key in common one after the other; those of different keys do not wait for each other. */
export class KeyedMutex {
  /** The end of the last piece of each key, settled or not. */
  readonly #last = new Map<string, Promise<void>>();

  /** Runs `work` when all that was given before for this key has ended, well or badly. */
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

  /** When all that was given so far has ended. */
  async settled(): Promise<void> {
    await Promise.all(this.#last.values());
  }
}
