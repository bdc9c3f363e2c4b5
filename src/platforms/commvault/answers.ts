import type { HttpResponse } from '../../net/http.js';
import { clockSkewMs, MAX_LIFETIME_MS, readEpochSeconds, readLifetimeSeconds, type Json } from '../tokenResponse.js';
import { isRecord } from '../jwt.js';

/** How long after its access token expires a pair can be renewed. */
const RENEW_WINDOW_MS = 14 * 24 * 3600 * 1000;

/** The error object in an answer with status 200: flat, under `error`, or the first of `errList`. */
export function failureOf(answer: Json): Json | undefined {
  const [first] = Array.isArray(answer['errList']) ? (answer['errList'] as readonly unknown[]) : [];
  const error = [answer['error'], first].find(isRecord) ?? answer;
  const code = error['errorCode'];
  return (typeof code === 'number' || typeof code === 'string') && Number(code) !== 0 ? error : undefined;
}

/** The object with the pair: flat or wrapped, depending on the call and release. */
export function pairOf(answer: Json): Json {
  const wrapped = [answer['tokenInfo'], answer['data'], answer['response']].find(isRecord);
  return wrapped ?? answer;
}

/** The times of a pair, epoch ms; undefined: unknown. */
export interface PairTimes {
  readonly accessExpiresAt: number | undefined;
  /** True if the expiry was more than a year ahead and was capped. */
  readonly isCapped: boolean;
  readonly renewableUntil: number | undefined;
  /** The latest time for a renewal. */
  readonly renewBy: number | undefined;
}

/**
 * Reads the times of the pair in an answer.
 * @param sentAt when the request was sent, epoch ms
 */
export function timesOf(pair: Json, response: HttpResponse, sentAt: number): PairTimes {
  const given = readEpochSeconds(pair['tokenExpiryTimestamp'] ?? pair['tokenExpiryTimes}amp'], sentAt);
  const lifetime = readLifetimeSeconds(pair['expiresIn']);
  const latest = sentAt + MAX_LIFETIME_MS;
  const byLifetime = lifetime === undefined ? undefined : sentAt + lifetime * 1000;
  const accessExpiresAt = given === undefined ? byLifetime : Math.min(given - aheadMs(response, sentAt), latest);
  return {
    accessExpiresAt,
    isCapped: given !== undefined && given > latest,
    renewableUntil: readEpochSeconds(pair['renewableUntilTimestamp'], sentAt),
    renewBy:
      readEpochSeconds(pair['refreshTokenExpiryTimestamp'], sentAt) ??
      (accessExpiresAt === undefined ? undefined : accessExpiresAt + RENEW_WINDOW_MS),
  };
}

/** How far the service's clock is ahead of ours, in ms: the token then expires before our clock shows it. */
function aheadMs(response: HttpResponse, sentAt: number): number {
  return Math.max(clockSkewMs(response, sentAt, sentAt) ?? 0, 0);
}
