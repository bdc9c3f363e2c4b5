import type { Secret } from './tenant.js';

const MAX_JWT_LENGTH = 16 * 1024;

/**
 * The claims of a JWT, decoded and not verified (RFC 7519): good for showing and for hints, never for trust.
 * Undefined if the token is no JWT.
 */
export function jwtClaims(token: string): Readonly<Record<string, unknown>> | undefined {
  const parts = token.split('.');
  if (parts.length !== 3 || token.length > MAX_JWT_LENGTH) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'));
    return isRecord(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * When a secret ends that is a JWT and says so, epoch ms. Not verified, so it is a hint. Of a pair with an access token, which
 * ends long before the pair does, it is the other part's.
 */
export function jwtExpiry(secret: Secret): number | undefined {
  const parts = Object.entries(secret).filter(([key]) => key !== 'accessToken');
  const ends = parts.map(([, value]) => jwtClaims(value)?.['exp']).filter((exp) => typeof exp === 'number' && exp > 0);
  return ends.length > 0 ? Math.max(...(ends as number[])) * 1000 : undefined;
}
