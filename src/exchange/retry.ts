import type { AppError, ErrorCode } from '../base/errors.js';
import { LAST_ATTEMPT_MS } from '../base/timeLimits.js';

const TRIES = 3;
const BASE_MS = 500;
const CAP_MS = 20_000;

/** The request has not arrived. */
const NOT_SENT: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['unreachable', 'proxy-failed']);

/** The request may have arrived, and the answer be lost. */
const LOST: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['timed-out', 'connection-lost']);

/** Whether a secret may be sent again that may have arrived: it stays the same; it may have been replaced; it is good once. */
export type Repeatable = 'freely' | 'once' | 'never';

/** What has become of an exchange so far. */
export interface Attempts {
  readonly count: number;
  /** Those after which it is not known whether the service has acted. */
  readonly ambiguous: number;
  /** Since the first one was sent. */
  readonly elapsedMs: number;
  /** By somebody: what nobody waits for is tried again later. */
  readonly isAwaited: boolean;
}

/** Whether the service may have acted on a request although it ended in this error. */
export function isAmbiguous(error: AppError): boolean {
  return LOST.has(error.code) || (error.code === 'service-failed' && Number(error.facts['status'] ?? 500) >= 500);
}

/** Whether nobody has answered since a request was sent that may have been acted on. */
export function isUncertain(error: AppError, { ambiguous }: Pick<Attempts, 'ambiguous'>): boolean {
  return LOST.has(error.code) || (NOT_SENT.has(error.code) && ambiguous > 0);
}

/**
 * How long to wait before an exchange is tried again at once, in ms; undefined: not at all.
 *
 * What has not arrived is tried again while somebody waits. So is what may have arrived, where the secret stays the same.
 * Where the service may have replaced the secret, it is sent once more at once: services that rotate take the old one for some
 * seconds for this very reason (FAPI 2.0 §5.3.2.1), and later it would count as stolen. If they do not, the new secret was
 * lost with the answer.
 * @param random 0 to 1
 */
export function retryDelayMs(error: AppError, attempts: Attempts, repeatable: Repeatable, random: number): number | undefined {
  const { count, ambiguous, elapsedMs, isAwaited } = attempts;
  const hasTime = error.facts['retryAfter'] === undefined && elapsedMs <= LAST_ATTEMPT_MS;
  if (!hasTime || !(isAmbiguous(error) || NOT_SENT.has(error.code))) return undefined;
  if (isAmbiguous(error) && repeatable !== 'freely') return repeatable === 'once' && ambiguous < 2 ? 0 : undefined;
  // Of a secret that may have been replaced, it is to be known whether it was.
  const hasTries = count < TRIES && (isAwaited || (repeatable !== 'freely' && ambiguous > 0));
  return hasTries ? random * Math.min(CAP_MS, BASE_MS * 2 ** (count - 1)) : undefined;
}

const UNASKED_MS = 30_000;
const MAX_UNASKED_MS = 15 * 60_000;

/** A misconfigured network or service says the same each time; after half a minute it may have been mended. */
const ONCE_MORE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'redirected',
  'web-page',
  'not-json',
  'unexpected-answer',
  'response-too-large',
  'encoded-response',
  'certificate-refused',
  'tls-failed',
]);

/**
 * How long to wait before an exchange that nobody asked for is tried again, in ms; undefined: until somebody asks.
 * @param failures how many there were in a row
 * @param isRotating the service may replace the secret
 * @param random 0 to 1, so that what failed together does not come back together
 */
export function unaskedDelayMs(error: AppError, failures: number, isRotating: boolean, random: number): number | undefined {
  // Nothing reaches the service, so nothing is spared by waiting longer; and the network may be back at any moment.
  if (NOT_SENT.has(error.code) || error.code === 'busy-elsewhere') return UNASKED_MS;
  if (error.facts['retryAfter'] !== undefined) return Math.max(UNASKED_MS, Number(error.facts['retryAfter']) * 1000);
  if (ONCE_MORE.has(error.code)) return failures < 2 ? UNASKED_MS : undefined;
  const mayPass = LOST.has(error.code) || error.code === 'service-failed';
  return mayPass && !isRotating ? Math.min(UNASKED_MS * 2 ** (failures - 1), MAX_UNASKED_MS) * (1 + random) : undefined;
}
