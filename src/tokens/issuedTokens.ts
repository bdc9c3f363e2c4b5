import { createHash, randomBytes } from 'node:crypto';
import type { Memento } from 'vscode';
import * as z from 'zod/mini';
import { Emitter, type Disposable, type Event } from '../base/event.js';
import type { Broker } from '../exchange/broker.js';
import type { InvalidAccess } from '../exchange/recordCache.js';
import type { Access } from '../store/record.js';
import type { Vault } from '../store/vault.js';

const KEY = 'issuedTokens';
/** Older tokens have long expired. */
const MAX_KEPT = 256;

const issued = z.object({
  hash: z.string(),
  /** Ids of the API token and its tenant. */
  token: z.string(),
  tenant: z.string(),
  /** Epoch ms; null: unknown. */
  expiresAt: z.nullable(z.number()),
});
const kept = z.object({ salt: z.string().check(z.minLength(1)), issued: z.array(issued) });

/** What is known about an access token that was issued once. */
export type Issued = Readonly<Omit<z.infer<typeof issued>, 'hash'>>;
type Hashed = Readonly<z.infer<typeof issued>>;

/**
 * Recognizes access tokens from earlier exchanges in files that people wrote them into. Keeps salted hashes of the newest ones:
 * enough to identify a token's owner, useless for anything else.
 */
export class IssuedTokens implements Disposable {
  readonly #memento: Memento;
  readonly #vault: Vault;
  readonly #subscriptions: readonly Disposable[];
  /** Sandbox tokens: nothing about them outlives the session or depends on a salt that another window may replace. */
  readonly #session = new Map<string, Hashed>();
  readonly #sessionSalt = newSalt();
  readonly #changed = new Emitter<void>();
  #raw: unknown;
  #kept = new Map<string, Hashed>();
  #salt = '';

  constructor(memento: Memento, vault: Vault, broker: Broker) {
    this.#memento = memento;
    this.#vault = vault;
    // A token that could not be recorded is not recognized; nothing else depends on it.
    this.#subscriptions = [
      broker.onDidIssue(({ id, access, isFirst }) => void this.#remember(id, access, isFirst).catch(() => undefined)),
      broker.onDidInvalidate((invalid) => void this.#expire(invalid).catch(() => undefined)),
    ];
  }

  /** Fires when another access token is known. */
  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  /** Whose access token a text is; undefined: not a known one. */
  find(text: string): Issued | undefined {
    this.#read();
    return lookUp(this.#session, text, this.#sessionSalt) ?? lookUp(this.#kept, text, this.#salt);
  }

  async forgetAll(): Promise<void> {
    this.#session.clear();
    await this.#memento.update(KEY, undefined);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
    this.#session.clear();
  }

  async #remember(id: string, { token, expiresAt }: Access, isFirst: boolean): Promise<void> {
    const entry = this.#vault.find(id);
    if (!entry) return;
    const isKnown = this.find(token)?.token === id;
    if (!isKnown) await this.#keep(token, { token: id, tenant: entry.tenant, expiresAt });
    // A token that another window has just recorded is new here; one that was recorded before this window read the record is not.
    if (!isKnown || !isFirst) this.#changed.fire();
  }

  async #keep(text: string, one: Issued): Promise<void> {
    if (this.#vault.isForSession(one.token)) {
      const hash = hashOf(text, this.#sessionSalt);
      this.#session.set(hash, { hash, ...one });
      const [oldest] = this.#session.keys();
      if (this.#session.size > MAX_KEPT && oldest !== undefined) this.#session.delete(oldest);
      return;
    }
    const hash = hashOf(text, this.#salt);
    const others = [...this.#kept.values()].filter((other) => other.hash !== hash);
    const all = [...others, { hash, ...one }].slice(-MAX_KEPT);
    const written = this.#memento.update(KEY, { salt: this.#salt, issued: all });
    const raw = this.#memento.get<unknown>(KEY);
    await written;
    // Skip parsing what this window has just written: parsing would be most of the cost of an exchange.
    if (this.#memento.get<unknown>(KEY) !== raw) return;
    this.#raw = raw;
    this.#kept = byHash(all);
  }

  /** Marks tokens that are no longer valid as expired at that time. */
  async #expire({ id, accessToken, at }: InvalidAccess): Promise<void> {
    this.#read();
    const expired = (known: ReadonlyMap<string, Hashed>, salt: string): readonly Hashed[] => {
      const hash = accessToken === undefined ? undefined : hashOf(accessToken, salt);
      const all = [...known.values()].filter((one) => one.token === id && (hash ?? one.hash) === one.hash);
      return all.filter(({ expiresAt }) => expiresAt === null || expiresAt > at).map((one) => ({ ...one, expiresAt: at }));
    };
    const ofSession = expired(this.#session, this.#sessionSalt);
    const ofAll = expired(this.#kept, this.#salt);
    for (const one of ofSession) this.#session.set(one.hash, one);
    const changed = byHash(ofAll);
    const all = [...this.#kept.values()].map((one) => changed.get(one.hash) ?? one);
    if (changed.size > 0) await this.#memento.update(KEY, { salt: this.#salt, issued: all });
    if (changed.size + ofSession.length > 0) this.#changed.fire();
  }

  /** Parses each value once: `globalState` returns the same object until this or another window changes it. */
  #read(): void {
    const raw = this.#memento.get<unknown>(KEY);
    if (raw === this.#raw && this.#salt) return;
    this.#raw = raw;
    const { data } = kept.safeParse(raw);
    this.#salt = data?.salt ?? (this.#salt || newSalt());
    this.#kept = byHash(data?.issued ?? []);
  }
}

const byHash = (all: readonly Hashed[]): Map<string, Hashed> => new Map(all.map((one) => [one.hash, one]));

const newSalt = (): string => randomBytes(16).toString('base64url');

const hashOf = (text: string, salt: string): string =>
  createHash('sha256')
    .update(salt + text)
    .digest('base64url');

/** A large file has hundreds of thousands of words: hash none if there is nothing to compare with. */
const lookUp = (known: ReadonlyMap<string, Hashed>, text: string, salt: string): Hashed | undefined =>
  known.size > 0 ? known.get(hashOf(text, salt)) : undefined;
