import { OAuth2Client } from 'google-auth-library';
import * as oauth4webapi from 'oauth4webapi';
import { AuthorizationCode } from 'simple-oauth2';
import { secrets } from './cases.js';
import { titled } from '../row.js';
import { CLIENT_ID, type Subject } from './subject.js';

const refreshToken = secrets['refresh token'];
const clientSecret = secrets['client secret'];

/** Seconds until a moment in epoch ms. What is no number is never reached. */
const secondsUntil = (time: number | null | undefined): number =>
  typeof time !== 'number' || Number.isNaN(time) ? Infinity : Math.round((time - Date.now()) / 1000);

/** Keeps nothing: whoever calls it does. Plain http has to be allowed on this machine, too. */
const panva: Subject = {
  name: titled('oauth4webapi'),
  async exchange(tokenUrl) {
    const server = { issuer: new URL(tokenUrl).origin, token_endpoint: tokenUrl };
    const client = { client_id: CLIENT_ID };
    const authentication = oauth4webapi.ClientSecretPost(clientSecret);
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- Marked so to be seen; it is meant for tests without TLS.
    const options = { [oauth4webapi.allowInsecureRequests]: true };
    const response = await oauth4webapi.refreshTokenGrantRequest(server, client, authentication, refreshToken, options);
    const { access_token, expires_in } = await oauth4webapi.processRefreshTokenResponse(server, client, response);
    return { token: access_token, seconds: expires_in };
  },
};

function googleClient(tokenUrl: string): OAuth2Client {
  const client = new OAuth2Client({ clientId: CLIENT_ID, clientSecret, endpoints: { oauth2TokenUrl: tokenUrl } });
  client.setCredentials({ refresh_token: refreshToken });
  return client;
}

/** Asks for another token when `expiry_date` is near, and never without one. */
const google: Subject = {
  name: titled('google-auth-library'),
  async exchange(tokenUrl) {
    const client = googleClient(tokenUrl);
    const { token } = await client.getAccessToken();
    return { token, seconds: secondsUntil(client.credentials.expiry_date) };
  },
  async kept(tokenUrl) {
    const client = googleClient(tokenUrl);
    await client.getAccessToken();
    return client.credentials.refresh_token;
  },
  burst(tokenUrl, callers) {
    const client = googleClient(tokenUrl);
    return Promise.all(Array.from({ length: callers }, () => client.getAccessToken()));
  },
};

function simpleToken(tokenUrl: string) {
  const { origin, pathname } = new URL(tokenUrl);
  const auth = { tokenHost: origin, tokenPath: pathname, refreshPath: pathname };
  return new AuthorizationCode({ client: { id: CLIENT_ID, secret: clientSecret }, auth }).createToken({
    refresh_token: refreshToken,
  });
}

/** `expired()` compares with `expires_at`, and is false for an invalid date. */
const simple: Subject = {
  name: titled('simple-oauth2'),
  async exchange(tokenUrl) {
    const { token } = await simpleToken(tokenUrl).refresh();
    return { token: token.access_token, seconds: secondsUntil(token.expires_at?.getTime()) };
  },
  async kept(tokenUrl) {
    return (await simpleToken(tokenUrl).refresh()).token.refresh_token;
  },
  burst(tokenUrl, callers) {
    const token = simpleToken(tokenUrl);
    return Promise.all(Array.from({ length: callers }, () => token.refresh()));
  },
};

export const libraries: readonly Subject[] = [panva, google, simple];
