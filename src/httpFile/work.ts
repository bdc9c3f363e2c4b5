/** A reading that may pause where it yields. What it is of must be the same when it goes on. */
export type Work<Result> = Generator<undefined, Result, undefined>;

/** Does all of a work in one piece. */
export function finish<Result>(work: Work<Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
