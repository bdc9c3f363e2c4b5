import type { HttpRequest, HttpResponse } from '../net/http.js';
import type { Secret, Tenant } from './tenant.js';

/** An answer, and when its request was sent, epoch ms. */
export interface Reply {
  readonly response: HttpResponse;
  readonly sentAt: number;
}

/**
 * Several requests as one pure function: it yields each, is given its answer and returns what came of it. Whoever runs it
 * sends; what keeps a request from being answered is thrown into it. It throws AppError of the answer codes.
 */
export type Conversation<Result> = Generator<HttpRequest, Result, Reply>;

/** What a person signs in with. It is kept in memory, for one flow. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** What authorizes requests that manage API tokens. It is as secret as a password, and lives as long as its flow. */
export interface Session {
  readonly headers: Readonly<Record<string, string>>;
  /** All in the headers that nobody may see, for redaction. */
  readonly secrets: readonly string[];
  /** Of the user who has signed in, where requests name it. */
  readonly userId?: string;
}

/** The answers to {@link TokenFormField}s, as they were typed or chosen. What was left empty is not in it. */
export type TokenForm = Readonly<Record<string, string>>;

/** One thing that is asked when an API token is made or changed. */
export interface TokenFormField {
  readonly key: string;
  readonly label: string;
  /** One sentence. */
  readonly hint: string;
  readonly placeholder?: string;
  readonly optional?: true;
  readonly choices?: readonly { readonly value: string; readonly label: string; readonly detail?: string }[];
  /** What is filled in. `now` in epoch ms. */
  initial?(now: number): string;
  /** Whether it is asked at all, by the answers so far. */
  isAsked?(draft: TokenForm): boolean;
  /** What is wrong with a non-empty answer, after the field's name: `must have 3 to 255 characters`. `now` in epoch ms. */
  problem?(value: string, now: number): string | undefined;
}

/** An API token as its service tells of it. Times are epoch ms. */
export interface RemoteToken {
  /** Empty where the service tells none, as in the answer to an introspection; never so in a list. */
  readonly id: string;
  readonly name: string;
  readonly state: 'active' | 'ended' | 'revoked';
  /** In the platform's own words. */
  readonly type?: string;
  readonly owner?: string;
  readonly description?: string;
  readonly createdAt?: number;
  readonly lastUsedAt?: number;
  /** Null: it does not end by itself. Undefined: the service does not say. */
  readonly endsAt?: number | null;
  readonly scopes?: readonly string[];
  readonly roles?: readonly string[];
  /** The end of its value, as the service shows it to tell tokens apart. */
  readonly suffix?: string;
  /** Lifetime of its access tokens, s. */
  readonly accessLifetimeSeconds?: number;
}

/** A new API token, or the new value of one. */
export interface CreatedToken<Field extends string = string> {
  readonly secret: Secret<Field>;
  readonly token: RemoteToken;
  /** It cannot be exchanged again and again: `access` is all there will be, or comes with its one exchange. */
  readonly singleUse?: true;
  /** The access token that came with it. Epoch ms; null: unknown. */
  readonly access?: { readonly token: string; readonly expiresAt: number | null };
  /** When it ends unless it is exchanged before, epoch ms. */
  readonly exchangeBy?: number;
}

/**
 * What can be done with the API tokens of a platform at their service. What is not there, the platform cannot do.
 *
 * Methods (not function properties) so that a platform of narrower types fits the registry.
 */
export interface Lifecycle<T extends Tenant = Tenant, Field extends string = string> {
  /**
   * What proves that somebody may manage tokens: a login with user and password, or an access token that was exchanged for an
   * API token of the same tenant. Undefined: the API token itself, for `inspect` and `revokeByValue`.
   */
  readonly authority?: 'login' | 'access-token';
  /** Why, in one sentence, where people would expect another one. */
  readonly authorityHint?: string;
  /** The label of what a person signs in as, where it is not a plain user name. */
  readonly userHint?: string;
  /** @throws AppError `login-refused` for a wrong user or password */
  logIn?(tenant: T, credentials: Credentials): Conversation<Session>;
  logOut?(tenant: T, session: Session): HttpRequest;
  /** The session that an access token makes. */
  sessionOf?(tenant: T, accessToken: string): Session;

  readonly createFields?: readonly TokenFormField[];
  /**
   * The token's name is `draft.name`.
   * @throws AppError `creation-half-done` with facts `id` and `name` where the service has made a token whose value nobody got
   */
  create?(tenant: T, session: Session, draft: TokenForm): Conversation<CreatedToken<Field>>;
  list?(tenant: T, session: Session): Conversation<readonly RemoteToken[]>;
  readonly updateFields?: readonly TokenFormField[];
  /** What the fields of an update are filled with. */
  formOf?(token: RemoteToken): TokenForm;
  /** Changes what the draft names. */
  update?(tenant: T, session: Session, id: string, draft: TokenForm): Conversation<void>;
  /** Ends an API token for good, and with it what was exchanged for it. */
  revoke?(tenant: T, session: Session, id: string): Conversation<void>;
  /** Gives an API token a new value; the present one ends. */
  regenerate?(tenant: T, session: Session, secret: Secret<Field>): Conversation<CreatedToken<Field>>;
  /** What the service tells of an API token to whoever has its value. Undefined: nothing can be asked of this tenant. */
  inspect?(tenant: T, secret: Secret<Field>): Conversation<RemoteToken> | undefined;
  /** Ends an API token by its own value. Undefined: this tenant has no endpoint for it. */
  revokeByValue?(tenant: T, secret: Secret<Field>): Conversation<void> | undefined;
}
