import { AppError, type ErrorCode } from '../errors.js';
import { Emitter, type Disposable, type Event } from '../event.js';
import { withCa, type HttpRequest, type HttpResponse, type Send } from '../net/http.js';
import { headerStyleOf, platformOf } from '../platforms/index.js';
import type { Discovered, Exchanged, Header, Secret, Tenant } from '../platforms/platform.js';
import { isUsable } from './expiry.js';
import { InTurn } from './inTurn.js';
import type { Log } from './log.js';
import type { Access, TokenRecord } from './record.js';
import { statusOf, type TokenStatus } from './status.js';
import type { Vault } from './vault.js';

export interface ExchangeOptions {
  /** A one-time passcode, for tenants that want one. */
  readonly passcode?: string;
  /** Lets the caller stop waiting. An exchange that was sent goes on and its result is kept: it may have replaced the secret. */
  readonly signal?: AbortSignal;
}

/** An access token that is new to this window. */
export interface IssuedAccess {
  /** The API token's id. */
  readonly id: string;
  readonly access: Access;
  /** It was there when the record was read for the first time: no exchange of this session has brought it. */
  readonly isFirst: boolean;
}

interface Held {
  readonly record: TokenRecord;
  /** The store refused this record: what is in memory is the only copy. */
  readonly unsaved: boolean;
}

/** Errors that follow from what is known anyway: there is nothing to remember of them. */
const DERIVED: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['address-changed', 'passcode-needed', 'single-use-spent']);

/** The request may have arrived and its answer be lost. */
const AMBIGUOUS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['timed-out', 'connection-lost']);

/**
 * Turns API tokens into access tokens: from memory, from the vault, or by an exchange, of which there is one at a time per
 * token. A secret that the service replaced is stored, and read back, before its access token is handed out.
 */
export class Broker implements Disposable {
  readonly #vault: Vault;
  readonly #send: Send;
  readonly #now: () => number;
  readonly #log: Log;
  readonly #changed = new Emitter<string>();
  readonly #issued = new Emitter<IssuedAccess>();
  readonly #held = new Map<string, Held>();
  readonly #errors = new Map<string, AppError>();
  readonly #inFlight = new Map<string, Promise<Access>>();
  /** What changes a token's record: none works with a record that another has replaced. */
  readonly #inTurn = new InTurn();
  readonly #notBefore = new Map<string, number>();
  /** Tokens whose discovery has failed: it is not tried again in this session, as each try delays an exchange. */
  readonly #undiscovered = new Set<string>();
  readonly #subscription: Disposable;

  constructor(vault: Vault, send: Send, now: () => number, log: Log) {
    this.#vault = vault;
    this.#send = send;
    this.#now = now;
    this.#log = log;
    this.#subscription = vault.onDidChangeRecord((id) => void this.#reload(id));
  }

  /** Fires the id of a token whose status may have changed. */
  get onDidChange(): Event<string> {
    return this.#changed.event;
  }

  /** Fires an access token that is new to this window: from an exchange, or from a record that was read. */
  get onDidIssue(): Event<IssuedAccess> {
    return this.#issued.event;
  }

