import { pause, type Clock } from '../base/clock.js';
import { ConcurrencyLimiter } from '../base/concurrencyLimiter.js';
import { AppError, describeError, type ErrorCode } from '../base/errors.js';
import { Emitter, type Disposable, type Event } from '../base/event.js';
import type { Log } from '../base/log.js';
import { ATTEMPTS_MS, TURN_MS } from '../base/timeLimits.js';
import { untilAborted } from '../base/untilAborted.js';
import { withTls, type Send } from '../net/http.js';
import type { ReadDigests } from '../net/trust.js';
import { exchangeHost, headerStyleOf, platformOf } from '../platforms/index.js';
import type { Discovered, Header } from '../platforms/platform.js';
import type { Secret, Tenant } from '../platforms/tenant.js';
import type { Access, TokenRecord } from '../store/record.js';
import type { SentNotes } from '../store/sentNotes.js';
import type { Vault } from '../store/vault.js';
import type { Exclusion } from '../windows/exclusion.js';
import { Exchanger, type SentBefore } from './exchanger.js';
import { RecordCache, revocationError, type InvalidAccess, type IssuedAccess } from './recordCache.js';
import type { RetryAfterStore } from './retryAfterStore.js';
import { SecretChanges } from './secretChanges.js';
import type { TokenStatus } from './status.js';
import type { Trace } from './trace.js';
import { Turns } from './turns.js';

export interface ExchangeOptions {
  /** A one-time passcode, for tenants that want one. */
  readonly passcode?: string;
  /** Lets the caller stop waiting. An exchange that was sent goes on and its result is kept: it may have replaced the secret. */
  readonly signal?: AbortSignal;
  /** Nobody waits for it: it may be put off for what somebody waits for. */
  readonly ahead?: boolean;
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

/** A service that takes the secret before the present one does so for some seconds after it was replaced. */
const GRACE_MS = 30_000;
const SETTLE_MS = 4_000;

/**
 * Turns API tokens into access tokens: from memory, from the vault, or by an exchange. All windows together run one exchange at
 * a time per token. A secret that the service replaced is stored, and read back, before its access token is handed out.
 */
export class Broker implements Disposable {
  readonly #vault: Vault;
  readonly #send: Send;
  readonly #sent: SentNotes;
  readonly #retryAfter: RetryAfterStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #exchanger: Exchanger;
  readonly #exchanged = new Emitter<ExchangeOutcome>();
  readonly #inFlight = new Map<string, { readonly run: Run; readonly access: Promise<Access> }>();
  readonly #limiter = new ConcurrencyLimiter();
  /** Tokens whose discovery has failed: it is not tried again in this session, as each try delays an exchange. */
  readonly #undiscovered = new Set<string>();

  readonly #turns: Turns;
  readonly #records: RecordCache;
  /** What people do with the secrets. */
  readonly secrets: SecretChanges;

