import { AppError, asAppError, describeError } from '../base/errors.js';
import { withTls, type HttpRequest, type HttpResponse, type Send } from '../net/http.js';
import { clockSkewMs } from '../platforms/tokenResponse.js';
import { platformOf } from '../platforms/index.js';
import type { Exchanged } from '../platforms/platform.js';
import type { Secret, Tenant } from '../platforms/tenant.js';
import { momentOf, pause, sinceMs, type Clock } from '../base/clock.js';
import type { Log } from '../base/log.js';
import type { Access, TokenRecord } from '../store/record.js';
import { isAmbiguous, isUncertain, retryDelayMs, type Attempts, type Repeatable } from './retry.js';
import { attempt, traceOf, type Attempt, type Trace } from './trace.js';

/** A difference to a service's clock that is logged. Nothing depends on our clock more precisely than a minute. */
const SKEW_MS = 60_000;

interface Parts {
  readonly send: Send;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 to 1. */
  readonly random: () => number;
}

/** An API token that is to be exchanged. */
export interface Order {
  readonly tenant: Tenant;
  /** The API token's id. */
  readonly id: string;
  readonly passcode: string | undefined;
  /** The service may replace the secret, or not take it again. */
  readonly mayRotate: boolean;
  /** Whether somebody waits for it by now. */
  readonly isAwaited: () => boolean;
  /** Undefined: what it sends is noted nowhere. */
  readonly sent?: SentBefore | undefined;
}

/** How a secret was sent before by a window that has died, so that nobody knows whether the service has acted on it. */
export interface SentBefore {
  readonly times: number;
  /** Since the first time. */
  readonly elapsedMs: number;
  /** To be called before it is sent for the first time, and before it is sent again although the service may have acted. */
  note(times: number): Promise<void>;
}

/** A record with the access token of an exchange. */
export type Issued = TokenRecord & { readonly access: Access };

/** What came of an exchange. */
export type Outcome =
  | { readonly issued: Issued; readonly error?: undefined; readonly replaced?: undefined }
  | {
      readonly issued?: undefined;
      readonly error: AppError;
      /** The record to keep because the answer replaced the secret, although the rest of it cannot be used. */
      readonly replaced: TokenRecord | undefined;
    };

/** Does an exchange with a service: sends a secret, again where that is right, until there is an answer that tells. */
export class Exchanger {
  readonly #parts: Parts;
  /** The last exchange that failed, by token. */
  readonly #traces = new Map<string, Trace>();
  /** What was said before, so that it is said once in a session. */
  readonly #said = new Set<string>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Sends the secret, again where that is right.
   * @returns the record that follows, or the error; `renewal-uncertain` where nobody knows whether the secret was replaced
   * @throws any error that is not an AppError
   */
  async exchange(order: Order, record: TokenRecord): Promise<Outcome> {
    const { send, clock, log, random } = this.#parts;
    const { tenant, passcode, sent } = order;
    const begun = momentOf(clock);
    const failed: Attempt[] = [];
    const { times = 0, elapsedMs = 0 } = sent ?? {};
    for (let [count, ambiguous, noted] = [1, times, times]; ; count++) {
      if (noted <= ambiguous) await sent?.note((noted = ambiguous + 1));
      const request = withTls(platformOf(tenant).exchange(tenant, record.secret, passcode), tenant);
      const sentAt = clock.wall();
      const answer = await send(request).catch(asAppError);
      const outcome = this.#outcomeOf(answer, tenant, record, sentAt);
      const { error, replaced } = outcome;
      if (!error) return outcome;
      failed.push(attempt({ request, secrets: secretsOf(record, passcode), sentAt, endedAt: clock.wall(), outcome: answer }));
      if (isAmbiguous(error)) ambiguous++;
      // By the clock that went on: what slept meanwhile comes too late for a second attempt.
      const attempts = { count, ambiguous, elapsedMs: elapsedMs + sinceMs(clock, begun), isAwaited: order.isAwaited() };
      const delay = replaced ? undefined : retryDelayMs(error, attempts, repeatable(order), random());
      if (delay === undefined)
        return { ...outcome, error: this.#ended(order, record, located(error, request), attempts, failed) };
      log.info(`${tenant.id}: ${error.code} ${JSON.stringify(error.facts)}; trying again`);
      await pause(clock, delay);
    }
  }

  /** What was sent and answered when an exchange of this token failed last, in this session. */
  trace(id: string): Trace | undefined {
    return this.#traces.get(id);
  }

  forget(id: string): void {
    this.#traces.delete(id);
  }

  /** @throws any error that is not an AppError, unless the answer has replaced the secret */
  #outcomeOf(answer: HttpResponse | AppError, tenant: Tenant, record: TokenRecord, sentAt: number): Outcome {
    if (answer instanceof AppError) return { error: answer, replaced: undefined };
    try {
      const exchanged = platformOf(tenant).readExchange(answer, tenant, record.secret, sentAt);
      this.#remark(tenant, exchanged, clockSkewMs(answer, sentAt, this.#parts.clock.wall()));
      return { issued: successor(record, exchanged, sentAt) };
    } catch (cause) {
      const replaced = replacedBy(answer, tenant, record, sentAt);
      if (cause instanceof AppError) return { error: cause, replaced };
      if (!replaced) throw cause;
      return { error: new AppError('unexpected-answer', { reason: describeError(cause) }, cause), replaced };
    }
  }

