import type { Clock } from '../base/clock.js';
import { AppError, asAppError, describeError, type ErrorCode } from '../base/errors.js';
import { Emitter, type Event } from '../base/event.js';
import type { Log } from '../base/log.js';
import { ATTEMPTS_MS, TURN_MS } from '../base/timeLimits.js';
import { withTls, type Send } from '../net/http.js';
import { exchangeHost, platformOf } from '../platforms/index.js';
import type { Secret, Tenant } from '../platforms/tenant.js';
import type { Access, TokenRecord } from '../store/record.js';
import type { SentNotes } from '../store/sentNotes.js';
import type { Vault } from '../store/vault.js';
import type { Exchanger, Issued, Order, Outcome, SentBefore } from './exchanger.js';
import { revocationError, type RecordCache } from './recordCache.js';
import type { RetryAfterStore } from './retryAfterStore.js';

/** One exchange that is under way. */
export interface Run {
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
  readonly records: RecordCache;
  readonly exchanger: Exchanger;
  readonly send: Send;
  readonly sent: SentNotes;
  readonly retryAfter: RetryAfterStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** A service that takes the secret before the present one does so for some seconds after it was replaced. */
const GRACE_MS = 30_000;

/** Decides whether an API token is sent, and with which secret; keeps what comes of it. */
export class ExchangePolicy {
  readonly #parts: Parts;
  readonly #exchanged = new Emitter<ExchangeOutcome>();
  /** Tokens whose discovery has failed: it is not tried again in this session, as each try delays an exchange. */
  readonly #undiscovered = new Set<string>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Fires what became of each exchange that this window has sent. */
  get onDidExchange(): Event<ExchangeOutcome> {
    return this.#exchanged.event;
  }

  /**
   * A usable access token of the newest record, or of an exchange. Call while nothing else works with the token.
   * @throws AppError, and any error of a platform's reader
   */
  async access(run: Run): Promise<Access> {
    const { tenant, id, newerThan, passcode } = run;
    const { vault, records, exchanger, clock } = this.#parts;
    let record = await records.bound(tenant, id);
    const known = newerThan === undefined || record.generation > newerThan ? records.peek(tenant, id) : undefined;
    if (known) return known;
    this.#requireSendable(run, record);
    // Before a secret is spent: can what comes for it be kept?
    if (records.mayRotate(tenant, id)) await vault.prepare();
    const isCostly = passcode !== undefined || vault.find(id)?.singleUse;
    for (let [round, isOther, wall, mono] = [1, false, clock.wall(), clock.mono()]; ;) {
      const order = await this.#order(run, record);
      const outcome = await exchanger.exchange(order, record);
      if (outcome.error) {
        const error = await this.#keepFailure(order, outcome);
        const other = isOther ? undefined : await this.#otherSecret(tenant, id, record, error);
        if (!other) throw error;
        [record, isOther] = [other, true];
        continue;
      }
      const access = await this.#keep(tenant, id, outcome.issued, mono);
      // If the machine slept, or its clock was set, while the answer was on its way, the token may have ended. At a service whose
      // tokens end before they arrive, one more request is enough.
      const passed = Math.max(Math.abs(clock.wall() - wall), clock.mono() - mono);
      if (isCostly || records.peek(tenant, id) || (round > 1 && passed < TURN_MS)) return access;
      record = await records.newest(id);
      [round, isOther, wall, mono] = [round + 1, false, clock.wall(), clock.mono()];
    }
  }

  dispose(): void {
    this.#exchanged.dispose();
  }

  /** @throws AppError for what the service would refuse anyway, before a secret is sent */
  #requireSendable({ tenant, id, passcode, newerThan }: Run, record: TokenRecord): void {
    const revoked = newerThan === undefined ? revocationError(record) : undefined;
    if (revoked) throw revoked;
    const wait = this.#parts.retryAfter.remaining(id);
    if (wait > 0) throw new AppError('rate-limited', { retryAfter: Math.ceil(wait / 1000) });
    if (this.#parts.vault.find(id)?.singleUse && record.access) throw new AppError('single-use-spent');
    if (passcode === undefined && platformOf(tenant).needsPasscode?.(tenant)) throw new AppError('passcode-needed');
  }

  /** @throws as {@link #sentBefore} */
  async #order(run: Run, record: TokenRecord): Promise<Order> {
    const { vault, records } = this.#parts;
    const { tenant, id, passcode } = run;
    const mayRotate = records.mayRotate(tenant, id);
    const sent = mayRotate && !vault.isForSession(id) ? await this.#sentBefore(run, record) : undefined;
    return { tenant, id, passcode, mayRotate, isAwaited: () => run.isAwaited, sent };
  }

