import { Emitter, type Disposable, type Event } from '../base/event.js';
import type { CreatedToken, RemoteToken } from '../platforms/lifecycle.js';
import { platformOf } from '../platforms/index.js';
import type { Tenant } from '../platforms/tenant.js';
import { redactor } from '../platforms/redaction.js';
import type { Clock } from '../base/clock.js';
import { wholeDays } from '../tokens/apiTokenExpiry.js';
import type { NotedEnd, TokenNotes } from '../tokens/tokenNotes.js';
import type { TokenEntry } from '../store/tokenEntry.js';
import type { Vault } from '../store/vault.js';

/** A shorter suffix does not identify a token. */
const MIN_SUFFIX_LENGTH = 4;

interface Parts {
  readonly vault: Vault;
  readonly notes: TokenNotes;
  readonly clock: Clock;
}

/** The API tokens of a tenant at its service, and when the service listed them, epoch ms. */
export interface Listing {
  readonly at: number;
  /** The URL that was queried, to which tokens of the tenant are bound. */
  readonly address: string;
  readonly tokens: readonly RemoteToken[];
}

/** What a service reported about one API token, and when, epoch ms. */
export interface Details {
  readonly at: number;
  readonly token: RemoteToken;
}

/**
 * Redacts secrets that a service may echo in its description of a token: people see all of it, and `globalState` keeps its id.
 * Drops an id that contains a secret. Keeps the suffix, which serves to recognize the token and is not shown.
 */
export function withoutSecrets(token: RemoteToken, secrets: readonly string[]): RemoteToken {
  const clean = redactor(secrets);
  const { id, suffix, state, ...shown } = token;
  const words = Object.entries(shown).map(([key, value]: [string, unknown]) => {
    if (Array.isArray(value)) return [key, value.map((one) => clean(String(one)))];
    return [key, typeof value === 'string' ? clean(value) : value];
  });
  return {
    ...(Object.fromEntries(words) as typeof shown),
    id: clean(id) === id ? id : '',
    state,
    ...(suffix !== undefined && { suffix }),
  };
}

/** What services have reported about their API tokens in this session, and which of them are stored here. */
export class RemoteTokens implements Disposable {
  readonly #parts: Parts;
  readonly #changed = new Emitter<string>();
  /** By tenant. */
  readonly #listings = new Map<string, Listing>();
  /** By the id of the stored token. */
  readonly #details = new Map<string, Details>();
  /** The ids of stored tokens that the service does not list, as a person has said. */
  readonly #unlisted = new Set<string>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Fires the id of a tenant whose remote tokens have changed. */
  get onDidChange(): Event<string> {
    return this.#changed.event;
  }

  /** Undefined if the address of the tenant has changed since. */
  listing(tenant: Tenant): Listing | undefined {
    const listing = this.#listings.get(tenant.id);
    return listing?.address === platformOf(tenant).exchangeUrl(tenant) ? listing : undefined;
  }

  /** The listed tokens that are not stored here. */
  unkept(tenant: Tenant): readonly RemoteToken[] {
    const { vault, notes } = this.#parts;
    const kept = new Set(vault.of(tenant.id).map(({ id }) => notes.of(id).remoteId));
    return this.listing(tenant)?.tokens.filter(({ id }) => !kept.has(id)) ?? [];
  }

