import type { Disposable } from '../base/event.js';

/**
 * The deadline timer of a request, an object so that tests with a stepped clock can replace it. `AbortSignal.timeout` with
 * the `AbortSignal.any` that it needs costs ten times as much (a twentieth of an exchange), and its timer cannot be
 * cancelled.
 */
export const deadline = {
  /** Calls `end` once, `ms` from now, unless disposed. Does not keep the process alive. */
  start(ms: number, end: () => void): Disposable {
    const timer = setTimeout(end, ms).unref();
    return { dispose: () => clearTimeout(timer) };
  },
};
