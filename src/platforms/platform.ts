import type * as z from 'zod/mini';
import type { HttpRequest, HttpResponse } from '../net/http.js';
import type { Lifecycle } from './lifecycle.js';
import type { PastedAddress } from './pastedAddress.js';
import type { Secret, Tenant } from './tenant.js';

export interface SecretField<Field extends string = string> {
  readonly key: Field;
  readonly label: string;
  /** Where a person finds the value, one sentence. */
  readonly hint: string;
  /** What the value usually looks like. Another shape causes a warning, never a refusal. */
  readonly shape?: { readonly pattern: RegExp; readonly description: string };
}

/** One setting of a tenant, as *Add Tenant* and *Edit Tenant* ask for it. The schema validates it. */
export interface TenantField {
  readonly key: string;
  readonly label: string;
  readonly hint: string;
  readonly placeholder?: string;
  /** Whether *Add Tenant* asks for it unless it is known; *Edit Tenant* offers all fields. */
  readonly asked: boolean;
  /** The address of the service: {@link Platform.fieldsIn} reads what people paste for it. */
  readonly isAddress?: true;
  /** An empty value leaves the field out. */
  readonly choices?: readonly { readonly value: string | boolean; readonly label: string }[];
  /** How a value that is no text is written: a list by spaces, a record as in a form, `name=value&other=value`. */
  readonly form?: 'words' | 'pairs';
}

/** An entry of *Add Tenant*: a product by its name, with known values filled in. */
export interface Preset {
  readonly label: string;
  readonly detail: string;
  readonly values?: Readonly<Record<string, string>>;
}

export interface Header {
  readonly name: string;
  readonly value: string;
  /** Keeps an existing header of this name if its value contains this text. */
  readonly yieldsTo?: string;
}

export interface HeaderStyle {
  readonly id: string;
  readonly label: string;
}

/**
 * A flaw of an accepted answer that is worth a line in the log: JSON without its media type, no token type, a lifetime that
 * is unusable or longer than a year.
 */
export type Remark = 'json-undeclared' | 'token-type-missing' | 'expiry-unusable' | 'expiry-capped';

/** The result of an exchange, in the same form for all platforms. Times are epoch ms. */
export interface Exchanged<Field extends string = string> {
  readonly accessToken: string;
  /** Null: missing in the answer, or unusable. */
  readonly expiresAt: number | null;
  /** The secret that replaces the one sent, if the service rotates it. */
  readonly rotated?: Secret<Field>;
  readonly scope?: string;
  /** When the API token itself expires, if the exchange reports it. */
  readonly apiTokenExpiresAt?: number;
  /** When the API token expires unless it is exchanged again before. */
  readonly exchangeBy?: number;
  readonly remarks?: readonly Remark[];
}

/** Facts about the service that headers need and that it returns without a secret (an API version). */
export type Discovered = Readonly<Record<string, string>>;

export interface Portal {
  readonly url: string;
  /** How a person creates an API token by hand. */
  readonly steps: readonly string[];
}

/**
 * A kind of service, as data and pure functions; it does no I/O. CONTRIBUTING.md describes how to add one.
 *
 * Methods (not function properties) so that a platform of narrower types fits the registry.
 */
export interface Platform<T extends Tenant = Tenant, Field extends string = string> {
  readonly id: string;
  readonly label: string;
  /** Codicon of the platform. */
  readonly icon: string;
  /** What to check if the service answers 404, one sentence. */
  readonly notFoundHint: string;
  /** What to check if the service refuses an exchange without a word, where that has known reasons. */
  readonly silentRefusalHint?: string;
  readonly presets: readonly Preset[];
  /** Built on first use. */
  readonly tenantSchema: z.ZodMiniObject;
  readonly tenantFields: readonly TenantField[];
  /** The tenant's fields in an address of the service, its portal or its API: the address to use, and what else the path names. */
  fieldsIn?(address: PastedAddress): Readonly<Record<string, string>>;
  /** Another place where releases of the service may answer: the label of the button, and the fields that it changes. */
  elsewhere?(tenant: T): { readonly label: string; readonly changed: Readonly<Record<string, string>> };
  readonly headerStyles: readonly HeaderStyle[];
  /**
   * Whether an exchange replaces the secret: `always` if sending it again destroys it, `sometimes` if only the answer shows
   * it.
   */
  readonly rotation: 'never' | 'sometimes' | 'always';
  /** API tokens of this platform can be limited to one exchange, so the person is asked. */
  readonly singleUseTokens?: true;

  /** What a person enters for an API token of this tenant. */
  secretFields(tenant: T): readonly SecretField<Field>[];
  /** The names by which requests identify the tenant in paths or headers, if several tenants share a host. */
  names?(tenant: T): readonly string[];
  /** The URL that exchanges secrets. Each of the tenant's secrets is bound to it. */
  exchangeUrl(tenant: T): string;
  /** Other URLs that receive the secret, to inspect, revoke or replace it. */
  furtherUrls?(tenant: T): readonly string[];
  /** True if each exchange needs a one-time passcode, so that none can run without the person. */
  needsPasscode?(tenant: T): boolean;
  exchange(tenant: T, secret: Secret<Field>, passcode?: string): HttpRequest;
  /**
   * @param sentAt when the request was sent, epoch ms; the lifetime counts from then, so that the computed expiry is never
   * too late
   * @throws AppError of the answer codes
   */
  readExchange(response: HttpResponse, tenant: T, secret: Secret<Field>, sentAt: number): Exchanged<Field>;
  /**
   * The secret that replaces the one sent, also in an answer that {@link readExchange} refuses, because the service has
   * replaced it anyway. Never throws.
   */
  readRotated?(response: HttpResponse, tenant: T, secret: Secret<Field>): Secret<Field> | undefined;
  defaultHeaderStyle(tenant: T): string;
  headers(tenant: T, accessToken: string, style: string, discovered: Discovered): readonly Header[];
  /** A request without secrets for facts that `headers` needs and the tenant does not set; undefined: not needed. */
  discovery?(tenant: T): HttpRequest | undefined;
  readDiscovery?(response: HttpResponse): Discovered;
  /** A harmless resource that answers 200 to valid headers. *Test Tenant* and the samples call it. */
  probe?(tenant: T): { readonly method: 'GET'; readonly url: string };
  /** The management of API tokens at the service. */
  readonly lifecycle?: Lifecycle<T, Field>;
  portal?(tenant: T): Portal;
}
