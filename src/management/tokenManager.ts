import type { Disposable, Event } from '../base/event.js';
import type { Send } from '../net/http.js';
import type { Credentials, RemoteToken } from '../platforms/lifecycle.js';
import type { Tenant } from '../platforms/tenant.js';
import type { Broker, ExchangeOptions } from '../exchange/broker.js';
import { pause, type Clock } from '../base/clock.js';
import { converse } from './conversation.js';
import type { Log } from '../base/log.js';
import { cannot, lifecycleOf, ManagementFlow } from './managementFlow.js';
import { RemoteTokens, withoutSecrets, type Details, type Listing } from './remoteTokens.js';
import type { TokenNotes } from '../tokens/tokenNotes.js';
import type { Vault } from '../store/vault.js';

export type { ManagementFlow, Orphan } from './managementFlow.js';
export type { Details, Listing } from './remoteTokens.js';

/** VS Code gives five seconds to a window that closes. */
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
 * Manages API tokens at their services, and remembers for this session what the services tell of them. What is made or replaced
 * goes straight into the vault: nobody who calls this sees a secret.
 */
export class TokenManager implements Disposable {
  readonly #parts: Parts & { readonly remote: RemoteTokens; readonly open: Set<ManagementFlow> };
  readonly #remote: RemoteTokens;

  constructor(parts: Parts) {
    this.#remote = new RemoteTokens(parts);
    this.#parts = { ...parts, remote: this.#remote, open: new Set() };
  }

  /** Fires the id of a tenant of whose tokens something else is known. */
  get onDidChange(): Event<string> {
    return this.#remote.onDidChange;
  }

  /** @throws AppError `login-refused`, and of the network and the answers; `signal.reason` */
  async signIn(tenant: Tenant, credentials: Credentials, signal?: AbortSignal): Promise<ManagementFlow> {
    const login = lifecycleOf(tenant).logIn?.(tenant, credentials) ?? cannot('sign in');
    const session = await converse(this.#parts, tenant, 'login', login, signal);
    return new ManagementFlow(this.#parts, tenant, session);
  }

  /** With an access token of a kept API token, by an exchange where none is at hand. @throws as {@link Broker.access} */
  async withAccessOf(tenant: Tenant, token: string, options: ExchangeOptions = {}): Promise<ManagementFlow> {
    const access = await this.#parts.broker.access(tenant, token, options);
    return this.withAccessToken(tenant, access.token);
  }

  /** With an access token that a person has entered. */
  withAccessToken(tenant: Tenant, accessToken: string): ManagementFlow {
    const session = lifecycleOf(tenant).sessionOf?.(tenant, accessToken) ?? cannot('use an access token');
    return new ManagementFlow(this.#parts, tenant, session);
  }

  /**
   * What the service tells of a kept API token to whoever has its value.
   * @throws AppError `address-changed`, those of the vault, the network and the answers; `signal.reason`
   */
  async inspect(tenant: Tenant, token: string, signal?: AbortSignal): Promise<RemoteToken> {
    const told = await this.#parts.broker.withSecret(tenant, token, async (secret) => {
      const inspection = lifecycleOf(tenant).inspect?.(tenant, secret) ?? cannot('inspect');
      return withoutSecrets(await converse(this.#parts, tenant, 'inspect', inspection, signal), Object.values(secret));
    });
    await this.#remote.inspected(tenant.id, token, told);
    return told;
  }

  /** Ends a kept API token at its service by its own value. The secret stays. @throws as {@link inspect} */
  async revokeByValue(tenant: Tenant, token: string, signal?: AbortSignal): Promise<void> {
    await this.#parts.broker.withSecret(tenant, token, (secret) =>
      converse(
        this.#parts,
        tenant,
        'revokeByValue',
        lifecycleOf(tenant).revokeByValue?.(tenant, secret) ?? cannot('revokeByValue'),
        signal,
      ),
    );
    await this.#parts.broker.revoked(tenant, token);
    const { remoteId } = this.#parts.notes.of(token);
    if (remoteId !== undefined) this.#remote.gone(tenant.id, remoteId);
  }

  /** The last listing of a tenant in this session. */
  remote(tenant: Tenant): Listing | undefined {
    return this.#remote.listing(tenant);
  }

  /** What the last listing of a tenant has and nobody keeps here. */
  unkept(tenant: Tenant): readonly RemoteToken[] {
    return this.#remote.unkept(tenant);
  }

  /** The id of the kept token that is this one at the service. */
  keptAs(tenant: string, remoteId: string): string | undefined {
    return this.#remote.keptAs(tenant, remoteId);
  }

  /** Of the tokens that a service lists, the one of this id there; where none is given, the one that is kept under the other id. */
  named(tenant: string, tokens: readonly RemoteToken[], remoteId?: string, token?: string): RemoteToken | undefined {
    if (remoteId !== undefined) return tokens.find(({ id }) => id === remoteId);
    return token === undefined ? undefined : tokens.find(({ id }) => this.keptAs(tenant, id) === token);
  }

  /** A person has said which token at the service a kept one is: no other one is it then. */
  async recognized(tenant: string, token: string, remoteId: string): Promise<void> {
    const { vault, notes } = this.#parts;
    for (const { id } of vault.of(tenant)) if (notes.of(id).remoteId === remoteId) await notes.note(id, { remoteId: undefined });
    await notes.note(token, { remoteId });
  }

  /** What the service told last of a kept token in this session, by {@link inspect}, in a listing or when it was made. */
  details(token: string): Details | undefined {
    return this.#remote.details(token);
  }

  /** To be called when a person has entered another secret in the place of a kept one: what was known is of that. Never rejects. */
  async replaced(token: string): Promise<void> {
    const entry = this.#parts.vault.find(token);
    if (entry) await this.#remote.replaced(entry);
  }

  /**
   * For a window that closes: when what flows have sent is answered and kept, without which a token would be left that nobody
   * has, and their sessions have ended. Within 4 s.
   */
  async settled(): Promise<void> {
    const { open, clock } = this.#parts;
    await Promise.race([Promise.all([...open].map((flow) => flow.close())), pause(clock, SETTLE_MS)]);
  }

  /** Forgets what services have told. */
  forgetAll(): void {
    this.#remote.forgetAll();
  }

  dispose(): void {
    this.#remote.dispose();
  }
}
