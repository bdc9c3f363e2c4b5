import { Sender } from '../../../src/net/send.js';
import { oauth2 } from '../../../src/platforms/oauth2/platform.js';
import { clientOf, tenantFrom, World } from '../../support/world.js';
import { secrets } from './cases.js';
import { CLIENT_ID, type Subject } from './subject.js';

const secret = { refreshToken: secrets['refresh token'], clientSecret: secrets['client secret'] };

/** This extension: what it sends and reads, and for what it keeps, its broker over a store in memory. */
export const extension: Subject = {
  name: 'Tenant Tokens',

  async exchange(tokenUrl) {
    const tenant = { id: 'one', name: 'One', platform: 'oauth2', tokenUrl, grant: 'refresh_token', clientId: CLIENT_ID } as const;
    const sender = new Sender();
    try {
      const sentAt = Date.now();
      const response = await sender.send(oauth2.exchange(tenant, secret));
      const { accessToken, expiresAt } = oauth2.readExchange(response, tenant, secret, sentAt);
      return { token: accessToken, seconds: expiresAt === null ? undefined : (expiresAt - sentAt) / 1000 };
    } finally {
      sender.dispose();
    }
  },

  kept: (tokenUrl) =>
    withBroker(tokenUrl, async ({ broker, vault }, tenant, id) => {
      await broker.exchange(tenant, id);
      return (await vault.read(id)).secret['refreshToken'];
    }),

  burst: (tokenUrl, callers) =>
    withBroker(tokenUrl, ({ broker }, tenant, id) =>
      Promise.all(Array.from({ length: callers }, () => broker.access(tenant, id))),
    ),
};

async function withBroker<T>(
  tokenUrl: string,
  work: (world: World, tenant: ReturnType<typeof tenantFrom>, id: string) => Promise<T>,
): Promise<T> {
  const world = new World();
  try {
    const tenant = tenantFrom(clientOf(tokenUrl));
    return await work(world, tenant, await world.keep(tenant, secret));
  } finally {
    await world.close();
  }
}
