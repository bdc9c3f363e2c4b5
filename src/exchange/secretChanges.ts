import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../base/clock.js';
import { AppError, describeError } from '../base/errors.js';
import type { Log } from '../base/log.js';
import type { ReadDigests } from '../net/trust.js';
import { platformOf } from '../platforms/index.js';
import type { CreatedToken } from '../platforms/lifecycle.js';
import type { Secret, Tenant } from '../platforms/tenant.js';
import { differences, followed, trustOf, type Binding, type Difference } from '../store/binding.js';
import type { TokenRecord } from '../store/record.js';
import type { TokenEntry } from '../store/tokenEntry.js';
import type { Vault } from '../store/vault.js';
import type { RecordCache } from './recordCache.js';
import type { RetryAfterStore } from './retryAfterStore.js';
import type { Turns } from './turns.js';

/** What a person compares before a token is sent where nobody has agreed to. */
export interface Review {
  /** The tenant's tokens that are bound in the same way, the one that was asked for first. */
  readonly tokens: readonly TokenEntry[];
  /** The address that the tokens were entered for. */
  readonly from: string;
  readonly differences: readonly Difference[];
  /** What agreeing binds them to. */
  readonly to: Binding;
}

interface Parts {
  readonly vault: Vault;
  readonly records: RecordCache;
  readonly turns: Turns;
  readonly readDigests: ReadDigests;
  readonly retryAfter: RetryAfterStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Drops what is remembered of earlier exchanges. */
  readonly forget: (id: string) => void;
}

/** What people do with the secret of an API token, and with what it is bound to, besides exchanging it. */
export class SecretChanges {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * What a new secret is bound to. An unreadable file does not prevent storing the secret: the first exchange reports it.
   */
  async binding(tenant: Tenant): Promise<Binding> {
    const { readDigests } = this.#parts;
    const boundTo = platformOf(tenant).exchangeUrl(tenant);
    const digests = await readDigests(tenant).catch(() => undefined);
    return { boundTo, ...(digests && { trust: trustOf(tenant, digests) }) };
  }

  /** The address that a token was entered for. @throws AppError of the vault */
  async boundTo(id: string): Promise<string> {
    const { vault } = this.#parts;
    return (await vault.read(id)).boundTo;
  }

  /**
   * What a token is bound to and what the settings say now, for a person to compare; one review for all tokens of the tenant
   * that differ in the same way. @throws AppError as {@link use}
   */
  async review(tenant: Tenant, id: string): Promise<Review> {
    const { vault, readDigests } = this.#parts;
    const boundTo = platformOf(tenant).exchangeUrl(tenant);
    const present = trustOf(tenant, await readDigests(tenant));
    const changeOf = async (token: string) => {
      const { boundTo: from, trust } = await vault.read(token);
      return { from, differences: trust ? differences(trust, present) : [] };
    };
    const change = await changeOf(id);
    const tokens = [vault.find(id)].filter((token) => token !== undefined);
    for (const other of vault.of(tenant.id)) {
      if (other.id === id) continue;
      // One that cannot be read has a message of its own.
      const ofOther = await changeOf(other.id).catch(() => undefined);
      if (isDeepStrictEqual(ofOther, change)) tokens.push(other);
    }
    return { tokens, ...change, to: { boundTo, trust: present } };
  }

  /** Puts a secret that the person entered again in the place of the one that is there, or was. The address is the present one. */
  async replace(tenant: Tenant, id: string, secret: Secret): Promise<void> {
    const { vault, records, retryAfter, forget } = this.#parts;
    await records.change(tenant, id, async () => {
      const generation = (await records.highest(id)) + 1;
      const record: TokenRecord = { v: 1, generation, ...(await this.binding(tenant)), secret: { ...secret } };
      await records.keep(id, record, (entered) => vault.overwrite(id, entered));
    });
    await retryAfter.clear(id);
    forget(id);
    records.touch(id);
  }

  /**
   * Works with the newest secret while nothing else does, here or in another window.
   * @throws AppError `address-changed`, `trust-changed`, `tenant-invalid` for a file of its TLS, those of the vault, and what
   * `work` throws
   */
  use<T>(tenant: Tenant, id: string, work: (secret: Secret) => Promise<T>): Promise<T> {
    const { records, turns } = this.#parts;
    const alone = async (): Promise<T> => work((await records.bound(tenant, id)).secret);
    return turns.take(id, () => records.mayRotate(tenant, id), alone);
  }

