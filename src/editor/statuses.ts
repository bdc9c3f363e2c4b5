import type { Broker } from '../exchange/broker.js';
import type { Referred } from '../tokens/referenceNames.js';
import type { TokenStatus } from '../exchange/status.js';

/**
 * The status of tokens that documents refer to. The first query for a token loads its record, and the status follows a little
 * later.
 */
export class Statuses {
  readonly #broker: Broker;
  /** Load each record once: an unreadable one would otherwise be loaded again with every change event. */
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
