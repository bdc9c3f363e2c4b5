import * as vscode from 'vscode';
import { AppError } from '../base/errors.js';
import type { Disposable } from '../base/event.js';
import type { Clock } from '../base/clock.js';

/** Puts secrets on the clipboard, and takes them off it again if they are still there. */
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
   * @returns after how many ms the clipboard is cleared; 0: never
   * @throws AppError `not-focused`: any extension may run our commands, and only a person who is here may get a token
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
    // Something else of ours may have been copied while the clipboard was read.
    if (this.#copied !== copied) return;
    this.#copied = undefined;
    if (isThere) await vscode.env.clipboard.writeText('');
  }
}
