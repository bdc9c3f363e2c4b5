import type { Secret } from './tenant.js';

const MAX_JWT_LENGTH = 16 * 1024;

/**
 * Decodes the claims of a JWT (RFC 7519) without verifying them: only for display and hints.
 * @returns undefined if the token is not a JWT
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
 * The expiry in a secret that is a JWT, epoch ms; a hint only, as it is not verified. Ignores the access token of a pair,
 * which expires long before the pair does.
 */
export function jwtExpiry(secret: Secret): number | undefined {
  const parts = Object.entries(secret).filter(([key]) => key !== 'accessToken');
  const ends = parts.map(([, value]) => jwtClaims(value)?.['exp']).filter((exp) => typeof exp === 'number' && exp > 0);
  return ends.length > 0 ? Math.max(...(ends as number[])) * 1000 : undefined;
}
