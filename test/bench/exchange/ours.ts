import { Sender } from '../../../src/net/send.js';
import { platformOf } from '../../../src/platforms/index.js';
import type { Tenant } from '../../../src/platforms/tenant.js';
import { readTenants } from '../../../src/tenants/tenants.js';
import { systemClock } from '../../../src/base/clock.js';
import { Exchanger, type Order } from '../../../src/exchange/exchanger.js';
import type { TokenRecord } from '../../../src/store/record.js';
import { REFRESH_TOKEN } from './answer.js';

export const SILENT = { info: () => undefined, warn: () => undefined, debug: () => undefined };

/** A tenant with a refresh token of a public client: the grant that all the clients know. */
export function tenantAt(tokenUrl: string, id = 'acme'): Tenant {
  const settings = { id, name: 'Acme', platform: 'oauth2', tokenUrl, grant: 'refresh_token', clientId: 'bench' };
  const [entry] = readTenants([{ ...settings, clientAuthentication: 'none' }]);
  if (!entry?.tenant) throw new Error('this is no tenant');
  return entry.tenant;
}

export interface Ours {
  /** @returns the access token */
  readonly exchange: () => Promise<string>;
  /** Loads what the first exchange would have to wait for. */
  readonly prefetch: () => Promise<void>;
  readonly dispose: () => void;
}

/** The way of each exchange in a window, without what is kept of it: the request, the wire, the answer that is checked. */
export function ourExchanger(tenant: Tenant): Ours {
  const sender = new Sender();
  const exchanger = new Exchanger({ send: sender.send, clock: systemClock, log: SILENT, random: Math.random });
  const order: Order = { tenant, id: 'one', passcode: undefined, mayRotate: false, isAwaited: () => true };
  const record: TokenRecord = {
    v: 1,
    generation: 0,
    boundTo: platformOf(tenant).exchangeUrl(tenant),
    secret: { refreshToken: REFRESH_TOKEN },
  };
  return {
    exchange: async () => {
      const { issued, error } = await exchanger.exchange(order, record);
      if (error) throw error;
      return issued.access.token;
    },
    prefetch: () => sender.prefetch(),
    dispose: () => sender.dispose(),
  };
}
