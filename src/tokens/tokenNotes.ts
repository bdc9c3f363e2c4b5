import { isDeepStrictEqual } from 'node:util';
import type { Memento } from 'vscode';
import * as z from 'zod/mini';
import { Emitter, type Disposable, type Event } from '../base/event.js';
import { isRecord } from '../platforms/jwt.js';
import type { Broker, IssuedAccess } from '../exchange/broker.js';
import { SAME_EXPIRY_MS, wholeDays } from './apiTokenExpiry.js';
import type { Vault } from '../store/vault.js';

const KEY = 'notes';

const end = z.object({
  /** Epoch ms; null: it does not end by itself. */
  at: z.nullable(z.number()),
  /** Who says so: the service when the token was made, exchanged or asked for; the token itself, being a JWT; a person. */
  from: z.enum(['created', 'exchange', 'service', 'jwt', 'entered']),
  /** How many days ahead an exchange or the making of the token has put it. */
  aheadDays: z.optional(z.number()),
});

const reminder = z.object({
  /** The end that it is about, epoch ms: of another end, people are reminded anew. */
  at: z.number(),
  /** Of which thresholds somebody was reminded, days. */
  settled: z.array(z.number()),
  /** Epoch ms. */
  snoozedUntil: z.optional(z.number()),
  isOff: z.optional(z.boolean()),
});

const note = z.object({
  /** The service's id of the API token. */
  remoteId: z.optional(z.string()),
  end: z.optional(end),
  /** When it ends unless it is exchanged before, epoch ms. */
  exchangeBy: z.optional(z.number()),
  reminder: z.optional(reminder),
});

/** What is known of an API token beside what exchanges need, and no secret. */
export type TokenNote = Readonly<z.infer<typeof note>>;
export type NotedEnd = Readonly<z.infer<typeof end>>;
export type Reminder = Readonly<z.infer<typeof reminder>>;

/** What is to be noted; undefined: is no longer known. */
export type NotePatch = { readonly [Key in keyof TokenNote]?: TokenNote[Key] | undefined };

/**
 * Notes of the API tokens, in `globalState`, those of the sandbox in memory. A note that cannot be written is lost, and nothing
 * else with it.
 */
export class TokenNotes implements Disposable {
  readonly #memento: Memento;
  readonly #vault: Vault;
  readonly #changed = new Emitter<string>();
  readonly #subscriptions: readonly Disposable[];
  readonly #session = new Map<string, TokenNote>();
  /** Tokens that this window has seen listed: what it has not seen may be another one's addition. */
  readonly #listed = new Set<string>();
  #raw: unknown;
  #kept: Readonly<Record<string, TokenNote>> = {};

  /** Follows what exchanges tell of the ends of API tokens. */
  constructor(memento: Memento, vault: Vault, broker: Broker) {
    this.#memento = memento;
    this.#vault = vault;
    this.#subscriptions = [
      vault.onDidChangeList(() => this.#see()),
      vault.onDidChangeRecord((id) => this.#dropRemoved(id)),
      broker.onDidIssue((issued) => this.#follow(issued)),
      broker.onDidInvalidate(({ id, accessToken }) => {
        // Revoked: what was known of its expiry is no reason to remind anybody.
        if (accessToken === undefined) void this.note(id, { end: undefined, exchangeBy: undefined });
      }),
    ];
    this.#see();
  }

  /** Fires the id of an API token of which something else is known. */
  get onDidChange(): Event<string> {
    return this.#changed.event;
  }

  /** Empty where nothing is known. */
  of(id: string): TokenNote {
    this.#read();
    return this.#session.get(id) ?? this.#kept[id] ?? {};
  }

  /**
   * Notes what the patch names. What a token says of its own end (`jwt`) counts for less than what anybody else has said; else
   * the last word counts. Never rejects.
   */
  async note(id: string, patch: NotePatch): Promise<void> {
    // It was removed while somebody asked after it: nothing would ever remove the note, nor tell that it was the sandbox's.
    if (!this.#vault.find(id)) return;
    const before = this.of(id);
    const isHint = patch.end?.from === 'jwt' && before.end !== undefined && before.end.from !== 'jwt';
    const { end: _, ...others } = patch;
    const merged = { ...before, ...(isHint ? others : patch) };
    const after = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
    if (!isDeepStrictEqual(after, before)) await this.#keep(id, after);
  }

  /** For a token that was replaced by another one: what was known is of the old one. Never rejects. */
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
      // What is not noted is not known; nothing else depends on it.
    }
  }

  /** What the record said that was there before this session may be older than what is noted. */
  #follow({ id, access, isFirst, secretEndsAt }: IssuedAccess): void {
    if (!this.#vault.find(id)) return;
    const { apiTokenExpiresAt: told, exchangeBy } = access;
    const end: NotedEnd | undefined =
      told !== undefined
        ? { at: told, from: 'exchange', aheadDays: this.#daysAhead(id, told, access.exchangedAt) }
        : secretEndsAt !== undefined
          ? { at: secretEndsAt, from: 'jwt' }
          : undefined;
    const isNews = end && !(isFirst && this.of(id).end);
    const isOlder = isFirst && exchangeBy === undefined;
    void this.note(id, { ...(!isOlder && { exchangeBy }), ...(isNews && { end }) });
  }

  /** An end that stays where it is comes nearer with each exchange: of that, the first one counts. */
  #daysAhead(id: string, told: number, exchangedAt: number): number {
    const { end: before } = this.of(id);
    const isSame = before?.at !== null && Math.abs((before?.at ?? 0) - told) < SAME_EXPIRY_MS;
    return (isSame ? before?.aheadDays : undefined) ?? wholeDays(told - exchangedAt);
  }

  #see(): void {
    for (const { id } of this.#vault.entries) this.#listed.add(id);
  }

  #dropRemoved(id: string): void {
    if (this.#vault.find(id) || !this.#listed.delete(id)) return;
    void this.forget(id);
  }

  /** Parsed once for each value: `globalState` hands out the same one until it, or another window, changes it. */
  #read(): void {
    const raw = this.#memento.get<unknown>(KEY);
    if (raw === this.#raw) return;
    this.#raw = raw;
    const entries = isRecord(raw) ? Object.entries(raw) : [];
    // Each exchange may change one note of thousands, which nearly all are in order.
    this.#kept = Object.fromEntries(
      entries.flatMap(([id, value]) => {
        const { data } = note.safeParse(value);
        return data ? [[id, data]] : [];
      }),
    );
  }
}
