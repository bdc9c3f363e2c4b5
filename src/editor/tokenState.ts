import type { TokenStatus } from '../exchange/status.js';
import type { Credential } from './credentials.js';

/** The status of a token that stands in a document, whatever has become of the API token that it came from. */
export function literalStatus(expiresAt: number | null, now: number): TokenStatus {
  const hasExpired = expiresAt !== null && expiresAt <= now;
  return { state: hasExpired ? 'expired' : 'valid', access: { exchangedAt: 0, expiresAt }, error: undefined };
}

/** What there is to do about a token, beside looking at it. */
export type Remedy = 'exchange' | 'update' | 'mend';

/**
 * `exchange`: an access token is missing or about to be; `update`: the one in the document has run out; `mend`: what is wrong
 * says what helps.
 */
export function remedyFor({ occurrence }: Credential, { state, error }: TokenStatus): Remedy | undefined {
  if (occurrence.kind === 'literal') return state === 'expired' ? 'update' : undefined;
  if (state === 'attention') return error ? 'mend' : undefined;
  return state === 'unknown' || state === 'expired' || state === 'expiring' ? 'exchange' : undefined;
}
