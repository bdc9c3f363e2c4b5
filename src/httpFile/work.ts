/** A computation that may pause where it yields. Its input must not change meanwhile. */
export type Work<Result> = Generator<undefined, Result, undefined>;

/** A pause after this many lines costs nothing measurable. */
const LINES_TO_PAUSE = 64;

/** Whether to pause before this line, or after so many of them. */
export const isPause = (line: number): boolean => line % LINES_TO_PAUSE === LINES_TO_PAUSE - 1;

/** Runs a work to its end without a pause. */
export function finish<Result>(work: Work<Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
