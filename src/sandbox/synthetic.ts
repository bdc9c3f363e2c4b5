import { randomBytes, randomInt, randomUUID } from 'node:crypto';

const ALPHANUMERICS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A random secret of a platform's length that is recognizably not real. */
export function alphanumerics(length: number): string {
  let text = 'EXAMPLE0';
  while (text.length < length) text += ALPHANUMERICS.charAt(randomInt(ALPHANUMERICS.length));
  return text;
}

/** An opaque token for services without a format of their own. */
export const opaque = (kind: string): string => `SANDBOX-${kind}-${randomBytes(24).toString('base64url')}`;

/** A random password that is recognizably not real. */
export const password = (): string => `EXAMPLE-password-${randomBytes(9).toString('base64url')}`;

/** 64 upper-case hexadecimal digits; the first ones spell “sandbox” as far as they can. */
export const hexadecimal = (): string => `5A9DB0C5${randomBytes(28).toString('hex').toUpperCase()}`;

/** An API token of an Identity Broker: encodes an id, 64 alphanumerics and epoch seconds. */
export const brokerToken = (createdAt: number): string =>
  `vidb_${base64url(`${randomUUID()}#${alphanumerics(64)}#${String(seconds(createdAt)).padStart(10, '0')}`)}`;

/** A JSON web token with a fake signature. */
export const jwt = (claims: Readonly<Record<string, unknown>>): string =>
  [
    base64url(JSON.stringify({ alg: 'RS256', typ: 'JWT', kid: 'sandbox' })),
    base64url(JSON.stringify({ jti: randomUUID(), ...claims })),
    'SANDBOX-not-a-signature',
  ].join('.');

export const seconds = (epochMs: number): number => Math.floor(epochMs / 1000);

const base64url = (text: string): string => Buffer.from(text).toString('base64url');
