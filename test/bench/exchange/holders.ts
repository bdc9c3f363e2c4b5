import { PublicClientApplication, ProtocolMode, type INetworkModule } from '@azure/msal-node';
import { memoize } from '@smithy/property-provider';
import { OAuth2Client } from 'google-auth-library';
import { AuthorizationCode } from 'simple-oauth2';
import { Sender } from '../../../src/net/send.js';
import { ACCESS_TOKEN, ANSWER, LIFETIME_MS, REFRESH_TOKEN } from './answer.js';
import { oauth4webapi } from './clients.js';
import { brokerOf } from './manyTokens.js';

/** What holds the access tokens of many tenants. Each returns the token of the n-th one. */
export type Lookup = (n: number) => string | Promise<string>;
/** Asked by many callers at once, when the access token that it has is no longer good. */
export type Holder = () => Promise<string>;

export async function ourLookup(count: number): Promise<{ readonly now: (n: number) => string; readonly later: Lookup }> {
  const { broker, all } = await brokerOf(count, Date.now());
  const [tenants, ids] = [all.map(({ tenant }) => tenant), all.map(({ id }) => id)];
  return {
    now: (n) => broker.peek(tenants[n]!, ids[n]!)!.token,
    later: async (n) => (await broker.access(tenants[n]!, ids[n]!)).token,
  };
}

/** Whatever holds the token of the n-th tenant is found by an id, as it is by everybody who has many. */
function byId<T>(count: number, make: (n: number) => T): (n: number) => T {
  const ids = Array.from({ length: count }, (_, n) => `token-${n}`);
  const all = new Map(ids.map((id, n) => [id, make(n)]));
  return (n) => all.get(ids[n]!)!;
}

/** Each a string of its own, as what came over a wire is. */
const tokenOf = (n: number): string => Buffer.from(`${n}.${ACCESS_TOKEN}`).toString();

/** The least that a lookup by two clocks takes. */
export function bareLookup(count: number): (n: number) => string {
  const until = Date.now() + LIFETIME_MS;
  const monoUntil = performance.now() + LIFETIME_MS;
  const find = byId(count, (n) => ({ token: tokenOf(n), until, monoUntil }));
  return (n) => {
    const held = find(n);
    return Date.now() < held.until && performance.now() < held.monoUntil ? held.token : '';
  };
}

export function awsLookup(count: number): Lookup {
  const expiration = Date.now() + LIFETIME_MS;
  const isExpired = (held: { expiration: number }): boolean => held.expiration - Date.now() < 60_000;
  const find = byId(count, (n) => {
    const token = tokenOf(n);
    return memoize(
      () => Promise.resolve({ token, expiration }),
      isExpired,
      () => true,
    );
  });
  return async (n) => (await find(n)()).token;
}

function googleClient(token: string, expiryDate: number, url?: string): OAuth2Client {
  const client = new OAuth2Client({ clientId: 'bench', ...(url && { endpoints: { oauth2TokenUrl: url } }) });
  client.setCredentials({ access_token: token, refresh_token: REFRESH_TOKEN, expiry_date: expiryDate });
  return client;
}

export function googleTokens(count: number): Lookup {
  const find = byId(count, (n) => googleClient(tokenOf(n), Date.now() + LIFETIME_MS));
  return async (n) => (await find(n).getAccessToken()).token ?? '';
}

export function googleHeaders(count: number): Lookup {
  const find = byId(count, (n) => googleClient(tokenOf(n), Date.now() + LIFETIME_MS));
  return async (n) => (await find(n).getRequestHeaders()).get('authorization') ?? '';
}

function simpleToken(token: string, url: string, expiresInSeconds: number) {
  const { origin: tokenHost, pathname: tokenPath } = new URL(url);
  const client = new AuthorizationCode({
    client: { id: 'bench', secret: '' },
    auth: { tokenHost, tokenPath, refreshPath: tokenPath },
    options: { authorizationMethod: 'body' },
  });
  return client.createToken({ access_token: token, refresh_token: REFRESH_TOKEN, expires_in: expiresInSeconds });
}

export function simpleLookup(count: number): (n: number) => string {
  const find = byId(count, (n) => simpleToken(tokenOf(n), 'https://a.example/token', LIFETIME_MS / 1000));
  return (n) => {
    const held = find(n);
    return held.expired() ? '' : (held.token.access_token as string);
  };
}

/** For one tenant only: each has its own cache, and filling many takes minutes. */
export async function msalLookup(): Promise<Lookup> {
  const issuer = 'https://a.example';
  const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const idToken = `${encoded({ alg: 'none' })}.${encoded({ iss: issuer, sub: 'bench', oid: 'bench', tid: 'acme', aud: 'bench' })}.`;
  const body = { ...(JSON.parse(ANSWER) as object), scope: 'invoices', id_token: idToken };
  const answer = () => Promise.resolve({ headers: {}, status: 200, body: body as never });
  const networkClient: INetworkModule = { sendPostRequestAsync: answer, sendGetRequestAsync: answer };
  const metadata = { issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, jwks_uri: issuer };
  const client = new PublicClientApplication({
    auth: { clientId: 'bench', authority: issuer, knownAuthorities: ['a.example'], authorityMetadata: JSON.stringify(metadata) },
    system: { protocolMode: ProtocolMode.OIDC, networkClient },
  });
  const scopes = ['invoices'];
  const first = await client.acquireTokenByRefreshToken({ refreshToken: REFRESH_TOKEN, scopes, forceCache: true });
  const account = first?.account;
  if (!account) throw new Error('there is no account');
  return async () => (await client.acquireTokenSilent({ account, scopes })).accessToken;
}

/** Long enough ago for nobody to take the access token for good. */
const LONG_AGO_MS = 2 * LIFETIME_MS;

export async function ourHolder(url: string, sender: Sender): Promise<Holder> {
  const { broker, all } = await brokerOf(1, Date.now() - LONG_AGO_MS, url, sender.send);
  const [{ tenant, id }] = all as [(typeof all)[number]];
  return async () => (await broker.access(tenant, id)).token;
}

export function googleHolder(url: string): Holder {
  const client = googleClient(ACCESS_TOKEN, Date.now() - LONG_AGO_MS, url);
  return async () => (await client.getAccessToken()).token ?? '';
}

/** As its documentation has it: who finds the token expired refreshes it. */
export function simpleHolder(url: string): Holder {
  let token = simpleToken(ACCESS_TOKEN, url, -LONG_AGO_MS / 1000);
  return async () => {
    if (token.expired()) token = await token.refresh();
    return token.token.access_token as string;
  };
}

/** It holds nothing: who finds the token expired asks for another. */
export function naiveHolder(url: string): Holder {
  const exchange = oauth4webapi(url, true);
  let held: { readonly token: string; readonly until: number } | undefined;
  return async () => {
    if (!held || Date.now() > held.until) held = { token: await exchange(), until: Date.now() + LIFETIME_MS };
    return held.token;
  };
}

export { Sender };
