import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import { AppError } from '../../src/errors.js';
import { Sender } from '../../src/net/send.js';
import { oauth2 } from '../../src/platforms/oauth2.js';
import type { Exchanged, Secret } from '../../src/platforms/platform.js';

type OAuth2Tenant = Parameters<typeof oauth2.exchange>[0];
type OAuth2Secret = Secret<'refreshToken' | 'clientSecret'>;

const SCOPE = 'openid offline_access';
const CLIENT_SECRET = 'EXAMPLE client+secret: 100 %';
/** Any moment will do: what is tested is how long a token lives from it. */
const SENT_AT = Date.UTC(2030, 0, 1);

const clients = (['client_secret_basic', 'client_secret_post', 'none'] as const).map((method) => ({
  client_id: method,
  token_endpoint_auth_method: method,
  ...(method !== 'none' && { client_secret: CLIENT_SECRET }),
  grant_types: ['refresh_token', 'authorization_code', ...(method === 'none' ? [] : ['client_credentials'])],
  response_types: ['code'],
  redirect_uris: ['https://client.example/callback'],
  scope: `${SCOPE} invoices`,
}));

type Payload = Readonly<Record<string, unknown>>;

/** What the server remembers, as its adapter interface wants it kept; its own memory warns on the console. */
class Memory {
  static readonly #kept = new Map<string, Payload>();
  readonly #kind: string;

  constructor(kind: string) {
    this.#kind = kind;
  }

  upsert(id: string, payload: Payload): void {
    Memory.#kept.set(`${this.#kind}:${id}`, payload);
  }

  find(id: string): Payload | undefined {
    return Memory.#kept.get(`${this.#kind}:${id}`);
  }

  consume(id: string): void {
    this.upsert(id, { ...this.find(id), consumed: true });
  }

  destroy(id: string): void {
    Memory.#kept.delete(`${this.#kind}:${id}`);
  }

  revokeByGrantId(grantId: string): void {
    for (const [key, payload] of Memory.#kept) if (payload['grantId'] === grantId) Memory.#kept.delete(key);
  }
}

describe('OAuth 2.0 against an authorization server that is not ours', () => {
  const sender = new Sender();
  let server: Server;
  let provider: Provider;
  let issuer: string;

  before(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    provider = new Provider(issuer, {
      adapter: Memory,
      clients,
      jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
      cookies: { keys: ['EXAMPLE'] },
      features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
      scopes: ['openid', 'offline_access', 'invoices', 'payments'],
      ttl: { AccessToken: 900, ClientCredentials: 600, RefreshToken: 86_400, Grant: 86_400, IdToken: 900 },
      rotateRefreshToken: true,
      findAccount: (_context: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
    });
    server.on('request', provider.callback());
  });
  after(() => {
    sender.dispose();
    server.close();
    server.closeAllConnections();
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

  /** A refresh token as a person would have got it by signing in. */
  async function issueRefreshToken(clientId: string): Promise<string> {
    const grant = new provider.Grant({ accountId: 'ada', clientId });
    grant.addOIDCScope(SCOPE);
    const grantId = await grant.save();
    const client = await provider.Client.find(clientId);
    return new provider.RefreshToken({ accountId: 'ada', client, grantId, gty: 'authorization_code', scope: SCOPE }).save();
  }

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

      it('gives a token that the server knows, with the scope and the lifetime that it tells', async () => {
        const { accessToken, expiresAt, scope, rotated } = await exchange(own({ scope: 'invoices' }), secret);
        assert.deepEqual([expiresAt, scope, rotated], [SENT_AT + 600_000, 'invoices', undefined]);
        assert.ok(await provider.ClientCredentials.find(accessToken));
      });

      it('is refused with a wrong secret, and for an unknown client', async () => {
        const wrong = { ...secret, clientSecret: 'EXAMPLE' };
        await assert.rejects(exchange(own(), wrong), refused('client-refused'));
        await assert.rejects(exchange(own({ clientId: 'nobody' }), secret), refused('client-refused'));
      });

      it('is refused for a scope that is not for this client', async () => {
        await assert.rejects(exchange(own({ scope: 'payments' }), secret), refused('request-refused'));
      });
    });
  }

  for (const clientAuthentication of ['basic', 'post', 'none'] as const) {
    const clientId = clientAuthentication === 'none' ? 'none' : `client_secret_${clientAuthentication}`;

    describe(`refresh token, ${clientAuthentication}`, () => {
      const own = () => tenant({ clientId, clientAuthentication });
      const issued = async (): Promise<OAuth2Secret> => ({
        refreshToken: await issueRefreshToken(clientId),
        clientSecret: CLIENT_SECRET,
      });
      const rotate = async (secret: OAuth2Secret) => {
        const { rotated, ...exchanged } = await exchange(own(), secret);
        assert.ok(rotated);
        return { rotated, ...exchanged };
      };

      it('is replaced by each exchange, again and again', async () => {
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

      it('is refused when it was used before, and so is everything that came of it', async () => {
        const first = await issued();
        const second = await rotate(first);
        assert.equal(await userInfo(second.accessToken), 200);
        await assert.rejects(exchange(own(), first), refused('api-token-refused'));
        await assert.rejects(exchange(own(), second.rotated), refused('api-token-refused'));
        assert.equal(await userInfo(second.accessToken), 401);
      });

      it('is refused when it is another', async () => {
        const secret = await issued();
        await assert.rejects(exchange(own(), { ...secret, refreshToken: 'EXAMPLE' }), refused('api-token-refused'));
        await assert.rejects(exchange(tenant({ clientId: 'nobody', clientAuthentication }), secret), refused('client-refused'));
      });
    });
  }

  it('opens nothing without a token, or with another', async () => {
    assert.equal(await userInfo('EXAMPLE'), 401);
    const { status } = await sender.send({ method: 'GET', url: `${issuer}/me`, headers: {} });
    assert.ok(status >= 400);
  });
});
