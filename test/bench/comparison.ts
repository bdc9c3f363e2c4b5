import type { Measured } from './measure.js';
import type { Row, Target } from './row.js';
import { median, percentile, type Ratio, ratioOf } from './statistics.js';

/** What came of a row, as `.bench/` keeps it: ours first. */
export interface Result extends Pick<Row, 'id' | 'title' | 'unit' | 'targets'> {
  readonly measured: readonly Measured[];
}

/** The figures are of all turns together, in the row's unit. */
export interface Compared {
  readonly name: string;
  readonly p50: number;
  readonly p95: number;
  /** How many times what ours takes: none for ours itself, and where ours takes nothing. */
  readonly times?: Ratio;
}

export interface Verdict {
  readonly target: Target;
  /** What ours took: in the row's unit, or as a multiple of the one that the target names. */
  readonly figure: number;
  readonly isMet: boolean;
  /** Where the target has a moonshot. */
  readonly isMoonshotMet?: boolean;
}

const FIGURES = { p50: median, p95: (values: readonly number[]) => percentile(values, 0.95) };

export function compare({ measured }: Result): Compared[] {
  const [ours] = measured;
  return measured.map((subject) => {
    const values = subject.rounds.flat();
    const times = subject === ours ? undefined : ratioOf(medians(subject), medians(ours!));
    return {
      name: subject.name,
      p50: FIGURES.p50(values),
      p95: FIGURES.p95(values),
      ...(times && Number.isFinite(times.high) && { times }),
    };
  });
}

/** @throws Error if a target names a subject that is not there */
export function judge({ id, targets, measured }: Result): Verdict[] {
  const [ours, ...others] = measured;
  return targets.map((target) => {
    const { versus, atMost, moonshot } = target;
    const named = versus === undefined ? undefined : others.find(({ name }) => name.startsWith(versus));
    if (versus !== undefined && !named) throw new Error(`${id} has a target against ${versus}, which is not measured`);
    const figure = taken(target, ours!, named);
    return { target, figure, isMet: figure <= atMost, ...(moonshot !== undefined && { isMoonshotMet: figure <= moonshot }) };
  });
}

/** A tail is no matter of a single round, so it is compared over all of them. */
function taken({ figure }: Target, ours: Measured, named: Measured | undefined): number {
  if (named && figure === 'p50') return ratioOf(medians(ours), medians(named)).value;
  const of = ({ rounds }: Measured) => FIGURES[figure](rounds.flat());
  return named ? ratioOf([of(ours)], [of(named)]).value : of(ours);
}

const medians = ({ rounds }: Measured): number[] => rounds.map(median);
