import { Random } from '../simulation/random.js';

const RESAMPLES = 1_000;
const CONFIDENCE = 0.95;
/** The same figures give the same interval, whenever they are looked at. */
const SEED = 6749;

/** How many times one subject takes what another takes, with the interval in which it is with 95 % confidence. */
export interface Ratio {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The median; the mean of the middle two of an even number of values. @throws RangeError for an empty list */
export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

/**
 * The least value that is not exceeded by the given share of all values (nearest rank).
 * @param share above 0, at most 1
 * @throws RangeError if there are no values
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = ascending(values);
  return sorted[Math.ceil(share * sorted.length) - 1]!;
}

/**
 * The median of the ratios of rounds, which are compared one by one because a machine is not equally fast in all of them. Its
 * interval is that of the medians of what is drawn from the ratios at random, with replacement (percentile bootstrap).
 * @param dividends one figure of each round
 * @param divisors those of the same rounds; by nothing is infinitely often
 */
export function ratioOf(dividends: readonly number[], divisors: readonly number[]): Ratio {
  if (dividends.length !== divisors.length) throw new RangeError(`${dividends.length} rounds against ${divisors.length}`);
  const ratios = dividends.map((dividend, round) => quotient(dividend, divisors[round]!));
  const random = new Random(SEED);
  const medians = Array.from({ length: RESAMPLES }, () => median(ratios.map(() => random.pick(ratios))));
  const outside = (1 - CONFIDENCE) / 2;
  return { value: median(ratios), low: percentile(medians, outside), high: percentile(medians, 1 - outside) };
}

/** Two that take nothing are alike. */
const quotient = (dividend: number, divisor: number): number => (dividend === divisor ? 1 : dividend / divisor);

function ascending(values: readonly number[]): Float64Array {
  if (values.length === 0) throw new RangeError('there are no values');
  return Float64Array.from(values).sort();
}
