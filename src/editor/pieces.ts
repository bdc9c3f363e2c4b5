import type { Work } from '../httpFile/index.js';

/** Short enough that nobody notices the delay of other work, in ms. */
const PIECE_MS = 8;

/** Runs long work in pieces of 8 ms, with other work in between. */
export class Pieces {
  readonly #now: () => number;
  readonly #pause: () => Promise<void>;
  /** When the current piece ends; works that start within it share its time. */
  #end: number | undefined;

  /**
   * @param now in ms
   * @param pause resolves when other work has had its turn
   */
  constructor(now = () => performance.now(), pause = () => new Promise<void>((resolve) => setImmediate(resolve))) {
    this.#now = now;
    this.#pause = pause;
  }

  /**
   * Returns the result at once if one piece is enough.
   * @param isWanted called before each further piece; unwanted work resolves to undefined
   */
  run<Result>(work: Work<Result>, isWanted: () => boolean): Result | Promise<Result | undefined> {
    const { done, value } = this.#piece(work);
    return done ? value : this.#goOn(work, isWanted);
  }

  async #goOn<Result>(work: Work<Result>, isWanted: () => boolean): Promise<Result | undefined> {
    for (;;) {
      await this.#pause();
      if (!isWanted()) return undefined;
      const { done, value } = this.#piece(work);
      if (done) return value;
    }
  }

  #piece<Result>(work: Work<Result>): IteratorResult<undefined, Result> {
    const end = (this.#end ??= this.#begin());
    for (;;) {
      const step = work.next();
      if (step.done === true || this.#now() >= end) return step;
    }
  }

  #begin(): number {
    void this.#pause().then(() => (this.#end = undefined));
    return this.#now() + PIECE_MS;
  }
}
