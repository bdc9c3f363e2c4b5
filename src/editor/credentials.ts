import {
  findingMatches,
  finish,
  Hosts,
  indexed,
  isPause,
  type Dialect,
  type Lines,
  type CredentialMatch,
  type RequestBlock,
  type Work,
} from '../httpFile/index.js';
import { credentialHeaders } from '../platforms/index.js';
import { jwtClaims } from '../platforms/jwt.js';
import type { Tenant } from '../platforms/tenant.js';
import type { Issued } from '../tokens/issuedTokens.js';
import type { Referred } from '../tokens/referenceNames.js';

/** A reference or an access token in a document, and what is known about it. */
export interface Credential {
  readonly match: CredentialMatch;
  /** Its tenant and API token. */
  readonly referred?: Referred;
  /** Why a reference resolves to no token. */
  readonly problem?: 'unknown' | 'ambiguous';
  /** For a literal, epoch ms: as issued, or as the token states; null: no expiry, or none that it states. */
  readonly expiresAt?: number | null;
  /** Where each of its requests goes, as returned by `requestHost`. Credentials with the same requests share one list. */
  readonly hosts: readonly (string | undefined)[];
}

/** What is needed to recognize credentials. */
export interface KnownCredentials {
  readonly tenants: { readonly all: readonly Tenant[] };
  readonly names: {
    nameOf(id: string): string | undefined;
    find(name: string): Referred | 'ambiguous' | undefined;
  };
  readonly issued: { find(text: string): Issued | undefined };
}

/** Finds the references and access tokens in a document: tokens from exchanges, and text that looks like a token. */
export const findCredentials = (lines: Lines, dialect: Dialect, markdown: boolean, known: KnownCredentials): Credential[] =>
  finish(recognizing(lines, dialect, markdown, known));

/** {@link findCredentials}, in pieces. */
export function* recognizing(given: Lines, dialect: Dialect, markdown: boolean, known: KnownCredentials): Work<Credential[]> {
  const lines = indexed(given);
  const credentialNames = credentialHeaders(known.tenants.all);
  const isToken = (word: string): boolean => known.issued.find(word) !== undefined;
  const hosts = new Hosts(lines);
  const hostsOf = new Map<readonly RequestBlock[], Credential['hosts']>();
  const credentials: Credential[] = [];
  let count = 0;
  for (const match of yield* findingMatches(lines, dialect, { markdown, credentialNames, isToken })) {
    if (isPause(count++)) yield;
    const found = match.kind === 'reference' ? ofReference(match, known) : ofLiteral(match, known);
    if (!found) continue;
    if (!hostsOf.has(match.requests)) hostsOf.set(match.requests, yield* hostsIn(match.requests, hosts));
    credentials.push({ match, ...found, hosts: hostsOf.get(match.requests) ?? [] });
  }
  return credentials;
}

function* hostsIn(requests: readonly RequestBlock[], hosts: Hosts): Work<Credential['hosts']> {
  const found: (string | undefined)[] = [];
  for (const request of requests) {
    if (isPause(found.length)) yield;
    found.push(yield* hosts.of(request));
  }
  return found;
}

type Finding = Omit<Credential, 'match' | 'hosts'>;

function ofReference({ text }: CredentialMatch, { names }: KnownCredentials): Finding {
  const referred = names.find(text);
  if (referred === undefined) return { problem: 'unknown' };
  return referred === 'ambiguous' ? { problem: 'ambiguous' } : { referred };
}

function ofLiteral({ text, shape }: CredentialMatch, { names, issued }: KnownCredentials): Finding | undefined {
  const ours = issued.find(text);
  if (!ours) return shape && { expiresAt: expiryIn(text) };
  const referred = names.find(names.nameOf(ours.token) ?? '');
  return { expiresAt: ours.expiresAt, ...(typeof referred === 'object' && { referred }) };
}

/** `exp` of a JWT (RFC 7519 §4.1.4), epoch ms; null without one. */
export function expiryIn(token: string): number | null {
  const exp = jwtClaims(token)?.['exp'];
  return typeof exp === 'number' ? exp * 1000 : null;
}

/** The credential at a place or, failing that, in the header at that place. */
export function credentialAt(all: readonly Credential[], line: number, character: number): Credential | undefined {
  const isIn = ({ match }: Credential): boolean => match.line === line && match.start <= character && character <= match.end;
  const isInHeader = ({ match: { header } }: Credential): boolean =>
    header !== undefined &&
    (header.line < line || (header.line === line && header.nameStart <= character)) &&
    (line < header.endLine || (line === header.endLine && character <= header.valueEnd));
  return all.find(isIn) ?? all.find(isInHeader);
}
