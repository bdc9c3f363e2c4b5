import { isDeepStrictEqual } from 'node:util';
import { AppError, type ErrorCode } from '../base/errors.js';
import { Emitter, type Disposable, type Event } from '../base/event.js';
import { withTls, type Send } from '../net/http.js';
import type { CertificateDigests, ReadDigests } from '../net/trust.js';
import type { CreatedToken } from '../platforms/lifecycle.js';
import { headerStyleOf, platformOf } from '../platforms/index.js';
import type { Discovered, Header } from '../platforms/platform.js';
import type { Secret, Tenant } from '../platforms/tenant.js';
import { differences, followed, trustOf, type Binding, type Difference } from '../store/binding.js';
import { pause, type Clock } from '../base/clock.js';
import { ATTEMPTS_MS, TURN_MS } from '../base/timeLimits.js';
import { jwtExpiry } from '../platforms/jwt.js';
import { Exchanger, type SentBefore } from './exchanger.js';
import type { Exclusion } from '../windows/exclusion.js';
import { bornAt, isUsable, timesAt } from './accessTokenLifetime.js';
import { KeyedMutex } from '../base/keyedMutex.js';
import type { Log } from '../base/log.js';
import type { Access, TokenRecord } from '../store/record.js';
import type { SentNotes } from '../store/sentNotes.js';
import { ConcurrencyLimiter } from '../base/concurrencyLimiter.js';
import { statusOf, type TokenStatus } from './status.js';
import type { Trace } from './trace.js';
import { untilAborted } from '../base/untilAborted.js';
import type { Vault } from '../store/vault.js';
import type { RetryAfterStore } from './retryAfterStore.js';

export interface ExchangeOptions {
  /** A one-time passcode, for tenants that want one. */
  readonly passcode?: string;
  /** Lets the caller stop waiting. An exchange that was sent goes on and its result is kept: it may have replaced the secret. */
  readonly signal?: AbortSignal;
  /** Nobody waits for it: it may be put off for what somebody waits for. */
  readonly ahead?: boolean;
}

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

/** What became of an exchange that was sent. */
export interface ExchangeOutcome {
  /** Ids of the API token and its tenant. */
  readonly id: string;
  readonly tenant: string;
  /** Where the API token was sent. */
  readonly host: string;
  /** Undefined: it brought an access token. */
  readonly code: ErrorCode | undefined;
}

/** What a person compares before a token is sent where nobody has agreed to. */
export interface Review {
  /** The address that the token was entered for. */
  readonly from: string;
  readonly differences: readonly Difference[];
  /** What agreeing binds it to. */
  readonly to: Binding;
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
  readonly send: Send;
  readonly readDigests: ReadDigests;
  readonly exclusion: Exclusion;
  readonly sent: SentNotes;
  readonly retryAfter: RetryAfterStore;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 to 1. */
  readonly random: () => number;
}

/** One exchange that is under way. */
interface Run {
  readonly tenant: Tenant;
  readonly id: string;
  readonly passcode: string | undefined;
  /** By a person; who joins later makes it so. */
  isAwaited: boolean;
  /** The access token at hand does not do, nor does one that is no newer than this generation. */
  readonly newerThan: number | undefined;
  /**
   * A person wants it who has read that the last renewal is uncertain; where a second one may destroy what the first one has
   * brought, they have to ask for the exchange itself.
   */
  readonly isInformed: boolean;
}

/** Errors that follow from what is known anyway: there is nothing to remember of them. */
const DERIVED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'address-changed',
  'trust-changed',
  'passcode-needed',
  'single-use-spent',
  'token-revoked',
]);

const LOST: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['secret-lost', 'store-emptied']);

/** A service that takes the secret before the present one does so for some seconds after it was replaced. */
const GRACE_MS = 30_000;
/** A younger access token is not refused for its age. */
const NEW_MS = 60_000;
const MAX_KEEP_DELAY_MS = 60_000;
const SETTLE_MS = 4_000;

/**
 * Turns API tokens into access tokens: from memory, from the vault, or by an exchange, of which there is one at a time per
 * token, in all windows. A secret that the service replaced is stored, and read back, before its access token is handed out.
 */
