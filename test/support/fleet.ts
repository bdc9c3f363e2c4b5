import type { HttpResponse } from '../../src/net/http.js';
import { platformOf } from '../../src/platforms/index.js';
import { Tenants } from '../../src/tenants/tenants.js';
import { TokenManager } from '../../src/tokens/tokenManager.js';
import { TokenNotes } from '../../src/tokens/tokenNotes.js';
import { SteppedClock } from './clock.js';
import { MemoryLog, MemoryMemento, MemorySecrets, memoryWindow } from './memory.js';

const HOUR_S = 3600;

export interface FleetParts {
  /** How many tenants, of a token each. */
  readonly count: number;
  readonly clock?: SteppedClock;
  readonly secrets?: MemorySecrets;
  readonly index?: MemoryMemento;
  /** Whether there are access tokens by now, of this moment and for an hour. */
  readonly isExchanged?: boolean;
  /** How many services they are of; 100 unless told. */
  readonly sites?: number;
  /** When the API tokens end, epoch ms. */
  readonly endsAt?: number;
  readonly random?: () => number;
  readonly send?: () => Promise<HttpResponse>;
}

/** An answer with an access token for an hour. */
export function grant(accessToken = 'EXAMPLE-access-token'): HttpResponse {
  const body = JSON.stringify({ access_token: accessToken, token_type: 'Bearer', expires_in: HOUR_S });
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

/** Any number of tenants as settings have them. */
export function fleetSetting(count: number, sites = 100): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, n) => ({
    id: `t${n}`,
    name: `Tenant ${n}`,
    platform: 'bright-pattern',
    url: `https://s${n % sites}.example`,
    loginId: `user${n}`,
  }));
}

/** A window with any number of tenants that have a token each, `t0` and so on, over memory. */
export function openFleet({ count, isExchanged = false, sites, endsAt, ...parts }: FleetParts) {
  const { clock = new SteppedClock(), secrets = new MemorySecrets(), index = new MemoryMemento() } = parts;
  const tenants = new Tenants(() => fleetSetting(count, sites));
  const now = clock.wall();
  const access = isExchanged && { token: 'EXAMPLE-access-token', exchangedAt: now, expiresAt: now + HOUR_S * 1000 };
  for (const tenant of tenants.all) {
    const boundTo = platformOf(tenant).exchangeUrl(tenant);
    const record = { v: 1, generation: 1, boundTo, secret: { apiSecret: 'EXAMPLE-secret' }, ...(access && { access }) };
    secrets.values.set(`token.${tenant.id}`, JSON.stringify(record));
  }
  index.values.set(
    'tokens',
    tenants.all.map(({ id }) => ({ id, tenant: id, name: 'Laptop', addedAt: now })),
  );
  if (endsAt !== undefined) {
    const noted = tenants.all.map(({ id }) => [id, { end: { at: endsAt, from: 'entered' } }]);
    index.values.set('notes', Object.fromEntries(noted));
  }
  const { random = () => 0.5, send = () => Promise.resolve(grant()) } = parts;
  const { vault, broker, parts: window } = memoryWindow({ clock, secrets, index, folder: undefined, random, send });
  const notes = new TokenNotes(index, vault, broker);
  const manager = new TokenManager({ ...window, vault, broker, notes, log: new MemoryLog(), isForSession: () => false });
  return { clock, secrets, index, random, tenants, vault, broker, notes, manager };
}
