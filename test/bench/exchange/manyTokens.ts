import type { Send } from '../../../src/net/http.js';

import { platformOf } from '../../../src/platforms/index.js';
import type { Tenant } from '../../../src/platforms/tenant.js';
import type { Broker } from '../../../src/exchange/broker.js';
import { systemClock } from '../../../src/base/clock.js';
import { DiskFolder } from '../../../src/store/folder.js';
import { Sender } from '../../../src/net/send.js';
import { MemoryMemento, MemorySecrets, memoryWindow } from '../../support/memory.js';
import { ACCESS_TOKEN, LIFETIME_MS, REFRESH_TOKEN } from './answer.js';
import { tenantAt } from './ours.js';

export interface Kept {
  readonly tenant: Tenant;
  /** The API token's id. */
  readonly id: string;
}

/**
 * A broker that has read an API token for each of many tenants, with the access token of an exchange of that time.
 * @param exchangedAt epoch ms
 */
export async function brokerOf(
  count: number,
  exchangedAt: number,
  url = 'https://a.example/token',
  send: Send = () => Promise.reject(new Error('nothing is sent')),
): Promise<{ readonly broker: Broker; readonly all: readonly Kept[] }> {
  const index = new MemoryMemento();
  const secrets = new MemorySecrets();
  const all = Array.from({ length: count }, (_, n) => ({ tenant: tenantAt(`${url}/${n}`, `t${n}`), id: `token-${n}` }));
  const entries = all.map(({ tenant, id }) => ({ id, tenant: tenant.id, name: 'Laptop', addedAt: exchangedAt }));
  index.values.set('tokens', entries);
  for (const { tenant, id } of all) {
    const boundTo = platformOf(tenant).exchangeUrl(tenant);
    const access = { token: ACCESS_TOKEN, exchangedAt, expiresAt: exchangedAt + LIFETIME_MS };
    const record = { v: 1, generation: 1, boundTo, secret: { refreshToken: REFRESH_TOKEN }, access };
    secrets.values.set(`token.${id}`, JSON.stringify(record));
  }
  const { broker } = memoryWindow({ index, secrets, clock: systemClock, send });
  for (const { id } of all) await broker.load(id);
  return { broker, all };
}

/** Exchanges with all that belongs to it in a window: the lock and the second copy are on the disk, the key store in memory. */
export async function ourBroker(url: string, folder: string): Promise<() => Promise<string>> {
  const tenant = tenantAt(url);
  const { vault, broker } = memoryWindow({ clock: systemClock, send: new Sender().send, folder: new DiskFolder(folder) });
  const boundTo = platformOf(tenant).exchangeUrl(tenant);
  const { id } = await vault.add({ tenant: tenant.id, name: 'Laptop', boundTo, secret: { refreshToken: REFRESH_TOKEN } });
  return async () => (await broker.exchange(tenant, id)).token;
}
