import type { Work } from '../httpFile/index.js';

/** As long as nobody notices that everything else waits, in ms. */
const PIECE_MS = 8;

/** Does long work in pieces of 8 ms, between which everything else has its turn. */
export class Pieces {
  readonly #now: () => number;
  readonly #pause: () => Promise<void>;
  /** Of the piece that is being done; works that are begun in it share its time. */
  #end: number | undefined;

  /**
   * @param now in ms
   * @param pause ends when everything else has had its turn
   */
  constructor(now = () => performance.now(), pause = () => new Promise<void>((resolve) => setImmediate(resolve))) {
    this.#now = now;
    this.#pause = pause;
  }

  /**
   * The result, at once if one piece is enough.
   * @param isWanted is asked before each further piece; what is not wanted any more becomes undefined
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
