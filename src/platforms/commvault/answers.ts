import type { HttpResponse } from '../../net/http.js';
import { clockSkewMs, MAX_LIFETIME_MS, readEpochSeconds, readLifetimeSeconds, type Json } from '../tokenResponse.js';
import { isRecord } from '../jwt.js';

/** How long after the end of its access token a pair can be renewed. */
const RENEW_WINDOW_MS = 14 * 24 * 3600 * 1000;

/** The error object inside an answer of status 200, flat, under `error`, or the first of `errList`. */
export function failureOf(answer: Json): Json | undefined {
  const [first] = Array.isArray(answer['errList']) ? (answer['errList'] as readonly unknown[]) : [];
  const error = [answer['error'], first].find(isRecord) ?? answer;
  const code = error['errorCode'];
  return (typeof code === 'number' || typeof code === 'string') && Number(code) !== 0 ? error : undefined;
}

/** The pair: flat or wrapped, as calls and releases differ. */
export function pairOf(answer: Json): Json {
  const wrapped = [answer['tokenInfo'], answer['data'], answer['response']].find(isRecord);
  return wrapped ?? answer;
}

/** The times of a pair, epoch ms; undefined: not told. */
export interface PairTimes {
  readonly accessExpiresAt: number | undefined;
  /** It lies further ahead than a year, and is taken to be in a year. */
  readonly isCapped: boolean;
  readonly renewableUntil: number | undefined;
  /** When it cannot be renewed any more. */
  readonly renewBy: number | undefined;
}

/**
 * What an answer says of the times of its pair.
 * @param sentAt when the request was sent, epoch ms
 */
export function timesOf(pair: Json, response: HttpResponse, sentAt: number): PairTimes {
  const told = readEpochSeconds(pair['tokenExpiryTimestamp'] ?? pair['tokenExpiryTimes}amp'], sentAt);
  const lifetime = readLifetimeSeconds(pair['expiresIn']);
  const latest = sentAt + MAX_LIFETIME_MS;
  const byLifetime = lifetime === undefined ? undefined : sentAt + lifetime * 1000;
  const accessExpiresAt = told === undefined ? byLifetime : Math.min(told - aheadMs(response, sentAt), latest);
  return {
    accessExpiresAt,
    isCapped: told !== undefined && told > latest,
    renewableUntil: readEpochSeconds(pair['renewableUntilTimestamp'], sentAt),
    renewBy:
      readEpochSeconds(pair['refreshTokenExpiryTimestamp'], sentAt) ??
      (accessExpiresAt === undefined ? undefined : accessExpiresAt + RENEW_WINDOW_MS),
  };
}

/** The service's clock counts where it is ahead of ours: the token would end before we think so. */
function aheadMs(response: HttpResponse, sentAt: number): number {
  return Math.max(clockSkewMs(response, sentAt, sentAt) ?? 0, 0);
}
