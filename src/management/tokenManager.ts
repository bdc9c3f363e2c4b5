import { isDeepStrictEqual } from 'node:util';
import type { Disposable, Event } from '../base/event.js';
import { MINUTE_MS } from '../base/time.js';
import type { Send } from '../net/http.js';
import type { Credentials, RemoteToken } from '../platforms/lifecycle.js';
import type { Tenant } from '../platforms/tenant.js';
import type { Broker, ExchangeOptions } from '../exchange/broker.js';
import { pause, type Clock } from '../base/clock.js';
import { converse } from './conversation.js';
import type { Log } from '../base/log.js';
import { cannot, lifecycleOf, ManagementFlow } from './managementFlow.js';
import { RemoteTokens, withoutSecrets, type Details, type Listing } from './remoteTokens.js';
import type { TokenEntry } from '../store/tokenEntry.js';
import type { TokenNotes } from '../tokens/tokenNotes.js';
import type { Vault } from '../store/vault.js';

export type { ManagementFlow, Orphan } from './managementFlow.js';
export type { Details, Listing } from './remoteTokens.js';

/** How long a session lasts that a person does not want to end at once. */
const LASTING_MS = 10 * MINUTE_MS;
/** VS Code gives a closing window five seconds. */
const SETTLE_MS = 4_000;

interface Parts {
  readonly vault: Vault;
  readonly broker: Broker;
  readonly notes: TokenNotes;
  readonly send: Send;
  readonly clock: Clock;
  readonly log: Log;
  /** True for the id of a tenant of the sandbox: its tokens are kept for the session only. */
  readonly isForSession: (tenant: string) => boolean;
}

/**
 * Manages API tokens at their services, and remembers for this session what the services report about them. New and replaced
 * values go straight into the vault: no caller sees a secret.
 */
export class TokenManager implements Disposable {
  readonly #parts: Parts & { readonly remote: RemoteTokens; readonly open: Set<ManagementFlow> };
  readonly #remote: RemoteTokens;
  /** The user of the last sign-in at each tenant. */
  readonly #users = new Map<string, string>();
  /** Sessions that last beyond the flow that they were opened for, by tenant. */
  readonly #lasting = new Map<string, { readonly flow: ManagementFlow; readonly timer: Disposable }>();

  constructor(parts: Parts) {
    this.#remote = new RemoteTokens(parts);
    this.#parts = { ...parts, remote: this.#remote, open: new Set() };
  }

  /** Fires the id of a tenant whose remote tokens have changed. */
  get onDidChange(): Event<string> {
    return this.#remote.onDidChange;
  }