  /**
   * Puts in the place of a secret the one that `work` gets for it from the service. What is known of the old one goes.
   * @throws AppError as {@link use}; `secret-not-kept` where the new one is in memory only, from where it is offered again
   */
  async regenerate(tenant: Tenant, id: string, work: (secret: Secret) => Promise<CreatedToken>): Promise<CreatedToken> {
    const { vault, records, retryAfter, clock, forget } = this.#parts;
    const replace = async (): Promise<CreatedToken> => {
      const { secret: before, previous: _, access: __, revokedAt: ___, ...rest } = await records.bound(tenant, id);
      // Before the old value ends: can the new one be kept?
      await vault.prepare();
      const made = await work(before);
      const { secret, access } = made;
      const issued = access && { access: { ...access, exchangedAt: clock.wall() } };
      await records.keep(id, { ...rest, generation: rest.generation + 1, secret: { ...secret }, ...issued });
      return made;
    };
    try {
      const made = await records.change(tenant, id, replace, true);
      await retryAfter.clear(id);
      forget(id);
      return made;
    } catch (error) {
      if (records.isUnsaved(id)) records.setError(id, new AppError('secret-not-kept', {}, error));
      throw error;
    } finally {
      records.touch(id);
    }
  }

  /** After a person has confirmed what a {@link review} has shown: binds the secret to it. A former address's access token goes. */
  async rebind(tenant: Tenant, id: string, { to }: Review): Promise<void> {
    const { records } = this.#parts;
    await records.change(tenant, id, async () => {
      const record = await records.newest(id);
      const { access: _, discovered: __, ...moved } = record;
      await records.amend(id, { ...(record.boundTo === to.boundTo ? record : moved), ...to });
    });
    records.touch(id);
  }

  /**
   * A person has changed a tenant in VS Code: its API tokens follow, in what was changed and nothing else, also to another path
   * of the same server. Another server is confirmed by {@link rebind}. Never rejects: where the change cannot be noted, the person
   * is asked about it.
   * @returns the ids of the tokens that are sent to another path now
   */
  async follow(before: Tenant, after: Tenant): Promise<readonly string[]> {
    const { vault, records, readDigests, log } = this.#parts;
    const [from, to] = [before, after].map((tenant) => platformOf(tenant).exchangeUrl(tenant)) as [string, string];
    const isUnchanged = from === to && isDeepStrictEqual(trustOf(before), trustOf(after));
    const tokens = vault.of(after.id);
    if (isUnchanged || new URL(from).origin !== new URL(to).origin || tokens.length === 0) return [];
    const moved: string[] = [];
    const reading = readDigests(after);
    for (const { id } of tokens)
      try {
        const digests = await reading;
        await records.change(after, id, async () => {
          const record = await records.newest(id);
          const { access: _, discovered: __, ...rest } = record;
          const isMoved = from !== to && record.boundTo === from;
          const trust = record.trust && { trust: followed(record.trust, before, after, digests) };
          if (isMoved || trust) await records.amend(id, { ...(isMoved ? { ...rest, boundTo: to } : record), ...trust });
          if (isMoved) moved.push(id);
        });
        records.touch(id);
      } catch (error) {
        log.warn(`${after.id}: a change of its settings could not be noted: ${describeError(error)}`);
      }
    return moved;
  }

  /**
   * An API token was revoked at its service: all windows forget the access token that it brought, and do not exchange it unless
   * a person asks for that. The secret is kept. Never rejects: what cannot be written down is logged, and counts in this window.
   */
  async revoked(tenant: Tenant, id: string): Promise<void> {
    const { records, clock, log } = this.#parts;
    records.invalidate(id);
    try {
      await records.change(tenant, id, async () => {
        const { access: _, ...record } = await records.newest(id);
        await records.keep(id, { ...record, generation: record.generation + 1, revokedAt: clock.wall() });
      });
    } catch (error) {
      log.warn(`${tenant.id}: a revocation could not be noted: ${describeError(error)}`);
    }
    records.touch(id);
  }
}
