import { Emitter, type Disposable, type Event } from '../event.js';
import type { Send } from '../net/http.js';
import type { Credentials, Draft, RemoteToken } from '../platforms/lifecycle.js';
import type { Tenant } from '../platforms/platform.js';
import type { Broker, ExchangeOptions } from './broker.js';
import type { Clock } from './clock.js';
import type { Log } from './log.js';
import type { TokenNotes } from './tokenNotes.js';
import type { TokenEntry, Vault } from './vault.js';

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

/** What a service answered, and when it was asked, epoch ms. */
export interface Listing {
  readonly at: number;
  readonly tokens: readonly RemoteToken[];
}

export interface Details {
  readonly at: number;
  readonly token: RemoteToken;
}

/**
 * An API token that a service has and nobody keeps the value of: `made` for sure by this flow, or `found` by its name after an
 * answer was lost.
 */
export interface Orphan {
  /** The service's id. */
  readonly id: string;
  readonly name: string;
  readonly certainty: 'made' | 'found';
}

/**
 * One flow in which somebody manages API tokens, from signing in to {@link close}. What authorizes it is kept in memory, for as
 * long. Nothing is tried again by itself. All methods throw AppError of the network and of the answers (`session-refused`,
 * `rights-missing`, `name-taken`, `token-api-missing`, `token-gone`, …), and TypeError for what the platform cannot do.
 */
export interface ManagementFlow {
  readonly tenant: Tenant;
  /** What this flow may have left at the service without keeping it, until it is kept or revoked. */
  readonly orphan: Orphan | undefined;
  /**
   * Makes an API token at the service and stores it at once. Whoever cancels stops waiting: what was sent goes on, and what
   * comes of it is stored. To be followed by `vault.settled()`.
   * @param name in the vault; as the draft says if undefined
   * @throws AppError `creation-uncertain` (fact `name`; what was found of it is in {@link orphan}), `creation-half-done` (facts
   * `id`, `name`), `token-not-stored` and `window-outdated`, after which {@link keepAgain} stores what was made
   */
  create(draft: Draft, name?: string, signal?: AbortSignal): Promise<TokenEntry>;
  /** Whether something was made that could not be stored: it is in memory until {@link close}. */
  readonly isUnkept: boolean;
  /** Offers to the vault once more what it refused. @throws AppError `token-not-stored`, `window-outdated` */
  keepAgain(): Promise<TokenEntry>;
  /** All tokens at the service that this session may see; {@link TokenManager.remote} has them from then on. */
  list(signal?: AbortSignal): Promise<readonly RemoteToken[]>;
  /** @param id the service's */
  update(id: string, draft: Draft, signal?: AbortSignal): Promise<void>;
  /** Ends a token at the service. What is kept of it stays: the caller asks. @param id the service's */
  revoke(id: string, signal?: AbortSignal): Promise<void>;
  /**
   * Gives a kept API token a new value, which is stored before anything else is done. Cancelled as {@link create} is.
   * @param token the id of a kept one
   * @throws AppError `regeneration-uncertain` where nobody knows whether the value was replaced, `secret-not-kept` where the new
   * one is in memory only, `address-changed`, and those of the vault
   */
  regenerate(token: string, signal?: AbortSignal): Promise<void>;
  /** Signs out when what is under way has ended, and forgets all. Never rejects; nobody needs to wait for it. */
  close(): Promise<void>;
}

/** Manages API tokens at their services, and remembers for this session what the services tell of them. */
export class TokenManager implements Disposable {
  constructor(parts: Parts) {
    void parts;
  }

  /** Fires the id of a tenant of whose tokens the service has told something else. */
  get onDidChange(): Event<string> {
    return new Emitter<string>().event;
  }

  /** @throws AppError `login-refused`, and of the network and the answers */
  async signIn(tenant: Tenant, credentials: Credentials, signal?: AbortSignal): Promise<ManagementFlow> {
    await Promise.resolve([tenant, credentials, signal]);
    throw new TypeError('not yet');
  }

  /** With an access token of a kept API token, by an exchange where none is at hand. @throws as {@link Broker.access} */
  async withAccessOf(tenant: Tenant, token: string, options: ExchangeOptions = {}): Promise<ManagementFlow> {
    await Promise.resolve([tenant, token, options]);
    throw new TypeError('not yet');
  }

  /** With an access token that a person has entered. */
  withAccessToken(tenant: Tenant, accessToken: string): ManagementFlow {
    void [tenant, accessToken];
    throw new TypeError('not yet');
  }

  /** Whether {@link inspect} can be asked of this tenant. */
  mayInspect(tenant: Tenant, token: string): boolean {
    void [tenant, token];
    return false;
  }

  /** Whether {@link surrender} can be asked of this tenant. */
  maySurrender(tenant: Tenant, token: string): boolean {
    void [tenant, token];
    return false;
  }

  /**
   * What the service tells of a kept API token to whoever has its value.
   * @throws AppError `address-changed`, those of the vault, the network and the answers
   */
  async inspect(tenant: Tenant, token: string, signal?: AbortSignal): Promise<RemoteToken> {
    await Promise.resolve([tenant, token, signal]);
    throw new TypeError('not yet');
  }

  /** Ends a kept API token at its service by its own value. What is kept of it stays. @throws as {@link inspect} */
  async surrender(tenant: Tenant, token: string, signal?: AbortSignal): Promise<void> {
    await Promise.resolve([tenant, token, signal]);
    throw new TypeError('not yet');
  }

  /** The last listing of a tenant in this session. */
  remote(tenant: string): Listing | undefined {
    void tenant;
    return undefined;
  }

  /** The id of the kept token that is this one at the service. */
  keptAs(tenant: string, remoteId: string): string | undefined {
    void [tenant, remoteId];
    return undefined;
  }

  /** What the service told last of a kept token in this session, by {@link inspect} or in a listing. */
  details(token: string): Details | undefined {
    void token;
    return undefined;
  }

  /** Forgets what services have told. */
  forgetAll(): void {
    return;
  }

  dispose(): void {
    return;
  }
}
