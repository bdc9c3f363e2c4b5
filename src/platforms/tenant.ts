import type { TenantTls } from '../net/http.js';

/** The colors that VS Code's themes define for charts, except for orange: icons in it cannot be seen. */
export const TENANT_COLORS = ['red', 'yellow', 'green', 'blue', 'purple'] as const;

export type TenantColor = (typeof TENANT_COLORS)[number];

/** One organization on one platform, at one address. Configuration without secrets. Each platform adds its own fields. */
export interface Tenant extends TenantTls {
  readonly id: string;
  readonly name: string;
  /** The id of a platform in the registry. */
  readonly platform: string;
  /** Header style, one of the platform's `headerStyles`. */
  readonly headers?: string | undefined;
  /** Asks before anything may be changed there. */
  readonly production?: boolean | undefined;
  /** The color of its row and status bar item. */
  readonly color?: TenantColor | undefined;
  /** Other hosts (`name` or `name:port`) that this tenant's access tokens may go to. */
  readonly hosts?: readonly string[] | undefined;
  /** What the gateway does for this tenant; undefined: it reads, and rewrites addresses in answers. */
  readonly gateway?: { readonly write?: boolean | undefined; readonly rewriteAddresses?: boolean | undefined } | undefined;
}

/** The values that a person enters once and the vault keeps, by field: an API token, a token pair, a client secret. */
export type Secret<Field extends string = string> = Readonly<Record<Field, string>>;
