import { DAY_MS, HOUR_MS } from '../base/time.js';

/** Services that tell the seconds that are left tell an end that wavers with the way there. */
export const SAME_EXPIRY_MS = HOUR_MS;

/** So long after its access token a token can be exchanged that has to be, in days. */
const FORTNIGHT_DAYS = 14;

/** When an API token ends, epoch ms, and whether that is for good or only where nobody exchanges it before. */
export interface ApiTokenExpiry {
  readonly at: number;
  readonly kind: 'end' | 'unless-exchanged';
  /** How far ahead it was put, by each exchange or when the token was made, days: a token in daily use hardly ever has more. */
  readonly aheadDays?: number;
}

/** What is noted of when an API token expires. */
interface NotedTimes {
  readonly end?: { readonly at: number | null; readonly aheadDays?: number | undefined } | undefined;
  readonly exchangeBy?: number | undefined;
}

/** The earlier one of a token's end and the time by which it must be exchanged. Undefined: nothing is known. */
export function expiryOf({ end, exchangeBy }: NotedTimes): ApiTokenExpiry | 'never' | undefined {
  const last = end?.at ?? Infinity;
  if (exchangeBy !== undefined && exchangeBy < last)
    return { at: exchangeBy, kind: 'unless-exchanged', aheadDays: FORTNIGHT_DAYS };
  if (last !== Infinity) return { at: last, kind: 'end', ...(end?.aheadDays !== undefined && { aheadDays: end.aheadDays }) };
  return end && 'never';
}

/**
 * The reminder that is due: the least of those `days` within which a token ends, also for one that has ended. Undefined: none
 * yet. `now` in epoch ms.
 */
export function dueDays(end: ApiTokenExpiry, days: readonly number[], now: number): number | undefined {
  const due = reminderDays(end, days).filter((one) => end.at - now <= one * DAY_MS);
  return due.length > 0 ? Math.min(...due) : undefined;
}

/** Of a time in ms. */
export function wholeDays(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

/** Those of the `days` of which people are reminded: not of what each exchange puts off again. */
export function reminderDays({ aheadDays = Infinity }: ApiTokenExpiry, days: readonly number[]): readonly number[] {
  return days.filter((one) => one < aheadDays);
}
