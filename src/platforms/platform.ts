import type * as z from 'zod/mini';
import type { HttpRequest, HttpResponse } from '../net/http.js';
import type { Lifecycle } from './lifecycle.js';
import type { PlatformId, Secret, Tenant } from './tenant.js';

export interface SecretField<Field extends string = string> {
  readonly key: Field;
  readonly label: string;
  /** Where the value is found, one sentence. */
  readonly hint: string;
  /** What the value usually looks like; another shape warns and never refuses. */
  readonly shape?: { readonly pattern: RegExp; readonly description: string };
}

/** One setting of a tenant, as *Add Tenant* and *Edit Tenant* ask for it. Validation is the schema's. */
export interface TenantField {
  readonly key: string;
  readonly label: string;
  readonly hint: string;
  readonly placeholder?: string;
  /** Asked by *Add Tenant*; the others are only offered by *Edit Tenant*. */
  readonly asked: boolean;
  readonly choices?: readonly { readonly value: string | boolean; readonly label: string }[];
}

/** An entry of *Add Tenant*: a product in its own words, with what is known of it filled in. */
export interface Preset {
  readonly label: string;
  readonly detail: string;
  readonly values?: Readonly<Record<string, string>>;
}

export interface Header {
  readonly name: string;
  readonly value: string;
  /** An existing header of this name whose value contains this text stays as it is. */
  readonly yieldsTo?: string;
}

export interface HeaderStyle {
  readonly id: string;
  readonly label: string;
}

/**
 * What is odd about an answer that was taken all the same, and worth a line in the log: JSON that does not say so, no token
 * type, a lifetime that cannot be used or is longer than a year.
 */
export type Remark = 'json-undeclared' | 'token-type-missing' | 'expiry-unusable' | 'expiry-capped';

/** The result of an exchange, in the same words for all platforms. Times are epoch ms. */
export interface Exchanged<Field extends string = string> {
  readonly accessToken: string;
  /** Null: the service did not say, or said something unusable. */
  readonly expiresAt: number | null;
  /** The secret that replaces the one sent, where the service rotates. */
  readonly rotated?: Secret<Field>;
  readonly scope?: string;
  /** When the API token itself ends, where the exchange says so. */
  readonly apiTokenExpiresAt?: number;
  /** When it ends unless it is exchanged again before. */
  readonly exchangeBy?: number;
  readonly remarks?: readonly Remark[];
}

/** Facts about the service that headers need and that it tells without a secret (an API version). */
export type Discovered = Readonly<Record<string, string>>;

export interface Portal {
  readonly url: string;
  /** Where a person makes an API token by hand, as steps. */
  readonly steps: readonly string[];
}

/**
 * A kind of service, as data and pure functions: it never does I/O. Adding a platform is one file, one line in the
 * registry, one sandbox service and one table of tests.
 *
 * Methods (not function properties) so that a platform of narrower types fits the registry.
 */
export interface Platform<T extends Tenant = Tenant, Field extends string = string> {
  readonly id: PlatformId;
  readonly label: string;
  /** Codicon of the platform. */
  readonly icon: string;
  readonly presets: readonly Preset[];
  /** Made when it is asked for first. */
  readonly tenantSchema: z.ZodMiniObject;
  readonly tenantFields: readonly TenantField[];
  /** What an address that a person has pasted says of the tenant, with the address itself as it should be; empty: nothing. */
  fieldsIn?(address: string): Readonly<Record<string, string>>;
  /** Where else releases of the service answer: how a button calls it, and what of the tenant is to be changed for it. */
  elsewhere?(tenant: T): { readonly label: string; readonly changed: Readonly<Record<string, string>> };
  readonly headerStyles: readonly HeaderStyle[];
  /**
   * Whether an exchange replaces the secret: `always` where a replay destroys it, `sometimes` where only the answer tells.
   */
  readonly rotation: 'never' | 'sometimes' | 'always';
  /** API tokens of this platform can be limited to one exchange; the person is asked. */
  readonly singleUseTokens?: true;

  /** What a person enters for an API token of this tenant. */
  secretFields(tenant: T): readonly SecretField<Field>[];
  /** By what requests name the tenant in their paths or headers, where several share a host. */
  names?(tenant: T): readonly string[];
  /** Where the secret is sent: the URL that each of the tenant's secrets is bound to. */
  exchangeUrl(tenant: T): string;
  /** Where else it is sent: to be asked about, ended or replaced. */
  furtherUrls?(tenant: T): readonly string[];
  /** True: each exchange needs a one-time passcode, so nothing is exchanged unasked. */
  needsPasscode?(tenant: T): boolean;
  exchange(tenant: T, secret: Secret<Field>, passcode?: string): HttpRequest;
  /**
   * @param sentAt epoch ms at which the request was sent; expiry counts from there, so that it is never too late
   * @throws AppError of the answer codes
   */
  readExchange(response: HttpResponse, tenant: T, secret: Secret<Field>, sentAt: number): Exchanged<Field>;
  /**
   * The secret that replaces the one sent, also from an answer that {@link readExchange} refuses for another reason: the
   * service has replaced it all the same. Never throws.
   */
  readRotated?(response: HttpResponse, tenant: T, secret: Secret<Field>): Secret<Field> | undefined;
  defaultHeaderStyle(tenant: T): string;
  headers(tenant: T, accessToken: string, style: string, discovered: Discovered): readonly Header[];
  /** A request without secrets that finds what `headers` needs and the tenant does not say; undefined: nothing is missing. */
  discovery?(tenant: T): HttpRequest | undefined;
  readDiscovery?(response: HttpResponse): Discovered;
  /** A harmless resource that answers 200 to the right headers: what *Test Tenant* and the samples call. */
  probe?(tenant: T): { readonly method: 'GET'; readonly url: string };
  /** What can be done with its API tokens at the service. */
  readonly lifecycle?: Lifecycle<T, Field>;
  portal?(tenant: T): Portal;
}
