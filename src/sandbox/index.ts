import { startAriaAutomation } from './ariaAutomation.js';
import { startBrightPattern } from './brightPattern.js';
import { startCloudDirector } from './cloudDirector.js';
import { startCloudServices } from './cloudServices.js';
import { startCommvault } from './commvault.js';
import { startIdentityServices } from './identityServices.js';
import { startOauth2 } from './oauth2.js';
import type { Circumstances, SandboxTenant, SandboxVariants, StartedPlatform } from './platform.js';
import type { SandboxService } from './service.js';

export type { Answer } from './message.js';
export type { SandboxLogin, SandboxTenant, SandboxToken, SandboxVariants } from './platform.js';
export type { Behaviour, RequestKind, SandboxService, SeenRequest } from './service.js';

/** The registry: one line per platform. */
const PLATFORMS = {
  'cloud-director': startCloudDirector,
  'cloud-services': startCloudServices,
  'aria-automation': startAriaAutomation,
  commvault: startCommvault,
  'identity-services': startIdentityServices,
  'bright-pattern': startBrightPattern,
  oauth2: startOauth2,
} satisfies Readonly<Record<string, (circumstances: Circumstances) => Promise<StartedPlatform>>>;

export type SandboxPlatform = keyof typeof PLATFORMS;

export interface Sandbox {
  readonly tenants: readonly SandboxTenant[];
  readonly services: Readonly<Record<SandboxPlatform, SandboxService>>;
  /** Closes all services and connections immediately. */
  stop(): Promise<void>;
}

export interface SandboxOptions {
  /** The clock of the services, epoch ms. */
  readonly now?: () => number;
  /** Lifetimes of access tokens that override the platforms' defaults. */
  readonly lifetimesSeconds?: Partial<Readonly<Record<SandboxPlatform, number>>>;
  readonly variants?: SandboxVariants;
}

/** Starts a service of each platform on this machine, with tenants and API tokens to try. `stop` removes everything. */
export async function startSandbox({ now = Date.now, lifetimesSeconds, variants = {} }: SandboxOptions = {}): Promise<Sandbox> {
  const platforms = Object.keys(PLATFORMS) as SandboxPlatform[];
  const started: [SandboxPlatform, StartedPlatform][] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(([, { service }]) => service.stop()));
  };
  try {
    for (const platform of platforms) {
      started.push([platform, await PLATFORMS[platform]({ now, lifetimeSeconds: lifetimesSeconds?.[platform], variants })]);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    tenants: started.flatMap(([, { tenants }]) => tenants),
    services: Object.fromEntries<SandboxService>(
      started.map(([platform, { service }]) => [platform, service]),
    ) as Sandbox['services'],
    stop,
  };
}
