import type { Broker } from '../exchange/broker.js';
import type { Referred } from '../tokens/referenceNames.js';
import type { TokenStatus } from '../exchange/status.js';

/** The status of tokens that documents refer to. The first question about one makes its status known, a little later. */
export class Statuses {
  readonly #broker: Broker;
  /** Each is read once: one that cannot be read would be read again with every change that tells so. */
  readonly #loaded = new Set<string>();

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  of({ tenant, token }: Referred): TokenStatus {
    if (!this.#loaded.has(token.id)) {
      this.#loaded.add(token.id);
      void this.#broker.load(token.id);
    }
    return this.#broker.status(tenant, token.id);
  }
}
