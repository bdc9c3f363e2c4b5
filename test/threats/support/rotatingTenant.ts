import type { Tenant } from '../../../src/platforms/tenant.js';
import { RotatingService, type Login } from '../../support/rotatingService.js';
import { clientOf, tenantFrom, type World } from '../../support/world.js';

/** A service that replaces API tokens, with a tenant that has one. */
export class RotatingTenant extends RotatingService {
  readonly login: Login;
  tenant!: Tenant;
  id!: string;

  private constructor(world: World, graceMs: number) {
    super({ graceMs, now: () => world.clock.mono(), secretOf: (kind) => world.secretOf(kind) });
    this.login = this.logIn(world.canaries.apiToken);
  }

  /** @param graceMs for how long an API token that was replaced is taken */
  static async start(world: World, graceMs: number, vault = world.vault): Promise<RotatingTenant> {
    const service = new RotatingTenant(world, graceMs);
    const { port } = await world.service(service.script);
    service.tenant = tenantFrom(clientOf(`http://127.0.0.1:${port}/token`));
    service.id = await world.keep(service.tenant, world.secret, vault);
    return service;
  }
}
