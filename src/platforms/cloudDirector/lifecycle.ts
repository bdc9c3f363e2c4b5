import { AppError } from '../../base/errors.js';
import { formBody, type HttpRequest } from '../../net/http.js';
import { readAccessToken, readRefreshToken, type Json } from '../tokenResponse.js';
import type { CloudDirectorTenant } from './tenant.js';
import { isProvider, newestVersion, oauthUrl, root, versionsRequest } from './addresses.js';
import { nameField } from '../tokenForm.js';
import { isRecord } from '../jwt.js';
import type { Conversation, Credentials, Lifecycle, RemoteToken, Reply, Session } from '../lifecycle.js';
import {
  allPages,
  halfDone,
  OF_LOGIN,
  OF_ONE_TOKEN,
  OF_TOKENS,
  present,
  readChange,
  readEnd,
  readId,
  readList,
  readManaged,
  readText,
  requireDone,
  stateAt,
  type Page,
} from '../management.js';

/** The oldest version with API tokens, for a service that does not report its versions. */
const OLDEST_VERSION = '36.1';
/** As many tokens as fit into the size limit of an answer. */
const PAGE_SIZE = 32;
const URN = 'urn:vcloud:token:';
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/**
 * API tokens of users (API 36.1 and later). A token is registered like an OAuth client, and its value is issued once.
 * @see https://developer.broadcom.com/xapis/vmware-cloud-director-openapi/39.1/
 */
export const cloudDirectorTokens: Lifecycle<CloudDirectorTenant, 'apiToken'> = {
  authority: 'login',
  authorityHint: 'An access token from an API token may not manage API tokens here.',
  userHint: 'User name, without @organization',

  *logIn(tenant, credentials): Conversation<Session> {
    const version = tenant.apiVersion ?? newestVersion((yield versionsRequest(tenant)).response) ?? OLDEST_VERSION;
    const accept = `application/json;version=${version}`;
    const reply = yield {
      method: 'POST',
      url: `${root(tenant)}/cloudapi/1.0.0/sessions${isProvider(tenant) ? '/provider' : ''}`,
      headers: { accept, authorization: basic(tenant, credentials) },
    };
    requireDone(reply, [credentials.password], OF_LOGIN);
    const token = readAccessToken(reply.response.headers['x-vmware-vcloud-access-token'], [credentials.password]);
    return { headers: { accept, authorization: `Bearer ${token}` }, secrets: [token], userId: credentials.user };
  },

  // Available since API 36.0.
  logOut: (tenant, { headers }) => ({ method: 'DELETE', url: `${root(tenant)}/cloudapi/1.0.0/sessions/current`, headers }),

  createFields: [nameField(1, 128)],

  *create(tenant, session, { name = '' }) {
    const reply = yield {
      method: 'POST',
      url: oauthUrl(tenant, 'register'),
      headers: { ...session.headers, accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({ client_name: name }),
    };
    const uncertain = new AppError('creation-uncertain', { name });
    const clientId = readId(readChange(reply, session.secrets, OF_TOKENS, uncertain)['client_id']);
    if (clientId === undefined) throw uncertain;
    try {
      const apiToken = yield* firstRefreshToken(tenant, session, clientId);
      return { secret: { apiToken }, token: { id: `${URN}${clientId}`, name, state: 'active' } };
    } catch (error) {
      throw halfDone(error, `${URN}${clientId}`, name);
    }
  },

  list(tenant, session) {
    const filter = `(type==REFRESH;owner.name==${escaped(session.userId ?? '')})`;
    const read = (reply: Reply): Page => {
      const { values, resultTotal } = readManaged(reply, session.secrets, OF_TOKENS);
      return { entries: readList(values), total: typeof resultTotal === 'number' ? resultTotal : undefined };
    };
    const request = (page: number): HttpRequest => {
      const query = formBody({ filter, page: String(page), pageSize: String(PAGE_SIZE) });
      return { method: 'GET', url: `${root(tenant)}/cloudapi/1.0.0/tokens?${query}`, headers: session.headers };
    };
    return allPages(PAGE_SIZE, request, read, remoteToken);
  },

  *revoke(tenant, session, id) {
    // The service expects the colons of a URN unencoded, which a path allows.
    const url = `${root(tenant)}/cloudapi/1.0.0/tokens/${encodeURIComponent(id).replaceAll('%3A', ':')}`;
    requireDone(yield { method: 'DELETE', url, headers: session.headers }, session.secrets, OF_ONE_TOKEN);
  },
};

/** RFC 7617; the organization is part of the user name. */
function basic(tenant: CloudDirectorTenant, { user, password }: Credentials): string {
  return `Basic ${Buffer.from(`${user}@${tenant.organization}:${password}`).toString('base64')}`;
}

/** Fetches the value of a registered API token, which the service issues once. */
function* firstRefreshToken(tenant: CloudDirectorTenant, session: Session, clientId: string): Conversation<string> {
  const [assertion] = session.secrets;
  const reply = yield {
    method: 'POST',
    url: oauthUrl(tenant, 'token'),
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: formBody({ grant_type: JWT_BEARER, client_id: clientId, assertion }),
  };
  const apiToken = readRefreshToken(readManaged(reply, session.secrets, OF_TOKENS)['refresh_token']);
  if (apiToken === undefined) throw new AppError('unexpected-answer', { reason: 'no refresh token' });
  return apiToken;
}

/** Escapes the characters that would end a value in a FIQL filter. */
function escaped(value: string): string {
  return value.replace(/[%;,()=<>!*'" ]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function remoteToken(entry: Json, now: number): RemoteToken | undefined {
  const id = readId(entry['id']);
  if (id === undefined) return undefined;
  const endsAt = readEnd(entry['expirationTimeUtc']);
  const owner = isRecord(entry['owner']) ? entry['owner']['name'] : entry['username'];
  return {
    id,
    name: readText(entry['name']) ?? id,
    state: stateAt(endsAt, now),
    ...present({ type: readText(entry['type']), owner: readText(owner), endsAt }),
  };
}
