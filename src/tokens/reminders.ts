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
  readonly end: ApiTokenExpiry;
  /** The threshold that was reached, days. */
  readonly days: number;
}

/** Tells when people are to be reminded of the ends of their API tokens: once for each token, end and threshold, in one window. */
export class Reminders implements Disposable {
  readonly #parts: Parts;
  readonly #due = new Emitter<Due>();
  readonly #subscriptions: readonly Disposable[];
  /** What this window has claimed, or found claimed: where notes cannot be written, it is told once all the same. */
  readonly #claimed = new Set<string>();
  #timer: Disposable | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    const check = (): void => this.check();
    this.#subscriptions = [parts.notes.onDidChange(check), parts.vault.onDidChangeList(check)];
    // Whoever opens a window looks at it: nothing else would tell of what has come since.
    check();
  }

  get onDue(): Event<Due> {
    return this.#due.event;
  }

  /** Looks at all tokens now: to be called when the window is focused and when the setting changes. Never throws. */
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

  /** A person has chosen: of this threshold nobody is reminded again. */
  async settle(id: string, days: number): Promise<void> {
    await this.#change(id, (reminder) => settled(reminder, days));
  }

  /** Nobody is reminded of this end again. */
  async off(id: string): Promise<void> {
    await this.#change(id, (reminder) => ({ ...reminder, isOff: true }));
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#timer?.dispose();
    this.#due.dispose();
  }

  /** Returns when to look again, epoch ms. */
  #look(id: string, now: number): number {
    const { notes } = this.#parts;
    const end = expiryOf(notes.of(id));
    if (end === undefined || end === 'never') return Infinity;
    const reminder = reminderOf(notes.of(id), end);
    if (reminder.isOff) return Infinity;
    const { snoozedUntil } = reminder;
    // What is further ahead than a day was put off by a clock that went wrong.
    if (snoozedUntil !== undefined && snoozedUntil > now && snoozedUntil <= now + DAY_MS) return snoozedUntil;
    const days = this.#parts.days();
    const due = dueDays(end, days, now);
    if (due !== undefined && (snoozedUntil !== undefined || !reminder.settled.includes(due)))
      void this.#tell({ id, end, days: due }, snoozedUntil);
    const moments = reminderDays(end, days).map((one) => end.at - one * DAY_MS);
    return Math.min(...moments.filter((at) => at > now));
  }

  async #tell(due: Due, snoozedUntil = 0): Promise<void> {
    const { id, end, days } = due;
    const isFirst = await this.#claim(`${id}.${days}.${snoozedUntil}.${end.at}`);
    if (!isFirst) return;
    await this.settle(id, days);
    this.#due.fire(due);
  }

  /** Whether no other window, nor this one, has told of it. Where there is no folder, the notes say so. */
  async #claim(name: string): Promise<boolean> {
    if (this.#claimed.has(name)) return false;
    this.#claimed.add(name);
    const folder = this.#parts.folder?.folder('reminders');
    if (!folder) return true;
    try {
      if (!(await folder.create(name, ''))) return false;
      await this.#tidy(folder, name);
    } catch {
      // A folder that cannot be used is as good as none.
    }
    return true;
  }

  /** Of ends that have passed, the notes are enough. */
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

/** What was done about this end; nothing, where it is another one than before. */
function reminderOf({ reminder }: TokenNote, { at }: ApiTokenExpiry): Reminder {
  return reminder && Math.abs(reminder.at - at) < SAME_EXPIRY_MS ? reminder : { at, settled: [] };
}

function settled({ snoozedUntil: _, ...reminder }: Reminder, days: number): Reminder {
  return { ...reminder, settled: [...new Set([...reminder.settled, days])] };
}
