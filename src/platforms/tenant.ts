import type { TenantTls } from '../net/http.js';

/** One organization on one platform, at one address. Configuration without secrets. Each platform adds its own fields. */
export interface Tenant extends TenantTls {
  readonly id: string;
  readonly name: string;
  /** The id of a platform in the registry. */
  readonly platform: string;
  /** Header style, one of the platform's `headerStyles`. */
  readonly headers?: string | undefined;
  /** Other hosts (`name` or `name:port`) that this tenant's access tokens may go to. */
  readonly hosts?: readonly string[] | undefined;
}

/** The values that a person enters once and the vault keeps, by field: an API token, a token pair, a client secret. */
export type Secret<Field extends string = string> = Readonly<Record<Field, string>>;