export class Broker implements Disposable {
  readonly #vault: Vault;
  readonly #send: Send;
  readonly #readDigests: ReadDigests;
  readonly #exclusion: Exclusion;
  readonly #sent: SentNotes;
  readonly #retryAfter: RetryAfterStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #exchanger: Exchanger;
  readonly #changed = new Emitter<string>();
  readonly #issued = new Emitter<IssuedAccess>();
  readonly #invalid = new Emitter<InvalidAccess>();
  readonly #exchanged = new Emitter<ExchangeOutcome>();
  readonly #held = new Map<string, Held>();
  readonly #errors = new Map<string, AppError>();
  readonly #inFlight = new Map<string, { readonly run: Run; readonly access: Promise<Access> }>();
  /** What changes a token's record: none works with a record that another has replaced. */
  readonly #mutex = new KeyedMutex();
  readonly #limiter = new ConcurrencyLimiter();
  /** The access token that an API has refused before it expires, by API token, and whether it is handed out all the same. */
  readonly #refused = new Map<string, { readonly token: string; readonly isHandedOut: boolean }>();
  /** Attempts to store what the store refused, by token. */
  readonly #keeping = new Map<string, Disposable>();
  /** Tokens whose discovery has failed: it is not tried again in this session, as each try delays an exchange. */
  readonly #undiscovered = new Set<string>();
  /** What was in the files of a tenant when they were read last. */
  readonly #digests = new WeakMap<Tenant, CertificateDigests>();
  readonly #subscription: Disposable;

