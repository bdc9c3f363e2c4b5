import type { RunningService } from './service.js';

/** Variants of services, for behaviour that few sites have. */
export interface SandboxVariants {
  /** An older site that accepts `refresh_token` but not `api_token`. */
  readonly cloudServicesTakesRefreshToken?: boolean;
  /** A site that requires the old access token in the Authorization header of a renewal. */
  readonly commvaultRenewsWithBearer?: boolean;
  /** An old release that can renew access tokens but not manage them. */
  readonly commvaultWithoutV4?: boolean;
  /** A site that returns the times of an API token in milliseconds. */
  readonly cloudServicesDetailsInMilliseconds?: boolean;
}

/** The options that a service starts with. */
export interface Circumstances {
  /** Epoch ms. */
  readonly now: () => number;
  /** Lifetime of access tokens, if it is not the platform's usual one. */
  readonly lifetimeSeconds?: number | undefined;
  readonly variants: SandboxVariants;
}

export interface SandboxToken {
  readonly name: string;
  readonly secret: Readonly<Record<string, string>>;
  /** The code in the person's authenticator, if the service asks for one. */
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
  /** The first one is valid. */
  readonly tokens: readonly SandboxToken[];
  /** A user who may manage API tokens, if that requires signing in. */
  readonly login?: SandboxLogin;
  /** A user who may sign in but not manage API tokens. */
  readonly readOnlyLogin?: SandboxLogin;
  /** The text of an .http file that calls the service. */
  readonly sample: string;
}

/** A service of one platform with its tenants. */
export interface StartedPlatform {
  readonly service: RunningService;
  readonly tenants: readonly SandboxTenant[];
}

export interface SampleRequest {
  readonly title: string;
  /** What to try and what to expect, one line each. */
  readonly notes: readonly string[];
  readonly url: string;
}

/** An .http file of GET requests without auth headers. */
export const sampleFile = (about: string, requests: readonly SampleRequest[]): string =>
  [
    `# ${about}`,
    '# Put the cursor into a request, run "Tenant Tokens: Insert Headers" and send it. Without the headers, the service refuses it.',
    ...requests.flatMap(({ title, notes, url }) => ['', `### ${title}`, ...notes.map((note) => `# ${note}`), `GET ${url}`]),
    '',
  ].join('\n');
