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
import { notStored } from '../store/tokenRegistry.js';
import type { Vault } from '../store/vault.js';

/** How far a service's clock may be behind ours when it reports the creation time of a token. */
const SKEW_MS = 60_000;
const LOG_OUT_MS = 5_000;

interface Parts {
  readonly vault: Vault;
  readonly broker: Broker;
  readonly remote: RemoteTokens;
  /** The flows that are still open. */
  readonly open: Set<ManagementFlow>;
  readonly send: Send;
  readonly clock: Clock;
  readonly log: Log;
  /** True for the id of a tenant of the sandbox: its tokens are kept for the session only. */
  readonly isForSession: (tenant: string) => boolean;
}

/**
 * An API token that exists at a service while nobody keeps its value: `made` by a flow for certain, or `found` by its name after
 * a response was lost.
 */
export interface Orphan {
  /** The service's id. */
  readonly id: string;
  readonly name: string;
  readonly certainty: 'made' | 'found';
}

/** A token that the service has created and the vault has not stored. */
interface Unkept {
  /** The name in the vault. */
  readonly name: string;
  readonly made: CreatedToken;
}

/**
 * One flow in which a person manages API tokens, from sign-in to {@link close}. Its credentials stay in memory for as long.
 * Operations run one after another, and nothing is retried automatically. All methods throw AppError of the network and of the
 * responses (`session-refused`, `rights-missing`, `name-taken`, `token-api-missing`, `token-gone`, …), and TypeError for what the
 * platform does not support.
 */
export class ManagementFlow {
  readonly tenant: Tenant;
  readonly #parts: Parts;
  readonly #lifecycle: Lifecycle;
  /** Read at the start: the tenant may be removed meanwhile, and a created token is stored all the same. */
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

  /** The token that this flow may have left at the service without storing it, until it is stored or revoked. */
  get orphan(): Orphan | undefined {
    return this.#orphan;
  }

  /** Whether a token was created that the vault has not stored: it stays in memory until {@link close}. */
  get isUnkept(): boolean {
    return this.#unkept !== undefined;
  }

  /**
   * Creates an API token at the service and stores it at once. Cancelling only stops the wait: a request that was sent continues,
   * and its result is stored.
   * @param name in the vault; the name in the form if undefined
   * @throws AppError `creation-uncertain` (fact `name`; {@link orphan} is the token that was found, if any), `creation-half-done`
   * (facts `id`, `name`), and `token-not-stored` and `window-outdated`: before anything was created, or, if {@link isUnkept},
   * after it, so that {@link keepAgain} can store it
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
      // Without an id it cannot be revoked: a URL with an empty id would address all tokens.
      if (made.token.id !== '') this.#orphan = { id: made.token.id, name: made.token.name, certainty: 'made' };
      return this.#keep(this.#unkept);
    });
  }

  /** Tries again to store the token that the vault refused. @throws AppError `token-not-stored`, `window-outdated` */
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
      // Only the service knows the result; failing to read it does not make the change a failure.
      if (this.#lifecycle.list) await this.#list(signal).catch(() => undefined);
    });
  }

  /** Revokes a token at the service. A stored secret stays: the caller asks whether to remove it. @param id the service's */
  revoke(id: string, signal?: AbortSignal): Promise<void> {
    return this.#alone(undefined, async () => {
      const revocation = this.#lifecycle.revoke?.(this.tenant, this.#open, id) ?? cannot('revoke');
      await this.#converse('revoke', revocation, signal);
      if (this.#orphan?.id === id) this.#orphan = this.#unkept = undefined;
      const { broker, remote } = this.#parts;
      const kept = remote.keptAs(this.tenant.id, id);
      if (kept !== undefined) await broker.secrets.revoked(this.tenant, kept);
      remote.gone(this.tenant.id, id);
    });
  }

  /**
   * Gives a stored API token a new value and stores that at once. Cancelling works as in {@link create}.
   * @param token the id of a stored token
   * @throws AppError `regeneration-uncertain` if it is unknown whether the value was replaced, `secret-not-kept` if the new one
   * is only in memory, `address-changed`, and those of the vault
   */
  regenerate(token: string, signal?: AbortSignal): Promise<void> {
    return this.#alone(signal, async () => {
      const { broker, remote } = this.#parts;
      const made = await broker.secrets.regenerate(this.tenant, token, async (secret) => {
        const act = this.#lifecycle.regenerate?.(this.tenant, this.#open, secret) ?? cannot('regenerate');
        return this.#converse('regenerate', act).catch((error: unknown) => {
          throw isLost(error) ? new AppError('regeneration-uncertain', error.facts, error) : error;
        });
      });
      await remote.made(this.tenant.id, token, this.#clean(made));
    });
  }

  /** Signs out once pending operations have finished, and forgets the session. Never rejects; nobody needs to wait for it. */
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
      log.warn(`${this.tenant.id}: could not end the session at the service`);
    }
  }

  get #open(): Session {
    return this.#session ?? cannot('go on after it was closed');
  }

  /** @param signal stops the wait, not the work */
  async #alone<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    return untilAborted(this.#mutex.run('', work), signal);
  }

  #converse<T>(act: string, conversation: Conversation<T>, signal?: AbortSignal): Promise<T> {
    return converse(this.#parts, this.tenant, act, conversation, signal);
  }

  async #list(signal?: AbortSignal): Promise<readonly RemoteToken[]> {
    const listing = this.#lifecycle.list?.(this.tenant, this.#open) ?? cannot('list');
    const listed = await this.#converse('list', listing, signal);
    const tokens = listed.map((token) => withoutSecrets(token, this.#open.secrets)).filter(({ id }) => id !== '');
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
      const before = new Set(known.map(({ id }) => id));
      this.#orphan = await this.#find(name, begunAt, before);
      throw new AppError('creation-uncertain', { ...error.facts, name }, error);
    }
  }

  #clean(made: CreatedToken): CreatedToken {
    const secrets = [...this.#open.secrets, ...Object.values(made.secret), ...(made.access ? [made.access.token] : [])];
    return { ...made, token: withoutSecrets(made.token, secrets) };
  }

  /**
   * The token of this name whose value may be the lost one. Undefined if several qualify.
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
    const binding = await broker.secrets.binding(this.tenant);
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

/** @throws TypeError for a platform without token management, which is not offered there */
export function lifecycleOf(tenant: Tenant): Lifecycle {
  return platformOf(tenant).lifecycle ?? cannot('manage');
}

export function cannot(act: string): never {
  throw new TypeError(`cannot ${act}`);
}

const nameOf = (draft: TokenForm): string => draft['name'] ?? '';

const isLost = (error: unknown): error is AppError => error instanceof AppError && mayHaveActed(error);
