import type { Secret } from '../tenant.js';
import type { OAuth2Tenant } from './tenant.js';

type Client = Pick<OAuth2Tenant, 'clientId' | 'clientAuthentication'>;

/** Public clients and clients without an ID send no client secret. */
export function needsClientSecret({ clientId, clientAuthentication }: Client): boolean {
  return clientId !== undefined && clientAuthentication !== 'none';
}

/** How the client authenticates (RFC 6749 §2.3.1): with a header, or with form fields. */
export function clientAuthentication(
  client: Client,
  { clientSecret }: Secret<'clientSecret'>,
): { headers: Record<string, string>; fields: Record<string, string | undefined> } {
  const { clientId, clientAuthentication: way = 'basic' } = client;
  if (!needsClientSecret(client)) return { headers: {}, fields: { client_id: clientId } };
  if (way === 'basic') return { headers: { authorization: basic(clientId ?? '', clientSecret) }, fields: {} };
  return { headers: {}, fields: { client_id: clientId, client_secret: clientSecret } };
}

/** Form-encodes both parts before joining them, which most clients forget. */
function basic(clientId: string, clientSecret: string): string {
  const encode = (value: string): string => new URLSearchParams({ v: value }).toString().slice(2);
  return `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')}`;
}