  constructor({ vault, send, readDigests, exclusion, sent, retryAfter, clock, log, random }: Parts) {
    this.#vault = vault;
    this.#send = send;
    this.#readDigests = readDigests;
    this.#exclusion = exclusion;
    this.#sent = sent;
    this.#retryAfter = retryAfter;
    this.#clock = clock;
    this.#log = log;
    this.#exchanger = new Exchanger({ send, clock, log, random });
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

  /** Fires access tokens that a service has refused, or that were revoked with their API token. */
  get onDidInvalidate(): Event<InvalidAccess> {
    return this.#invalid.event;
  }

  /** Fires what became of each exchange that this window has sent. */
  get onDidExchange(): Event<ExchangeOutcome> {
    return this.#exchanged.event;
  }

  /** What is known without reading the vault; {@link load} makes more known. */
  status(tenant: Tenant, id: string): TokenStatus {
    const held = this.#held.get(id);
    const wrong = held && !this.#isBound(tenant, held) ? this.#bindingError(tenant, held.record) : undefined;
    const error = wrong ?? this.#errors.get(id) ?? revocationError(held?.record);
    const now = this.#clock.wall();
    const access = held?.record.access && timesAt(held.record.access, now, this.#clock.mono() - held.bornAt);
    return statusOf(access, error, this.#inFlight.has(id), now);
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
   * A usable access token, by an exchange only where none is at hand.
   * @throws AppError, or `signal.reason` when the caller stopped waiting
   */
  access(tenant: Tenant, id: string, options: ExchangeOptions = {}): Promise<Access> {
    const known = this.peek(tenant, id);
    return known ? Promise.resolve(known) : this.#join(tenant, id, options, undefined);
  }

  /**
   * A fresh access token, whether or not the one at hand is usable. One that another window has fetched meanwhile is as good.
   * @throws as {@link access}
   */
  exchange(tenant: Tenant, id: string, options: ExchangeOptions = {}): Promise<Access> {
    const newerThan = this.#held.get(id)?.record.generation ?? Infinity;
    return this.#join(tenant, id, options, newerThan);
  }

  /**
   * An API has answered 401 to this access token: it is not handed out again. Not so for one that is new: another one would be
   * refused just as well.
   */
  refused(id: string, accessToken: string): void {
    const held = this.#held.get(id);
    const isNew = held && this.#clock.mono() - held.bornAt < NEW_MS;
    const isSpent = this.#vault.find(id)?.singleUse === true;
    if (held?.record.access?.token !== accessToken) return;
    const isHandedOut = isNew === true || isSpent;
    this.#refused.set(id, { token: accessToken, isHandedOut });
    if (!isHandedOut) this.#invalidate(id, accessToken);
  }

  /**
   * An API token was revoked at its service: all windows forget the access token that it brought, and do not exchange it unless
   * a person asks for that. The secret is kept. Never rejects: what cannot be written down is logged, and counts in this window.
   */
  async revoked(tenant: Tenant, id: string): Promise<void> {
    const token = this.#held.get(id)?.record.access?.token;
    if (token !== undefined) this.#refused.set(id, { token, isHandedOut: false });
    this.#invalidate(id, undefined);
    try {
      await this.#change(tenant, id, async () => {
        const { access: _, ...record } = await this.#newest(id);
        await this.#keep(id, { ...record, generation: record.generation + 1, revokedAt: this.#clock.wall() });
      });
    } catch (error) {
      this.#log.warn(`${tenant.id}: a revocation could not be noted: ${describe(error)}`);
    }
    this.#changed.fire(id);
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

  /** What was sent and answered when an exchange of this token failed last, in this session. */
  trace(id: string): Trace | undefined {
    return this.#exchanger.trace(id);
  }

  /**
   * The auth headers for an access token of this tenant, or for a reference that stands for one, in the style that the
   * tenant says or else its platform's own.
   */
  headers(tenant: Tenant, id: string, accessToken: string): readonly Header[] {
    const platform = platformOf(tenant);
    return platform.headers(tenant, accessToken, headerStyleOf(tenant), this.#held.get(id)?.record.discovered ?? {});
  }

  /**
   * What a secret that comes now is bound to. That a file cannot be read keeps nobody from keeping what was entered, or made by
   * a service: it is told with the first exchange.
   */
  async binding(tenant: Tenant): Promise<Binding> {
    const boundTo = platformOf(tenant).exchangeUrl(tenant);
    const digests = await this.#readDigests(tenant).catch(() => undefined);
    return { boundTo, ...(digests && { trust: trustOf(tenant, digests) }) };
  }

  /** The address that a token was entered for. @throws AppError of the vault */
  async boundTo(id: string): Promise<string> {
    return (await this.#vault.read(id)).boundTo;
  }

  /** What a token is bound to and what the settings say now, for a person to compare. @throws AppError as {@link withSecret} */
  async review(tenant: Tenant, id: string): Promise<Review> {
    const { boundTo: from, trust } = await this.#vault.read(id);
    const boundTo = platformOf(tenant).exchangeUrl(tenant);
    const present = trustOf(tenant, await this.#readDigests(tenant));
    return { from, differences: trust ? differences(trust, present) : [], to: { boundTo, trust: present } };
  }

  /** Puts a secret that the person entered again in the place of the one that is there, or was. The address is the present one. */
  async replaceSecret(tenant: Tenant, id: string, secret: Secret): Promise<void> {
    await this.#change(tenant, id, async () => {
      const generation = (await this.#highest(id)) + 1;
      const record: TokenRecord = { v: 1, generation, ...(await this.binding(tenant)), secret: { ...secret } };
      await this.#keep(id, record, (entered) => this.#vault.overwrite(id, entered));
    });
    await this.#retryAfter.clear(id);
    this.#exchanger.forget(id);
    this.#changed.fire(id);
  }

  /**
   * Works with the newest secret while nothing else does, here or in another window.
   * @throws AppError `address-changed`, `trust-changed`, `tenant-invalid` for a file of its TLS, those of the vault, and what
   * `work` throws
   */
  withSecret<T>(tenant: Tenant, id: string, work: (secret: Secret) => Promise<T>): Promise<T> {
    const alone = async (): Promise<T> => work((await this.#bound(tenant, id)).secret);
    return this.#mutex.run(id, () => this.#alone(tenant, id, alone));
  }

  /**
   * Puts in the place of a secret the one that `work` gets for it from the service. What is known of the old one goes.
   * @throws AppError as {@link withSecret}; `secret-not-kept` where the new one is in memory only, from where it is offered again
   */
  async regenerate(tenant: Tenant, id: string, work: (secret: Secret) => Promise<CreatedToken>): Promise<CreatedToken> {
    const replace = async (): Promise<CreatedToken> => {
      const { secret: before, previous: _, access: __, revokedAt: ___, ...rest } = await this.#bound(tenant, id);
      // Before the old value ends: can the new one be kept?
      await this.#vault.prepare();
      const made = await work(before);
      const { secret, access } = made;
      const issued = access && { access: { ...access, exchangedAt: this.#clock.wall() } };
      await this.#keep(id, { ...rest, generation: rest.generation + 1, secret: { ...secret }, ...issued });
      return made;
    };
    try {
      const made = await this.#change(tenant, id, replace, true);
      await this.#retryAfter.clear(id);
      this.#exchanger.forget(id);
      return made;
    } catch (error) {
      if (this.#held.get(id)?.unsaved) this.#errors.set(id, new AppError('secret-not-kept', {}, error));
      throw error;
    } finally {
      this.#changed.fire(id);
    }
  }

  /** After a person has confirmed what a {@link review} has shown: binds the secret to it. A former address's access token goes. */
  async rebind(tenant: Tenant, id: string, { to }: Review): Promise<void> {
    await this.#change(tenant, id, async () => {
      const record = await this.#newest(id);
      const { access: _, discovered: __, ...moved } = record;
      await this.#amend(id, { ...(record.boundTo === to.boundTo ? record : moved), ...to });
    });
    this.#changed.fire(id);
  }

  /**
   * A person has changed a tenant in VS Code: its API tokens follow, in what was changed and nothing else. A new address is
   * confirmed by {@link rebind}. Never rejects: where the change cannot be noted, the person is asked about it.
   */
  async follow(before: Tenant, after: Tenant): Promise<void> {
    const addressOf = (tenant: Tenant): string => platformOf(tenant).exchangeUrl(tenant);
    if (addressOf(before) !== addressOf(after) || isDeepStrictEqual(trustOf(before), trustOf(after))) return;
    for (const { id } of this.#vault.of(after.id))
      try {
        const digests = await this.#readDigests(after);
        await this.#change(after, id, async () => {
          const record = await this.#newest(id);
          if (record.trust) await this.#amend(id, { ...record, trust: followed(record.trust, before, after, digests) });
        });
        this.#changed.fire(id);
      } catch (error) {
        this.#log.warn(`${after.id}: a change of its settings could not be noted: ${describe(error)}`);
      }
  }

  /**
   * When nothing is under way any more, and what the store refused was offered to it once more: it may be the only copy of a
   * secret. Within 4 s: VS Code gives five to a window that closes.
   */
  async settled(): Promise<void> {
    await Promise.race([this.#settle(), pause(this.#clock, SETTLE_MS)]);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
    this.#issued.dispose();
    this.#invalid.dispose();
    this.#exchanged.dispose();
    for (const attempt of this.#keeping.values()) attempt.dispose();
    this.#keeping.clear();
    this.#held.clear();
  }

  async #settle(): Promise<void> {
    await this.#mutex.settled();
    for (const [id, { unsaved }] of this.#held) if (unsaved) await this.#keepAgain(id);
  }

  /** Waits for the exchange that is under way, or for a new one: callers share its promise, and so come on in one turn. */
  #join(tenant: Tenant, id: string, options: ExchangeOptions, newerThan: number | undefined): Promise<Access> {
    const { run, access } = this.#inFlight.get(id) ?? this.#start(tenant, id, options, newerThan);
    if (!options.ahead) run.isAwaited = true;
    return untilAborted(access, options.signal);
  }

  /** The promise is registered before anything is awaited: that is what makes two callers share it. */
  #start(tenant: Tenant, id: string, { passcode, ahead }: ExchangeOptions, newerThan: number | undefined) {
    const isAsked = !ahead && (newerThan !== undefined || platformOf(tenant).rotation !== 'always');
    const isInformed = isAsked && this.#errors.get(id)?.code === 'renewal-uncertain';
    const run: Run = { tenant, id, passcode, isAwaited: !ahead, newerThan, isInformed };
    const access = this.#run(run).finally(() => {
      this.#inFlight.delete(id);
      this.#changed.fire(id);
    });
    const flight = { run, access };
    this.#inFlight.set(id, flight);
    this.#changed.fire(id);
    return flight;
  }

  async #run(run: Run): Promise<Access> {
    const { tenant, id } = run;
    const { host } = new URL(platformOf(tenant).exchangeUrl(tenant));
    return this.#mutex.run(id, async () => {
      try {
        const access = await this.#limiter.run(
          host,
          () => run.isAwaited,
          () => this.#alone(tenant, id, () => this.#accessFor(run)),
        );
        this.#errors.delete(id);
        return access;
      } catch (cause) {
        throw await this.#failed(run, cause);
      }
    });
  }

  /** Lets no other window work with the token meanwhile. @param isRotating as {@link Exclusion.run} */
  async #alone<T>(tenant: Tenant, id: string, work: () => Promise<T>, isRotating = this.mayRotate(tenant, id)): Promise<T> {
    return this.#vault.isForSession(id) ? work() : this.#exclusion.run(id, isRotating, work);
  }

  /** Changes a token's record when nothing else does, here or in another window. */
  async #change<T>(tenant: Tenant, id: string, work: () => Promise<T>, isRotating?: boolean): Promise<T> {
    const result = await this.#mutex.run(id, () => this.#alone(tenant, id, work, isRotating));
    this.#errors.delete(id);
    return result;
  }