  /** What is known without reading the vault; {@link load} makes more known. */
  status(tenant: Tenant, id: string): TokenStatus {
    const held = this.#held.get(id)?.record;
    const error = this.#bindingError(tenant, held) ?? this.#errors.get(id);
    return statusOf(held?.access, error, this.#inFlight.has(id), this.#now());
  }

  /** Reads a token's record, once, so that its status is known. Never rejects: what is wrong becomes the status. */
  async load(id: string): Promise<void> {
    if (this.#held.has(id) || this.#errors.has(id)) return;
    await this.#reload(id);
  }

  /** A usable access token that is at hand, without waiting. */
  peek(tenant: Tenant, id: string): Access | undefined {
    const record = this.#held.get(id)?.record;
    if (!record?.access || this.#bindingError(tenant, record)) return undefined;
    return this.#usable(tenant, id, record.access) ? record.access : undefined;
  }

  /**
   * A usable access token, by an exchange only where none is at hand.
   * @throws AppError, or `signal.reason` when the caller stopped waiting
   */
  async access(tenant: Tenant, id: string, options: ExchangeOptions = {}): Promise<Access> {
    const known = this.peek(tenant, id);
    if (known) return known;
    const running = this.#inFlight.get(id);
    return untilAborted(running ?? this.#start(tenant, id, options.passcode, false), options.signal);
  }

  /** A fresh access token, whether or not the one at hand is usable. @throws as {@link access} */
  async exchange(tenant: Tenant, id: string, options: ExchangeOptions = {}): Promise<Access> {
    return untilAborted(this.#inFlight.get(id) ?? this.#start(tenant, id, options.passcode, true), options.signal);
  }

  /**
   * The auth headers for an access token of this tenant, or for a reference that stands for one, in the style that the
   * tenant says or else its platform's own.
   */
  headers(tenant: Tenant, id: string, accessToken: string): readonly Header[] {
    const platform = platformOf(tenant);
    return platform.headers(tenant, accessToken, headerStyleOf(tenant), this.#held.get(id)?.record.discovered ?? {});
  }

  /** The address that a token was entered for, for a person to compare. @throws AppError of the vault */
  async boundTo(id: string): Promise<string> {
    return (await this.#read(id)).boundTo;
  }

  /** Puts a secret that the person entered again in the place of the one that is there, or was. The address is the present one. */
  async replaceSecret(tenant: Tenant, id: string, secret: Secret): Promise<void> {
    await this.#inTurn.run(id, async () => {
      const generation = (await this.#generation(id)) + 1;
      await this.#keep(id, { v: 1, generation, boundTo: platformOf(tenant).exchangeUrl(tenant), secret: { ...secret } });
    });
    this.#errors.delete(id);
    this.#notBefore.delete(id);
    this.#changed.fire(id);
  }

  /** After a person has confirmed the tenant's new address: binds the secret to it. The old address's access token goes. */
  async rebind(tenant: Tenant, id: string): Promise<void> {
    await this.#inTurn.run(id, async () => {
      const { v, generation, secret, previous } = await this.#read(id);
      const boundTo = platformOf(tenant).exchangeUrl(tenant);
      await this.#keep(id, { v, generation: generation + 1, boundTo, secret, ...(previous && { previous }) });
    });
    this.#errors.delete(id);
    this.#changed.fire(id);
  }

  /** When nothing is under way any more: an answer that is on its way may hold the only copy of a secret. */
  async settled(): Promise<void> {
    await this.#inTurn.settled();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
    this.#issued.dispose();
    this.#held.clear();
  }

  /** The promise is registered before anything is awaited: that is what makes two callers share it. */
  #start(tenant: Tenant, id: string, passcode: string | undefined, afresh: boolean): Promise<Access> {
    const running = this.#inTurn
      .run(id, () => this.#run(tenant, id, passcode, afresh))
      .finally(() => {
        this.#inFlight.delete(id);
        this.#changed.fire(id);
      });
    this.#inFlight.set(id, running);
    this.#changed.fire(id);
    return running;
  }

  async #run(tenant: Tenant, id: string, passcode: string | undefined, afresh: boolean): Promise<Access> {
    try {
      const record = await this.#read(id);
      const wrong = this.#bindingError(tenant, record);
      if (wrong) throw wrong;
      if (!afresh && record.access && this.#usable(tenant, id, record.access)) return record.access;
      const access = await this.#exchange(tenant, id, record, passcode);
      this.#errors.delete(id);
      return access;
    } catch (cause) {
      throw this.#failed(tenant, id, cause);
    }
  }

  async #exchange(tenant: Tenant, id: string, record: TokenRecord, passcode: string | undefined): Promise<Access> {
    const platform = platformOf(tenant);
    this.#refuseInVain(tenant, id, record, passcode);
    const sentAt = this.#now();
    const response = await this.#sendSecret(tenant, platform.exchange(tenant, record.secret, passcode));
    const next = successor(record, await this.#readExchange(tenant, id, record, response, sentAt), sentAt);
    // Stored before it is handed out: a replaced secret that is not stored is a lost tenant.
    await this.#keep(id, next);
    this.#notBefore.delete(id);
    this.#log.info(`${tenant.id}: exchanged at ${new URL(platform.exchangeUrl(tenant)).host} in ${this.#now() - sentAt} ms`);
    await this.#discover(tenant, id, next);
    return next.access;
  }

  /** Where an exchange replaces the secret, a lost answer is more than a lost answer. */
  async #sendSecret(tenant: Tenant, request: HttpRequest): Promise<HttpResponse> {
    try {
      return await this.#send(withCa(request, tenant.caFile));
    } catch (error) {
      const isUncertain = error instanceof AppError && AMBIGUOUS.has(error.code) && platformOf(tenant).rotation === 'always';
      throw isUncertain ? new AppError('renewal-uncertain', error.facts, error) : error;
    }
  }

  /** An answer that cannot be used may have replaced the secret all the same: the new one is kept before the error is told. */
  async #readExchange(
    tenant: Tenant,
    id: string,
    record: TokenRecord,
    response: HttpResponse,
    sentAt: number,
  ): Promise<Exchanged> {
    const platform = platformOf(tenant);
    try {
      const exchanged = platform.readExchange(response, tenant, record.secret, sentAt);
      if (Object.values(record.secret).includes(exchanged.accessToken))
        throw new AppError('unexpected-answer', { reason: 'the access token is the API token' });
      return exchanged;
    } catch (error) {
      const rotated = platform.readRotated?.(response, tenant, record.secret);
      if (rotated) await this.#keep(id, { ...record, ...replaced(record, rotated, sentAt), generation: record.generation + 1 });
      throw error;
    }
  }

  /** Stops what the service would refuse anyway, before a secret is sent. */
  #refuseInVain(tenant: Tenant, id: string, record: TokenRecord, passcode: string | undefined): void {
    const wait = (this.#notBefore.get(id) ?? 0) - this.#now();
    if (wait > 0) throw new AppError('rate-limited', { retryAfter: Math.ceil(wait / 1000) });
    this.#notBefore.delete(id);
    if (this.#vault.find(id)?.singleUse && record.access) throw new AppError('single-use-spent');
    if (passcode === undefined && platformOf(tenant).needsPasscode?.(tenant)) throw new AppError('passcode-needed');
  }

  /** Finds out what the headers need; its failing costs a header line and nothing else. */
  async #discover(tenant: Tenant, id: string, record: TokenRecord): Promise<void> {
    const platform = platformOf(tenant);
    const request = record.discovered || this.#undiscovered.has(id) ? undefined : platform.discovery?.(tenant);
    if (!request) return;
    try {
      const discovered: Discovered = platform.readDiscovery?.(await this.#send(withCa(request, tenant.caFile))) ?? {};
      if (Object.keys(discovered).length > 0) await this.#keep(id, { ...record, discovered: { ...discovered } });
      else this.#undiscovered.add(id);
    } catch (error) {
      this.#undiscovered.add(id);
      this.#log.warn(`${tenant.id}: discovery failed: ${error instanceof AppError ? error.code : 'error'}`);
    }
  }

  /** Keeps a record in the vault, and in memory where the vault fails: what the service replaced exists nowhere else. */
  async #keep(id: string, record: TokenRecord): Promise<void> {
    try {
      this.#hold(id, { record, unsaved: true });
      await this.#vault.write(id, record);
      this.#hold(id, { record, unsaved: false });
    } catch (error) {
      if (error instanceof AppError && error.code === 'token-unknown') this.#held.delete(id);
      throw error;
    }
  }

  /** 0 for a record that is not there or cannot be read. */
  async #generation(id: string): Promise<number> {
    try {
      return (await this.#read(id)).generation;
    } catch (error) {
      if (error instanceof AppError && (error.code === 'secret-lost' || error.code === 'secret-unreadable')) return 0;
      throw error;
    }
  }

  /** The newest record: the vault's, unless the vault failed to take the one in memory. */
  async #read(id: string): Promise<TokenRecord> {
    const held = this.#held.get(id);
    if (held?.unsaved) {
      await this.#keep(id, held.record);
      return held.record;
    }
    const record = await this.#vault.read(id);
    this.#hold(id, { record, unsaved: false });
    return record;
  }

  #hold(id: string, held: Held): void {
    const before = this.#held.get(id);
    this.#held.set(id, held);
    const { access } = held.record;
    if (access && access.token !== before?.record.access?.token) this.#issued.fire({ id, access, isFirst: !before });
  }