  #ended(order: Order, record: TokenRecord, error: AppError, attempts: Attempts, failed: readonly Attempt[]): AppError {
    const isLost = order.mayRotate && isUncertain(error, attempts);
    const reported = isLost ? new AppError('renewal-uncertain', error.facts, error) : error;
    this.#traces.set(order.id, traceOf(failed, reported, secretsOf(record, order.passcode)));
    return reported;
  }

  /** What is odd about an answer that is used all the same, once for each tenant. */
  #remark(tenant: Tenant, { remarks = [] }: Exchanged, skewMs = 0): void {
    const all = [...remarks, ...(Math.abs(skewMs) > SKEW_MS ? ['clock-skew' as const] : [])];
    for (const remark of all.filter((one) => !this.#said.has(`${tenant.id} ${one}`))) {
      this.#said.add(`${tenant.id} ${remark}`);
      const minutes = Math.round(skewMs / 60_000);
      this.#parts.log.warn(
        `${tenant.id}: ${remark}${remark === 'clock-skew' ? `: its clock is ${minutes} min ahead of this machine's` : ''}`,
      );
    }
  }
}

/** The error with the place where nothing was found. */
function located(error: AppError, { url }: HttpRequest): AppError {
  if (error.code !== 'not-found') return error;
  const { host, pathname: path } = new URL(url);
  return new AppError(error.code, { ...error.facts, host, path }, error);
}

/** The record with the secret that an unusable answer has put in place of the one sent. */
function replacedBy(response: HttpResponse, tenant: Tenant, record: TokenRecord, sentAt: number): TokenRecord | undefined {
  const rotated = platformOf(tenant).readRotated?.(response, tenant, record.secret);
  return rotated && { ...record, ...replaced(record, rotated, sentAt), generation: record.generation + 1 };
}

/** A passcode is good once, so what may have arrived with it is not sent again. */
function repeatable({ passcode, mayRotate }: Order): Repeatable {
  if (passcode !== undefined) return 'never';
  return mayRotate ? 'once' : 'freely';
}

function secretsOf({ secret, previous, access }: TokenRecord, passcode: string | undefined): readonly string[] {
  const all = [...Object.values(secret), ...Object.values(previous?.secret ?? {}), access?.token, passcode];
  return all.filter((one) => one !== undefined);
}

function successor(record: TokenRecord, exchanged: Exchanged, exchangedAt: number): Issued {
  const { accessToken, expiresAt, rotated, scope, apiTokenExpiresAt, exchangeBy } = exchanged;
  const { revokedAt: _, ...rest } = record;
  return {
    ...rest,
    generation: record.generation + 1,
    ...(rotated && replaced(record, rotated, exchangedAt)),
    access: {
      token: accessToken,
      exchangedAt,
      expiresAt,
      ...(scope !== undefined && { scope }),
      ...(apiTokenExpiresAt !== undefined && { apiTokenExpiresAt }),
      ...(exchangeBy !== undefined && { exchangeBy }),
    },
  };
}

function replaced(record: TokenRecord, secret: Secret, replacedAt: number): Pick<TokenRecord, 'secret' | 'previous'> {
  return { secret: { ...secret }, previous: { secret: record.secret, replacedAt } };
}
