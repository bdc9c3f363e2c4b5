import { AppError } from '../base/errors.js';
import { withTls, type Send } from '../net/http.js';
import type { Conversation, CreatedToken, TokenForm, Lifecycle, RemoteToken, Session } from '../platforms/lifecycle.js';
import { platformOf } from '../platforms/index.js';
import type { Tenant } from '../platforms/tenant.js';
import type { Broker } from '../exchange/broker.js';
import { within, type Clock } from '../base/clock.js';
import { converse, mayHaveActed } from './conversation.js';
import { KeyedMutex } from '../base/keyedMutex.js';
import type { Log } from '../base/log.js';
import { withoutSecrets, type RemoteTokens } from './remoteTokens.js';
import { untilAborted } from '../base/untilAborted.js';
import type { TokenEntry } from '../store/tokenEntry.js';
import { notStored, type Vault } from '../store/vault.js';

/** By so much a service's clock may be behind ours when it says when it has made a token. */
const SKEW_MS = 60_000;
const LOG_OUT_MS = 5_000;

interface Parts {
  readonly vault: Vault;
  readonly broker: Broker;
  readonly remote: RemoteTokens;
  /** The flows that are not closed. */
  readonly open: Set<ManagementFlow>;
  readonly send: Send;
  readonly clock: Clock;
  readonly log: Log;
  /** True for the id of a tenant of the sandbox: its tokens are kept for the session only. */
  readonly isForSession: (tenant: string) => boolean;
}

/**
 * An API token that a service has and nobody keeps the value of: `made` for sure by a flow, or `found` by its name after an
 * answer was lost.
 */
export interface Orphan {
  /** The service's id. */
  readonly id: string;
  readonly name: string;
  readonly certainty: 'made' | 'found';
}

/** What the service has made and the vault has not taken. */
interface Unkept {
  /** In the vault. */
  readonly name: string;
  readonly made: CreatedToken;
}

/**
 * One flow in which somebody manages API tokens, from signing in to {@link close}. What authorizes it is kept in memory, for as
 * long. What it does it does in turn, and nothing is tried again by itself. All methods throw AppError of the network and of the
 * answers (`session-refused`, `rights-missing`, `name-taken`, `token-api-missing`, `token-gone`, …), and TypeError for what the
 * platform cannot do.
 */
export class ManagementFlow {
  readonly tenant: Tenant;
  readonly #parts: Parts;
  readonly #lifecycle: Lifecycle;
  /** As it was at the beginning: in the meantime the tenant may have gone, and what is made is kept all the same. */
  readonly #isForSession: boolean;
  readonly #mutex = new KeyedMutex();
  #session: Session | undefined;
  #unkept: Unkept | undefined;
  #orphan: Orphan | undefined;

  constructor(parts: Parts, tenant: Tenant, session: Session) {
    this.#parts = parts;
    this.tenant = tenant;
    this.#lifecycle = lifecycleOf(tenant);
    this.#isForSession = parts.isForSession(tenant.id);
    this.#session = session;
    parts.open.add(this);
  }

  /** What this flow may have left at the service without keeping it, until it is kept or revoked. */
  get orphan(): Orphan | undefined {
    return this.#orphan;
  }

  /** Whether something was made that the vault has not taken: it is in memory until {@link close}. */
  get isUnkept(): boolean {
    return this.#unkept !== undefined;
  }