  constructor({ vault, send, readDigests, exclusion, sent, retryAfter, clock, log, random }: Parts) {
    this.#vault = vault;
    this.#send = send;
    this.#sent = sent;
    this.#retryAfter = retryAfter;
    this.#clock = clock;
    this.#log = log;
    const exchanger = new Exchanger({ send, clock, log, random });
    const forget = (id: string): void => exchanger.forget(id);
    const turns = new Turns(vault, exclusion);
    const isExchanging = (id: string): boolean => this.#inFlight.has(id);
    const records = new RecordCache({ vault, readDigests, turns, sent, clock, log }, isExchanging);
    records.onDidForget(forget);
    [this.#exchanger, this.#turns, this.#records] = [exchanger, turns, records];
    this.secrets = new SecretChanges({ vault, records, turns, readDigests, retryAfter, clock, log, forget });
  }

  /** Fires the id of a token whose status may have changed. */
  get onDidChange(): Event<string> {
    return this.#records.onDidChange;
  }

  /** Fires an access token that is new to this window: from an exchange, or from a record that was read. */
  get onDidIssue(): Event<IssuedAccess> {
    return this.#records.onDidIssue;
  }

  /** Fires access tokens that a service has refused, or that were revoked with their API token. */
  get onDidInvalidate(): Event<InvalidAccess> {
    return this.#records.onDidInvalidate;
  }

  /** Fires what became of each exchange that this window has sent. */
  get onDidExchange(): Event<ExchangeOutcome> {
    return this.#exchanged.event;
  }

  /** What is known without reading the vault; {@link load} makes more known. */
  status(tenant: Tenant, id: string): TokenStatus {
    return this.#records.status(tenant, id);
  }

  /** Reads a token's record, once, so that its status is known. Never rejects: what is wrong becomes the status. */
  load(id: string): Promise<void> {
    return this.#records.load(id);
  }

  /** A usable access token that is at hand, without waiting. Nothing is allocated for it: editors ask for each line. */
  peek(tenant: Tenant, id: string): Access | undefined {
    return this.#records.peek(tenant, id);
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
    const newerThan = this.#records.get(id)?.generation ?? Infinity;
    return this.#join(tenant, id, options, newerThan);
  }

  /** An API has answered 401 to this access token. As {@link RecordCache.refuse}. */
  refused(id: string, accessToken: string): void {
    this.#records.refuse(id, accessToken);
  }

  /** Whether the service may replace the secret with an exchange. As {@link RecordCache.mayRotate}. */
  mayRotate(tenant: Tenant, id: string): boolean {
    return this.#records.mayRotate(tenant, id);
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
    return platform.headers(tenant, accessToken, headerStyleOf(tenant), this.#records.get(id)?.discovered ?? {});
  }

  /**
   * When nothing is under way any more, and what the store refused was offered to it once more: it may be the only copy of a
   * secret. Within 4 s: VS Code gives five to a window that closes.
   */
  async settled(): Promise<void> {
    await Promise.race([this.#settle(), pause(this.#clock, SETTLE_MS)]);
  }

  dispose(): void {
    this.#records.dispose();
    this.#exchanged.dispose();
  }

  async #settle(): Promise<void> {
    await this.#turns.settled();
    await this.#records.settle();
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
    const isInformed = isAsked && this.#records.error(id)?.code === 'renewal-uncertain';
    const run: Run = { tenant, id, passcode, isAwaited: !ahead, newerThan, isInformed };
    const access = this.#run(run).finally(() => {
      this.#inFlight.delete(id);
      this.#records.touch(id);
    });
    const flight = { run, access };
    this.#inFlight.set(id, flight);
    this.#records.touch(id);
    return flight;
  }

  async #run(run: Run): Promise<Access> {
    const { tenant, id } = run;
    const host = exchangeHost(tenant);
    return this.#turns.queue(id, async () => {
      try {
        const access = await this.#limiter.run(
          host,
          () => run.isAwaited,
          () => this.#turns.alone(id, this.mayRotate(tenant, id), () => this.#accessFor(run)),
        );
        this.#records.setError(id, undefined);
        return access;
      } catch (cause) {
        throw await this.#failed(run, cause);
      }
    });
  }

  async #accessFor(run: Run): Promise<Access> {
    const { tenant, id, newerThan, passcode } = run;
    let record = await this.#records.bound(tenant, id);
    const known = newerThan === undefined || record.generation > newerThan ? this.peek(tenant, id) : undefined;
    if (known) return known;
    this.#requireSendable(run, record);
    // Before a secret is spent: can what comes for it be kept?
    if (this.mayRotate(tenant, id)) await this.#vault.prepare();
    const isCostly = passcode !== undefined || this.#vault.find(id)?.singleUse;
    for (let isFirst = true; ; isFirst = false) {
      const [wall, mono] = [this.#clock.wall(), this.#clock.mono()];
      const access = await this.#exchangeEither(run, record);
      // If the machine slept, or its clock was set, while the answer was on its way, the token may have ended. At a service whose
      // tokens end before they arrive, one more request is enough.
      const passed = Math.max(Math.abs(this.#clock.wall() - wall), this.#clock.mono() - mono);
      if (isCostly || this.peek(tenant, id) || (!isFirst && passed < TURN_MS)) return access;
      record = await this.#records.newest(id);
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
    const host = exchangeHost(tenant);
    const ended = (code?: ErrorCode): void => this.#exchanged.fire({ id, tenant: tenant.id, host, code });
    const outcome = await this.#exchanger.exchange(order, record);
    if (outcome.error) {
      // A secret that an unusable answer has replaced is kept before anything else.
      const error = (outcome.replaced && (await this.#unkept(id, outcome.replaced))) ?? outcome.error;
      ended(error.code);
      const isCertain = error.code !== 'renewal-uncertain' && !this.#records.isUnsaved(id);
      if (sent && isCertain) await this.#sent.remove(id);
      throw error;
    }
    ended();
    const next = outcome.issued;
    // Stored before it is handed out: a replaced secret that is not stored is a lost tenant.
    await this.#records.keep(id, next);
    this.#records.accept(id);
    await this.#retryAfter.clear(id);
    this.#log.info(`${tenant.id}: exchanged at ${host} in ${Math.round(this.#clock.mono() - begun)} ms`);
    await this.#discover(tenant, id, next);
    return next.access;
  }

  /** The error of the store if it does not keep the record. */
  async #unkept(id: string, record: TokenRecord): Promise<AppError | undefined> {
    try {
      await this.#records.keep(id, record);
      return undefined;
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
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
      throw new AppError('renewal-uncertain', { host: exchangeHost(tenant) });
    const note = (count: number): Promise<void> => this.#sent.write(id, { generation, at, times: count });
    return { times, elapsedMs: now - at, note };
  }

  /** @throws AppError for what the service would refuse anyway, before a secret is sent */
  #requireSendable({ tenant, id, passcode, newerThan }: Run, record: TokenRecord): void {
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
    const stored = await this.#records.newest(id);
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
      if (Object.keys(discovered).length > 0) await this.#records.keep(id, { ...record, discovered: { ...discovered } });
      else this.#undiscovered.add(id);
    } catch (error) {
      this.#undiscovered.add(id);
      this.#log.warn(`${tenant.id}: discovery failed: ${describeError(error)}`);
    }
  }

  async #failed({ tenant, id }: Run, cause: unknown): Promise<unknown> {
    if (!(cause instanceof AppError)) {
      this.#log.warn(`${tenant.id}: exchange failed: ${describeError(cause)}`);
      return cause;
    }
    this.#log.warn(`${tenant.id}: exchange failed: ${cause.code} ${JSON.stringify(cause.facts)}`);
    const { retryAfter } = cause.facts;
    // Our own rate-limit error carries no new Retry-After.
    if (retryAfter !== undefined && this.#retryAfter.remaining(id) === 0)
      await this.#retryAfter.set(id, Number(retryAfter) * 1000);
    const reported = this.#withEndOfWait(cause);
    // That this window has the only copy of a secret matters more than what went wrong since.
    const shown = this.#records.isUnsaved(id) ? new AppError('secret-not-kept', {}, reported) : reported;
    if (!DERIVED.has(reported.code)) this.#records.setError(id, shown);
    return reported;
  }

  /** Adds an absolute end time, because the message may stay on screen. */
  #withEndOfWait(error: AppError): AppError {
    const { code, facts } = error;
    if (facts['retryAfter'] === undefined) return error;
    return new AppError(code, { ...facts, until: this.#clock.wall() + Number(facts['retryAfter']) * 1000 }, error);
  }
}

function isSame(one: Secret, other: Secret): boolean {
  return Object.entries(one).every(([key, value]) => other[key] === value);
}
