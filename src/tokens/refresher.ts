import { AppError } from '../errors.js';
import type { Disposable } from '../event.js';
import type { Tenant } from '../platforms/platform.js';
import { platformOf } from '../platforms/index.js';
import type { Broker } from './broker.js';
import { momentOf, sinceMs, type Clock, type Moment } from './clock.js';
import { aheadAt } from './expiry.js';
import { unaskedDelayMs } from './retry.js';
import type { ShownAccess } from './status.js';
import type { Vault } from './vault.js';

/** A sleeping machine does not advance its timers, so the longest wait is short. */
const MAX_WAIT_MS = 30_000;
const MIN_WAIT_MS = 1_000;
const MIN_RETRY_MS = 30_000;
/** Clocks that are so far apart, or a timer that is so late, tell of a machine that slept or was set. */
const RESUMED_AFTER_MS = 5_000;
/** After a sleep many tokens are due at once. */
const RESUME_SPREAD_MS = 5_000;

interface Use {
  readonly tenant: string;
  usedAt: Moment;
  /** Where between 70 and 80 % of a life this token is exchanged. */
  readonly spread: number;
  /** It is left alone for so long, from then on. */
  rest: { readonly since: Moment; readonly ms: number };
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
  /** The ids of tokens that are in use until they are released, by who holds them. */
  readonly #holds = new Map<object, string>();
  #timer: Disposable | undefined;
  /** What both clocks showed when the timer was set, and when it is due. */
  #set: Moment & { readonly waitMs: number } = { wall: 0, mono: 0, waitMs: 0 };

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A token was handed out. */
  used(tenant: Tenant, id: string): void {
    const { clock, vault, random } = this.#parts;
    if (platformOf(tenant).needsPasscode?.(tenant) || vault.find(id)?.singleUse) return;
    const usedAt = momentOf(clock);
    const use = this.#uses.get(id) ?? {
      tenant: tenant.id,
      usedAt,
      spread: random(),
      rest: { since: usedAt, ms: 0 },
      failures: 0,
    };
    use.usedAt = usedAt;
    this.#uses.set(id, use);
    const leftMs = Math.max(this.#leftMs(id, use), MIN_WAIT_MS);
    if (!this.#timer || leftMs < this.#set.waitMs - sinceMs(clock, this.#set)) this.#schedule();
  }

  /** Counts a token as in use until what it returns is disposed of. */
  hold(tenant: Tenant, id: string): Disposable {
    const holder = {};
    this.#holds.set(holder, id);
    this.used(tenant, id);
    return { dispose: () => void this.#holds.delete(holder) };
  }

  /** Looks at the tokens in use now: to be called when the window is focused and when a setting changes. */
  check(): void {
    for (const [id, use] of this.#uses) this.#consider(id, use);
    this.#schedule();
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#uses.clear();
    this.#holds.clear();
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
    if (this.#leftMs(id, use) <= 0 && enabled() && focused()) this.#exchange(tenant, id, use);
  }

  /** Nobody has taken this token for as long as it lives. */
  #hasEnded({ expiresAt, exchangedAt }: ShownAccess, use: Use): boolean {
    return expiresAt === null || sinceMs(this.#parts.clock, use.usedAt) > expiresAt - exchangedAt;
  }

  #isHeld(id: string): boolean {
    return [...this.#holds.values()].includes(id);
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
  }

  #delayAfter(error: AppError, tenant: Tenant, id: string, failures: number): number | undefined {
    return unaskedDelayMs(error, failures, this.#parts.broker.mayRotate(tenant, id));
  }

  /** Until it is exchanged ahead; Infinity where it is not. */
  #leftMs(id: string, use: Use): number {
    const { clock } = this.#parts;
    const access = this.#accessOf(id, use);
    const due = access && aheadAt(access, use.spread);
    if (!access || due === undefined) return Infinity;
    const left = Math.max(due, access.exchangedAt + MIN_RETRY_MS) - clock.wall();
    return Math.max(left, use.rest.ms - sinceMs(clock, use.rest.since));
  }

  #schedule(): void {
    const { clock, enabled, focused } = this.#parts;
    this.#timer?.dispose();
    this.#timer = undefined;
    if (this.#uses.size === 0 || !enabled() || !focused()) return;
    const waitMs = this.#waitMs();
    this.#set = { ...momentOf(clock), waitMs };
    this.#timer = clock.after(waitMs, () => {
      if (this.#hasResumed()) this.#spread();
      this.check();
    });
  }

  /** Until the first token is due, and no longer than half a minute. */
  #waitMs(): number {
    let left = MAX_WAIT_MS;
    for (const [id, use] of this.#uses) left = Math.min(left, this.#leftMs(id, use));
    return Math.max(left, MIN_WAIT_MS);
  }

  #hasResumed(): boolean {
    const { clock } = this.#parts;
    const [byWall, byMono] = [clock.wall() - this.#set.wall, clock.mono() - this.#set.mono];
    return Math.abs(byWall - byMono) > RESUMED_AFTER_MS || byMono - this.#set.waitMs > RESUMED_AFTER_MS;
  }

  /** What is due, unless that was put off before: a machine that is always late must not put it off for good. */
  #spread(): void {
    const { clock, random } = this.#parts;
    for (const [id, use] of this.#uses) {
      const access = this.#accessOf(id, use);
      const due = access && aheadAt(access, use.spread);
      const restedMs = sinceMs(clock, use.rest.since) - use.rest.ms;
      if (due !== undefined && restedMs >= clock.wall() - due) this.#rest(use, random() * RESUME_SPREAD_MS);
    }
  }

  #accessOf(id: string, use: Use): ShownAccess | undefined {
    const tenant = this.#parts.findTenant(use.tenant);
    return tenant && this.#parts.broker.status(tenant, id).access;
  }
}
