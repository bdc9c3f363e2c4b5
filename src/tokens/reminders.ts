import { Emitter, type Disposable, type Event } from '../base/event.js';
import { DAY_MS } from '../base/time.js';
import type { Clock } from '../base/clock.js';
import { dueDays, expiryOf, reminderDays, SAME_EXPIRY_MS, type ApiTokenExpiry } from './apiTokenExpiry.js';
import type { SharedFolder } from '../store/folder.js';
import type { Reminder, TokenNote, TokenNotes } from './tokenNotes.js';
import type { Vault } from '../store/vault.js';

interface Parts {
  readonly notes: TokenNotes;
  readonly vault: Vault;
  readonly clock: Clock;
  /** How many days before an expiry to remind; empty: never. */
  readonly days: () => readonly number[];
  /** Only the focused window reminds. */
  readonly focused: () => boolean;
  /** The folder that windows share, if any. */
  readonly folder: SharedFolder | undefined;
}

/** An API token that expires soon or has expired. */
export interface Due {
  /** The API token's id. */
  readonly id: string;
  readonly end: ApiTokenExpiry;
  /** The threshold that was reached, in days. */
  readonly days: number;
}

/** Reminds people that their API tokens expire: once for each token, expiry and threshold, in one window. */
export class Reminders implements Disposable {
  readonly #parts: Parts;
  readonly #due = new Emitter<Due>();
  readonly #subscriptions: readonly Disposable[];
  /** Reminders that this window has claimed or found claimed: it reminds only once even if notes cannot be written. */
  readonly #claimed = new Set<string>();
  #timer: Disposable | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    const check = (): void => this.check();
    this.#subscriptions = [parts.notes.onDidChange(check), parts.vault.onDidChangeList(check)];
    // A new window has focus, and no event reports what became due before it opened.
    check();
  }

  get onDue(): Event<Due> {
    return this.#due.event;
  }

  /** Checks all tokens now: call it when the window gets focus and when the setting changes. Never throws. */
  check(): void {
    const { vault, clock, focused } = this.#parts;
    this.#timer?.dispose();
    this.#timer = undefined;
    if (!focused()) return;
    const now = clock.wall();
    const next = vault.entries.map(({ id }) => this.#look(id, now));
    const waitMs = Math.min(...next) - now;
    if (waitMs < Infinity) this.#timer = clock.after(waitMs, () => this.check());
  }

  /** Reminds again in 24 hours. */
  async snooze(id: string): Promise<void> {
    await this.#change(id, (reminder) => ({ ...reminder, snoozedUntil: this.#parts.clock.wall() + DAY_MS }));
  }

  /** Records the person's choice: no further reminder at this threshold. */
  async settle(id: string, days: number): Promise<void> {
    await this.#change(id, (reminder) => settled(reminder, days));
  }

  /** Turns off reminders for this expiry. */
  async off(id: string): Promise<void> {
    await this.#change(id, (reminder) => ({ ...reminder, isOff: true }));
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#timer?.dispose();
    this.#due.dispose();
  }

  /** @returns when to check again, epoch ms */
  #look(id: string, now: number): number {
    const { notes } = this.#parts;
    const end = expiryOf(notes.of(id));
    if (end === undefined || end === 'never') return Infinity;
    const reminder = reminderOf(notes.of(id), end);
    if (reminder.isOff) return Infinity;
    const { snoozedUntil } = reminder;
    // Ignore a snooze of more than a day: the clock was wrong when it was set.
    if (snoozedUntil !== undefined && snoozedUntil > now && snoozedUntil <= now + DAY_MS) return snoozedUntil;
    const days = this.#parts.days();
    const due = dueDays(end, days, now);
    if (due !== undefined && (snoozedUntil !== undefined || !reminder.settled.includes(due)))
      void this.#remind({ id, end, days: due }, snoozedUntil);
    const moments = reminderDays(end, days).map((one) => end.at - one * DAY_MS);
    return Math.min(...moments.filter((at) => at > now));
  }

  async #remind(due: Due, snoozedUntil = 0): Promise<void> {
    const { id, end, days } = due;
    const isFirst = await this.#claim(`${id}.${days}.${snoozedUntil}.${end.at}`);
    if (!isFirst) return;
    await this.settle(id, days);
    this.#due.fire(due);
  }

  /** Claims a reminder: false if this or another window already has. Without a shared folder, the notes decide. */
  async #claim(name: string): Promise<boolean> {
    if (this.#claimed.has(name)) return false;
    this.#claimed.add(name);
    const folder = this.#parts.folder?.folder('reminders');
    if (!folder) return true;
    try {
      if (!(await folder.create(name, ''))) return false;
      await this.#tidy(folder, name);
    } catch {
      // Treat an unusable folder like a missing one.
    }
    return true;
  }

  /** Removes the claims for expiries that have passed: the notes cover those. */
  async #tidy(folder: SharedFolder, own: string): Promise<void> {
    const now = this.#parts.clock.wall();
    const old = (await folder.names()).filter((name) => name !== own && Number(name.split('.').at(-1)) < now);
    for (const name of old) await folder.remove(name);
  }

  async #change(id: string, change: (reminder: Reminder) => Reminder): Promise<void> {
    const { notes } = this.#parts;
    const end = expiryOf(notes.of(id));
    if (end === undefined || end === 'never') return;
    await notes.note(id, { reminder: change(reminderOf(notes.of(id), end)) });
  }
}

/** The reminders for this expiry; empty if the expiry has changed. */
function reminderOf({ reminder }: TokenNote, { at }: ApiTokenExpiry): Reminder {
  return reminder && Math.abs(reminder.at - at) < SAME_EXPIRY_MS ? reminder : { at, settled: [] };
}

function settled({ snoozedUntil: _, ...reminder }: Reminder, days: number): Reminder {
  return { ...reminder, settled: [...new Set([...reminder.settled, days])] };
}
