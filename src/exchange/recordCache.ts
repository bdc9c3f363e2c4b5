import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../base/clock.js';
import { AppError, describeError, type ErrorCode } from '../base/errors.js';
import { Emitter, type Disposable, type Event } from '../base/event.js';
import type { Log } from '../base/log.js';
import type { CertificateDigests, ReadDigests } from '../net/trust.js';
import { platformOf } from '../platforms/index.js';
import { jwtExpiry } from '../platforms/jwt.js';
import type { Tenant } from '../platforms/tenant.js';
import { differences, trustOf } from '../store/binding.js';
import type { Access, TokenRecord } from '../store/record.js';
import type { SentNotes } from '../store/sentNotes.js';
import { isCostly } from '../store/tokenEntry.js';
import type { Vault } from '../store/vault.js';
import { bornAt, isUsable, timesAt } from './accessTokenLifetime.js';
import { statusOf, type TokenStatus } from './status.js';
import type { Turns } from './turns.js';

/** An access token that is new to this window. */
export interface IssuedAccess {
  /** The API token's id. */
  readonly id: string;
  readonly access: Access;
  /** It was there when the record was read for the first time: no exchange of this session has brought it. */
  readonly isFirst: boolean;
  /** When the API token ends, as it says itself, where it is a JWT: epoch ms. */
  readonly secretEndsAt: number | undefined;
}

/** Access tokens that are no longer valid, although they have not expired. */
export interface InvalidAccess {
  /** The API token's id. */
  readonly id: string;
  /** Undefined: all that the API token has brought. */
  readonly accessToken: string | undefined;
  /** When that was learned, epoch ms. */
  readonly at: number;
}

interface Held {
  readonly record: TokenRecord;
  /** The store refused this record: what is in memory is the only copy. */
  readonly unsaved: boolean;
  /** When the access token was sent for, by the clock that nobody sets. */
  readonly bornAt: number;
  /** The tenant, as the settings have it, that was found to be as the record is bound to it. */
  boundFor: Tenant | undefined;
}

interface Parts {
  readonly vault: Vault;
  readonly readDigests: ReadDigests;
  readonly turns: Turns;
  readonly sent: SentNotes;
  readonly clock: Clock;
  readonly log: Log;
}

const LOST: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['secret-lost', 'store-emptied']);

/** A younger access token is not refused for its age. */
const NEW_MS = 60_000;
const MAX_KEEP_DELAY_MS = 60_000;

/**
 * The records of API tokens as this window knows them: the newest of the vault's and its own. What the vault did not take stays
 * here, and is offered to it until it is taken.
 */
export class RecordCache implements Disposable {
  readonly #parts: Parts;
  readonly #vault: Vault;
  readonly #clock: Clock;
  readonly #isExchanging: (id: string) => boolean;
  readonly #changed = new Emitter<string>();
  readonly #issued = new Emitter<IssuedAccess>();
  readonly #invalid = new Emitter<InvalidAccess>();
  readonly #forgotten = new Emitter<string>();
  readonly #held = new Map<string, Held>();
  readonly #errors = new Map<string, AppError>();
  /** The access token that an API has refused before it expires, by API token, and whether it is handed out all the same. */
  readonly #refused = new Map<string, { readonly token: string; readonly isHandedOut: boolean }>();
  /** Attempts to store what the store refused, by token. */
  readonly #keeping = new Map<string, Disposable>();
  /** What was in the files of a tenant when they were read last. */
  readonly #digests = new WeakMap<Tenant, CertificateDigests>();
  readonly #subscription: Disposable;

  /** @param isExchanging whether an exchange is under way, which brings a newer record than the vault has */
  constructor(parts: Parts, isExchanging: (id: string) => boolean) {
    this.#parts = parts;
    this.#vault = parts.vault;
    this.#clock = parts.clock;
    this.#isExchanging = isExchanging;
    this.#subscription = parts.vault.onDidChangeRecord((id) => void this.#reload(id));
  }

  /** Fires the id of a token whose status may have changed. */
  get onDidChange(): Event<string> {
    return this.#changed.event;
  }

