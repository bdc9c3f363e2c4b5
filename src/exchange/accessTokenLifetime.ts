import type { Access } from '../store/record.js';

/** A token without a known end is taken for this long, and then exchanged again when it is needed. */
const UNKNOWN_LIFETIME_MS = 60_000;
const MAX_HARD_MARGIN_MS = 60_000;
const MAX_EXPIRING_MS = 5 * 60_000;
/** A clock that went back by more than this makes the times of a token meaningless. */
const CLOCK_TOLERANCE_MS = 5_000;

/** Epoch ms. */
type Times = Pick<Access, 'exchangedAt' | 'expiresAt'>;

/**
 * How old a token is by the clock that nobody sets, as one number to keep: what {@link Clock.mono} showed when it was sent
 * for. A token from a time that the other clock has not reached has been kept from before that clock was set back, so that
 * nobody knows how old it is. @returns ms; -Infinity for such a token
 */
export function bornAt({ exchangedAt }: Times, wall: number, mono: number): number {
  return wall < exchangedAt - CLOCK_TOLERANCE_MS ? -Infinity : mono - Math.max(0, wall - exchangedAt);
}

/**
 * Whether a token can still be handed out: not within 60 s (or a tenth of its life) of its end, by either clock. One misses
 * that it was set, the other may miss a sleep.
 * @param now epoch ms
 * @param ageMs by the clock that nobody sets
 */
export function isUsable({ exchangedAt, expiresAt }: Times, now: number, ageMs: number): boolean {
  if (now < exchangedAt - CLOCK_TOLERANCE_MS) return false;
  const age = Math.max(now - exchangedAt, ageMs);
  if (expiresAt === null) return age < UNKNOWN_LIFETIME_MS;
  const lifetime = expiresAt - exchangedAt;
  return age < lifetime - Math.min(MAX_HARD_MARGIN_MS, lifetime / 10);
}

/**
 * The times of a token by a clock on the wall that was put back since: whoever compares them with it finds the age that the
 * token really has, and no end that is later than its real one.
 * @param now epoch ms
 * @param ageMs by the clock that nobody sets
 */
export function timesAt<T extends Times>(times: T, now: number, ageMs: number): T {
  const { exchangedAt, expiresAt } = times;
  const lifetime = expiresAt === null ? UNKNOWN_LIFETIME_MS : expiresAt - exchangedAt;
  // Nobody knows the age of a token from a time that this clock has not reached: it has ended, at best just now.
  const putBack = Math.round(Math.min(ageMs, lifetime) - (now - exchangedAt));
  if (putBack <= CLOCK_TOLERANCE_MS) return times;
  return { ...times, exchangedAt: exchangedAt - putBack, expiresAt: expiresAt === null ? null : expiresAt - putBack };
}

/** Whether a token's end is near enough to be shown: 5 minutes, or a fifth of its life. */
export function isExpiring({ exchangedAt, expiresAt }: Times, now: number): boolean {
  return expiresAt !== null && now >= expiresAt - Math.min(MAX_EXPIRING_MS, (expiresAt - exchangedAt) / 5);
}

/**
 * When a token in use is exchanged ahead of its end, epoch ms: after 70 to 80 % of its life, `spread` (0 to 1) saying where
 * between, so that tokens of one moment do not come back together. Undefined: not ahead, for an unknown or very short life.
 */
export function aheadAt({ exchangedAt, expiresAt }: Times, spread: number): number | undefined {
  const lifetime = (expiresAt ?? exchangedAt) - exchangedAt;
  return lifetime < 20_000 ? undefined : exchangedAt + Math.round(lifetime * (0.7 + 0.1 * spread));
}
