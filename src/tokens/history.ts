import type { Memento } from 'vscode';
import * as z from 'zod/mini';
import { Emitter, type Disposable, type Event } from '../base/event.js';
import type { Broker } from '../exchange/broker.js';
import type { Clock } from '../base/clock.js';
import type { Vault } from '../store/vault.js';

const KEY = 'history';
const MAX_KEPT = 300;
const WRITE_MS = 1_000;

const event = z.object({
  /** Epoch ms. */
  at: z.number(),
  /** Ids of the API token and its tenant. */
  token: z.string(),
  tenant: z.string(),
  what: z.enum(['exchanged', 'failed', 'created', 'regenerated', 'revoked', 'copied', 'inserted', 'sent']),
  /** The destination: `name` or `name:port`. */
  host: z.optional(z.string()),
  /** The error code, if it failed. */
  code: z.optional(z.string()),
});

/** Something that was done with an API token or one of its access tokens. Contains no secrets. */
export type HistoryEvent = Readonly<z.infer<typeof event>>;

interface Parts {
  readonly memento: Memento;
  readonly vault: Vault;
  readonly broker: Broker;
  readonly clock: Clock;
}

/**
 * What was done with which token: the last 300 events, in `globalState`; those of sandbox tokens in memory. Records exchanges
 * itself; callers add the rest.
 */
export class History implements Disposable {
  readonly #parts: Parts;
  readonly #changed = new Emitter<string | undefined>();
  readonly #subscription: Disposable;
  /** Not written yet. */
  #pending: readonly HistoryEvent[] = [];
  #session: readonly HistoryEvent[] = [];
  #timer: Disposable | undefined;
  #raw: unknown;
  #kept: readonly HistoryEvent[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#subscription = parts.broker.onDidExchange(({ id, tenant, host, code }) =>
      this.add({ token: id, tenant, host, ...(code === undefined ? { what: 'exchanged' } : { what: 'failed', code }) }),
    );
  }

  /** Fires the id of an API token that has a new event; undefined: the history was cleared. */
  get onDidChange(): Event<string | undefined> {
    return this.#changed.event;
  }

  /** Writes within a second. Never throws. */
  add(what: Omit<HistoryEvent, 'at'>): void {
    const { clock, vault } = this.#parts;
    const added = { at: clock.wall(), ...what };
    if (vault.isForSession(what.token)) {
      this.#session = newest([...this.#session, added]);
    } else {
      this.#pending = newest([...this.#pending, added]);
      this.#timer ??= clock.after(WRITE_MS, () => void this.settled());
    }
    this.#changed.fire(what.token);
  }

  /** Newest last. */
  of(token: string): readonly HistoryEvent[] {
    this.#read();
    return [...this.#kept, ...this.#pending, ...this.#session].filter((one) => one.token === token);
  }

  /** Writes pending events: await it when the window closes. Never rejects. */
  async settled(): Promise<void> {
    this.#timer?.dispose();
    this.#timer = undefined;
    if (this.#pending.length === 0) return;
    this.#read();
    const all = newest([...this.#kept, ...this.#pending]);
    this.#pending = [];
    try {
      await this.#parts.memento.update(KEY, all);
    } catch {
      // An unwritten event is missing from the history; nothing else depends on it.
    }
  }

  /** @throws what `globalState` throws */
  async clear(): Promise<void> {
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#pending = [];
    this.#session = [];
    await this.#parts.memento.update(KEY, undefined);
    this.#changed.fire(undefined);
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  /** Parses each value once: `globalState` returns the same object until this or another window changes it. */
  #read(): void {
    const raw = this.#parts.memento.get<unknown>(KEY);
    if (raw === this.#raw) return;
    this.#raw = raw;
    this.#kept = Array.isArray(raw) ? raw.flatMap((value) => event.safeParse(value).data ?? []) : [];
  }
}

const newest = (events: readonly HistoryEvent[]): readonly HistoryEvent[] => events.slice(-MAX_KEPT);
