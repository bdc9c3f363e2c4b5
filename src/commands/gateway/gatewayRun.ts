import { AppError } from '../../base/errors.js';
import { Emitter, type Disposable, type Event } from '../../base/event.js';
import { MINUTE_MS } from '../../base/time.js';
import type { Clock } from '../../base/clock.js';
import type { Broker } from '../../exchange/broker.js';
import type { Refresher } from '../../exchange/refresher.js';
import { needsPerson } from '../../exchange/status.js';
import type { Authorization, Explained, ForwardedRequest, Gateway, Upstream } from '../../gateway/gateway.js';
import type { OpenStream } from '../../net/http.js';
import { credentialHeaders } from '../../platforms/index.js';
import type { Tenant } from '../../platforms/tenant.js';
import { isCostly } from '../../store/tokenEntry.js';
import type { Vault } from '../../store/vault.js';
import type { Tenants } from '../../tenants/tenants.js';
import { upstreamsOf } from '../../tenants/upstreams.js';
import type { History } from '../../tokens/history.js';
import { explain } from '../../views/messages.js';

const MAX_KEPT = 500;

interface Model {
  readonly tenants: Tenants;
  readonly vault: Vault;
  readonly broker: Broker;
  readonly refresher: Refresher;
  readonly history: History;
  readonly stream: OpenStream;
  readonly clock: Clock;
}

/** A request that the gateway did not forward, because it would have written. */
export interface RefusedWrite {
  readonly tenant: Tenant;
  readonly method: string;
}

/** The gateway of this window: off until a person starts it. */
export class GatewayRun implements Disposable {
  readonly #model: Model;
  readonly #changed = new Emitter<void>();
  readonly #refused = new Emitter<RefusedWrite>();
  readonly #requests: ForwardedRequest[] = [];
  /** When a use of a token was last added to the history, by its id. Epoch ms. */
  readonly #noted = new Map<string, number>();
  /** Ids of the tenants that may be written to until the gateway stops. */
  readonly #writable = new Set<string>();
  #starting: Promise<Gateway> | undefined;
  #gateway: Gateway | undefined;

  constructor(model: Model) {
    this.#model = model;
  }

  /** Fires when it starts or stops, and for each request. */
  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  get onDidRefuseWrite(): Event<RefusedWrite> {
    return this.#refused.event;
  }

  /** `host:port` of the gateway; undefined: it does not run. */
  get authority(): string | undefined {
    return this.#gateway?.authority;
  }

  /** What it has forwarded, the newest last: in memory, until the window closes. */
  get requests(): readonly ForwardedRequest[] {
    return this.#requests;
  }

  /** Starts it unless it runs. @throws the error of the system if there is no free port */
  async start(): Promise<void> {
    await (this.#starting ??= this.#start());
  }

  /**
   * The address that stands for a tenant, with an API token of it. Starts the gateway.
   * @throws as {@link start}
   */
  async addressOf(tenant: string, token: string): Promise<string> {
    return (await (this.#starting ??= this.#start())).addressOf(tenant, token);
  }

  /** Lets programs write to a tenant until the gateway stops. */
  allowWriting(tenant: string): void {
    this.#writable.add(tenant);
  }

  dispose(): void {
    this.#gateway?.dispose();
  }

  async #start(): Promise<Gateway> {
    const { tenants, vault, stream, clock } = this.#model;
    try {
      const { Gateway } = await import('../../gateway/gateway.js');
      const gateway = await Gateway.start({
        stream,
        clock,
        upstreamOf: (id, token) => (vault.find(token)?.tenant === id ? upstream(tenants.find(id)) : undefined),
        authorize: (...args) => this.#authorize(...args),
        mayWrite: (tenant, _, method) => this.#mayWrite(tenant, method),
        explain: explained,
      });
      this.#gateway = gateway;
      gateway.onDidForward((request) => this.#note(request));
      gateway.onDidStop(() => {
        [this.#gateway, this.#starting] = [undefined, undefined];
        this.#writable.clear();
        this.#changed.fire();
      });
      this.#changed.fire();
      return gateway;
    } catch (error) {
      // A later call may succeed.
      this.#starting = undefined;
      throw error;
    }
  }

  /** Nobody is asked, so nothing that costs a passcode or the only use of a token. @throws AppError */
  async #authorize(tenant: Tenant, id: string, refused?: string): Promise<Authorization> {
    const { broker, vault, refresher } = this.#model;
    if (refused !== undefined) broker.refused(id, refused);
    await broker.load(id);
    let access = broker.peek(tenant, id);
    if (!access) {
      const { error } = broker.status(tenant, id);
      if (error && needsPerson(error)) throw error;
      const token = vault.find(id);
      if (isCostly(tenant, token)) throw new AppError('exchange-needed', { token: token?.name ?? '' });
      access = await broker.access(tenant, id);
    }
    refresher.used(tenant, id);
    return { accessToken: access.token, headers: broker.headers(tenant, id, access.token) };
  }

  #mayWrite(tenant: Tenant, method: string): boolean {
    if (this.#writable.has(tenant.id) || (tenant.gateway?.write === true && tenant.production !== true)) return true;
    this.#refused.fire({ tenant, method });
    return false;
  }

  #note(request: ForwardedRequest): void {
    const { at, tenant, token, host } = request;
    this.#requests.push(request);
    if (this.#requests.length > MAX_KEPT) this.#requests.shift();
    // A program sends many: one entry a minute says as much.
    if (at - (this.#noted.get(token) ?? -Infinity) >= MINUTE_MS) {
      this.#noted.set(token, at);
      this.#model.history.add({ tenant, token, what: 'sent', host });
    }
    this.#changed.fire();
  }
}

function upstream(tenant: Tenant | undefined): Upstream | undefined {
  return tenant && { tenant, origins: upstreamsOf(tenant), credentialNames: new Set(credentialHeaders([tenant])) };
}

function explained(error: unknown, { name }: Tenant): Explained | undefined {
  if (!(error instanceof AppError)) return undefined;
  const { code } = error;
  return { status: code === 'timed-out' ? 504 : 502, code, message: explain(error, { tenant: name }).text };
}
