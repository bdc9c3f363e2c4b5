import { Emitter, type Disposable, type Event } from '../base/event.js';
import { platformOf } from '../platforms/index.js';
import type { Tenant } from '../platforms/tenant.js';
import { isAllowedHost } from './hosts.js';

/** The destination of a request. */
export interface Destination {
  /** In the form of {@link tenantHosts}; undefined if it is unknown. */
  readonly host: string | undefined;
  /** The host, or the expression that stands for it, for display. */
  readonly label: string;
  /** Identifies a consent: the host, or the file and the expression that stands for the host in it. */
  readonly key: string;
}

/** The destinations, other than their own hosts, that a person has allowed for tenants' access tokens in this session. */
export class HostConsents implements Disposable {
  readonly #given = new Set<string>();
  readonly #changed = new Emitter<void>();

  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  /** Whether an access token of the tenant may go to the destination without asking. */
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

/** Includes the address, so that a consent does not carry over to another tenant that is later added with the same id. */
const consent = (tenant: Tenant, key: string): string => JSON.stringify([tenant.id, platformOf(tenant).exchangeUrl(tenant), key]);
