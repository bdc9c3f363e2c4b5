import type { TokenStatus } from '../exchange/status.js';
import type { Credential } from './credentials.js';

/** The status of a token in a document, independent of its API token. */
export function literalStatus(expiresAt: number | null, now: number): TokenStatus {
  const hasExpired = expiresAt !== null && expiresAt <= now;
  return { state: hasExpired ? 'expired' : 'valid', access: { exchangedAt: 0, expiresAt }, error: undefined };
}

/** What a person can do about a token. */
export type Remedy = 'exchange' | 'update' | 'mend';

/**
 * `exchange`: an access token is missing or about to expire; `update`: the one in the document has expired; `mend`: the error
 * names the remedy.
 */
export function remedyFor({ match }: Credential, { state, error }: TokenStatus): Remedy | undefined {
  if (match.kind === 'literal') return state === 'expired' ? 'update' : undefined;
  if (state === 'attention') return error ? 'mend' : undefined;
  return state === 'unknown' || state === 'expired' || state === 'expiring' ? 'exchange' : undefined;
}
