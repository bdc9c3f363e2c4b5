import type { Json } from '../tokenResponse.js';
import type { CloudServicesTenant } from './tenant.js';
import { base } from '../fields.js';
import { isRecord } from '../jwt.js';
import type { Conversation, Lifecycle, RemoteToken } from '../lifecycle.js';
import { present, readEnd, readId, readList, readManaged, readText, readTexts, readTime, stateAt } from '../management.js';

/** API tokens can be created and revoked only in the console. */
export const cloudServicesTokens: Lifecycle<CloudServicesTenant, 'apiToken'> = {
  // On-premises sites without api_token have no details endpoint either.
  inspect: (tenant, { apiToken }) => ((tenant.parameter ?? 'api_token') === 'api_token' ? details(tenant, apiToken) : undefined),
};

export function detailsUrl(tenant: CloudServicesTenant): string {
  return `${base(tenant.url)}/csp/gateway/am/api/auth/api-tokens/details`;
}

/** @see https://developer.broadcom.com/xapis/tcsp-authn/latest/csp/gateway/am/api/auth/api-tokens/details/post */
function* details(tenant: CloudServicesTenant, apiToken: string): Conversation<RemoteToken> {
  const reply = yield {
    method: 'POST',
    url: detailsUrl(tenant),
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify({ tokenValue: apiToken }),
  };
  return remoteToken(readManaged(reply, [apiToken], { 404: 'token-gone', 409: 'token-gone' }), reply.sentAt);
}

/**
 * Reads ApiTokenDetailsDto without its `token`, which is the secret. Its times are seconds by the schema, but milliseconds
 * on some sites.
 */
function remoteToken(answer: Json, now: number): RemoteToken {
  const id = readId(answer['tokenId']) ?? '';
  const endsAt = readEnd(answer['expiresAt']);
  const allowed = isRecord(answer['allowedScopes']) ? answer['allowedScopes'] : {};
  const organization = isRecord(allowed['organizationScopes']) ? allowed['organizationScopes'] : {};
  const services = readList(allowed['servicesScopes']);
  const scopes = [...readTexts(answer['scope']), ...readTexts(allowed['generalScopes'])];
  const roles = [organization, ...services].flatMap((one) => [...namesIn(one['roles'])]);
  return {
    id,
    name: readText(answer['tokenName']) ?? id,
    state: answer['deactivated'] === true ? 'revoked' : stateAt(endsAt, now),
    ...present({
      owner: readText(answer['username']) ?? readText(answer['acct']),
      createdAt: readTime(answer['createdAt']),
      lastUsedAt: readTime(answer['lastUsedAt']),
      endsAt,
      scopes: scopes.length > 0 ? [...new Set(scopes)] : undefined,
      roles: roles.length > 0 ? [...new Set(roles)] : undefined,
    }),
  };
}

/** The names of roles, which are names or objects with a name. */
function namesIn(roles: unknown): readonly string[] {
  return [...readTexts(roles), ...readTexts(readList(roles).map((role) => role['name']))];
}
