import { Refusal } from './message.js';
import { seconds } from './synthetic.js';

/** In the order of their numbers, which some clients send instead. */
const TYPES = ['DEFAULT', 'MS_SCIM', 'ALL', 'CUSTOM', 'OneTouch'] as const;
type TokenType = (typeof TYPES)[number];

const DAY_SECONDS = 24 * 60 * 60;
const RENEWABLE_SECONDS = 90 * DAY_SECONDS;
const MAX_INT32 = 2 ** 31 - 1;

/** The lifetimes of types that cannot be renewed, s. */
const FIXED_LIFETIMES: Partial<Record<TokenType, { readonly usual: number; readonly longest: number }>> = {
  MS_SCIM: { usual: 30 * DAY_SECONDS, longest: 365 * DAY_SECONDS },
  OneTouch: { usual: 7 * DAY_SECONDS, longest: 14 * DAY_SECONDS },
};

/** The requested properties of a Commvault access token. Times are epoch ms. */
export interface TokenTerms {
  readonly name: string;
  readonly type: TokenType;
  /** Set if the type cannot be renewed. */
  readonly expiresAt?: number;
  /** Set if it can. */
  readonly renewableUntil?: number;
  readonly apiEndpoints?: readonly string[];
}

/** Reads the body of a creation. Refuses an invalid one with 400. `now` in epoch ms. */
export function commvaultToken(body: Readonly<Record<string, unknown>>, now: number): TokenTerms {
  const name = body['tokenName'];
  if (typeof name !== 'string' || name.trim() === '') throw invalid('tokenName is required');
  const type = tokenType(body['tokenType'] ?? 'ALL');
  const [expiry, renewable] = ['tokenExpiryTimestamp', 'renewableUntilTimestamp'].map((field) => future(body, field, now));
  const fixed = FIXED_LIFETIMES[type];
  if (fixed) {
    if (renewable !== undefined) throw invalid(`A token of type ${type} is not renewed`);
    const expiresAt = expiry ?? seconds(now) + fixed.usual;
    if (expiresAt > seconds(now) + fixed.longest) throw invalid('tokenExpiryTimestamp is too late');
    return { name, type, expiresAt: expiresAt * 1000 };
  }
  if (expiry !== undefined) throw invalid(`tokenExpiryTimestamp is not for tokens of type ${type}`);
  if (renewable !== undefined && type === 'DEFAULT') throw invalid('renewableUntilTimestamp is for ALL and CUSTOM');
  const renewableUntil = renewable === undefined ? now + RENEWABLE_SECONDS * 1000 : renewable * 1000;
  return { name, type, renewableUntil, ...(type === 'CUSTOM' && { apiEndpoints: endpoints(body['apiEndpoints']) }) };
}

function tokenType(value: unknown): TokenType {
  const type = typeof value === 'number' ? TYPES[value] : TYPES.find((one) => one === value);
  if (!type) throw invalid('tokenType is unknown');
  return type;
}

/** A future time in epoch seconds of 32 bits; undefined if the field is missing. */
function future(body: Readonly<Record<string, unknown>>, field: string, now: number): number | undefined {
  const value = body[field];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value > MAX_INT32) throw invalid(`${field} is not an int32`);
  if (value <= seconds(now)) throw invalid(`${field} is in the past`);
  return value;
}

function endpoints(value: unknown): readonly string[] {
  const texts: unknown[] = Array.isArray(value) ? value : [];
  const named = texts.filter((one) => typeof one === 'string' && one !== '') as string[];
  if (named.length === 0 || named.length < texts.length) throw invalid('apiEndpoints is required for CUSTOM');
  return named;
}

const invalid = (message: string): Refusal => new Refusal(400, '2', message);