  async #accessFor(run: Run): Promise<Access> {
    const { tenant, id, newerThan, passcode } = run;
    let record = await this.#bound(tenant, id);
    const known = newerThan === undefined || record.generation > newerThan ? this.peek(tenant, id) : undefined;
    if (known) return known;
    this.#refuseInVain(run, record);
    // Before a secret is spent: can what comes for it be kept?
    if (this.mayRotate(tenant, id)) await this.#vault.prepare();
    const isCostly = passcode !== undefined || this.#vault.find(id)?.singleUse;
    for (;;) {
      const [wall, mono] = [this.#clock.wall(), this.#clock.mono()];
      const access = await this.#exchangeEither(run, record);
      // If the machine slept, or its clock was set, while the answer was on its way, nobody knows how old it is.
      const passed = Math.max(Math.abs(this.#clock.wall() - wall), this.#clock.mono() - mono);
      if (isCostly || this.peek(tenant, id) || passed < TURN_MS) return access;
      record = await this.#newest(id);
    }
  }

  /** With the secret that is known, or with another one that may be the right one. */
  async #exchangeEither(run: Run, record: TokenRecord): Promise<Access> {
    try {
      return await this.#exchange(run, record);
    } catch (error) {
      const other = error instanceof AppError && error.code === 'api-token-refused' && (await this.#otherSecret(run, record));
      if (!other) throw error;
      this.#log.info(`${run.tenant.id}: refused; trying the other secret that is known`);
      return this.#exchange(run, other);
    }
  }

  async #exchange(run: Run, record: TokenRecord): Promise<Access> {
    const { tenant, id } = run;
    const begun = this.#clock.mono();
    const { passcode } = run;
    const mayRotate = this.mayRotate(tenant, id);
    const sent = mayRotate && !this.#vault.isForSession(id) ? await this.#sentBefore(run, record) : undefined;
    const order = { tenant, id, passcode, mayRotate, isAwaited: () => run.isAwaited, sent };
    const { host } = new URL(platformOf(tenant).exchangeUrl(tenant));
    const ended = (code?: ErrorCode): void => this.#exchanged.fire({ id, tenant: tenant.id, host, code });
    const next = await this.#exchanger
      .exchange(order, record, (rotated) => this.#keep(id, rotated))
      .catch(async (error: unknown) => {
        if (!(error instanceof AppError)) throw error;
        ended(error.code);
        const isCertain = error.code !== 'renewal-uncertain' && !this.#held.get(id)?.unsaved;
        if (sent && isCertain) await this.#sent.remove(id);
        throw error;
      });
    ended();
    // Stored before it is handed out: a replaced secret that is not stored is a lost tenant.
    await this.#keep(id, next);
    this.#refused.delete(id);
    await this.#retryAfter.clear(id);
    this.#log.info(`${tenant.id}: exchanged at ${host} in ${Math.round(this.#clock.mono() - begun)} ms`);
    await this.#discover(tenant, id, next);
    return next.access;
  }

  /**
   * Whether a secret that the service may replace was sent before and no answer to it was kept.
   * @throws AppError `renewal-uncertain` where it is not to be sent again unasked: it was sent twice or long ago, or a second time
   * would destroy what the first one has brought
   */
  async #sentBefore({ tenant, id, isInformed }: Run, { generation }: TokenRecord): Promise<SentBefore> {
    const now = this.#clock.wall();
    const noted = await this.#sent.read(id);
    const isOpen = noted?.generation === generation && !isInformed;
    const { at, times } = isOpen ? noted : { at: now, times: 0 };
    const platform = platformOf(tenant);
    const isRepeatable = platform.rotation === 'sometimes' && !this.#vault.find(id)?.singleUse;
    // Such a service takes the secret before the present one for some seconds only.
    const isInTime = at <= now && now - at <= ATTEMPTS_MS;
    if (isOpen && !(isRepeatable && times < 2 && isInTime))
      throw new AppError('renewal-uncertain', { host: new URL(platform.exchangeUrl(tenant)).host });
    const note = (count: number): Promise<void> => this.#sent.write(id, { generation, at, times: count });
    return { times, elapsedMs: now - at, note };
  }

  /** Stops what the service would refuse anyway, before a secret is sent. */
  #refuseInVain({ tenant, id, passcode, newerThan }: Run, record: TokenRecord): void {
    const revoked = newerThan === undefined ? revocationError(record) : undefined;
    if (revoked) throw revoked;
    const wait = this.#retryAfter.remaining(id);
    if (wait > 0) throw new AppError('rate-limited', { retryAfter: Math.ceil(wait / 1000) });
    if (this.#vault.find(id)?.singleUse && record.access) throw new AppError('single-use-spent');
    if (passcode === undefined && platformOf(tenant).needsPasscode?.(tenant)) throw new AppError('passcode-needed');
  }

  /**
   * A secret to try where the service has refused one: what another window has stored meanwhile, or, shortly after it was
   * replaced, the one before, in case the service does not know that it has replaced it.
   */
  async #otherSecret({ tenant, id }: Run, sent: TokenRecord): Promise<TokenRecord | undefined> {
    const stored = await this.#newest(id);
    if (!isSame(stored.secret, sent.secret)) return stored;
    const { previous } = sent;
    const isInGrace = previous && Math.abs(this.#clock.wall() - previous.replacedAt) < GRACE_MS;
    // Where the secret before deletes all that came after it, it is worth nothing.
    return isInGrace && platformOf(tenant).rotation !== 'always' ? { ...stored, secret: previous.secret } : undefined;
  }

  /** Finds out what the headers need; its failing costs a header line and nothing else. */
  async #discover(tenant: Tenant, id: string, record: TokenRecord): Promise<void> {
    const platform = platformOf(tenant);
    const request = record.discovered || this.#undiscovered.has(id) ? undefined : platform.discovery?.(tenant);
    if (!request) return;
    try {
      const discovered: Discovered = platform.readDiscovery?.(await this.#send(withTls(request, tenant))) ?? {};
      if (Object.keys(discovered).length > 0) await this.#keep(id, { ...record, discovered: { ...discovered } });
      else this.#undiscovered.add(id);
    } catch (error) {
      this.#undiscovered.add(id);
      this.#log.warn(`${tenant.id}: discovery failed: ${error instanceof AppError ? error.code : 'error'}`);
    }
  }

  /** Keeps what a person has changed of a record. A note that its secret was sent still counts. */
  async #amend(id: string, record: TokenRecord): Promise<void> {
    const { generation } = record;
    const noted = await this.#sent.read(id);
    await this.#keep(id, { ...record, generation: generation + 1 });
    if (noted?.generation === generation) await this.#sent.write(id, { ...noted, generation: generation + 1 });
  }

