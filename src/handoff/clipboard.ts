import * as vscode from 'vscode';
import { AppError } from '../base/errors.js';
import type { Disposable } from '../base/event.js';
import type { Clock } from '../base/clock.js';

/** Copies secrets to the clipboard, and clears them later if they are still there. */
export class Clipboard {
  readonly #clearAfterMs: () => number;
  readonly #clock: Clock;
  #timer: Disposable | undefined;
  #copied: string | undefined;

  constructor(clearAfterMs: () => number, clock: Clock) {
    this.#clearAfterMs = clearAfterMs;
    this.#clock = clock;
  }

  /**
   * @returns the time until the clipboard is cleared, ms; 0: never
   * @throws AppError `not-focused`: any extension can run our commands, and only a person at the window may get a token
   */
  async copy(text: string): Promise<number> {
    if (!vscode.window.state.focused) throw new AppError('not-focused');
    const delay = this.#clearAfterMs();
    await vscode.env.clipboard.writeText(text);
    this.#timer?.dispose();
    this.#copied = delay > 0 ? text : undefined;
    if (delay > 0) this.#timer = this.#clock.after(delay, () => void this.clear().catch(() => undefined));
    return delay;
  }

  /** Clears the clipboard unless something else has been copied since. */
  async clear(): Promise<void> {
    this.#timer?.dispose();
    const copied = this.#copied;
    if (copied === undefined) return;
    const isThere = (await vscode.env.clipboard.readText()) === copied;
    // We may have copied something else while the clipboard was read.
    if (this.#copied !== copied) return;
    this.#copied = undefined;
    if (isThere) await vscode.env.clipboard.writeText('');
  }
}