  /** Takes over what the vault holds now: another window may have exchanged, or the person entered the token again. */
  async #reload(id: string): Promise<void> {
    const before = this.#held.get(id);
    if (before?.unsaved || this.#inFlight.has(id)) return;
    try {
      const record = await this.#read(id);
      if (record.generation !== before?.record.generation) this.#errors.delete(id);
    } catch (error) {
      this.#held.delete(id);
      this.#errors.delete(id);
      if (error instanceof AppError && error.code !== 'token-unknown') this.#errors.set(id, error);
      if (!(error instanceof AppError)) this.#log.warn(`a token could not be read: ${describe(error)}`);
    }
    this.#changed.fire(id);
  }

  #failed(tenant: Tenant, id: string, cause: unknown): unknown {
    if (!(cause instanceof AppError)) {
      this.#log.warn(`${tenant.id}: exchange failed: ${describe(cause)}`);
      return cause;
    }
    this.#log.warn(`${tenant.id}: exchange failed: ${cause.code} ${JSON.stringify(cause.facts)}`);
    // What {@link #refuseInVain} says is no news of the service.
    if (cause.code === 'rate-limited' && !this.#notBefore.has(id))
      this.#notBefore.set(id, this.#now() + Number(cause.facts['retryAfter'] ?? 60) * 1000);
    if (!DERIVED.has(cause.code)) this.#errors.set(id, cause);
    return cause;
  }

