import { pause, type Clock } from '../base/clock.js';
import { ConcurrencyLimiter } from '../base/concurrencyLimiter.js';
import { AppError, describeError, type ErrorCode } from '../base/errors.js';
import type { Disposable, Event } from '../base/event.js';
import type { Log } from '../base/log.js';
import { untilAborted } from '../base/untilAborted.js';
import type { Send } from '../net/http.js';
import type { ReadDigests } from '../net/trust.js';
import { exchangeHost, headerStyleOf, platformOf } from '../platforms/index.js';
import type { Header } from '../platforms/platform.js';
import type { Tenant } from '../platforms/tenant.js';
import type { Access } from '../store/record.js';
import type { SentNotes } from '../store/sentNotes.js';
import type { Vault } from '../store/vault.js';
import type { Exclusion } from '../windows/exclusion.js';
import { Exchanger } from './exchanger.js';
import { RecordCache, type InvalidAccess, type IssuedAccess } from './recordCache.js';
import { ExchangePolicy, type ExchangeOutcome, type Run } from './exchangePolicy.js';
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

/** Errors that follow from what is known anyway: there is nothing to remember of them. */
const DERIVED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'address-changed',
  'trust-changed',
  'passcode-needed',
  'single-use-spent',
  'token-revoked',
]);

const SETTLE_MS = 4_000;

/**
 * Turns API tokens into access tokens: from memory, from the vault, or by an exchange. All windows together run one exchange at
 * a time per token. A secret that the service replaced is stored, and read back, before its access token is handed out.
 */
export class Broker implements Disposable {
  readonly #retryAfter: RetryAfterStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #exchanger: Exchanger;
  readonly #inFlight = new Map<string, { readonly run: Run; readonly access: Promise<Access> }>();
  readonly #limiter = new ConcurrencyLimiter();
  readonly #policy: ExchangePolicy;
  readonly #turns: Turns;
  readonly #records: RecordCache;
  /** What people do with the secrets. */
  readonly secrets: SecretChanges;

  constructor({ vault, send, readDigests, exclusion, sent, retryAfter, clock, log, random }: Parts) {
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
    this.#policy = new ExchangePolicy({ vault, records, exchanger, send, sent, retryAfter, clock, log });
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
    return this.#policy.onDidExchange;
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
    return known ? Promise.resolve(known) : this.#join(tenant, id, options);
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
    this.#policy.dispose();
  }

  async #settle(): Promise<void> {
    await this.#turns.settled();
    await this.#records.settle();
  }

  /**
   * Waits for the exchange that is under way, or starts one. Its promise is registered before anything is awaited: callers share
   * it, and so come on in one turn.
   */
  #join(tenant: Tenant, id: string, options: ExchangeOptions, newerThan?: number): Promise<Access> {
    let flight = this.#inFlight.get(id);
    if (!flight) {
      const run = this.#runOf(tenant, id, options, newerThan);
      const access = this.#run(run).finally(() => {
        this.#inFlight.delete(id);
        this.#records.touch(id);
      });
      flight = { run, access };
      this.#inFlight.set(id, flight);
      this.#records.touch(id);
    }
    if (!options.ahead) flight.run.isAwaited = true;
    return untilAborted(flight.access, options.signal);
  }

  #runOf(tenant: Tenant, id: string, { passcode, ahead }: ExchangeOptions, newerThan: number | undefined): Run {
    const isAsked = !ahead && (newerThan !== undefined || platformOf(tenant).rotation !== 'always');
    const isInformed = isAsked && this.#records.error(id)?.code === 'renewal-uncertain';
    return { tenant, id, passcode, isAwaited: !ahead, newerThan, isInformed };
  }

  /** In its turn: in this window, then at the service, then among all windows. */
  async #run(run: Run): Promise<Access> {
    const { tenant, id } = run;
    const host = exchangeHost(tenant);
    return this.#turns.queue(id, async () => {
      try {
        const access = await this.#limiter.run(
          host,
          () => run.isAwaited,
          () => this.#turns.alone(id, this.mayRotate(tenant, id), () => this.#policy.access(run)),
        );
        this.#records.setError(id, undefined);
        return access;
      } catch (cause) {
        throw await this.#failed(run, cause);
      }
    });
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
