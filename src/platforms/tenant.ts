import type { TenantTls } from '../net/http.js';

export type PlatformId =
  'cloud-director' | 'cloud-services' | 'aria-automation' | 'commvault' | 'identity-services' | 'bright-pattern' | 'oauth2';

/** One organisation on one platform, at one address. Configuration, never secret. Each platform adds what it needs. */
export interface Tenant extends TenantTls {
  readonly id: string;
  readonly name: string;
  readonly platform: PlatformId;
  /** Header style, one of the platform's `headerStyles`. */
  readonly headers?: string | undefined;
  /** Further hosts (`name` or `name:port`) that this tenant's access tokens may go to. */
  readonly hosts?: readonly string[] | undefined;
}

/** What a person enters once and the vault keeps, by field: an API token, a token pair, a client secret. */
export type Secret<Field extends string = string> = Readonly<Record<Field, string>>;