  /**
   * Whether a secret that the service may replace was sent before and no answer to it was kept.
   * @throws AppError `renewal-uncertain` where it is not to be sent again unasked: it was sent twice or long ago, or a second time
   * would destroy what the first one has brought
   */
  async #sentBefore({ tenant, id, isInformed }: Run, { generation }: TokenRecord): Promise<SentBefore> {
    const { vault, sent, clock } = this.#parts;
    const now = clock.wall();
    const noted = await sent.read(id);
    const isOpen = noted?.generation === generation && !isInformed;
    const { at, times } = isOpen ? noted : { at: now, times: 0 };
    const isRepeatable = platformOf(tenant).rotation === 'sometimes' && !vault.find(id)?.singleUse;
    // Such a service takes the secret before the present one for some seconds only.
    const isInTime = at <= now && now - at <= ATTEMPTS_MS;
    if (isOpen && !(isRepeatable && times < 2 && isInTime))
      throw new AppError('renewal-uncertain', { host: exchangeHost(tenant) });
    const note = (count: number): Promise<void> => sent.write(id, { generation, at, times: count });
    return { times, elapsedMs: now - at, note };
  }

  /** Stores the record before its access token is handed out: a replaced secret that is not stored is a lost tenant. */
  async #keep(tenant: Tenant, id: string, issued: Issued, begun: number): Promise<Access> {
    const { records, retryAfter, clock, log } = this.#parts;
    this.#fire(tenant, id);
    await records.keep(id, issued);
    records.accept(id);
    await retryAfter.clear(id);
    log.info(`${tenant.id}: exchanged at ${exchangeHost(tenant)} in ${Math.round(clock.mono() - begun)} ms`);
    await this.#discover(tenant, id, issued);
    return issued.access;
  }

  /** A secret that an unusable answer has replaced is kept before anything else. @returns the error to report */
  async #keepFailure(
    { tenant, id, sent }: Order,
    { error, replaced }: Outcome & { readonly error: AppError },
  ): Promise<AppError> {
    const { records } = this.#parts;
    const unkept = replaced && (await records.keep(id, replaced).catch(asAppError));
    const reported = unkept ?? error;
    this.#fire(tenant, id, reported.code);
    const isCertain = reported.code !== 'renewal-uncertain' && !records.isUnsaved(id);
    if (sent && isCertain) await this.#parts.sent.remove(id);
    return reported;
  }

  #fire(tenant: Tenant, id: string, code?: ErrorCode): void {
    this.#exchanged.fire({ id, tenant: tenant.id, host: exchangeHost(tenant), code });
  }

  /**
   * A secret to try where the service has refused one: what another window has stored meanwhile, or, shortly after it was
   * replaced, the one before, in case the service does not know that it has replaced it.
   */
  async #otherSecret(tenant: Tenant, id: string, refused: TokenRecord, { code }: AppError): Promise<TokenRecord | undefined> {
    if (code !== 'api-token-refused') return undefined;
    const { records, clock, log } = this.#parts;
    const stored = await records.newest(id);
    const { previous } = refused;
    const isInGrace = previous && Math.abs(clock.wall() - previous.replacedAt) < GRACE_MS;
    // Where the secret before deletes all that came after it, it is worth nothing.
    const before = isInGrace && platformOf(tenant).rotation !== 'always' ? { ...stored, secret: previous.secret } : undefined;
    const other = isSame(stored.secret, refused.secret) ? before : stored;
    if (other) log.info(`${tenant.id}: refused; trying the other secret that is known`);
    return other;
  }

  /** Finds out what the headers need; its failing costs a header line and nothing else. */
  async #discover(tenant: Tenant, id: string, record: TokenRecord): Promise<void> {
    const { records, send, log } = this.#parts;
    const platform = platformOf(tenant);
    const request = record.discovered || this.#undiscovered.has(id) ? undefined : platform.discovery?.(tenant);
    if (!request) return;
    try {
      const discovered = platform.readDiscovery?.(await send(withTls(request, tenant))) ?? {};
      if (Object.keys(discovered).length > 0) await records.keep(id, { ...record, discovered: { ...discovered } });
      else this.#undiscovered.add(id);
    } catch (error) {
      this.#undiscovered.add(id);
      log.warn(`${tenant.id}: discovery failed: ${describeError(error)}`);
    }
  }
}

function isSame(one: Secret, other: Secret): boolean {
  return Object.entries(one).every(([key, value]) => other[key] === value);
}
