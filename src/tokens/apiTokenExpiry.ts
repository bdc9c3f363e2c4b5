import { DAY_MS, HOUR_MS } from '../base/time.js';

/** A service that reports the remaining seconds instead of a time gives an expiry that varies with latency. */
export const SAME_EXPIRY_MS = HOUR_MS;

/** Tokens that must be exchanged regularly can be exchanged for this long after their access token was issued, in days. */
const FORTNIGHT_DAYS = 14;

/** When an API token expires, epoch ms, and whether an exchange before then extends it. */
export interface ApiTokenExpiry {
  readonly at: number;
  readonly kind: 'end' | 'unless-exchanged';
  /**
   * How far ahead the last exchange, or the creation of the token, set the expiry, in days: a token in daily use rarely has more
   * left.
   */
  readonly aheadDays?: number;
}

/** What the notes say about the expiry of an API token. */
interface NotedTimes {
  readonly end?: { readonly at: number | null; readonly aheadDays?: number | undefined } | undefined;
  readonly exchangeBy?: number | undefined;
}

/** The earlier of a token's expiry and the time by which it must be exchanged. Undefined: unknown. */
export function expiryOf({ end, exchangeBy }: NotedTimes): ApiTokenExpiry | 'never' | undefined {
  const last = end?.at ?? Infinity;
  if (exchangeBy !== undefined && exchangeBy < last)
    return { at: exchangeBy, kind: 'unless-exchanged', aheadDays: FORTNIGHT_DAYS };
  if (last !== Infinity) return { at: last, kind: 'end', ...(end?.aheadDays !== undefined && { aheadDays: end.aheadDays }) };
  return end && 'never';
}

/**
 * The reminder that is due: the smallest of those `days` within which a token expires, or has expired. Undefined: none yet.
 * @param now epoch ms
 */
export function dueDays(end: ApiTokenExpiry, days: readonly number[], now: number): number | undefined {
  const due = reminderDays(end, days).filter((one) => end.at - now <= one * DAY_MS);
  return due.length > 0 ? Math.min(...due) : undefined;
}

/** @param ms a duration */
export function wholeDays(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

/** Drops thresholds that every exchange pushes back again. */
export function reminderDays({ aheadDays = Infinity }: ApiTokenExpiry, days: readonly number[]): readonly number[] {
  return days.filter((one) => one < aheadDays);
}
