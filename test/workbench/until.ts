import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 50;
export const LIMIT_MS = 30_000;

export interface Waiting {
  readonly limit?: number;
  /** Tells what there was instead, for the message of a failure. */
  readonly seen?: () => unknown;
}

type Found<T> = Exclude<T, undefined | null | false>;

/** Waits until `look` finds something that is neither nothing nor false. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  { limit = LIMIT_MS, seen }: Waiting = {},
): Promise<Found<T>> {
  const end = performance.now() + limit;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found as Found<T>;
    if (performance.now() > end) break;
    await delay(POLL_MS);
  }
  const instead = seen ? `; there was ${JSON.stringify(await seen(), null, 1)}` : '';
  throw new Error(`waited ${limit / 1000} s for ${what}${instead}`);
}
