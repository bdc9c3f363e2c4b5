import { AppError } from '../errors.js';
import type { Disposable } from '../event.js';
import type { Tenant } from '../platforms/platform.js';
import { platformOf } from '../platforms/index.js';
import type { Broker } from './broker.js';
import type { Clock } from './clock.js';
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
  usedAt: number;
  /** Where between 70 and 80 % of a life this token is exchanged. */
  readonly spread: number;
  notBefore: number;
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
  #set = { wall: 0, mono: 0, waitMs: 0 };

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A token was handed out. */
  used(tenant: Tenant, id: string): void {
    const { clock, vault, random } = this.#parts;
    if (platformOf(tenant).needsPasscode?.(tenant) || vault.find(id)?.singleUse) return;
    const use = this.#uses.get(id);
    if (use) use.usedAt = clock.wall();
    else this.#uses.set(id, { tenant: tenant.id, usedAt: clock.wall(), spread: random(), notBefore: 0, failures: 0 });
    this.#schedule();
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
    const { vault, broker, clock, findTenant, enabled, focused } = this.#parts;
    const tenant = findTenant(use.tenant);
    const status = tenant && vault.find(id) ? broker.status(tenant, id) : undefined;
    const now = clock.wall();
    const isHeld = [...this.#holds.values()].includes(id);
    const isVain = tenant && status?.error && this.#delayAfter(status.error, tenant, id, Math.max(use.failures, 1)) === undefined;
    if (!tenant || !status?.access || isVain || (!isHeld && hasEnded(status.access, use, now))) {
      this.#uses.delete(id);
      return;
    }
    if (now < (this.#dueAt(status.access, use) ?? Infinity) || !enabled() || !focused()) return;
    this.#exchange(tenant, id, use);
  }

  #exchange(tenant: Tenant, id: string, use: Use): void {
    use.notBefore = this.#parts.clock.wall() + MIN_RETRY_MS;
    this.#parts.broker.exchange(tenant, id, { ahead: true }).then(
      () => {
        use.failures = 0;
      },
      (error: unknown) => {
        // The broker has logged it, the tree shows it, and the access token at hand is still good.
        use.failures++;
        const delay = error instanceof AppError ? this.#delayAfter(error, tenant, id, use.failures) : undefined;
        if (delay === undefined) this.#uses.delete(id);
        else use.notBefore = this.#parts.clock.wall() + delay;
      },
    );
  }

  #delayAfter(error: AppError, tenant: Tenant, id: string, failures: number): number | undefined {
    return unaskedDelayMs(error, failures, this.#parts.broker.mayRotate(tenant, id));
  }

  #dueAt(access: ShownAccess, use: Use): number | undefined {
    const due = aheadAt(access, use.spread);
    return due === undefined ? undefined : Math.max(due, use.notBefore, access.exchangedAt + MIN_RETRY_MS);
  }

  #schedule(): void {
    const { clock, enabled, focused } = this.#parts;
    this.#timer?.dispose();
    this.#timer = undefined;
    if (this.#uses.size === 0 || !enabled() || !focused()) return;
    const waitMs = this.#waitMs();
    this.#set = { wall: clock.wall(), mono: clock.mono(), waitMs };
    this.#timer = clock.after(waitMs, () => {
      if (this.#hasResumed()) this.#spread();
      this.check();
    });
  }

  /** Until the first token is due, and no longer than half a minute. */
  #waitMs(): number {
    const due = [...this.#uses].map(([id, use]) => {
      const access = this.#accessOf(id, use);
      return (access && this.#dueAt(access, use)) ?? Infinity;
    });
    return Math.min(Math.max(Math.min(...due) - this.#parts.clock.wall(), MIN_WAIT_MS), MAX_WAIT_MS);
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
      if (due !== undefined && use.notBefore <= due) use.notBefore = clock.wall() + random() * RESUME_SPREAD_MS;
    }
  }

  #accessOf(id: string, use: Use): ShownAccess | undefined {
    const tenant = this.#parts.findTenant(use.tenant);
    return tenant && this.#parts.broker.status(tenant, id).access;
  }
}

/** Nobody has taken this token for as long as it lives. */
function hasEnded({ expiresAt, exchangedAt }: ShownAccess, use: Use, now: number): boolean {
  return expiresAt === null || now - use.usedAt > expiresAt - exchangedAt;
}