  /** Keeps a record in the vault, and in memory where the vault fails: what the service replaced exists nowhere else. */
  async #keep(id: string, record: TokenRecord, write = (next: TokenRecord) => this.#vault.write(id, next)): Promise<void> {
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

  /** False if there is something newer by now. @throws as {@link #keep} */
  async #keepUnsaved(id: string, record: TokenRecord): Promise<boolean> {
    try {
      await this.#keep(id, record);
      return true;
    } catch (error) {
      if (error instanceof AppError && error.code === 'renewed-elsewhere') return false;
      throw error;
    }
  }

  /** True if nothing is left to keep. */
  async #keepAgain(id: string): Promise<boolean> {
    try {
      await this.#mutex.run(id, () => this.#exclusion.run(id, true, () => this.#newest(id)));
      this.#errors.delete(id);
      this.#changed.fire(id);
      return true;
    } catch (error) {
      return error instanceof AppError && error.code === 'token-unknown';
    }
  }

  /** The highest generation that this window knows of; a later version's record counts for none. */
  async #highest(id: string): Promise<number> {
    const stored = await this.#vault.generation(id);
    return Math.max(Number.isFinite(stored) ? stored : 0, this.#held.get(id)?.record.generation ?? 0);
  }

  /** The newest record: the vault's, unless the vault failed to take the one in memory. */
  async #newest(id: string): Promise<TokenRecord> {
    const held = this.#held.get(id);
    if (held?.unsaved && (await this.#keepUnsaved(id, held.record))) return held.record;
    const record = await this.#vault.readNewest(id);
    if (held && held.record.generation > record.generation) {
      // What was stored has been lost, and this window remembers it.
      await this.#keep(id, held.record);
      return held.record;
    }
    this.#hold(id, record, false);
    return record;
  }

  /**
   * The newest record, if the tenant is as it is bound to it; one that knows of no trust is bound to the present one from now on.
   * @throws AppError `address-changed`, `trust-changed`, `tenant-invalid` for a file of its TLS, and as {@link #newest}
   */
  async #bound(tenant: Tenant, id: string): Promise<TokenRecord> {
    const record = await this.#newest(id);
    const digests = await this.#readDigests(tenant);
    if (!isDeepStrictEqual(this.#digests.get(tenant) ?? {}, digests)) {
      this.#digests.set(tenant, digests);
      for (const held of this.#held.values()) if (held.boundFor === tenant) held.boundFor = undefined;
    }
    const wrong = this.#bindingError(tenant, record);
    if (wrong) throw wrong;
    return record.trust ? record : { ...record, trust: trustOf(tenant, digests) };
  }

  #hold(id: string, record: TokenRecord, unsaved: boolean): void {
    const before = this.#held.get(id);
    const { access } = record;
    const isKnown = access?.token === before?.record.access?.token && access?.exchangedAt === before?.record.access?.exchangedAt;
    const born = access ? bornAt(access, this.#clock.wall(), this.#clock.mono()) : 0;
    this.#held.set(id, { record, unsaved, bornAt: before && isKnown ? before.bornAt : born, boundFor: undefined });
    if (!access || access.token === before?.record.access?.token) return;
    const refused = this.#refused.get(id);
    if (refused && refused.token !== access.token) this.#invalidate(id, refused.token);
    this.#issued.fire({ id, access, isFirst: !before, secretEndsAt: jwtExpiry(record.secret) });
  }

  #invalidate(id: string, accessToken: string | undefined): void {
    this.#invalid.fire({ id, accessToken, at: this.#clock.wall() });
    this.#changed.fire(id);
  }

  /** Takes over what the vault holds now: another window may have exchanged, or the person entered the token again. */
  async #reload(id: string): Promise<void> {
    const before = this.#held.get(id);
    if (before?.unsaved || this.#inFlight.has(id)) return;
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
        this.#exchanger.forget(id);
      }
      if (error instanceof AppError && error.code !== 'token-unknown') this.#errors.set(id, error);
      if (!(error instanceof AppError)) this.#log.warn(`a token could not be read: ${describe(error)}`);
    }
    this.#changed.fire(id);
  }

  async #failed({ tenant, id }: Run, cause: unknown): Promise<unknown> {
    if (!(cause instanceof AppError)) {
      this.#log.warn(`${tenant.id}: exchange failed: ${describe(cause)}`);
      return cause;
    }
    this.#log.warn(`${tenant.id}: exchange failed: ${cause.code} ${JSON.stringify(cause.facts)}`);
    const { retryAfter } = cause.facts;
    // What {@link #refuseInVain} says is no news of the service.
    if (retryAfter !== undefined && this.#retryAfter.remaining(id) === 0)
      await this.#retryAfter.set(id, Number(retryAfter) * 1000);
    const told = this.#withEnd(cause);
    // That this window has the only copy of a secret matters more than what went wrong since.
    const shown = this.#held.get(id)?.unsaved ? new AppError('secret-not-kept', {}, told) : told;
    if (!DERIVED.has(told.code)) this.#errors.set(id, shown);
    return told;
  }

  /** A wait is told for as long as the error is shown, so with the time at which it ends. */
  #withEnd(error: AppError): AppError {
    const { code, facts } = error;
    if (facts['retryAfter'] === undefined) return error;
    return new AppError(code, { ...facts, until: this.#clock.wall() + Number(facts['retryAfter']) * 1000 }, error);
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
    // Where an exchange costs a passcode or the token itself, an unknown end is no reason for one.
    const dear = this.#vault.find(id)?.singleUse === true || platformOf(tenant).needsPasscode?.(tenant) === true;
    return dear && access.expiresAt === null ? access : undefined;
  }
}

function isSame(one: Secret, other: Secret): boolean {
  return Object.entries(one).every(([key, value]) => other[key] === value);
}

function revocationError(record: TokenRecord | undefined): AppError | undefined {
  return record?.revokedAt === undefined ? undefined : new AppError('token-revoked');
}

/** The code of an error of ours, or the class of a foreign one: its message may quote what was sent. */
function describe(error: unknown): string {
  if (error instanceof AppError) return error.code;
  return error instanceof Error ? error.name : typeof error;
}