  /** The stored tokens of a tenant that any unknown one at the service may be. */
  unmatched(tenant: string): readonly TokenEntry[] {
    const { vault, notes } = this.#parts;
    return vault.of(tenant).filter(({ id }) => notes.of(id).remoteId === undefined && !this.#unlisted.has(id));
  }

  /**
   * A person has said which listed token a stored one is: no other stored token is that one then.
   * @param remoteId undefined: none of them
   */
  async recognized(tenant: string, token: string, remoteId: string | undefined): Promise<void> {
    const { vault, notes } = this.#parts;
    if (remoteId === undefined) this.#unlisted.add(token);
    else {
      const others = vault.of(tenant).filter(({ id }) => notes.of(id).remoteId === remoteId);
      for (const { id } of others) await notes.note(id, { remoteId: undefined });
      await notes.note(token, { remoteId });
    }
    this.#changed.fire(tenant);
  }

  details(token: string): Details | undefined {
    return this.#parts.vault.find(token) && this.#details.get(token);
  }

  /** The id of the stored token that has this id at the service. */
  keptAs(tenant: string, remoteId: string): string | undefined {
    const { vault, notes } = this.#parts;
    return vault.of(tenant).find(({ id }) => notes.of(id).remoteId === remoteId)?.id;
  }

  async listed(asked: Tenant, tokens: readonly RemoteToken[]): Promise<void> {
    const { id: tenant } = asked;
    await this.#recognize(tenant, tokens);
    const at = this.#parts.clock.wall();
    this.#listings.set(tenant, { at, address: platformOf(asked).exchangeUrl(asked), tokens });
    for (const token of tokens) {
      const kept = this.keptAs(tenant, token.id);
      if (kept !== undefined) await this.#noteDetails(kept, token, 'service');
    }
    this.#changed.fire(tenant);
  }

  /** Keeps what a service reported about a stored token when asked with its value. */
  async inspected(tenant: string, id: string, token: RemoteToken): Promise<void> {
    await this.#noteDetails(id, token, 'service');
    this.#changed.fire(tenant);
  }

  /** Keeps the details of a token that was created or regenerated: earlier notes are about the old value. */
  async made(tenant: string, id: string, { token, exchangeBy }: CreatedToken): Promise<void> {
    const { notes } = this.#parts;
    const before = notes.of(id).remoteId;
    const isNamed = token.id !== '';
    await notes.note(id, { remoteId: isNamed ? token.id : undefined, end: undefined, exchangeBy });
    await this.#noteDetails(id, token, 'created');
    this.#relist(tenant, (tokens) => [
      ...tokens.filter((one) => one.id !== before && one.id !== token.id),
      ...(isNamed ? [token] : []),
    ]);
  }

  /** @param remoteId the service's id of a token that no longer exists there */
  gone(tenant: string, remoteId: string): void {
    const kept = this.keptAs(tenant, remoteId);
    if (kept !== undefined) this.#details.delete(kept);
    this.#relist(tenant, (tokens) => tokens.filter(({ id }) => id !== remoteId));
  }

  /** A person has replaced a stored token by another one. Never rejects. */
  async replaced({ id, tenant }: TokenEntry): Promise<void> {
    this.#details.delete(id);
    await this.#parts.notes.forget(id);
    this.#changed.fire(tenant);
  }

  forgetAll(): void {
    const tenants = [...this.#listings.keys()];
    this.#listings.clear();
    this.#details.clear();
    this.#unlisted.clear();
    for (const tenant of tenants) this.#changed.fire(tenant);
  }

  dispose(): void {
    this.#changed.dispose();
    this.#listings.clear();
    this.#details.clear();
  }

  async #noteDetails(id: string, token: RemoteToken, from: NotedEnd['from']): Promise<void> {
    this.#details.set(id, { at: this.#parts.clock.wall(), token });
    const { endsAt: at } = token;
    if (at === undefined) return;
    // A person who has just chosen a short lifetime needs no reminder of it.
    const isNew = from === 'created' && at !== null;
    await this.#parts.notes.note(id, {
      end: { at, from, ...(isNew && { aheadDays: wholeDays(at - this.#parts.clock.wall()) }) },
    });
  }

  #relist(tenant: string, change: (tokens: readonly RemoteToken[]) => readonly RemoteToken[]): void {
    const listing = this.#listings.get(tenant);
    if (listing) this.#listings.set(tenant, { ...listing, tokens: change(listing.tokens) });
    this.#changed.fire(tenant);
  }

  /** Matches stored tokens with those at the service by the suffix of their value, if the match is unique on both sides. */
  async #recognize(tenant: string, tokens: readonly RemoteToken[]): Promise<void> {
    const { vault, notes } = this.#parts;
    const unknown = tokens.filter(({ id, suffix = '' }) => suffix.length >= MIN_SUFFIX_LENGTH && !this.keptAs(tenant, id));
    if (unknown.length === 0) return;
    const pairs: { readonly id: string; readonly remoteId: string }[] = [];
    for (const { id } of vault.of(tenant).filter((one) => notes.of(one.id).remoteId === undefined)) {
      const record = await vault.read(id).catch(() => undefined);
      const values = Object.values(record?.secret ?? {});
      const alike = unknown.filter(({ suffix = '' }) => values.some((value) => value.endsWith(suffix)));
      pairs.push(...alike.map((token) => ({ id, remoteId: token.id })));
    }
    const isOnly = (pair: (typeof pairs)[number]): boolean =>
      pairs.every((other) => other === pair || (other.id !== pair.id && other.remoteId !== pair.remoteId));
    for (const { id, remoteId } of pairs.filter(isOnly)) await notes.note(id, { remoteId });
  }
}