  /**
   * Makes an API token at the service and stores it at once. Whoever cancels stops waiting: what was sent goes on, and what
   * comes of it is stored.
   * @param name in the vault; as the draft says if undefined
   * @throws AppError `creation-uncertain` (fact `name`; what was found of it is {@link orphan}), `creation-half-done` (facts `id`,
   * `name`), `token-not-stored` and `window-outdated`: before anything was made, or, where {@link isUnkept}, after it, so that
   * {@link keepAgain} can store it
   */
  create(draft: TokenForm, name = nameOf(draft), signal?: AbortSignal): Promise<TokenEntry> {
    return this.#alone(signal, async () => {
      const { vault, clock } = this.#parts;
      if (!this.#isForSession)
        await vault.prepare().catch((cause: unknown) => {
          throw notStored(cause);
        });
      const made = await this.#make(draft, clock.wall());
      this.#unkept = { name, made };
      // Without an id nothing can be done about it there: an address that ends with it would be that of all tokens.
      if (made.token.id !== '') this.#orphan = { id: made.token.id, name: made.token.name, certainty: 'made' };
      return this.#keep(this.#unkept);
    });
  }

  /** Offers to the vault once more what it refused. @throws AppError `token-not-stored`, `window-outdated` */
  keepAgain(): Promise<TokenEntry> {
    return this.#alone(undefined, () => this.#keep(this.#unkept ?? cannot('keep')));
  }

  /** All tokens at the service that this session may see. */
  list(signal?: AbortSignal): Promise<readonly RemoteToken[]> {
    return this.#alone(undefined, () => this.#list(signal));
  }

  /** @param id the service's */
  update(id: string, draft: TokenForm, signal?: AbortSignal): Promise<void> {
    return this.#alone(undefined, async () => {
      const change = this.#lifecycle.update?.(this.tenant, this.#open, id, draft) ?? cannot('update');
      await this.#converse('update', change, signal);
      // What has become of it, only the service knows; that it does not tell is no failure of the change.
      if (this.#lifecycle.list) await this.#list(signal).catch(() => undefined);
    });
  }

  /** Ends a token at the service. The secret of a kept one stays: the caller asks. @param id the service's */
  revoke(id: string, signal?: AbortSignal): Promise<void> {
    return this.#alone(undefined, async () => {
      const revocation = this.#lifecycle.revoke?.(this.tenant, this.#open, id) ?? cannot('revoke');
      await this.#converse('revoke', revocation, signal);
      if (this.#orphan?.id === id) this.#orphan = this.#unkept = undefined;
      const { broker, remote } = this.#parts;
      const kept = remote.keptAs(this.tenant.id, id);
      if (kept !== undefined) await broker.revoked(this.tenant, kept);
      remote.gone(this.tenant.id, id);
    });
  }

  /**
   * Gives a kept API token a new value, which is stored before anything else is done. Cancelled as {@link create} is.
   * @param token the id of a kept one
   * @throws AppError `regeneration-uncertain` where nobody knows whether the value was replaced, `secret-not-kept` where the new
   * one is in memory only, `address-changed`, and those of the vault
   */
  regenerate(token: string, signal?: AbortSignal): Promise<void> {
    return this.#alone(signal, async () => {
      const { broker, remote } = this.#parts;
      const made = await broker.regenerate(this.tenant, token, async (secret) => {
        const act = this.#lifecycle.regenerate?.(this.tenant, this.#open, secret) ?? cannot('regenerate');
        return this.#converse('regenerate', act).catch((error: unknown) => {
          throw isLost(error) ? new AppError('regeneration-uncertain', error.facts, error) : error;
        });
      });
      await remote.made(this.tenant.id, token, this.#clean(made));
    });
  }

  /** Signs out when what is under way has ended, and forgets all. Never rejects; nobody needs to wait for it. */
  async close(): Promise<void> {
    await this.#mutex.settled();
    const { open, send, clock, log } = this.#parts;
    open.delete(this);
    const request = this.#session && this.#lifecycle.logOut?.(this.tenant, this.#session);
    this.#session = this.#unkept = undefined;
    if (!request) return;
    try {
      await within(clock, LOG_OUT_MS, send(withTls(request, this.tenant)), () => new AppError('timed-out'));
    } catch {
      log.warn(`${this.tenant.id}: the service could not be told to end a session`);
    }
  }

  get #open(): Session {
    return this.#session ?? cannot('go on after it was closed');
  }

  /** @param signal lets the caller stop waiting */
  async #alone<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    return untilAborted(this.#mutex.run('', work), signal);
  }

  #converse<T>(act: string, conversation: Conversation<T>, signal?: AbortSignal): Promise<T> {
    return converse(this.#parts, this.tenant, act, conversation, signal);
  }

  async #list(signal?: AbortSignal): Promise<readonly RemoteToken[]> {
    const listing = this.#lifecycle.list?.(this.tenant, this.#open) ?? cannot('list');
    const told = await this.#converse('list', listing, signal);
    const tokens = told.map((token) => withoutSecrets(token, this.#open.secrets)).filter(({ id }) => id !== '');
    await this.#parts.remote.listed(this.tenant, tokens);
    return tokens;
  }

  /** @param begunAt epoch ms */
  async #make(draft: TokenForm, begunAt: number): Promise<CreatedToken> {
    const name = nameOf(draft);
    const known = this.#parts.remote.listing(this.tenant)?.tokens ?? [];
    try {
      return this.#clean(
        await this.#converse('create', this.#lifecycle.create?.(this.tenant, this.#open, draft) ?? cannot('create')),
      );
    } catch (error) {
      if (error instanceof AppError && error.code === 'creation-half-done')
        this.#orphan = { id: String(error.facts['id']), name, certainty: 'made' };
      const isUncertain = isLost(error) || (error instanceof AppError && error.code === 'creation-uncertain');
      if (!isUncertain) throw error;
      const listed = new Set(known.map(({ id }) => id));
      this.#orphan = await this.#find(name, begunAt, listed);
      throw new AppError('creation-uncertain', { ...error.facts, name }, error);
    }
  }

  #clean(made: CreatedToken): CreatedToken {
    const secrets = [...this.#open.secrets, ...Object.values(made.secret), ...(made.access ? [made.access.token] : [])];
    return { ...made, token: withoutSecrets(made.token, secrets) };
  }

  /**
   * The one token of this name that may be the one whose value was lost. Of several, nobody knows which.
   * @param known ids that were listed before
   */
  async #find(name: string, begunAt: number, known: ReadonlySet<string>): Promise<Orphan | undefined> {
    const { remote } = this.#parts;
    const tokens = this.#lifecycle.list ? await this.#list().catch(() => []) : [];
    const namesakes = tokens.filter(
      (one) => one.name === name && one.state === 'active' && !known.has(one.id) && !remote.keptAs(this.tenant.id, one.id),
    );
    const [found, ...others] = namesakes.filter(({ createdAt = Infinity }) => createdAt >= begunAt - SKEW_MS);
    return found && others.length === 0 ? { id: found.id, name, certainty: 'found' } : undefined;
  }

  async #keep({ name, made }: Unkept): Promise<TokenEntry> {
    const { vault, broker, remote } = this.#parts;
    const { secret, access, singleUse } = made;
    const binding = await broker.binding(this.tenant);
    const added = {
      tenant: this.tenant.id,
      name,
      ...binding,
      secret,
      ...(access && { access }),
      ...(singleUse && { singleUse }),
    };
    const entry = this.#isForSession ? vault.addForSession(added) : await vault.add(added);
    this.#unkept = this.#orphan = undefined;
    await remote.made(this.tenant.id, entry.id, made);
    return entry;
  }
}

/** @throws TypeError for a platform without one: it is not offered */
export function lifecycleOf(tenant: Tenant): Lifecycle {
  return platformOf(tenant).lifecycle ?? cannot('manage');
}

export function cannot(act: string): never {
  throw new TypeError(`cannot ${act}`);
}

const nameOf = (draft: TokenForm): string => draft['name'] ?? '';

const isLost = (error: unknown): error is AppError => error instanceof AppError && mayHaveActed(error);
