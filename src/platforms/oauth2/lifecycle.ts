import { AppError } from '../../base/errors.js';
import { formBody, type HttpRequest } from '../../net/http.js';
import { clientAuthentication } from './clientAuthentication.js';
import type { Conversation, Lifecycle, RemoteToken } from '../lifecycle.js';
import { present, readManaged, readText, readTime, requireDone, stateAt, type Refusals } from '../management.js';
import type { OAuth2Tenant } from './tenant.js';
import type { Secret } from '../tenant.js';

type Field = 'refreshToken' | 'clientSecret';

const REFUSALS = { 404: 'token-api-missing' } as const satisfies Refusals;

/**
 * Introspection and revocation of refresh tokens, if the server has the endpoints. Client credentials are not a token and
 * are not sent there.
 */
export const oauth2Tokens: Lifecycle<OAuth2Tenant, Field> = {
  inspect: (tenant, secret) => perhaps(tenant, tenant.introspectionUrl, (url) => introspection(tenant, secret, url)),
  revokeByValue: (tenant, secret) => perhaps(tenant, tenant.revocationUrl, (url) => revocation(tenant, secret, url)),
};

function perhaps<T>(tenant: OAuth2Tenant, url: string | undefined, conversation: (url: string) => T): T | undefined {
  return tenant.grant === 'refresh_token' && url !== undefined ? conversation(url) : undefined;
}

/** RFC 7662 §2.2. */
function* introspection(tenant: OAuth2Tenant, secret: Secret<Field>, url: string): Conversation<RemoteToken> {
  const reply = yield about(tenant, secret, url);
  const answer = readManaged(reply, Object.values(secret), REFUSALS);
  const { active } = answer;
  if (typeof active !== 'boolean') throw new AppError('unexpected-answer', { reason: 'no active' });
  const endsAt = readTime(answer['exp']);
  const scope = readText(answer['scope'], 1024);
  return {
    id: '',
    name: readText(answer['client_id']) ?? tenant.clientId ?? '',
    // RFC 7662 does not say whether an inactive token expired or was revoked.
    state: active ? stateAt(endsAt, reply.sentAt) : 'ended',
    ...present({
      owner: readText(answer['username']) ?? readText(answer['sub']),
      createdAt: readTime(answer['iat']),
      endsAt,
      scopes: scope?.split(' '),
    }),
  };
}

/** RFC 7009 §2: the server answers 200 also for an unknown token. */
function* revocation(tenant: OAuth2Tenant, secret: Secret<Field>, url: string): Conversation<void> {
  requireDone(yield about(tenant, secret, url), Object.values(secret), REFUSALS);
}

function about(tenant: OAuth2Tenant, secret: Secret<Field>, url: string): HttpRequest {
  const { headers, fields } = clientAuthentication(tenant, secret);
  return {
    method: 'POST',
    url,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: formBody({ token: secret.refreshToken, token_type_hint: 'refresh_token', ...fields }),
  };
}
