import { DAY_MS } from '../base/time.js';
import { text } from './fields.js';
import type { TokenFormField } from './lifecycle.js';

/** The end of the last day before epoch seconds overflow 32 bits, which services use. */
const LAST_END = Date.UTC(2038, 0, 19) - 1000;

const MINUTES: Readonly<Record<string, number>> = { w: 7 * 24 * 60, d: 24 * 60, h: 60, min: 1 };

/** The last second of a day such as `2027-03-31`, in UTC, epoch ms. Undefined for an invalid day. */
export function readDate(value: string): number | undefined {
  const day = value.trim();
  const start = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(day) : NaN;
  // Some parsers read the 31st of a 30-day month as the 1st of the next.
  return !Number.isNaN(start) && dayOf(start) === day ? start + DAY_MS - 1000 : undefined;
}

/** The UTC day of a time in epoch ms, in the format of {@link readDate}. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** The check for a field with a last day, at most `maxDays` ahead. */
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
 * The minutes of a duration in weeks, days, hours and minutes: `90d`, `8 h`, `1d 12h`. Undefined for everything else,
 * including `m`, which might mean months.
 */
export function minutesOf(duration: string): number | undefined {
  const [whole, ...parts] =
    /^(?:(\d{1,7}) ?w(?:eeks?)?)? ?(?:(\d{1,7}) ?d(?:ays?)?)? ?(?:(\d{1,7}) ?h(?:ours?)?)? ?(?:(\d{1,7}) ?min(?:utes?)?)?$/i.exec(
      duration.trim(),
    ) ?? [];
  if (!whole) return undefined;
  return Object.values(MINUTES).reduce((sum, unit, index) => sum + unit * Number(parts[index] ?? 0), 0);
}

/** A duration in the format of {@link minutesOf}. */
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

/** The check for a field with a line of text. */
export function lengthProblem(min: number, max: number): (value: string) => string | undefined {
  return (value) => {
    if (value.length < min || value.length > max) return `must have ${min} to ${max} characters`;
    return text(max).safeParse(value).error?.issues[0]?.message;
  };
}

/** The field for an API token's name, which every form has. */
export const nameField = (min: number, max: number): TokenFormField => ({
  key: 'name',
  label: 'Name',
  hint: 'Its name here and at the service.',
  placeholder: 'ci-server',
  problem: lengthProblem(min, max),
});
