import { DAY_MS } from '../base/time.js';

const MIN_AHEAD_MS = 30 * DAY_MS;
const MAX_AHEAD_MS = 730 * DAY_MS;
/** An expiry this many times farther away than the median would squeeze the others together. */
const FAR = 10;
const MIN_BACK_MS = 7 * DAY_MS;
/** A fraction of the time ahead; the rest of the past matters little. */
const MAX_BACK = 0.5;
/** Room for the last mark. */
const MARGIN = 1.05;
const MAX_TICKS = 8;

/** Times are epoch ms. */
export interface Lifetime {
  readonly from?: number | undefined;
  /** Null: never. Undefined: unknown. */
  readonly to?: number | null | undefined;
}

export interface Scale {
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  /** Whether ticks are the first days of months; else they are Mondays. */
  readonly isMonthly: boolean;
}

/**
 * The time range of the chart: from the first creation to the last expiry, as far as nearer expiries stay distinguishable.
 * Bars that reach beyond it are marked at the edge.
 */
export function scaleOf(lifetimes: readonly Lifetime[], now: number): Scale {
  const ahead = lifetimes
    .map(({ to }) => (to ?? now) - now)
    .filter((ms) => ms > 0)
    .sort((a, b) => a - b);
  const middle = ahead[Math.floor((ahead.length - 1) / 2)] ?? 0;
  const farthest = ahead.findLast((ms) => ms <= middle * FAR) ?? 0;
  const aheadMs = Math.min(Math.max(farthest * MARGIN, MIN_AHEAD_MS), MAX_AHEAD_MS);
  const begun = lifetimes.flatMap(({ from, to }) => [from ?? now, to ?? now]);
  const backMs = Math.min(Math.max(now - Math.min(now, ...begun), MIN_BACK_MS), aheadMs * MAX_BACK);
  const [from, to] = [now - backMs, now + aheadMs];
  return { from, to, ...ticksOf(from, to) };
}

/** The position of a time, in percent of the width from the left; below 0 or above 100 if it is outside. */
export function placeOf({ from, to }: Pick<Scale, 'from' | 'to'>, time: number): number {
  return Math.round((1000 * (time - from)) / (to - from)) / 10;
}

/** Weeks or months in local time, in steps that leave room for their labels. */
function ticksOf(from: number, to: number): Pick<Scale, 'ticks' | 'isMonthly'> {
  const steps = [
    ...[1, 2].map((weeks) => ({ isMonthly: false, at: (index: number) => weekAfter(from, index * weeks) })),
    ...[1, 2, 3, 6, 12].map((months) => ({ isMonthly: true, at: (index: number) => monthAfter(from, index, months) })),
  ];
  const all = steps.map(({ isMonthly, at }) => ({ isMonthly, ticks: upTo(to, at) }));
  return all.find(({ ticks }) => ticks.length <= MAX_TICKS) ?? { ticks: [], isMonthly: true };
}

function upTo(to: number, at: (index: number) => number): number[] {
  const ticks: number[] = [];
  for (let index = 0; at(index) < to && ticks.length <= MAX_TICKS; index++) ticks.push(at(index));
  return ticks;
}

/** The first Monday after `time`, or one some weeks later, at 0:00. */
function weekAfter(time: number, weeks: number): number {
  const date = new Date(time);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + ((8 - date.getDay()) % 7 || 7) + 7 * weeks).getTime();
}

/** The first day, at 0:00, of the first month after `time` whose number in the year is divisible, or of one some steps later. */
function monthAfter(time: number, index: number, months: number): number {
  const date = new Date(time);
  return new Date(date.getFullYear(), (Math.floor(date.getMonth() / months) + 1 + index) * months, 1).getTime();
}
