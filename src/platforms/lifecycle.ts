import type { HttpRequest, HttpResponse } from '../net/http.js';
import type { Secret, Tenant } from './tenant.js';

/** An answer and the time of its request, epoch ms. */
export interface Reply {
  readonly response: HttpResponse;
  readonly sentAt: number;
}

/**
 * Several requests as one pure function: it yields each request, receives the answer and returns the result. The caller
 * sends the requests, and throws network errors into the generator. It throws AppError of the answer codes.
 */
export type Conversation<Result> = Generator<HttpRequest, Result, Reply>;

/** What a person signs in with; kept in memory, for one flow. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Authorizes the requests that manage API tokens. It is as secret as a password and is dropped after its flow. */
export interface Session {
  readonly headers: Readonly<Record<string, string>>;
  /** The secrets in the headers, for redaction. */
  readonly secrets: readonly string[];
  /** The user who has signed in, if requests need the id. */
  readonly userId?: string;
}

/** The answers to {@link TokenFormField}s, as typed or chosen, without the empty ones. */
export type TokenForm = Readonly<Record<string, string>>;

/** One question when an API token is created or changed. */
export interface TokenFormField {
  readonly key: string;
  readonly label: string;
  /** One sentence. */
  readonly hint: string;
  readonly placeholder?: string;
  readonly optional?: true;
  readonly choices?: readonly { readonly value: string; readonly label: string; readonly detail?: string }[];
  /** The prefilled value. `now` in epoch ms. */
  initial?(now: number): string;
  /** Whether to ask, depending on the answers so far. */
  isAsked?(draft: TokenForm): boolean;
  /** The problem with a non-empty answer, to follow the field's name: `must have 3 to 255 characters`. `now` in epoch ms. */
  problem?(value: string, now: number): string | undefined;
}

/** An API token as its service describes it. Times are epoch ms. */
export interface RemoteToken {
  /** Empty if the answer contains none, as in an introspection; never empty in a list. */
  readonly id: string;
  readonly name: string;
  readonly state: 'active' | 'ended' | 'revoked';
  /** In the platform's own words. */
  readonly type?: string;
  readonly owner?: string;
  readonly description?: string;
  readonly createdAt?: number;
  readonly lastUsedAt?: number;
  /** When it expires. Null: never. Undefined: unknown. */
  readonly endsAt?: number | null;
  readonly scopes?: readonly string[];
  readonly roles?: readonly string[];
  /** The last characters of its value, which the service shows to distinguish tokens. */
  readonly suffix?: string;
  /** Lifetime of its access tokens, s. */
  readonly accessLifetimeSeconds?: number;
}

/** A new API token, or the new value of one. */
export interface CreatedToken<Field extends string = string> {
  readonly secret: Secret<Field>;
  readonly token: RemoteToken;
  /** It cannot be exchanged repeatedly: `access` is its only access token, or its one exchange returns it. */
  readonly singleUse?: true;
  /** The access token that came with it. `expiresAt` in epoch ms; null: unknown. */
  readonly access?: { readonly token: string; readonly expiresAt: number | null };
  /** When it expires unless it is exchanged before, epoch ms. */
  readonly exchangeBy?: number;
}

/**
 * What can be done with a platform's API tokens at the service. A missing method is an operation that the platform lacks.
 *
 * Methods (not function properties) so that a platform of narrower types fits the registry.
 */
export interface Lifecycle<T extends Tenant = Tenant, Field extends string = string> {
  /**
   * What authorizes token management: a login with user and password, or an access token from an API token of the same
   * tenant. Undefined: the API token itself, for `inspect` and `revokeByValue`.
   */
  readonly authority?: 'login' | 'access-token';
  /** Why this authority is needed, in one sentence, if people would expect another. */
  readonly authorityHint?: string;
  /** The label of the user name, if it is not plain. */
  readonly userHint?: string;
  /** @throws AppError `login-refused` for a wrong user or password */
  logIn?(tenant: T, credentials: Credentials): Conversation<Session>;
  logOut?(tenant: T, session: Session): HttpRequest;
  /** Builds a session from an access token. */
  sessionOf?(tenant: T, accessToken: string): Session;

  readonly createFields?: readonly TokenFormField[];
  /**
   * Creates a token named `draft.name`.
   * @throws AppError `creation-half-done` with facts `id` and `name` if the service has created a token but its value is
   * lost
   */
  create?(tenant: T, session: Session, draft: TokenForm): Conversation<CreatedToken<Field>>;
  list?(tenant: T, session: Session): Conversation<readonly RemoteToken[]>;
  readonly updateFields?: readonly TokenFormField[];
  /** The prefilled values of an update. */
  formOf?(token: RemoteToken): TokenForm;
  /** Changes the fields in the draft. */
  update?(tenant: T, session: Session, id: string, draft: TokenForm): Conversation<void>;
  /** Revokes an API token permanently, with its access tokens. */
  revoke?(tenant: T, session: Session, id: string): Conversation<void>;
  /** Replaces the value of an API token; the old value becomes invalid. */
  regenerate?(tenant: T, session: Session, secret: Secret<Field>): Conversation<CreatedToken<Field>>;
  /** Asks the service about an API token by its value. Undefined: this tenant has no endpoint for it. */
  inspect?(tenant: T, secret: Secret<Field>): Conversation<RemoteToken> | undefined;
  /** Revokes an API token by its value. Undefined: this tenant has no endpoint for it. */
  revokeByValue?(tenant: T, secret: Secret<Field>): Conversation<void> | undefined;
}
