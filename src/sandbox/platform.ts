import type { RunningService } from './service.js';

export type SandboxPlatform =
  'cloud-director' | 'cloud-services' | 'aria-automation' | 'commvault' | 'identity-services' | 'bright-pattern' | 'oauth2';

/** Sites that differ from the usual one, for trying what few sites do. */
export interface SandboxVariants {
  /** An older site, which does not know `api_token` and takes `refresh_token` only. */
  readonly cloudServicesTakesRefreshToken?: boolean;
  /** A site that wants the old access token in the Authorization header of a renewal. */
  readonly commvaultRenewsWithBearer?: boolean;
  /** An old release, where access tokens can be renewed and nothing else. */
  readonly commvaultWithoutV4?: boolean;
  /** A site that tells the times of an API token in milliseconds. */
  readonly cloudServicesDetailsInMilliseconds?: boolean;
}

/** What a service is started with. */
export interface Circumstances {
  /** Epoch ms. */
  readonly now: () => number;
  /** Lifetime of access tokens. */
  readonly lifetimeSeconds: number;
  readonly variants: SandboxVariants;
}

export interface SandboxToken {
  readonly name: string;
  readonly secret: Readonly<Record<string, string>>;
  /** What the person's authenticator shows, where the service asks for it. */
  readonly passcode?: string;
  readonly singleUse?: true;
}

/** What a person signs in with. */
export interface SandboxLogin {
  readonly user: string;
  readonly password: string;
}

export interface SandboxTenant {
  /** An entry of the setting `tenantTokens.tenants`. */
  readonly tenant: Readonly<Record<string, unknown>>;
  /** The first one works. */
  readonly tokens: readonly SandboxToken[];
  /** Of somebody who may manage API tokens, where that takes signing in. */
  readonly login?: SandboxLogin;
  /** Of somebody who may sign in, and nothing more. */
  readonly readOnlyLogin?: SandboxLogin;
  /** The text of an .http file that calls the service. */
  readonly sample: string;
}

/** A service of one platform, with the tenants that it serves. */
export interface StartedPlatform {
  readonly service: RunningService;
  readonly tenants: readonly SandboxTenant[];
}

export interface SampleRequest {
  readonly title: string;
  /** What to try and what to expect, a line each. */
  readonly notes: readonly string[];
  readonly url: string;
}

/** An .http file of GET requests that still lack their auth headers. */
export const sampleFile = (about: string, requests: readonly SampleRequest[]): string =>
  [
    `# ${about}`,
    '# Put the cursor into a request, run "Tenant Tokens: Insert Headers" and send it. Without the headers it is refused.',
    ...requests.flatMap(({ title, notes, url }) => ['', `### ${title}`, ...notes.map((note) => `# ${note}`), `GET ${url}`]),
    '',
  ].join('\n');
