import { isDeepStrictEqual } from 'node:util';
import type { Memento } from 'vscode';
import * as z from 'zod/mini';
import { Emitter, type Disposable, type Event } from '../base/event.js';
import { isRecord } from '../platforms/jwt.js';
import type { Broker } from '../exchange/broker.js';
import type { IssuedAccess } from '../exchange/recordCache.js';
import { SAME_EXPIRY_MS, wholeDays } from './apiTokenExpiry.js';
import type { Vault } from '../store/vault.js';

const KEY = 'notes';

const end = z.object({
  /** Epoch ms; null: it does not expire. */
  at: z.nullable(z.number()),
  /**
   * The source: the service when the token was created, exchanged or looked up; the token itself, if it is a JWT; or a person.
   */
  from: z.enum(['created', 'exchange', 'service', 'jwt', 'entered']),
  /** How many days ahead an exchange, or the creation of the token, set the expiry. */
  aheadDays: z.optional(z.number()),
});

const reminder = z.object({
  /** The expiry that it is about, epoch ms: a changed expiry starts new reminders. */
  at: z.number(),
  /** The thresholds that a reminder was shown for, in days. */
  settled: z.array(z.number()),
  /** Epoch ms. */
  snoozedUntil: z.optional(z.number()),
  isOff: z.optional(z.boolean()),
});

const note = z.object({
  /** The service's id of the API token. */
  remoteId: z.optional(z.string()),
  end: z.optional(end),
  /** When it expires unless it is exchanged before, epoch ms. */
  exchangeBy: z.optional(z.number()),
  reminder: z.optional(reminder),
});

/** What is known about an API token beyond what exchanges need. Contains no secrets. */
export type TokenNote = Readonly<z.infer<typeof note>>;
export type NotedEnd = Readonly<z.infer<typeof end>>;
export type Reminder = Readonly<z.infer<typeof reminder>>;

/** The fields to change; undefined: no longer known. */
export type NotePatch = { readonly [Key in keyof TokenNote]?: TokenNote[Key] | undefined };

/**
 * Notes about API tokens, in `globalState`; those about sandbox tokens in memory. If a note cannot be written, only the note is
 * lost.
 */
export class TokenNotes implements Disposable {
  readonly #memento: Memento;
  readonly #vault: Vault;
  readonly #changed = new Emitter<string>();
  readonly #subscriptions: readonly Disposable[];
  readonly #session = new Map<string, TokenNote>();
  /** Tokens that this window has seen in the list: one that it has not seen may have just been added by another window. */
  readonly #listed = new Set<string>();
  #raw: unknown;
  #kept: Readonly<Record<string, TokenNote>> = {};

  /** Notes the expiry that each exchange reports. */
  constructor(memento: Memento, vault: Vault, broker: Broker) {
    this.#memento = memento;
    this.#vault = vault;
    this.#subscriptions = [
      vault.onDidChangeList(() => this.#see()),
      vault.onDidChangeRecord((id) => this.#dropRemoved(id)),
      broker.onDidIssue((issued) => this.#follow(issued)),
      broker.onDidInvalidate(({ id, accessToken }) => {
        // Revoked: its former expiry is no reason to remind anybody.
        if (accessToken === undefined) void this.note(id, { end: undefined, exchangeBy: undefined });
      }),
    ];
    this.#see();
  }

  /** Fires the id of an API token whose note has changed. */
  get onDidChange(): Event<string> {
    return this.#changed.event;
  }

  /** Empty if nothing is known. */
  of(id: string): TokenNote {
    this.#read();
    return this.#session.get(id) ?? this.#kept[id] ?? {};
  }

  /**
   * Applies the patch. An expiry that the token states itself (`jwt`) never replaces one from another source; otherwise the
   * newest wins. Never rejects.
   */
  async note(id: string, patch: NotePatch): Promise<void> {
    // It was removed during a lookup: nothing would ever delete the note, or know that it was a sandbox token's.
    if (!this.#vault.find(id)) return;
    const before = this.of(id);
    const isHint = patch.end?.from === 'jwt' && before.end !== undefined && before.end.from !== 'jwt';
    const { end: _, ...others } = patch;
    const merged = { ...before, ...(isHint ? others : patch) };
    const after = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
    if (!isDeepStrictEqual(after, before)) await this.#keep(id, after);
  }

  /** For a token that was replaced by another one: the note is about the old one. Never rejects. */
  async forget(id: string): Promise<void> {
    if (!isDeepStrictEqual(this.of(id), {})) await this.#keep(id, undefined);
  }

  /** @throws what `globalState` throws */
  async forgetAll(): Promise<void> {
    this.#session.clear();
    await this.#memento.update(KEY, undefined);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
    this.#session.clear();
  }

  async #keep(id: string, one: TokenNote | undefined): Promise<void> {
    const isForSession = this.#vault.isForSession(id);
    if (isForSession && one) this.#session.set(id, one);
    else this.#session.delete(id);
    if (!isForSession) await this.#write({ ...this.#kept, [id]: one });
    this.#changed.fire(id);
  }

  async #write(all: Readonly<Record<string, TokenNote | undefined>>): Promise<void> {
    const known = Object.entries(all).filter(([, one]) => one !== undefined);
    try {
      await this.#memento.update(KEY, known.length > 0 ? Object.fromEntries(known) : undefined);
    } catch {
      // Without the note, less is known about the token; nothing else depends on it.
    }
  }

  /** A record from before this session may be older than the note. */
  #follow({ id, access, isFirst, secretEndsAt }: IssuedAccess): void {
    if (!this.#vault.find(id)) return;
    const { apiTokenExpiresAt: reported, exchangeBy } = access;
    const end: NotedEnd | undefined =
      reported !== undefined
        ? { at: reported, from: 'exchange', aheadDays: this.#daysAhead(id, reported, access.exchangedAt) }
        : secretEndsAt !== undefined
          ? { at: secretEndsAt, from: 'jwt' }
          : undefined;
    const isNews = end && !(isFirst && this.of(id).end);
    const isOlder = isFirst && exchangeBy === undefined;
    void this.note(id, { ...(!isOlder && { exchangeBy }), ...(isNews && { end }) });
  }

  /** A fixed expiry comes nearer with each exchange: keep the distance of the first one. */
  #daysAhead(id: string, reported: number, exchangedAt: number): number {
    const { end: before } = this.of(id);
    const isSame = before?.at !== null && Math.abs((before?.at ?? 0) - reported) < SAME_EXPIRY_MS;
    return (isSame ? before?.aheadDays : undefined) ?? wholeDays(reported - exchangedAt);
  }

  #see(): void {
    for (const { id } of this.#vault.entries) this.#listed.add(id);
  }

  #dropRemoved(id: string): void {
    if (this.#vault.find(id) || !this.#listed.delete(id)) return;
    void this.forget(id);
  }

  /** Parses each value once: `globalState` returns the same object until this or another window changes it. */
  #read(): void {
    const raw = this.#memento.get<unknown>(KEY);
    if (raw === this.#raw) return;
    this.#raw = raw;
    const entries = isRecord(raw) ? Object.entries(raw) : [];
    // Parse notes one by one: an invalid one must not discard the others.
    this.#kept = Object.fromEntries(
      entries.flatMap(([id, value]) => {
        const { data } = note.safeParse(value);
        return data ? [[id, data]] : [];
      }),
    );
  }
}
