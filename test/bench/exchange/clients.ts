import { Agent as HttpAgent } from 'node:http';
import { PublicClientApplication, ProtocolMode, type INetworkModule } from '@azure/msal-node';
import { Gaxios } from 'gaxios';
import { OAuth2Client } from 'google-auth-library';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { AuthorizationCode } from 'simple-oauth2';
import { Agent, request } from 'undici';
import { REFRESH_TOKEN } from './answer.js';

export { ourBroker } from './manyTokens.js';
export { ourExchanger, tenantAt } from './ours.js';

/** Exchanges a refresh token for an access token. */
export type Exchange = () => Promise<string>;

const CLIENT_ID = 'bench';
const FORM = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
const form = (): string =>
  new URLSearchParams({ grant_type: 'refresh_token', refresh_token: REFRESH_TOKEN, client_id: CLIENT_ID }).toString();

/** Ours has a connection for each exchange, and so have those that are compared with it, unless their name says otherwise. */
const CLOSE = { connection: 'close' };
const closingFetch: typeof fetch = (input, init) => {
  const headers = new Headers(init?.headers);
  headers.set('connection', 'close');
  return fetch(input, { ...init, headers });
};

const tokenOf = (answer: { access_token?: string | null | undefined }): string => answer.access_token ?? '';

/** The least that an exchange takes: no checks, no deadline, and one pool for all. */
export function bare(url: string, keepAlive = false): Exchange {
  const dispatcher = new Agent({ allowH2: false });
  return async () => {
    const response = await request(url, { method: 'POST', dispatcher, reset: !keepAlive, headers: FORM, body: form() });
    return tokenOf(JSON.parse(await response.body.text()) as { access_token: string });
  };
}

export function fetched(url: string): Exchange {
  return async () => {
    const response = await fetch(url, { method: 'POST', headers: { ...FORM, ...CLOSE }, body: form() });
    return tokenOf((await response.json()) as { access_token: string });
  };
}

export function oauth4webapi(url: string, keepAlive = false): Exchange {
  const server = { issuer: new URL(url).origin, token_endpoint: url };
  const client = { client_id: CLIENT_ID };
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so to stand out
  const options = { [oauth.allowInsecureRequests]: true, ...(!keepAlive && { headers: CLOSE }) };
  return async () => {
    const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), REFRESH_TOKEN, options);
    return tokenOf(await oauth.processRefreshTokenResponse(server, client, response));
  };
}

export function openidClient(url: string, keepAlive = false): Exchange {
  const server = { issuer: new URL(url).origin, token_endpoint: url };
  const configuration = new openid.Configuration(server, CLIENT_ID, undefined, openid.None());
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so to stand out
  openid.allowInsecureRequests(configuration);
  if (!keepAlive) configuration[openid.customFetch] = closingFetch as openid.CustomFetch;
  return async () => tokenOf(await openid.refreshTokenGrant(configuration, REFRESH_TOKEN));
}

export function google(url: string, keepAlive = false): Exchange {
  const client = new OAuth2Client({
    clientId: CLIENT_ID,
    endpoints: { oauth2TokenUrl: url },
    transporter: new Gaxios(keepAlive ? {} : { headers: CLOSE }),
  });
  client.setCredentials({ refresh_token: REFRESH_TOKEN });
  return async () => tokenOf((await client.refreshAccessToken()).credentials);
}

export function simpleOAuth2(url: string, keepAlive = false): Exchange {
  const { origin: tokenHost, pathname: tokenPath } = new URL(url);
  const client = new AuthorizationCode({
    client: { id: CLIENT_ID, secret: '' },
    auth: { tokenHost, tokenPath, refreshPath: tokenPath },
    options: { authorizationMethod: 'body' },
    http: { agent: new HttpAgent({ keepAlive }) },
  });
  const token = client.createToken({ refresh_token: REFRESH_TOKEN });
  return async () => tokenOf((await token.refresh()).token as { access_token: string });
}

/** Refuses http, so that its networkClient, which is otherwise as its own, takes the address back to it. */
export function msal(url: string, keepAlive = false): Exchange {
  const secure = url.replace(/^http:/, 'https:');
  const issuer = new URL(secure).origin;
  const client = new PublicClientApplication({
    auth: {
      clientId: CLIENT_ID,
      authority: issuer,
      knownAuthorities: [new URL(issuer).host],
      authorityMetadata: JSON.stringify({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: secure,
        jwks_uri: `${issuer}/keys`,
      }),
    },
    system: { protocolMode: ProtocolMode.OIDC, networkClient: overHttp(keepAlive) },
  });
  return async () =>
    (await client.acquireTokenByRefreshToken({ refreshToken: REFRESH_TOKEN, scopes: ['invoices'] }))?.accessToken ?? '';
}

function overHttp(keepAlive: boolean): INetworkModule {
  const send: INetworkModule['sendPostRequestAsync'] = async (url, options) => {
    const response = await fetch(url.replace(/^https:/, 'http:'), {
      method: 'POST',
      headers: { ...options?.headers, ...(!keepAlive && CLOSE) },
      body: options?.body ?? null,
    });
    return { headers: Object.fromEntries(response.headers), status: response.status, body: (await response.json()) as never };
  };
  return { sendPostRequestAsync: send, sendGetRequestAsync: () => Promise.reject(new Error('nothing is to be discovered')) };
}
