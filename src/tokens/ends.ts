import { jwtClaims } from '../platforms/jwt.js';
import type { Secret } from '../platforms/platform.js';
import type { TokenNote } from './tokenNotes.js';

export const DAY_MS = 24 * 60 * 60_000;

/** A token in daily use that has to be exchanged within a fortnight always has less than that left. */
const FORTNIGHT_DAYS = 14;

/** When an API token ends, epoch ms, and whether that is for good or only where nobody exchanges it before. */
export interface TokenEnd {
  readonly at: number;
  readonly kind: 'end' | 'unless-exchanged';
}

/** The earlier one of a token's end and the time by which it must be exchanged. Undefined: nothing is known. */
export function endOf({ end, exchangeBy }: TokenNote): TokenEnd | 'never' | undefined {
  const last = end?.at ?? Infinity;
  if (exchangeBy !== undefined && exchangeBy < last) return { at: exchangeBy, kind: 'unless-exchanged' };
  if (last !== Infinity) return { at: last, kind: 'end' };
  return end && 'never';
}

/**
 * The reminder that is due: the least of those `days` within which a token ends, also for one that has ended. Undefined: none
 * yet. Of what only has to be exchanged, nobody is reminded 14 days before or earlier.
 * @param endsInMs negative: it has ended
 */
export function dueDays(endsInMs: number, days: readonly number[], kind: TokenEnd['kind']): number | undefined {
  const due = reminderDays(days, kind).filter((one) => endsInMs <= one * DAY_MS);
  return due.length > 0 ? Math.min(...due) : undefined;
}

/** Those of the `days` of which people are reminded, of an end of this kind. */
export function reminderDays(days: readonly number[], kind: TokenEnd['kind']): readonly number[] {
  return kind === 'end' ? days : days.filter((one) => one < FORTNIGHT_DAYS);
}

/**
 * When a secret ends that is a JWT and says so, epoch ms. Not verified, so it is a hint. Of a pair with an access token, which
 * ends long before the pair does, it is the other part's.
 */
export function jwtEnd(secret: Secret): number | undefined {
  const parts = Object.entries(secret).filter(([key]) => key !== 'accessToken');
  const ends = parts.map(([, value]) => jwtClaims(value)?.['exp']).filter((exp) => typeof exp === 'number' && exp > 0);
  return ends.length > 0 ? Math.max(...(ends as number[])) * 1000 : undefined;
}