  /** @throws AppError `login-refused`, and those of the network and the responses; `signal.reason` */
  async signIn(tenant: Tenant, credentials: Credentials, signal?: AbortSignal): Promise<ManagementFlow> {
    const login = lifecycleOf(tenant).logIn?.(tenant, credentials) ?? cannot('sign in');
    const session = await converse(this.#parts, tenant, 'login', login, signal);
    this.#users.set(tenant.id, credentials.user);
    return new ManagementFlow(this.#parts, tenant, session);
  }

  /** The user name that was accepted last at a tenant, until the window closes. */
  lastUser(tenant: Tenant): string | undefined {
    return this.#users.get(tenant.id);
  }

  /** Keeps a session open for ten minutes, because the person wants that. */
  keepOpen(flow: ManagementFlow): void {
    const { id } = flow.tenant;
    this.endSession(id);
    this.#lasting.set(id, { flow, timer: this.#parts.clock.after(LASTING_MS, () => this.endSession(id)) });
  }

  /** The session that was kept open for a tenant, unless its settings have changed since. */
  openSession(tenant: Tenant): ManagementFlow | undefined {
    const flow = this.#lasting.get(tenant.id)?.flow;
    return flow && isDeepStrictEqual(flow.tenant, tenant) ? flow : undefined;
  }

  /** Ends the session that was kept open for a tenant, if there is one. */
  endSession(tenant: string): void {
    const lasting = this.#lasting.get(tenant);
    this.#lasting.delete(tenant);
    lasting?.timer.dispose();
    void lasting?.flow.close();
  }

  /** Signs in with an access token of a stored API token, exchanging it if none is at hand. @throws as {@link Broker.access} */
  async withAccessOf(tenant: Tenant, token: string, options: ExchangeOptions = {}): Promise<ManagementFlow> {
    const access = await this.#parts.broker.access(tenant, token, options);
    return this.withAccessToken(tenant, access.token);
  }

  /** Signs in with an access token that a person has entered. */
  withAccessToken(tenant: Tenant, accessToken: string): ManagementFlow {
    const session = lifecycleOf(tenant).sessionOf?.(tenant, accessToken) ?? cannot('use an access token');
    return new ManagementFlow(this.#parts, tenant, session);
  }

  /**
   * Asks the service about a stored API token, by its value.
   * @throws AppError `address-changed`, those of the vault, the network and the responses; `signal.reason`
   */
  async inspect(tenant: Tenant, token: string, signal?: AbortSignal): Promise<RemoteToken> {
    const details = await this.#parts.broker.secrets.use(tenant, token, async (secret) => {
      const inspection = lifecycleOf(tenant).inspect?.(tenant, secret) ?? cannot('inspect');
      return withoutSecrets(await converse(this.#parts, tenant, 'inspect', inspection, signal), Object.values(secret));
    });
    await this.#remote.inspected(tenant.id, token, details);
    return details;
  }

  /** Revokes a stored API token at its service by its own value. The stored secret stays. @throws as {@link inspect} */
  async revokeByValue(tenant: Tenant, token: string, signal?: AbortSignal): Promise<void> {
    await this.#parts.broker.secrets.use(tenant, token, (secret) =>
      converse(
        this.#parts,
        tenant,
        'revokeByValue',
        lifecycleOf(tenant).revokeByValue?.(tenant, secret) ?? cannot('revokeByValue'),
        signal,
      ),
    );
    await this.#parts.broker.secrets.revoked(tenant, token);
    const { remoteId } = this.#parts.notes.of(token);
    if (remoteId !== undefined) this.#remote.gone(tenant.id, remoteId);
  }

  /** The last listing of a tenant in this session. */
  remote(tenant: Tenant): Listing | undefined {
    return this.#remote.listing(tenant);
  }

  /** The tokens of the last listing of a tenant that are not stored here. */
  unkept(tenant: Tenant): readonly RemoteToken[] {
    return this.#remote.unkept(tenant);
  }

  /** The id of the stored token that has this id at the service. */
  keptAs(tenant: string, remoteId: string): string | undefined {
    return this.#remote.keptAs(tenant, remoteId);
  }

  /** Finds the listed token with this remote id; without one, the listed token that is stored under the id `token`. */
  named(tenant: string, tokens: readonly RemoteToken[], remoteId?: string, token?: string): RemoteToken | undefined {
    if (remoteId !== undefined) return tokens.find(({ id }) => id === remoteId);
    return token === undefined ? undefined : tokens.find(({ id }) => this.keptAs(tenant, id) === token);
  }

  /** The stored tokens of a tenant that any unknown one at the service may be. */
  unmatched(tenant: string): readonly TokenEntry[] {
    return this.#remote.unmatched(tenant);
  }

  /** A person has said which listed token a stored one is; undefined: none of them. */
  async recognized(tenant: string, token: string, remoteId: string | undefined): Promise<void> {
    await this.#remote.recognized(tenant, token, remoteId);
  }

  /** What the service last reported about a stored token in this session, from {@link inspect}, a listing or its creation. */
  details(token: string): Details | undefined {
    return this.#remote.details(token);
  }

  /** Call it when a person has replaced a stored secret: earlier details are about the old one. Never rejects. */
  async replaced(token: string): Promise<void> {
    const entry = this.#parts.vault.find(token);
    if (entry) await this.#remote.replaced(entry);
  }

  /**
   * Closes all flows when the window closes: waits until pending responses have arrived and are stored, since otherwise a token
   * would be left that nobody has, and until the sessions are closed. At most 4 s.
   */
  async settled(): Promise<void> {
    const { open, clock } = this.#parts;
    await Promise.race([Promise.all([...open].map((flow) => flow.close())), pause(clock, SETTLE_MS)]);
  }

  /** Forgets what services have reported and who has signed in, and ends sessions. */
  forgetAll(): void {
    this.#users.clear();
    for (const tenant of [...this.#lasting.keys()]) this.endSession(tenant);
    this.#remote.forgetAll();
  }

  dispose(): void {
    this.#remote.dispose();
  }
}
