const PER_ORIGIN = 4;
const IN_ALL = 12;

interface Waiting {
  readonly origin: string;
  readonly start: () => void;
}

/** So many exchanges at once and no more, with each service and in all. What a person waits for goes before the rest. */
export class Slots {
  readonly #taken = new Map<string, number>();
  readonly #urgent: Waiting[] = [];
  readonly #others: Waiting[] = [];
  #count = 0;

  async run<T>(origin: string, isUrgent: boolean, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((start) => {
      (isUrgent ? this.#urgent : this.#others).push({ origin, start });
      this.#startNext();
    });
    try {
      return await work();
    } finally {
      this.#count--;
      this.#add(origin, -1);
      this.#startNext();
    }
  }

  #startNext(): void {
    for (const queue of [this.#urgent, this.#others]) {
      const at = this.#count < IN_ALL ? queue.findIndex(({ origin }) => (this.#taken.get(origin) ?? 0) < PER_ORIGIN) : -1;
      const [next] = at < 0 ? [] : queue.splice(at, 1);
      if (!next) continue;
      this.#count++;
      this.#add(next.origin, 1);
      next.start();
      return;
    }
  }

  #add(origin: string, change: number): void {
    const taken = (this.#taken.get(origin) ?? 0) + change;
    if (taken > 0) this.#taken.set(origin, taken);
    else this.#taken.delete(origin);
  }
}
