import { AppError } from '../errors.js';
import type { Disposable } from '../event.js';
import type { Tenant } from '../platforms/platform.js';
import { platformOf } from '../platforms/index.js';
import type { Broker } from './broker.js';
import { needsPerson } from './status.js';
import { aheadAt } from './expiry.js';
import type { Access } from './record.js';
import type { Vault } from './vault.js';

/** A sleeping machine does not advance its timers, so the longest wait is short; and `setTimeout` fires at once beyond 2³¹−1 ms. */
const MAX_WAIT_MS = 30_000;
const MIN_RETRY_MS = 30_000;

interface Use {
  readonly tenant: string;
  usedAt: number;
  /** Where between 70 and 80 % of a life this token is exchanged. */
  readonly spread: number;
  notBefore: number;
}

interface Settings {
  readonly enabled: () => boolean;
  /** Only the window that a person looks at exchanges ahead, so that several windows do not do it at once. */
  readonly focused: () => boolean;
  readonly findTenant: (id: string) => Tenant | undefined;
}

/**
 * Exchanges ahead of their end the tokens that are in use: those handed out within the last lifetime. One timer for all,
 * none while nothing is in use. Tokens whose exchange costs something (a passcode, their only use) are left alone.
 */
export class Refresher implements Disposable {
  readonly #broker: Broker;
  readonly #vault: Vault;
  readonly #now: () => number;
  readonly #settings: Settings;
  readonly #uses = new Map<string, Use>();
  /** The ids of tokens that are in use until they are released, by who holds them. */
  readonly #holds = new Map<object, string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(broker: Broker, vault: Vault, now: () => number, settings: Settings) {
    this.#broker = broker;
    this.#vault = vault;
    this.#now = now;
    this.#settings = settings;
  }

  /** A token was handed out. */
  used(tenant: Tenant, id: string): void {
    if (platformOf(tenant).needsPasscode?.(tenant) || this.#vault.find(id)?.singleUse) return;
    const use = this.#uses.get(id);
    if (use) use.usedAt = this.#now();
    else this.#uses.set(id, { tenant: tenant.id, usedAt: this.#now(), spread: Math.random(), notBefore: 0 });
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
    clearTimeout(this.#timer);
    this.#uses.clear();
    this.#holds.clear();
  }

  #consider(id: string, use: Use): void {
    const tenant = this.#settings.findTenant(use.tenant);
    const status = tenant && this.#vault.find(id) ? this.#broker.status(tenant, id) : undefined;
    const now = this.#now();
    const isHeld = [...this.#holds.values()].includes(id);
    if (!tenant || !status?.access || needsPerson(status.error) || (!isHeld && hasEnded(status.access, use, now))) {
      this.#uses.delete(id);
      return;
    }
    const due = aheadAt(status.access, use.spread);
    if (due === undefined || now < Math.max(due, use.notBefore)) return;
    if (!this.#settings.enabled() || !this.#settings.focused()) return;
    use.notBefore = now + MIN_RETRY_MS;
    this.#broker.exchange(tenant, id).catch((error: unknown) => {
      // The broker has logged it, the tree shows it, and the access token at hand is still good. What may have replaced the
      // secret, or needs a person, is not sent again unasked.
      const isFinal = !(error instanceof AppError) || needsPerson(error) || platformOf(tenant).rotation !== 'never';
      if (isFinal) this.#uses.delete(id);
    });
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#uses.size === 0 || !this.#settings.enabled()) return;
    this.#timer = setTimeout(() => {
      this.check();
    }, MAX_WAIT_MS);
    this.#timer.unref();
  }
}

/** Nobody has taken this token for as long as it lives. */
function hasEnded({ expiresAt, exchangedAt }: Pick<Access, 'expiresAt' | 'exchangedAt'>, use: Use, now: number): boolean {
  return expiresAt === null || now - use.usedAt > expiresAt - exchangedAt;
}
