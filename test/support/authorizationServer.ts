import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export const SCOPE = 'openid offline_access';
export const CLIENT_SECRET = 'EXAMPLE client+secret: 100 %';

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

/** An authorization server that is not ours, on this machine: it replaces refresh tokens, and revokes all when one comes back. */
export interface AuthorizationServer {
  readonly issuer: string;
  readonly provider: Provider;
  /** A refresh token as a person would have got it by signing in. */
  issueRefreshToken(clientId: string): Promise<string>;
  stop(): void;
}

export async function startAuthorizationServer(): Promise<AuthorizationServer> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const provider = new Provider(issuer, {
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
  return {
    issuer,
    provider,
    async issueRefreshToken(clientId) {
      const grant = new provider.Grant({ accountId: 'ada', clientId });
      grant.addOIDCScope(SCOPE);
      const grantId = await grant.save();
      const client = await provider.Client.find(clientId);
      return new provider.RefreshToken({ accountId: 'ada', client, grantId, gty: 'authorization_code', scope: SCOPE }).save();
    },
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
