const PER_ORIGIN = 4;
const IN_ALL = 12;

interface Waiting {
  readonly origin: string;
  readonly isUrgent: () => boolean;
  readonly start: () => void;
}

/** Limits how many exchanges run at once, per service and in total. Work that a person waits for goes first. */
export class ConcurrencyLimiter {
  readonly #taken = new Map<string, number>();
  readonly #waiting: Waiting[] = [];
  #count = 0;

  /** @param isUrgent called each time a slot is free, because urgency may change while `work` waits */
  async run<T>(origin: string, isUrgent: () => boolean, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((start) => {
      this.#waiting.push({ origin, isUrgent, start });
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
    if (this.#count >= IN_ALL) return;
    const hasRoom = ({ origin }: Waiting): boolean => (this.#taken.get(origin) ?? 0) < PER_ORIGIN;
    const urgent = this.#waiting.findIndex((one) => hasRoom(one) && one.isUrgent());
    const at = urgent < 0 ? this.#waiting.findIndex(hasRoom) : urgent;
    const [next] = at < 0 ? [] : this.#waiting.splice(at, 1);
    if (!next) return;
    this.#count++;
    this.#add(next.origin, 1);
    next.start();
  }

  #add(origin: string, change: number): void {
    const taken = (this.#taken.get(origin) ?? 0) + change;
    if (taken > 0) this.#taken.set(origin, taken);
    else this.#taken.delete(origin);
  }
}
