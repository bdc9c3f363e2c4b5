import type { Disposable } from '../base/event.js';

/**
 * The time that a request has, as what is tested with a stepped clock puts another in its place. Not `AbortSignal.timeout`:
 * with the `AbortSignal.any` that it takes it costs ten times as much, a twentieth of an exchange, and its timer runs on.
 */
export const deadline = {
  /** Calls once, `ms` from now, unless it is disposed of. Keeps no process alive. */
  start(ms: number, end: () => void): Disposable {
    const timer = setTimeout(end, ms).unref();
    return { dispose: () => clearTimeout(timer) };
  },
};
