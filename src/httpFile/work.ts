/** A computation that may pause where it yields. Its input must not change meanwhile. */
export type Work<Result> = Generator<undefined, Result, undefined>;

/** Runs a work to its end without a pause. */
export function finish<Result>(work: Work<Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
