import assert from 'node:assert/strict';
import type { ErrorCode } from '../../../src/base/errors.js';
import type { Tenant } from '../../../src/platforms/tenant.js';
import { answers, type Script } from '../../faults/loopback.js';
import { clientOf, tenantFrom, type World } from '../../support/world.js';

/** The lifetime of the access tokens of a healthy service. */
export const LIFETIME_S = 3600;

/** The settings of a tenant, by the port of its service. */
export const oauth2 = (port: number): object => clientOf(`http://127.0.0.1:${port}/token`);

type Options = Parameters<World['service']>[1];

/** A tenant whose service follows a script, and notes when it was asked: by the clock, and in s since it was last forgotten. */
export class Asked {
  script: Script;
  readonly good: Script;
  readonly tenant: Tenant;
  readonly id: string;
  #times: number[] = [];
  #begun = 0;
  readonly #world: World;

  private constructor(world: World, tenant: Tenant, id: string) {
    this.#world = world;
    this.script = this.good = answers(200, world.answer({ expires_in: LIFETIME_S }));
    this.tenant = tenant;
    this.id = id;
  }

  static async start(world: World, settings = oauth2, options: Options = {}, secret = world.secret): Promise<Asked> {
    const { port } = await world.service((...args) => asked.#answer(...args), options);
    const tenant = tenantFrom({ ...settings(port), id: `t${port}` });
    const asked = new Asked(world, tenant, await world.keep(tenant, secret));
    return asked;
  }

  /** Takes an access token, from which times count. */
  async begin(): Promise<this> {
    assert.equal(await this.ask(), 'ok');
    this.forget();
    return this;
  }

  forget(): void {
    this.#times = [];
    this.#begun = this.#world.clock.mono();
  }

  /** In s. */
  get times(): readonly number[] {
    return this.#times.map((ms) => ms / 1000);
  }

  /** The result of an exchange that a person requests: `ok`, or the code of an error. */
  ask(broker = this.#world.broker): Promise<'ok' | ErrorCode> {
    return this.#world.outcome(broker.exchange(this.tenant, this.id));
  }

  readonly #answer: Script = (...args) => {
    this.#times.push(this.#world.clock.mono() - this.#begun);
    this.script(...args);
  };

  /** Nothing is lost: neither the secret nor the access token, and no person has to do anything. */
  async assertSignedIn(): Promise<void> {
    const { vault, broker, canaries, secret } = this.#world;
    assert.deepEqual((await vault.read(this.id)).secret, secret);
    assert.equal((await broker.access(this.tenant, this.id)).token, canaries.accessToken);
    assert.equal(broker.status(this.tenant, this.id).state, 'valid');
  }
}
