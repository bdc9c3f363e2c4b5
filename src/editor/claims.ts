import { jwtClaims } from '../platforms/jwt.js';

/** Who a token is for, as it says itself. */
export interface Subject {
  readonly user: readonly string[];
  readonly organization: readonly string[];
}

/**
 * Claims by what they say, the most readable first: those of OpenID Connect (Core §5.1) and Entra ID, of Cloud Director
 * (`org`), Cloud Services (`username`, `context_name`; `user_name` where it is on-premises) and Identity Services (`acct`,
 * `tenant`). The other platforms' access tokens are opaque.
 */
const USER = ['preferred_username', 'username', 'user_name', 'acct', 'upn', 'unique_name', 'email', 'name', 'sub', 'client_id'];
const ORGANIZATION = ['organization', 'org', 'org_name', 'orgName', 'context_name', 'org_id', 'orgId', 'tenant', 'tid'];

const MAX_SHOWN = 2;
const MAX_LENGTH = 80;

/** What a JWT says of who it is for; nothing for an opaque token. It is not verified: to be shown, not trusted. */
export function subjectOf(token: string): Subject {
  const claims = jwtClaims(token) ?? {};
  return { user: valuesOf(claims, USER), organization: valuesOf(claims, ORGANIZATION) };
}

function valuesOf(claims: Readonly<Record<string, unknown>>, names: readonly string[]): string[] {
  const values = names.map((name) => claims[name]).filter((value) => typeof value === 'string' && value !== '');
  return [...new Set(values as string[])].slice(0, MAX_SHOWN).map(shortened);
}

const shortened = (text: string): string => (text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text);
