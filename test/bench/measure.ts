import type { Bench } from './row.js';

export interface Measured {
  /** As the subject is named. */
  readonly name: string;
  /** What each of its turns gave, in the row's unit. */
  readonly rounds: readonly (readonly number[])[];
}

/**
 * Runs the subjects in turns: one each to warm up, whose figures are dropped, then the rounds. Every other round runs the
 * subjects in reverse (A B, B A, A B …), so that drift affects all of them equally.
 * @param told called after each turn with the completed share, 0 to 1
 * @throws Error if a turn returns nothing, or not a number
 */
export async function measure(
  { subjects }: Bench,
  rounds: number,
  reported: (share: number) => void = () => undefined,
): Promise<Measured[]> {
  const measured = subjects.map(({ name }) => ({ name, rounds: [] as (readonly number[])[] }));
  const order = subjects.map((_, at) => at);
  for (let round = 0; round <= rounds; round++) {
    for (const [turn, at] of (round % 2 ? order : order.toReversed()).entries()) {
      const subject = subjects[at]!;
      const figures = await subject.round();
      if (figures.length === 0 || !figures.every(Number.isFinite))
        throw new Error(`${subject.name} measured [${figures.join(', ')}]`);
      if (round > 0) measured[at]!.rounds.push(figures);
      reported((round * order.length + turn + 1) / ((rounds + 1) * order.length));
    }
  }
  return measured;
}
