import type { AppError, ErrorCode } from '../base/errors.js';
import { isExpiring } from './accessTokenLifetime.js';
import type { Access } from '../store/record.js';

export type TokenState = 'unknown' | 'exchanging' | 'valid' | 'expiring' | 'expired' | 'attention';

export type ShownAccess = Omit<Access, 'token'>;

/** What may be shown of a token: times and codes. */
export interface TokenStatus {
  readonly state: TokenState;
  readonly access: ShownAccess | undefined;
  readonly error: AppError | undefined;
}

/** Errors that a later attempt may do away with by itself. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'unreachable',
  'timed-out',
  'connection-lost',
  'proxy-failed',
  'service-failed',
  'rate-limited',
  'busy-elsewhere',
]);

export function needsPerson(error: AppError | undefined): boolean {
  return error !== undefined && !PASSING.has(error.code);
}

/** For showing: a token is alive to its last second, though it is not handed out in the last ones. `now` in epoch ms. */
export function statusOf(
  access: Access | undefined,
  error: AppError | undefined,
  isExchanging: boolean,
  now: number,
): TokenStatus {
  return { state: isExchanging ? 'exchanging' : stateOf(access, error, now), access: access && withoutToken(access), error };
}

function stateOf(access: Access | undefined, error: AppError | undefined, now: number): TokenState {
  if (error && needsPerson(error)) return 'attention';
  if (access && (access.expiresAt === null || now < access.expiresAt)) return isExpiring(access, now) ? 'expiring' : 'valid';
  if (error) return 'attention';
  return access ? 'expired' : 'unknown';
}

function withoutToken({ token: _, ...shown }: Access): ShownAccess {
  return shown;
}
