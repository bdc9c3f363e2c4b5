import type { HttpResponse, Send } from '../../src/net/http.js';
import { platformOf } from '../../src/platforms/index.js';
import { readTenants, Tenants } from '../../src/tenants/tenants.js';
import { HOUR_MS, SECOND_MS } from '../../src/base/time.js';
import type { Clock } from '../../src/base/clock.js';
import { Refresher } from '../../src/exchange/refresher.js';
import { TokenManager } from '../../src/management/tokenManager.js';
import { ActiveToken } from '../../src/tokens/activeToken.js';
import { TokenNotes } from '../../src/tokens/tokenNotes.js';
import { SteppedClock } from './clock.js';
import { MemoryMemento, MemorySecrets, memoryWindow } from './memory.js';

export interface FleetParts<C extends Clock = SteppedClock> {
  /** How many tenants, of a token each. */
  readonly count: number;
  /** Stepped unless told. */
  readonly clock?: C;
  /** The access tokens that there are by now, of this moment and for an hour; none unless told. */
  readonly accessToken?: (n: number) => string;
  /** How many services they are of. */
  readonly sites?: number;
  /** When the API tokens end, epoch ms. */
  readonly endsAt?: number;
  /** Further settings of each tenant. */
  readonly settings?: (n: number) => object;
  readonly random?: () => number;
  readonly send?: Send;
}

const nothing = (): void => undefined;

/** As `globalState` does, it hands out the same value until that is changed; tests that look for a change of it in place clone it. */
class KeptMemento extends MemoryMemento {
  override update(key: string, value: unknown): Promise<void> {
    this.values.set(key, value);
    return Promise.resolve();
  }
}

/** An answer with an access token for an hour. */
export function grant(accessToken = 'EXAMPLE-access-token'): HttpResponse {
  const body = JSON.stringify({ access_token: accessToken, token_type: 'Bearer', expires_in: HOUR_MS / SECOND_MS });
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

/** Any number of tenants as settings have them. */
function fleetSetting(count: number, sites = 100, settings: FleetParts['settings']): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, n) => ({
    id: `t${n}`,
    name: `Tenant ${n}`,
    platform: 'bright-pattern',
    url: `https://s${n % sites}.example`,
    loginId: `user${n}`,
    ...settings?.(n),
  }));
}

const entryOf = (id: string, addedAt: number) => ({ id, tenant: id, name: 'Laptop', addedAt });

/** What a machine keeps of any number of tenants that have a token each, `t0` and so on. */
export function storeFleet<C extends Clock = SteppedClock>(parts: FleetParts<C>) {
  const { count, clock = new SteppedClock() as Clock as C, accessToken, sites, endsAt, settings } = parts;
  const [secrets, index] = [new MemorySecrets(), new KeptMemento()];
  const setting = fleetSetting(count, sites, settings);
  const [now, all] = [clock.wall(), readTenants(setting).flatMap(({ tenant }) => tenant ?? [])];
  for (const [n, tenant] of all.entries()) {
    const boundTo = platformOf(tenant).exchangeUrl(tenant);
    const access = accessToken && { token: accessToken(n), exchangedAt: now, expiresAt: now + HOUR_MS };
    const record = { v: 1, generation: 1, boundTo, secret: { apiSecret: 'EXAMPLE-secret' }, ...(access && { access }) };
    secrets.values.set(`token.${tenant.id}`, JSON.stringify(record));
    secrets.values.set(`entry.${tenant.id}.${now}`, JSON.stringify(entryOf(tenant.id, now)));
  }
  index.values.set(
    'tokens',
    all.map(({ id }) => entryOf(id, now)),
  );
  const noted = all.map(({ id }) => [id, { end: { at: endsAt, from: 'entered' } }]);
  if (endsAt !== undefined) index.values.set('notes', Object.fromEntries(noted));
  return { clock, secrets, index, setting: JSON.stringify(setting) };
}

/** A window over what is stored. */
export function openStored<C extends Clock>(
  stored: ReturnType<typeof storeFleet<C>>,
  { random = () => 0.5, send }: Pick<FleetParts, 'random' | 'send'> = {},
) {
  const { clock, secrets, index, setting } = stored;
  const tenants = new Tenants(() => JSON.parse(setting));
  const { vault, broker, parts } = memoryWindow({
    clock,
    secrets,
    index,
    folder: undefined,
    // Its lines would be the greater part of what a day leaves.
    log: { info: nothing, warn: nothing, debug: nothing },
    random,
    send: send ?? (() => Promise.resolve(grant())),
  });
  const notes = new TokenNotes(index, vault, broker);
  const manager = new TokenManager({ ...parts, vault, broker, notes, isForSession: () => false });
  const refresher = new Refresher({
    ...{ broker, vault, clock, random },
    enabled: () => true,
    focused: () => true,
    findTenant: (id) => tenants.find(id),
  });
  const active = new ActiveToken(new MemoryMemento());
  return { ...stored, random, tenants, vault, broker, notes, active, manager, refresher };
}

export const openFleet = <C extends Clock = SteppedClock>(parts: FleetParts<C>) => openStored(storeFleet(parts), parts);
