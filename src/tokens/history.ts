import type { Memento } from 'vscode';
import * as z from 'zod/mini';
import { Emitter, type Disposable, type Event } from '../event.js';
import type { Broker } from './broker.js';
import type { Clock } from './clock.js';
import type { Vault } from './vault.js';

const event = z.object({
  /** Epoch ms. */
  at: z.number(),
  /** Ids of the API token and its tenant. */
  token: z.string(),
  tenant: z.string(),
  what: z.enum(['exchanged', 'failed', 'created', 'regenerated', 'revoked', 'copied', 'inserted', 'sent']),
  /** Where to: `name` or `name:port`. */
  host: z.optional(z.string()),
  /** Of the error, where it failed. */
  code: z.optional(z.string()),
});

/** What was done with an API token, or with an access token of it. Nothing secret. */
export type HistoryEvent = Readonly<z.infer<typeof event>>;

interface Parts {
  readonly memento: Memento;
  readonly vault: Vault;
  readonly broker: Broker;
  readonly clock: Clock;
}

/**
 * What was done with which token: the last 300 events, in `globalState`, those of the sandbox in memory. Exchanges are noted by
 * themselves; the rest is added by whoever does it.
 */
export class History implements Disposable {
  constructor(parts: Parts) {
    void [parts, event];
  }

  /** Fires the id of an API token with which something was done; undefined: all is forgotten. */
  get onDidChange(): Event<string | undefined> {
    return new Emitter<string | undefined>().event;
  }

  /** Written within a second. Never throws. */
  add(what: Omit<HistoryEvent, 'at'>): void {
    void what;
  }

  /** Newest last. */
  of(token: string): readonly HistoryEvent[] {
    void token;
    return [];
  }

  /** Writes what is not written yet: to be awaited when the window closes. Never rejects. */
  async settled(): Promise<void> {
    await Promise.resolve();
  }

  /** @throws what `globalState` throws */
  async clear(): Promise<void> {
    await Promise.resolve();
  }

  dispose(): void {
    return;
  }
}
