import { Emitter, type Disposable, type Event } from '../base/event.js';
import { platformOf } from '../platforms/index.js';
import type { Tenant } from '../platforms/tenant.js';

/** Whether a request may change something at the service (RFC 9110 §9.2.1); one whose method is unknown may. */
export const mayChange = ({ method }: { readonly method?: string | undefined }): boolean => !/^(?:GET|HEAD)$/i.test(method ?? '');

/** The production tenants that a person has agreed in this session to change something at. */
export class ProductionConsents implements Disposable {
  readonly #given = new Set<string>();
  readonly #changed = new Emitter<void>();

  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  /** Whether requests that may change something may have an access token of the tenant without asking. */
  allows(tenant: Tenant): boolean {
    return tenant.production !== true || this.#given.has(keyOf(tenant));
  }

  give(tenant: Tenant): void {
    this.#given.add(keyOf(tenant));
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

/** Includes the address, so that a consent does not carry over to another tenant that is later added with the same id. */
const keyOf = (tenant: Tenant): string => JSON.stringify([tenant.id, platformOf(tenant).exchangeUrl(tenant)]);
