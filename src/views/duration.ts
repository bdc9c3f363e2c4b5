import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/time.js';

/** Seconds are shown below this duration. */
const SECONDS_BELOW_MS = 2 * MINUTE_MS;

/** A duration in ms in its two largest units: `3d 4h`, `1h 5m`, `27m`, and in the last two minutes `1m 35s`, `45s`. */
export function formatDuration(ms: number): string {
  const left = Math.max(0, ms);
  if (left >= DAY_MS) return `${Math.floor(left / DAY_MS)}d ${Math.floor((left % DAY_MS) / HOUR_MS)}h`;
  if (left >= HOUR_MS) return `${Math.floor(left / HOUR_MS)}h ${Math.floor((left % HOUR_MS) / MINUTE_MS)}m`;
  if (left >= SECONDS_BELOW_MS) return `${Math.floor(left / MINUTE_MS)}m`;
  const seconds = Math.floor(left / SECOND_MS);
  return seconds >= 60 ? `${Math.floor(seconds / 60)}m ${seconds % 60}s` : `${seconds}s`;
}

/** Milliseconds until {@link formatDuration} of a time `ms` ahead changes. */
export function untilNextText(ms: number): number {
  const step = ms >= DAY_MS ? HOUR_MS : ms >= SECONDS_BELOW_MS ? MINUTE_MS : SECOND_MS;
  return (ms % step) + 1;
}

/** Epoch ms as UTC, to the second. */
export function formatUtc(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
