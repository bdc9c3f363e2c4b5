import { isRecord, jwtClaims } from './jwt.js';

/** Whom a token is for, by its own claims. */
export interface Subject {
  readonly user: readonly string[];
  readonly organization: readonly string[];
}

/** All claims of a JWT by meaning, for display. They are not verified, and credentials are removed. */
export interface ShownClaims extends Subject {
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  /** Epoch ms. */
  readonly times: readonly { readonly name: string; readonly at: number }[];
  /** The value is undefined if it must not be shown. */
  readonly others: readonly { readonly name: string; readonly value: string | undefined }[];
}

/**
 * Claims by meaning, the most readable first: those of OpenID Connect (Core §5.1) and Entra ID, Cloud Director (`org`),
 * Cloud Services (`username`, `context_name`; on premises `user_name`) and Identity Services (`acct`, `tenant`). The other
 * platforms' access tokens are opaque.
 */
const USER = ['preferred_username', 'username', 'user_name', 'acct', 'upn', 'unique_name', 'email', 'name', 'sub', 'client_id'];
const ORGANIZATION = ['organization', 'org', 'org_name', 'orgName', 'context_name', 'org_id', 'orgId', 'tenant', 'tid'];
/** RFC 9068 §2.2.3.1, and `perms` of Cloud Services. */
const ROLES = ['roles', 'role', 'groups', 'perms'];
/** RFC 8693 §4.2, `scp` of Entra ID. */
const SCOPES = ['scope', 'scp', 'scopes'];
/** RFC 7519 §4.1, `auth_time` of OpenID Connect (Core §2). All in seconds. */
const TIMES = ['iat', 'nbf', 'auth_time', 'exp'];

/** Names of claims that may carry another credential. */
const CREDENTIAL = /token|secret|passw|passcode|assertion|credential|jwt|api-?_?key|session|cookie/i;

const MAX_SHOWN = 2;
const MAX_LENGTH = 80;
const MAX_CLAIM_LENGTH = 200;
/** The latest time that a Date can hold (ECMA-262 §21.4.1.1). */
const MAX_TIME_MS = 8.64e15;

/** Whom a JWT is for, unverified and for display only; empty for an opaque token. */
export function subjectOf(token: string): Subject {
  const claims = jwtClaims(token) ?? {};
  const some = (names: readonly string[]): string[] =>
    textsOf(claims, names)
      .slice(0, MAX_SHOWN)
      .map((text) => shortened(text, MAX_LENGTH));
  return { user: some(USER), organization: some(ORGANIZATION) };
}

/** @param claims of {@link jwtClaims} */
export function shownClaims(claims: Readonly<Record<string, unknown>>): ShownClaims {
  const all = (names: readonly string[]): string[] => textsOf(claims, names).map((text) => shortened(text, MAX_CLAIM_LENGTH));
  const times = TIMES.flatMap((name) => {
    const seconds = claims[name];
    return isTime(seconds) ? [{ name, at: seconds * 1000 }] : [];
  });
  const said = new Set([...USER, ...ORGANIZATION].filter((name) => isText(claims[name])));
  for (const name of [...ROLES, ...SCOPES]) if (wordsOf(claims[name]).length > 0) said.add(name);
  for (const { name } of times) said.add(name);
  return {
    user: all(USER),
    organization: all(ORGANIZATION),
    roles: wordsIn(claims, ROLES),
    scopes: wordsIn(claims, SCOPES),
    times,
    others: Object.entries(claims)
      .filter(([name]) => !said.has(name))
      .map(([name, value]) => ({ name: shortened(name, MAX_LENGTH), value: shownValue(name, value) })),
  };
}

function shownValue(name: string, value: unknown): string | undefined {
  if (CREDENTIAL.test(name)) return undefined;
  const text = typeof value === 'string' ? value : JSON.stringify(value, withoutCredentials);
  return shortened(text, MAX_CLAIM_LENGTH);
}

function withoutCredentials(name: string, value: unknown): unknown {
  return CREDENTIAL.test(name) ? '…' : value;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const isTime = (value: unknown): value is number => typeof value === 'number' && value > 0 && value * 1000 <= MAX_TIME_MS;

function textsOf(claims: Readonly<Record<string, unknown>>, names: readonly string[]): string[] {
  return [...new Set(names.map((name) => claims[name]).filter(isText))];
}

function wordsIn(claims: Readonly<Record<string, unknown>>, names: readonly string[]): string[] {
  const words = names.flatMap((name) => wordsOf(claims[name]));
  return [...new Set(words)].map((word) => shortened(word, MAX_CLAIM_LENGTH));
}

/** The words of a list, or of a space-separated text (RFC 6749 §3.3). Groups may be objects with a name. */
function wordsOf(value: unknown): string[] {
  if (typeof value === 'string') return value.split(' ').filter(Boolean);
  if (!Array.isArray(value)) return [];
  return value.map((item: unknown) => (isRecord(item) ? item['name'] : item)).filter(isText);
}

const shortened = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length)}…` : text);
