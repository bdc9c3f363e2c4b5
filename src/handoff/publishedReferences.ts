import type { ErrorCode } from '../base/errors.js';
import { Emitter, type Disposable, type Event } from '../base/event.js';
import { ACCESS_TOKEN } from '../platforms/tokenResponse.js';
import { isCostly } from '../store/tokenEntry.js';
import type { Tenants } from '../tenants/tenants.js';
import type { Broker } from '../exchange/broker.js';
import type { Access } from '../store/record.js';
import type { ReferenceNames, Referred } from '../tokens/referenceNames.js';
import type { Refresher } from '../exchange/refresher.js';
import { needsPerson } from '../exchange/status.js';
import type { Vault } from '../store/vault.js';

/** The person has not confirmed the destination in the settings. */
const UNBOUND: ReadonlySet<ErrorCode | undefined> = new Set<ErrorCode>(['address-changed', 'trust-changed']);
/** Timers stop while a machine sleeps, so wait only briefly. */
const MAX_WAIT_MS = 30_000;
/** The least time between automatic exchanges: a token that expires at once must not cause a loop of exchanges. */
const MIN_RETRY_MS = 30_000;

interface Model {
  readonly names: ReferenceNames;
  readonly broker: Broker;
  readonly refresher: Refresher;
  readonly vault: Vault;
  readonly tenants: Tenants;
  readonly now: () => number;
}

interface Switches {
  /** Whether the person has allowed it. */
  readonly enabled: () => boolean;
  /** Only the focused window exchanges, so that several windows do not do it at once. */
  readonly focused: () => boolean;
}

interface Published {
  readonly id: string;
  readonly value: string;
  /** Epoch ms; null: unknown. */
  readonly expiresAt: number | null;
  readonly hold: Disposable;
}

/**
 * Publishes access tokens as environment variables of the extension host, where REST Client looks up `{{$processEnv NAME}}` when
 * it sends. Only for references in open files, while the tokens are valid and the person allows it.
 */
export class PublishedReferences implements Disposable {
  readonly #env: NodeJS.ProcessEnv;
  readonly #model: Model;
  readonly #switches: Switches;
  readonly #changed = new Emitter<void>();
  readonly #subscriptions: readonly Disposable[];
  /** By name, as written in the files: outside Windows, environment names are case-sensitive. */
  readonly #published = new Map<string, Published>();
  #wanted: ReadonlySet<string> = new Set();
  /** Tokens that were requested from the broker without success. */
  readonly #tried = new Set<string>();
  /** When each token was last requested, epoch ms. */
  readonly #askedAt = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(env: NodeJS.ProcessEnv, model: Model, switches: Switches) {
    this.#env = env;
    this.#model = model;
    this.#switches = switches;
    const update = () => this.#update();
    this.#subscriptions = [
      model.broker.onDidChange(update),
      model.tenants.onDidChange(() => this.check()),
      model.vault.onDidChangeList(() => this.check()),
    ];
  }

  /** Fires when a name is published or withdrawn. */
  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  /** Sets the names that open files refer to. */
  want(names: ReadonlySet<string>): void {
    const isNew = [...names].some((name) => !this.#wanted.has(name));
    this.#wanted = new Set(names);
    if (isNew) this.check();
    else this.#update();
  }

  /** Call it when the setting has changed, and when the window gets focus. */
  check(): void {
    this.#tried.clear();
    this.#update();
  }

  isPublished(name: string): boolean {
    return this.#isOurs(name);
  }

  /** Whether a foreign variable has this name, ignoring case. It is never overwritten. */
  clash(name: string): boolean {
    const isSame = (key: string): boolean => key.toUpperCase() === name.toUpperCase();
    return Object.keys(this.#env).some((key) => isSame(key) && !this.#isOurs(key));
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const name of [...this.#published.keys()]) this.#withdraw(name);
    clearTimeout(this.#timer);
    this.#changed.dispose();
  }

  #update(): void {
    const before = [...this.#published.keys()].join();
    const wanted = this.#switches.enabled() ? [...this.#wanted] : [];
    for (const [name, published] of [...this.#published])
      if (!wanted.includes(name) || !this.#mayStay(name, published)) this.#withdraw(name);
    for (const name of wanted) this.#publish(name);
    this.#schedule();
    if ([...this.#published.keys()].join() !== before) this.#changed.fire();
    for (const name of wanted) if (!this.#published.has(name) && !this.clash(name)) void this.#request(name);
  }

  #publish(name: string): void {
    const referred = this.#find(name);
    const access = referred && this.#model.broker.peek(referred.tenant, referred.token.id);
    const held = this.#published.get(name);
    if (!access || access.token === held?.value || this.clash(name) || !ACCESS_TOKEN.test(access.token)) return;
    this.#env[name] = access.token;
    const { refresher } = this.#model;
    const { tenant, token } = referred;
    // Take the new hold before releasing the old one, so that the token is always in use.
    const hold = refresher.hold(tenant, token.id);
    held?.hold.dispose();
    this.#tried.delete(token.id);
    this.#published.set(name, { id: token.id, value: access.token, expiresAt: access.expiresAt, hold });
  }

  /** Leaves a value that somebody else has written since. */
  #withdraw(name: string): void {
    // The name is computed; on Windows it matches in any case.
    if (this.#isOurs(name)) Reflect.deleteProperty(this.#env, name);
    this.#published.get(name)?.hold.dispose();
    this.#published.delete(name);
  }

  #isOurs(name: string): boolean {
    const value = this.#env[name];
    return value !== undefined && this.#published.get(name)?.value === value;
  }

  /** The broker stops issuing a token shortly before its expiry, but a published one stays until then. */
  #mayStay(name: string, { id, expiresAt }: Published): boolean {
    const referred = this.#find(name);
    if (!this.#isOurs(name) || referred?.token.id !== id) return false;
    const { access, error } = this.#model.broker.status(referred.tenant, id);
    const isValid = (expiry: number | null): boolean => expiry === null || this.#model.now() < expiry;
    // The broker's expiry accounts for clocks that were set back.
    return access !== undefined && !UNBOUND.has(error?.code) && isValid(expiresAt) && isValid(access.expiresAt);
  }

  /** Requests once, until something changes: the broker notifies everyone when it has a token. */
  async #request(name: string): Promise<void> {
    const referred = this.#find(name);
    if (!referred || this.#tried.has(referred.token.id)) return;
    const { tenant, token } = referred;
    const { broker } = this.#model;
    this.#tried.add(token.id);
    await broker.load(token.id);
    const { access, error } = broker.status(tenant, token.id);
    if (isCostly(tenant, token) || needsPerson(error) || broker.peek(tenant, token.id)) return;
    const now = this.#model.now();
    const lastAt = Math.max(this.#askedAt.get(token.id) ?? 0, access?.exchangedAt ?? 0);
    if (!this.#switches.focused() || Math.abs(now - lastAt) < MIN_RETRY_MS) {
      this.#tried.delete(token.id);
      return;
    }
    this.#askedAt.set(token.id, now);
    await broker.access(tenant, token.id).catch((): Access | undefined => undefined);
  }

  #find(name: string): Referred | undefined {
    const found = this.#model.names.find(name);
    return found === 'ambiguous' ? undefined : found;
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#wanted.size === 0 || !this.#switches.enabled()) return;
    const ends = [...this.#published.values()].flatMap(({ expiresAt }) => expiresAt ?? []);
    const wait = Math.min(Math.max(Math.min(...ends) - this.#model.now(), 0), MAX_WAIT_MS);
    this.#timer = setTimeout(() => this.#update(), wait);
    this.#timer.unref();
  }
}