  #bindingError(tenant: Tenant, record: TokenRecord | undefined): AppError | undefined {
    if (!record) return undefined;
    const address = platformOf(tenant).exchangeUrl(tenant);
    return record.boundTo === address ? undefined : new AppError('address-changed', { from: record.boundTo, to: address });
  }

  #usable(tenant: Tenant, id: string, access: Access): boolean {
    if (isUsable(access, this.#now())) return true;
    // Where an exchange costs a passcode or the token itself, an unknown end is no reason for one.
    const dear = this.#vault.find(id)?.singleUse === true || platformOf(tenant).needsPasscode?.(tenant) === true;
    return dear && access.expiresAt === null;
  }
}

function successor(record: TokenRecord, exchanged: Exchanged, exchangedAt: number): TokenRecord & { readonly access: Access } {
  const { accessToken, expiresAt, rotated, scope, apiTokenExpiresAt } = exchanged;
  return {
    ...record,
    generation: record.generation + 1,
    ...(rotated && replaced(record, rotated, exchangedAt)),
    access: {
      token: accessToken,
      exchangedAt,
      expiresAt,
      ...(scope !== undefined && { scope }),
      ...(apiTokenExpiresAt !== undefined && { apiTokenExpiresAt }),
    },
  };
}

function replaced(record: TokenRecord, secret: Secret, replacedAt: number): Pick<TokenRecord, 'secret' | 'previous'> {
  return { secret: { ...secret }, previous: { secret: record.secret, replacedAt } };
}

/** The class of a foreign error: its message may quote what was sent. */
function describe(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** @throws `signal.reason` as soon as the signal aborts; the promise goes on without its caller */
async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  promise.catch(() => undefined);
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => {
    reject(signal.reason as Error);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
