import { Emitter, type Disposable, type Event } from '../event.js';
import type { Clock } from './clock.js';
import type { TokenEnd } from './ends.js';
import type { SharedFolder } from './folder.js';
import type { TokenNotes } from './tokenNotes.js';
import type { Vault } from './vault.js';

interface Parts {
  readonly notes: TokenNotes;
  readonly vault: Vault;
  readonly clock: Clock;
  /** How many days before an end people want to be reminded of it; empty: never. */
  readonly days: () => readonly number[];
  /** Only the window that a person looks at reminds. */
  readonly focused: () => boolean;
  /** The folder that windows share, where there is one. */
  readonly folder: SharedFolder | undefined;
}

/** A token whose end is near, or past. */
export interface Due {
  /** The API token's id. */
  readonly id: string;
  readonly end: TokenEnd;
  /** The threshold that was reached, days. */
  readonly days: number;
}

/** Tells when people are to be reminded of the ends of their API tokens: once for each token, end and threshold, in one window. */
export class Reminders implements Disposable {
  constructor(parts: Parts) {
    void parts;
  }

  get onDue(): Event<Due> {
    return new Emitter<Due>().event;
  }

  /** Looks at all tokens now: to be called when the window is focused and when the setting changes. Never throws. */
  check(): void {
    return;
  }

  /** Reminds again in 24 hours. */
  async snooze(id: string): Promise<void> {
    await Promise.resolve(id);
  }

  /** A person has chosen: of this threshold nobody is reminded again. */
  async settle(id: string, days: number): Promise<void> {
    await Promise.resolve([id, days]);
  }

  /** Nobody is reminded of this end again. */
  async off(id: string): Promise<void> {
    await Promise.resolve(id);
  }

  dispose(): void {
    return;
  }
}
