import { DAY_MS } from '../base/time.js';
import { text } from './fields.js';
import type { TokenFormField } from './lifecycle.js';

/** Of the last day that ends before the seconds since 1970 outgrow 32 bits, in which services count them. */
const LAST_END = Date.UTC(2038, 0, 19) - 1000;

const MINUTES: Readonly<Record<string, number>> = { w: 7 * 24 * 60, d: 24 * 60, h: 60, min: 1 };

/** The end of a day that is written as `2027-03-31`, by UTC, epoch ms. Undefined for what is no day. */
export function readDate(value: string): number | undefined {
  const day = value.trim();
  const start = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(day) : NaN;
  // Some readers take the 31st of a month of 30 days for the 1st of the next.
  return !Number.isNaN(start) && dayOf(start) === day ? start + DAY_MS - 1000 : undefined;
}

/** The day of a time in epoch ms, by UTC, as {@link readDate} reads it. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** For a field that takes a day, at the end of which something ends; at most `maxDays` ahead. */
export function dateProblem(maxDays = Infinity): (value: string, now: number) => string | undefined {
  return (value, now) => {
    const end = readDate(value);
    if (end === undefined) return 'must be a day, such as 2027-03-31';
    if (end <= now) return 'must not be in the past';
    if (end > LAST_END) return `must not be after ${dayOf(LAST_END)}`;
    return end > now + maxDays * DAY_MS ? `must not be more than ${maxDays} days ahead` : undefined;
  };
}

/**
 * Whole minutes of a duration in weeks, days, hours and minutes: `90d`, `8 h`, `1d 12h`. Undefined for everything else. There
 * is no `m`: it might stand for months.
 */
export function minutesOf(duration: string): number | undefined {
  const [whole, ...parts] =
    /^(?:(\d{1,7}) ?w(?:eeks?)?)? ?(?:(\d{1,7}) ?d(?:ays?)?)? ?(?:(\d{1,7}) ?h(?:ours?)?)? ?(?:(\d{1,7}) ?min(?:utes?)?)?$/i.exec(
      duration.trim(),
    ) ?? [];
  if (!whole) return undefined;
  return Object.values(MINUTES).reduce((sum, unit, index) => sum + unit * Number(parts[index] ?? 0), 0);
}

/** A duration as {@link minutesOf} reads it. */
export function durationOf(minutes: number): string {
  let rest = minutes;
  return Object.entries(MINUTES)
    .filter(([unit]) => unit !== 'w')
    .flatMap(([unit, size]) => {
      const count = Math.floor(rest / size);
      rest -= count * size;
      return count > 0 ? [`${count}${unit}`] : [];
    })
    .join(' ');
}

export function durationProblem(value: string): string | undefined {
  const minutes = minutesOf(value);
  if (minutes === undefined) return 'must be a duration, such as 90d, 8h or 30min';
  return minutes < 1 ? 'must be at least one minute' : undefined;
}

/** For a field that takes a line of text. */
export function lengthProblem(min: number, max: number): (value: string) => string | undefined {
  return (value) => {
    if (value.length < min || value.length > max) return `must have ${min} to ${max} characters`;
    return text(max).safeParse(value).error?.issues[0]?.message;
  };
}

/** The name of an API token, which every draft has. */
export const nameField = (min: number, max: number): TokenFormField => ({
  key: 'name',
  label: 'Name',
  hint: 'What it is called, here and at the service.',
  placeholder: 'ci-server',
  problem: lengthProblem(min, max),
});
