import assert from 'node:assert/strict';
import type { Provider } from 'oidc-provider';
import { AppError } from '../../src/base/errors.js';
import { Sender } from '../../src/net/send.js';
import { oauth2 } from '../../src/platforms/oauth2/platform.js';
import type { Exchanged } from '../../src/platforms/platform.js';
import type { Secret } from '../../src/platforms/tenant.js';
import { CLIENT_SECRET, SCOPE, startAuthorizationServer, type AuthorizationServer } from '../support/authorizationServer.js';

type OAuth2Tenant = Parameters<typeof oauth2.exchange>[0];
type OAuth2Secret = Secret<'refreshToken' | 'clientSecret'>;

/** Any time will do: the tests are about lifetimes. */
const SENT_AT = Date.UTC(2030, 0, 1);

describe('OAuth 2.0 with a third-party authorization server', () => {
  const sender = new Sender();
  let server: AuthorizationServer;
  let provider: Provider;
  let issuer: string;

  before(async () => {
    server = await startAuthorizationServer();
    ({ provider, issuer } = server);
  });
  after(() => {
    sender.dispose();
    server.stop();
  });

  const tenant = (changed: Partial<OAuth2Tenant>): OAuth2Tenant => ({
    id: 'other',
    name: 'Other',
    platform: 'oauth2',
    tokenUrl: `${issuer}/token`,
    grant: 'refresh_token',
    ...changed,
  });

  const exchange = async (of: OAuth2Tenant, secret: OAuth2Secret): Promise<Exchanged<'refreshToken' | 'clientSecret'>> =>
    oauth2.readExchange(await sender.send(oauth2.exchange(of, secret)), of, secret, SENT_AT);

  const refused = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;

  const userInfo = async (accessToken: string): Promise<number> => {
    const headers = oauth2.headers(tenant({}), accessToken, 'bearer', {}).map(({ name, value }) => [name, value] as const);
    return (await sender.send({ method: 'GET', url: `${issuer}/me`, headers: Object.fromEntries(headers) })).status;
  };

  for (const clientAuthentication of ['basic', 'post'] as const) {
    const clientId = `client_secret_${clientAuthentication}`;
    const secret = { refreshToken: '', clientSecret: CLIENT_SECRET };

    describe(`client credentials, ${clientAuthentication}`, () => {
      const own = (changed: Partial<OAuth2Tenant> = {}) =>
        tenant({ grant: 'client_credentials', clientId, clientAuthentication, ...changed });

      it('get a token that the server knows, with the scope and lifetime of its answer', async () => {
        const { accessToken, expiresAt, scope, rotated } = await exchange(own({ scope: 'invoices' }), secret);
        assert.deepEqual([expiresAt, scope, rotated], [SENT_AT + 600_000, 'invoices', undefined]);
        assert.ok(await provider.ClientCredentials.find(accessToken));
      });

      it('is refused with a wrong secret, and for an unknown client', async () => {
        const wrong = { ...secret, clientSecret: 'EXAMPLE' };
        await assert.rejects(exchange(own(), wrong), refused('client-refused'));
        await assert.rejects(exchange(own({ clientId: 'nobody' }), secret), refused('client-refused'));
      });

      it('are refused for a scope of another client', async () => {
        await assert.rejects(exchange(own({ scope: 'payments' }), secret), refused('request-refused'));
      });
    });
  }

  for (const clientAuthentication of ['basic', 'post', 'none'] as const) {
    const clientId = clientAuthentication === 'none' ? 'none' : `client_secret_${clientAuthentication}`;

    describe(`refresh token, ${clientAuthentication}`, () => {
      const own = () => tenant({ clientId, clientAuthentication });
      const issued = async (): Promise<OAuth2Secret> => ({
        refreshToken: await server.issueRefreshToken(clientId),
        clientSecret: CLIENT_SECRET,
      });
      const rotate = async (secret: OAuth2Secret) => {
        const { rotated, ...exchanged } = await exchange(own(), secret);
        assert.ok(rotated);
        return { rotated, ...exchanged };
      };

      it('is replaced by each exchange', async () => {
        const first = await issued();
        const second = await rotate(first);
        assert.equal(second.expiresAt, SENT_AT + 900_000);
        assert.equal(second.scope, SCOPE);
        assert.notEqual(second.rotated.refreshToken, first.refreshToken);
        assert.equal(second.rotated.clientSecret, CLIENT_SECRET);
        const third = await rotate(second.rotated);
        assert.notEqual(third.rotated.refreshToken, second.rotated.refreshToken);
        assert.equal(await userInfo(third.accessToken), 200);
      });

      it('is refused after use, with all tokens issued for it', async () => {
        const first = await issued();
        const second = await rotate(first);
        assert.equal(await userInfo(second.accessToken), 200);
        await assert.rejects(exchange(own(), first), refused('api-token-refused'));
        await assert.rejects(exchange(own(), second.rotated), refused('api-token-refused'));
        assert.equal(await userInfo(second.accessToken), 401);
      });

      it('is refused if it is unknown', async () => {
        const secret = await issued();
        await assert.rejects(exchange(own(), { ...secret, refreshToken: 'EXAMPLE' }), refused('api-token-refused'));
        await assert.rejects(exchange(tenant({ clientId: 'nobody', clientAuthentication }), secret), refused('client-refused'));
      });
    });
  }

  it('opens nothing without a valid token', async () => {
    assert.equal(await userInfo('EXAMPLE'), 401);
    const { status } = await sender.send({ method: 'GET', url: `${issuer}/me`, headers: {} });
    assert.ok(status >= 400);
  });
});