  /** Fires an access token that is new to this window: from an exchange, or from a record that was read. */
  get onDidIssue(): Event<IssuedAccess> {
    return this.#issued.event;
  }

  /** Fires access tokens that a service has refused, or that were revoked with their API token. */
  get onDidInvalidate(): Event<InvalidAccess> {
    return this.#invalid.event;
  }

  /** Fires the id of a token that was removed. */
  get onDidForget(): Event<string> {
    return this.#forgotten.event;
  }

  /** The record as far as it was read. */
  get(id: string): TokenRecord | undefined {
    return this.#held.get(id)?.record;
  }

  /** Whether this window has the only copy of the record. */
  isUnsaved(id: string): boolean {
    return this.#held.get(id)?.unsaved === true;
  }

  /** The error that a person has not seen mended yet. */
  error(id: string): AppError | undefined {
    return this.#errors.get(id);
  }

  /** Remembers what went wrong; undefined: nothing does any more. */
  setError(id: string, error: AppError | undefined): void {
    if (error) this.#errors.set(id, error);
    else this.#errors.delete(id);
  }

  /** What is known without reading the vault; {@link load} makes more known. */
  status(tenant: Tenant, id: string): TokenStatus {
    const held = this.#held.get(id);
    const wrong = held && !this.#isBound(tenant, held) ? this.#bindingError(tenant, held.record) : undefined;
    const error = wrong ?? this.#errors.get(id) ?? revocationError(held?.record);
    const now = this.#clock.wall();
    const access = held?.record.access && timesAt(held.record.access, now, this.#clock.mono() - held.bornAt);
    return statusOf(access, error, this.#isExchanging(id), now);
  }

  /** Reads a token's record, once, so that its status is known. Never rejects: what is wrong becomes the status. */
  async load(id: string): Promise<void> {
    if (this.#held.has(id) || this.#errors.has(id)) return;
    await this.#reload(id);
  }

  /** A usable access token that is at hand, without waiting. Nothing is allocated for it: editors ask for each line. */
  peek(tenant: Tenant, id: string): Access | undefined {
    const held = this.#held.get(id);
    return held && this.#isBound(tenant, held) ? this.#usable(tenant, id, held) : undefined;
  }

  /**
   * Whether the service may replace the secret with an exchange, or not take it again. Where only its answers tell, the ones so
   * far do.
   */
  mayRotate(tenant: Tenant, id: string): boolean {
    const { rotation } = platformOf(tenant);
    const record = this.#held.get(id)?.record;
    const hasShown = record?.access !== undefined && record.previous === undefined;
    return rotation === 'always' || (rotation === 'sometimes' && !hasShown) || this.#vault.find(id)?.singleUse === true;
  }

  /**
   * An API has answered 401 to this access token: it is not handed out again. Not so for one that is new: another one would be
   * refused just as well.
   */
  refuse(id: string, accessToken: string): void {
    const held = this.#held.get(id);
    const isNew = held && this.#clock.mono() - held.bornAt < NEW_MS;
    const isSpent = this.#vault.find(id)?.singleUse === true;
    if (held?.record.access?.token !== accessToken) return;
    const isHandedOut = isNew === true || isSpent;
    this.#refused.set(id, { token: accessToken, isHandedOut });
    if (!isHandedOut) this.#fireInvalid(id, accessToken);
  }

  /** An API token was revoked at its service: what it brought is not handed out again in this window. */
  invalidate(id: string): void {
    const token = this.#held.get(id)?.record.access?.token;
    if (token !== undefined) this.#refused.set(id, { token, isHandedOut: false });
    this.#fireInvalid(id, undefined);
  }

  /** What was refused before counts no longer: an exchange has brought another access token. */
  accept(id: string): void {
    this.#refused.delete(id);
  }

  /** The newest record: the vault's, unless the vault failed to take the one in memory. */
  async newest(id: string): Promise<TokenRecord> {
    const held = this.#held.get(id);
    if (held?.unsaved && (await this.#keepUnsaved(id, held.record))) return held.record;
    const record = await this.#vault.readNewest(id);
    if (held && held.record.generation > record.generation) {
      // What was stored has been lost, and this window remembers it.
      await this.keep(id, held.record);
      return held.record;
    }
    this.#hold(id, record, false);
    return record;
  }

  /**
   * The newest record, if the tenant is as it is bound to it; one that knows of no trust is bound to the present one from now on.
   * @throws AppError `address-changed`, `trust-changed`, `tenant-invalid` for a file of its TLS, and as {@link newest}
   */
  async bound(tenant: Tenant, id: string): Promise<TokenRecord> {
    const record = await this.newest(id);
    const digests = await this.#parts.readDigests(tenant);
    if (!isDeepStrictEqual(this.#digests.get(tenant) ?? {}, digests)) {
      this.#digests.set(tenant, digests);
      for (const held of this.#held.values()) if (held.boundFor === tenant) held.boundFor = undefined;
    }
    const wrong = this.#bindingError(tenant, record);
    if (wrong) throw wrong;
    return record.trust ? record : { ...record, trust: trustOf(tenant, digests) };
  }

  /** The highest generation that this window knows of; a later version's record counts for none. */
  async highest(id: string): Promise<number> {
    const stored = await this.#vault.generation(id);
    return Math.max(Number.isFinite(stored) ? stored : 0, this.#held.get(id)?.record.generation ?? 0);
  }

  /** Keeps a record in the vault, and in memory where the vault fails: what the service replaced exists nowhere else. */
  async keep(id: string, record: TokenRecord, write = (next: TokenRecord) => this.#vault.write(id, next)): Promise<void> {
    try {
      this.#hold(id, record, true);
      await write(record);
      this.#hold(id, record, false);
    } catch (error) {
      if (error instanceof AppError && error.code === 'token-unknown') this.#held.delete(id);
      else this.#keepLater(id, 1_000);
      throw error;
    }
  }

  /** Keeps what a person has changed of a record. A note that its secret was sent still counts. */
  async amend(id: string, record: TokenRecord): Promise<void> {
    const { generation } = record;
    const noted = await this.#parts.sent.read(id);
    await this.keep(id, { ...record, generation: generation + 1 });
    if (noted?.generation === generation) await this.#parts.sent.write(id, { ...noted, generation: generation + 1 });
  }

  /** Changes a token's record when nothing else does, here or in another window. @throws as {@link Turns.alone} */
  async change<T>(tenant: Tenant, id: string, work: () => Promise<T>, isRotating?: boolean): Promise<T> {
    const result = await this.#parts.turns.take(id, () => isRotating ?? this.mayRotate(tenant, id), work);
    this.#errors.delete(id);
    return result;
  }

  /** Says that the status of a token may have changed. */
  touch(id: string): void {
    this.#changed.fire(id);
  }

  /** Offers to the store once more what it refused. */
  async settle(): Promise<void> {
    for (const [id, { unsaved }] of this.#held) if (unsaved) await this.#keepAgain(id);
  }

  dispose(): void {
    this.#subscription.dispose();
    for (const emitter of [this.#changed, this.#issued, this.#invalid, this.#forgotten]) emitter.dispose();
    for (const attempt of this.#keeping.values()) attempt.dispose();
    this.#keeping.clear();
    this.#held.clear();
  }

  /** Offers to the store what it refused, for as long as this window lives. */
  #keepLater(id: string, delayMs: number): void {
    if (this.#keeping.has(id)) return;
    const attempt = this.#clock.after(delayMs, () => {
      void this.#keepAgain(id).then((isKept) => {
        this.#keeping.delete(id);
        if (!isKept) this.#keepLater(id, Math.min(delayMs * 2, MAX_KEEP_DELAY_MS));
      });
    });
    this.#keeping.set(id, attempt);
  }

  /** False if there is something newer by now. @throws as {@link keep} */
  async #keepUnsaved(id: string, record: TokenRecord): Promise<boolean> {
    try {
      await this.keep(id, record);
      return true;
    } catch (error) {
      if (error instanceof AppError && error.code === 'renewed-elsewhere') return false;
      throw error;
    }
  }

  /** True if nothing is left to keep. */
  async #keepAgain(id: string): Promise<boolean> {
    try {
      await this.#parts.turns.take(
        id,
        () => true,
        () => this.newest(id),
      );
      this.#errors.delete(id);
      this.#changed.fire(id);
      return true;
    } catch (error) {
      return error instanceof AppError && error.code === 'token-unknown';
    }
  }

  /** Takes over what the vault holds now: another window may have exchanged, or the person entered the token again. */
  async #reload(id: string): Promise<void> {
    const before = this.#held.get(id);
    if (before?.unsaved || this.#isExchanging(id)) return;
    try {
      const record = await this.#vault.read(id);
      // What came while it was read is newer.
      if (this.#held.get(id) !== before) return;
      if (before && before.record.generation > record.generation) {
        void this.#vault.putBack(id, before.record);
        return;
      }
      this.#hold(id, record, false);
      if (record.generation !== before?.record.generation) this.#errors.delete(id);
    } catch (error) {
      if (before && error instanceof AppError && LOST.has(error.code)) void this.#vault.putBack(id, before.record);
      this.#held.delete(id);
      this.#errors.delete(id);
      if (!this.#vault.find(id)) {
        this.#refused.delete(id);
        this.#forgotten.fire(id);
      }
      if (error instanceof AppError && error.code !== 'token-unknown') this.#errors.set(id, error);
      if (!(error instanceof AppError)) this.#parts.log.warn(`a token could not be read: ${describeError(error)}`);
    }
    this.#changed.fire(id);
  }

  #hold(id: string, record: TokenRecord, unsaved: boolean): void {
    const before = this.#held.get(id);
    const { access } = record;
    const isKnown = access?.token === before?.record.access?.token && access?.exchangedAt === before?.record.access?.exchangedAt;
    const born = access ? bornAt(access, this.#clock.wall(), this.#clock.mono()) : 0;
    this.#held.set(id, { record, unsaved, bornAt: before && isKnown ? before.bornAt : born, boundFor: undefined });
    if (!access || access.token === before?.record.access?.token) return;
    const refused = this.#refused.get(id);
    if (refused && refused.token !== access.token) this.#fireInvalid(id, refused.token);
    this.#issued.fire({ id, access, isFirst: !before, secretEndsAt: jwtExpiry(record.secret) });
  }

  #fireInvalid(id: string, accessToken: string | undefined): void {
    this.#invalid.fire({ id, accessToken, at: this.#clock.wall() });
    this.#changed.fire(id);
  }

  #isBound(tenant: Tenant, held: Held): boolean {
    if (held.boundFor === tenant) return true;
    if (this.#bindingError(tenant, held.record)) return false;
    held.boundFor = tenant;
    return true;
  }

  #bindingError(tenant: Tenant, { boundTo, trust }: TokenRecord): AppError | undefined {
    const address = platformOf(tenant).exchangeUrl(tenant);
    if (boundTo !== address) return new AppError('address-changed', { from: boundTo, to: address });
    const changed = trust ? differences(trust, trustOf(tenant, this.#digests.get(tenant))) : [];
    if (changed.length === 0) return undefined;
    return new AppError('trust-changed', { settings: changed.map(({ setting }) => setting).join(', ') });
  }

  /** The access token of a record, if it can be handed out. */
  #usable(tenant: Tenant, id: string, { record, bornAt: born }: Held): Access | undefined {
    const { access } = record;
    const refused = this.#refused.get(id);
    if (!access || (refused && !refused.isHandedOut && refused.token === access.token)) return undefined;
    if (isUsable(access, this.#clock.wall(), this.#clock.mono() - born)) return access;
    // An unknown expiry is no reason for a costly exchange.
    return access.expiresAt === null && isCostly(tenant, this.#vault.find(id)) ? access : undefined;
  }
}

/** A revoked API token is exchanged only for a person who asks for it. */
export function revocationError(record: TokenRecord | undefined): AppError | undefined {
  return record?.revokedAt === undefined ? undefined : new AppError('token-revoked');
}
