import { AppError } from '../base/errors.js';
import type { Disposable } from '../base/event.js';
import type { Tenant } from '../platforms/tenant.js';
import { isCostly } from '../store/tokenEntry.js';
import type { Broker } from './broker.js';
import { momentOf, msBetween, sinceMs, type Clock, type Moment } from '../base/clock.js';
import { aheadAt } from './accessTokenLifetime.js';
import { unaskedDelayMs } from './retry.js';
import type { ShownAccess } from './status.js';
import type { Vault } from '../store/vault.js';

/** A sleeping machine does not advance its timers, so the longest wait is short. */
const MAX_WAIT_MS = 30_000;
const MIN_WAIT_MS = 1_000;
const MIN_RETRY_MS = 30_000;
const MAX_QUIET_MS = 5 * 60_000;
/** Clocks this far apart, or a timer this late, mean that the machine slept or its clock was set. */
const RESUMED_AFTER_MS = 5_000;
/** After a sleep many tokens are due at once. */
const RESUME_SPREAD_MS = 5_000;
/** Multiples of it, without their whole parts, lie between 0 and 1 as evenly as can be, however many they are: in no second come many. */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

interface Span {
  readonly since: Moment;
  readonly ms: number;
}

interface Use {
  readonly tenant: string;
  usedAt: Moment;
  /** Where between 70 and 80 % of a life this token is exchanged, 0 to 1. */
  readonly spread: number;
  /** While it is left alone. */
  rest: Span;
  /** While there is no need to look at it, as long as nothing happens to it: with thousands of tokens, looks add up. */
  quiet: Span | undefined;
  failures: number;
}

interface Parts {
  readonly broker: Broker;
  readonly vault: Vault;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly enabled: () => boolean;
  /** Only the window that a person looks at exchanges ahead, so that several windows do not do it at once. */
  readonly focused: () => boolean;
  readonly findTenant: (id: string) => Tenant | undefined;
}

/**
 * Exchanges ahead of their end the tokens that are in use: those handed out within the last lifetime. One timer for all,
 * none while nothing is in use or nobody looks. Tokens whose exchange costs something (a passcode, their only use) are left
 * alone.
 */
