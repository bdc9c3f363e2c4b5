import { Emitter, type Disposable, type Event } from '../base/event.js';
import { platformOf } from '../platforms/index.js';
import type { Tenant } from '../platforms/tenant.js';
import { isAllowedHost } from './hosts.js';

/** Where a request goes. */
export interface Destination {
  /** As {@link tenantHosts} writes hosts; undefined where it cannot be told. */
  readonly host: string | undefined;
  /** The host, or else what stands for it, for a person to read. */
  readonly label: string;
  /** What a consent is for: the host, or else the file and what stands for the host in it. */
  readonly key: string;
}

/** The destinations beside their own hosts that a person has let tenants' access tokens go to, in this session. */
export class HostConsents implements Disposable {
  readonly #given = new Set<string>();
  readonly #changed = new Emitter<void>();

  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  /** Whether a token of the tenant may go there without asking. */
  allows(tenant: Tenant, { host, key }: Destination): boolean {
    return (host !== undefined && isAllowedHost(tenant, host)) || this.#given.has(consent(tenant, key));
  }

  give(tenant: Tenant, destinations: readonly Destination[]): void {
    for (const { key } of destinations) this.#given.add(consent(tenant, key));
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

/** With its address: who removes a tenant, and adds another one under the same id, has not been asked for that. */
const consent = (tenant: Tenant, key: string): string => JSON.stringify([tenant.id, platformOf(tenant).exchangeUrl(tenant), key]);
