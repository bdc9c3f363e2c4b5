import type { AppError } from '../base/errors.js';
import type { Tenant } from '../platforms/tenant.js';
import type { Destination } from '../tenants/hostConsents.js';
import type { Referred } from '../tokens/referenceNames.js';
import { needsPerson, type TokenStatus } from '../exchange/status.js';
import type { Place } from './references/judgement.js';
import type { Credential } from './credentials.js';
import type { Resolution, State } from './references/resolution.js';

/** A problem with a reference or token in a document. */
export type Finding = { readonly credential: Credential } & (
  | { readonly code: 'expired-literal' | 'unknown-reference' | 'literal-in-git' }
  | { readonly code: 'attention'; readonly referred: Referred; readonly error: AppError }
  | { readonly code: 'foreign-host'; readonly referred: Referred; readonly destinations: readonly Destination[] }
  | {
      readonly code: 'not-resolved';
      readonly referred: Referred;
      readonly why: Exclude<State, 'resolved'>;
      /** httpYac resolves it; only REST Client does not. */
      readonly byHttpYac: boolean;
      /** The request for which the token is withheld. */
      readonly culprit: Place | undefined;
    }
);

export type FindingCode = Finding['code'];

/** What findings depend on besides the text. */
export interface Surroundings {
  /** Epoch ms. */
  readonly now: number;
  readonly isInGit: boolean;
  status(referred: Referred): TokenStatus;
  resolution(name: string): Resolution;
  withheldBy(name: string): Place | undefined;
  /** The destinations that need the person's consent for the tenant's tokens. */
  foreign(credential: Credential, tenant: Tenant): readonly Destination[];
}

export function findingsOf(credential: Credential, around: Surroundings): Finding[] {
  return credential.match.kind === 'literal'
    ? [...literalFindings(credential, around), ...hostFindings(credential, around)]
    : onceOfHost([...referenceFindings(credential, around), ...hostFindings(credential, around)]);
}

/** A foreign host is also why the token is withheld: report it once. */
function onceOfHost(findings: readonly Finding[]): Finding[] {
  if (!findings.some(({ code }) => code === 'foreign-host')) return [...findings];
  return findings.filter((finding) => finding.code !== 'not-resolved' || finding.why !== 'withheld');
}

function literalFindings(credential: Credential, { now, isInGit }: Surroundings): Finding[] {
  const { expiresAt } = credential;
  const hasExpired = typeof expiresAt === 'number' && expiresAt <= now;
  return [
    ...(hasExpired ? [{ code: 'expired-literal', credential } as const] : []),
    ...(isInGit ? [{ code: 'literal-in-git', credential } as const] : []),
  ];
}

/** An error that needs a person takes precedence over its consequence, the missing access token. */
function referenceFindings(credential: Credential, around: Surroundings): Finding[] {
  const { referred, match } = credential;
  if (!referred) return [{ code: 'unknown-reference', credential }];
  const { error } = around.status(referred);
  if (error && needsPerson(error)) return [{ code: 'attention', credential, referred, error }];
  const { byHttpYac, inRestClient } = around.resolution(match.text);
  // *Try Request* resolves what no client does.
  const why = inRestClient ?? 'resolved';
  // References in httpYac only are a choice: lenses show it, and it is not a problem.
  if (why === 'resolved' || (why === 'refused' && byHttpYac)) return [];
  const culprit = why === 'withheld' || why === 'production' ? around.withheldBy(match.text) : undefined;
  return [{ code: 'not-resolved', credential, referred, why, byHttpYac, culprit }];
}

function hostFindings(credential: Credential, around: Surroundings): Finding[] {
  const { referred } = credential;
  if (!referred) return [];
  const destinations = around.foreign(credential, referred.tenant);
  return destinations.length > 0 ? [{ code: 'foreign-host', credential, referred, destinations }] : [];
}

/** When the next token in a document expires, epoch ms; undefined if none does. */
export function nextExpiry(all: readonly Credential[], now: number): number | undefined {
  const ends = all.flatMap(({ expiresAt }) => (typeof expiresAt === 'number' && expiresAt > now ? expiresAt : []));
  // No spread: there may be more than a call takes arguments.
  return ends.length > 0 ? ends.reduce((first, end) => Math.min(first, end)) : undefined;
}