export class Refresher implements Disposable {
  readonly #parts: Parts;
  readonly #uses = new Map<string, Use>();
  /** How many hold a token, so that it is in use until they have released it. */
  readonly #holds = new Map<string, number>();
  /** Of the token that was used last for the first time. */
  #lastSpread: number | undefined;
  #timer: Disposable | undefined;
  /** Until the timer is due. */
  #set: Span = { since: { wall: 0, mono: 0 }, ms: 0 };
  readonly #subscription: Disposable;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#subscription = parts.broker.onDidChange((id) => {
      const use = this.#uses.get(id);
      if (use) use.quiet = undefined;
    });
  }

  /** A token was handed out. */
  used(tenant: Tenant, id: string): void {
    const { clock, vault } = this.#parts;
    if (isCostly(tenant, vault.find(id))) return;
    const usedAt = momentOf(clock);
    const rest = { since: usedAt, ms: 0 };
    const use = this.#uses.get(id) ?? {
      tenant: tenant.id,
      usedAt,
      spread: this.#nextSpread(),
      rest,
      quiet: undefined,
      failures: 0,
    };
    use.usedAt = usedAt;
    this.#uses.set(id, use);
    const waitMs = Math.max(this.#leftMs(id, use), MIN_WAIT_MS);
    if (!this.#timer || waitMs < this.#left(this.#set)) this.#schedule(waitMs);
  }

  /** Counts a token as in use until what it returns is disposed of. */
  hold(tenant: Tenant, id: string): Disposable {
    let isHeld = true;
    this.#addHold(id, 1);
    this.used(tenant, id);
    return {
      dispose: () => {
        if (isHeld) this.#addHold(id, -1);
        isHeld = false;
      },
    };
  }

  /** Looks at the tokens in use now: to be called when the window is focused and when a setting changes. */
  check(): void {
    const now = momentOf(this.#parts.clock);
    let leftMs = MAX_WAIT_MS;
    for (const [id, use] of this.#uses) leftMs = Math.min(leftMs, this.#look(id, use, now));
    this.#schedule(leftMs);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#timer?.dispose();
    this.#uses.clear();
    this.#holds.clear();
  }

  /** Returns how long it can be left alone. */
  #look(id: string, use: Use, now: Moment): number {
    const quietMs = use.quiet ? this.#left(use.quiet, now) : 0;
    if (quietMs > 0) return quietMs;
    this.#consider(id, use);
    const ms = this.#leftMs(id, use);
    use.quiet = { since: now, ms: Math.min(ms, MAX_QUIET_MS) };
    return ms;
  }

  #consider(id: string, use: Use): void {
    const { vault, broker, findTenant, enabled, focused } = this.#parts;
    const tenant = findTenant(use.tenant);
    const status = tenant && vault.find(id) ? broker.status(tenant, id) : undefined;
    const isVain = tenant && status?.error && this.#delayAfter(status.error, tenant, id, Math.max(use.failures, 1)) === undefined;
    if (!tenant || !status?.access || isVain || (this.#hasEnded(status.access, use) && !this.#isHeld(id))) {
      this.#uses.delete(id);
      return;
    }
    const isDue = status.state !== 'exchanging' && this.#leftMs(id, use) <= 0;
    if (isDue && enabled() && focused()) this.#exchange(tenant, id, use);
  }

  /** Nobody has taken this token for as long as it lives. */
  #hasEnded({ expiresAt, exchangedAt }: ShownAccess, use: Use): boolean {
    return expiresAt === null || sinceMs(this.#parts.clock, use.usedAt) > expiresAt - exchangedAt;
  }

  #isHeld(id: string): boolean {
    return this.#holds.has(id);
  }

  #addHold(id: string, change: number): void {
    const count = (this.#holds.get(id) ?? 0) + change;
    if (count > 0) this.#holds.set(id, count);
    else this.#holds.delete(id);
  }

  /** By chance, where the first one is concerned: another window has others. */
  #nextSpread(): number {
    this.#lastSpread = this.#lastSpread === undefined ? this.#parts.random() : (this.#lastSpread + GOLDEN_RATIO) % 1;
    return this.#lastSpread;
  }

  #exchange(tenant: Tenant, id: string, use: Use): void {
    this.#rest(use, MIN_RETRY_MS);
    this.#parts.broker.exchange(tenant, id, { ahead: true }).then(
      () => {
        use.failures = 0;
      },
      (error: unknown) => {
        // The broker has logged it, the tree shows it, and the access token at hand is still good.
        use.failures++;
        const delay = error instanceof AppError ? this.#delayAfter(error, tenant, id, use.failures) : undefined;
        if (delay === undefined) this.#uses.delete(id);
        else this.#rest(use, delay);
      },
    );
  }

  #rest(use: Use, ms: number): void {
    use.rest = { since: momentOf(this.#parts.clock), ms };
    use.quiet = undefined;
  }

  #delayAfter(error: AppError, tenant: Tenant, id: string, failures: number): number | undefined {
    const { broker, random } = this.#parts;
    return unaskedDelayMs(error, failures, broker.mayRotate(tenant, id), random());
  }

  /** Until it is exchanged ahead; Infinity where it is not. */
  #leftMs(id: string, use: Use): number {
    const { clock } = this.#parts;
    const access = this.#accessOf(id, use);
    const due = access && aheadAt(access, use.spread);
    if (!access || due === undefined) return Infinity;
    const left = Math.max(due, access.exchangedAt + MIN_RETRY_MS) - clock.wall();
    return Math.max(left, this.#left(use.rest));
  }

  #left({ since, ms }: Span, now = momentOf(this.#parts.clock)): number {
    return ms - msBetween(since, now);
  }

  /** Looks again in `leftMs`, within half a minute. */
  #schedule(leftMs: number): void {
    const { clock, enabled, focused } = this.#parts;
    this.#timer?.dispose();
    this.#timer = undefined;
    if (this.#uses.size === 0 || !enabled() || !focused()) return;
    const ms = Math.min(Math.max(leftMs, MIN_WAIT_MS), MAX_WAIT_MS);
    this.#set = { since: momentOf(clock), ms };
    this.#timer = clock.after(ms, () => {
      if (this.#hasResumed()) this.#spread();
      this.check();
    });
  }

  #hasResumed(): boolean {
    const { clock } = this.#parts;
    const { since, ms } = this.#set;
    const [byWall, byMono] = [clock.wall() - since.wall, clock.mono() - since.mono];
    return Math.abs(byWall - byMono) > RESUMED_AFTER_MS || byMono - ms > RESUMED_AFTER_MS;
  }

  /** What is due, unless that was put off before: a machine that is always late must not put it off for good. */
  #spread(): void {
    const { clock, random } = this.#parts;
    for (const [id, use] of this.#uses) {
      const access = this.#accessOf(id, use);
      const due = access && aheadAt(access, use.spread);
      if (due !== undefined && -this.#left(use.rest) >= clock.wall() - due) this.#rest(use, random() * RESUME_SPREAD_MS);
    }
  }

  #accessOf(id: string, use: Use): ShownAccess | undefined {
    const tenant = this.#parts.findTenant(use.tenant);
    return tenant && this.#parts.broker.status(tenant, id).access;
  }
}
