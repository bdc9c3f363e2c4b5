import { AccessTokens } from './accessTokens.js';
import { basic, bearer, header, json, readForm, Refusal, type Answer, type Call } from './message.js';
import { sampleFile, type Circumstances, type StartedPlatform } from './platform.js';
import { startService } from './service.js';
import { jwt, opaque, seconds } from './synthetic.js';

const REFRESH_TOKEN_SECONDS = 30 * 24 * 60 * 60;
const AUDIENCE = 'https://metering.example';

interface Client {
  readonly id: string;
  readonly secret: string;
  readonly scope: string;
  readonly grant: 'refresh_token' | 'client_credentials';
}

/** A refresh token and its replacements. Sending a used one again revokes them all (RFC 9700 §4.14.2). */
interface Family {
  readonly client: Client;
  readonly expiresAt: number;
  current: string;
}

/** An authorization server with two APIs: one accepts Bearer tokens, the other uses its own header. */
export async function startOauth2({ now, lifetimeSeconds = 900 }: Circumstances): Promise<StartedPlatform> {
  const billing: Client = { id: 'billing', secret: opaque('client'), scope: 'invoices', grant: 'refresh_token' };
  const metering: Client = { id: 'metering', secret: opaque('client'), scope: 'meters', grant: 'client_credentials' };
  const clients = [billing, metering];
  /** Valid families by refresh token, including the used ones. */
  const families = new Map<string, Family>();
  const accessTokens = new AccessTokens<Client | Family>(now);

  const authenticated = ({ headers }: Call, form: ReturnType<typeof readForm>): Client => {
    const joined = headers.authorization !== undefined;
    const [id, secret] = joined
      ? (basic(headers.authorization) ?? []).map(formDecoded)
      : [form['client_id'], form['client_secret']];
    // Only one authentication method per request (RFC 6749 §2.3).
    const client = joined && form['client_secret'] !== undefined ? undefined : clients.find((one) => one.id === id);
    if (client?.secret !== secret || !client)
      throw new Refusal(401, 'invalid_client', 'Client authentication failed', { 'www-authenticate': 'Basic realm="sandbox"' });
    return client;
  };

  const grown = (family: Family): string => {
    family.current = opaque('refresh');
    families.set(family.current, family);
    return family.current;
  };
  const revoke = (revoked: Family): void => {
    for (const [token, family] of families) if (family === revoked) families.delete(token);
    accessTokens.revoke(revoked);
  };

  const refreshed = (client: Client, refreshToken: string | undefined): Family => {
    if (!refreshToken) throw new Refusal(400, 'invalid_request', 'Missing refresh_token');
    const family = families.get(refreshToken);
    const alive = family !== undefined && family.client === client && now() < family.expiresAt;
    if (alive && refreshToken === family.current) return family;
    if (alive) revoke(family);
    throw new Refusal(400, 'invalid_grant', 'The refresh token is invalid, expired or was used before');
  };

  const token = (call: Call): Answer => {
    const form = readForm(call);
    const client = authenticated(call, form);
    const { grant_type: grant, scope = client.scope } = form;
    if (grant !== 'refresh_token' && grant !== 'client_credentials')
      throw new Refusal(400, 'unsupported_grant_type', 'The grant type is not supported');
    if (grant !== client.grant) throw new Refusal(400, 'unauthorized_client', 'This client may not use this grant');
    if (scope !== client.scope) throw new Refusal(400, 'invalid_scope', 'The scope is not granted to this client');
    if (client === metering && form['audience'] !== AUDIENCE) throw new Refusal(400, 'invalid_target', 'An audience is needed');
    const family = grant === 'refresh_token' ? refreshed(client, form['refresh_token']) : undefined;
    const issuedAt = seconds(now());
    const claims = { iss: service.origin, sub: client.id, client_id: client.id, scope, iat: issuedAt };
    return json({
      access_token: accessTokens.issue(jwt({ ...claims, exp: issuedAt + lifetimeSeconds }), family ?? client, lifetimeSeconds),
      token_type: 'Bearer',
      expires_in: lifetimeSeconds,
      scope,
      ...(family && {
        refresh_token: grown(family),
        refresh_token_expires_in: Math.floor((family.expiresAt - now()) / 1000),
      }),
    });
  };

  /** The token in a form, with its client and expiry, after authenticating the requesting client. */
  const named = (call: Call) => {
    const form = readForm(call);
    const client = authenticated(call, form);
    const { token: value } = form;
    if (!value) throw new Refusal(400, 'invalid_request', 'Missing token');
    const access = accessTokens.find(value);
    const family = families.get(value);
    const holder = access?.holder ?? family;
    const expiresAt = access?.expiresAt ?? family?.expiresAt ?? 0;
    const owner = holder && 'client' in holder ? holder.client : holder;
    return { client, value, owner, family, expiresAt };
  };

  /** RFC 7009: revokes a refresh token with all its tokens; accepts an unknown token. */
  const revocation = (call: Call): Answer => {
    const { client, value, owner, family } = named(call);
    if (owner && owner !== client) throw new Refusal(400, 'invalid_grant', 'The token was issued to another client');
    if (family) revoke(family);
    accessTokens.end(value);
    return { status: 200, body: '' };
  };

  /** RFC 7662: returns only `active: false` for an invalid token or another client's. */
  const introspection = (call: Call): Answer => {
    const { client, value, owner, family, expiresAt } = named(call);
    const active = owner === client && now() < expiresAt && (!family || family.current === value);
    if (!active) return json({ active });
    const { id, scope } = client;
    return json({ active, scope, client_id: id, sub: id, iss: service.origin, exp: seconds(expiresAt) });
  };

  const requireScope = (scope: string, accessToken: string | undefined): void => {
    const holder = accessTokens.holder(accessToken);
    const client = holder && 'client' in holder ? holder.client : holder;
    if (client?.scope !== scope)
      throw new Refusal(401, 'invalid_token', 'The access token is missing, invalid or expired', {
        'www-authenticate': 'Bearer',
      });
  };

  const service = await startService(
    now,
    [
      { method: 'POST', path: '/oauth2/token', exchange: true, answer: token },
      { method: 'POST', path: '/oauth2/revoke', manage: true, answer: revocation },
      { method: 'POST', path: '/oauth2/introspect', manage: true, answer: introspection },
      {
        method: 'GET',
        path: '/api/invoices',
        answer: ({ headers }) => {
          requireScope('invoices', bearer(headers.authorization));
          return json({ invoices: [{ number: '2024-0001', total: '119.00', currency: 'EUR' }] });
        },
      },
      {
        method: 'GET',
        path: '/api/meters',
        answer: ({ headers }) => {
          requireScope('meters', header(headers, 'x-api-key'));
          return json({ meters: [{ id: 'meter-1', kilowattHours: 1234 }] });
        },
      },
    ],
    ({ code, message }) => ({ error: code, error_description: message }),
  );

  const tokenUrl = `${service.origin}/oauth2/token`;
  const family: Family = { client: billing, expiresAt: now() + REFRESH_TOKEN_SECONDS * 1000, current: '' };
  const oauth2 = { platform: 'oauth2', tokenUrl };
  return {
    service,
    tenants: [
      {
        tenant: {
          id: 'sandbox-oauth2',
          name: 'Billing API',
          ...oauth2,
          grant: billing.grant,
          clientId: billing.id,
          scope: billing.scope,
          revocationUrl: `${service.origin}/oauth2/revoke`,
          introspectionUrl: `${service.origin}/oauth2/introspect`,
        },
        tokens: [{ name: 'Ada', secret: { refreshToken: grown(family), clientSecret: billing.secret } }],
        sample: sampleFile('An API behind an OAuth 2.0 server that replaces the refresh token at each exchange.', [
          { title: 'Invoices', notes: [], url: `${service.origin}/api/invoices` },
        ]),
      },
      {
        tenant: {
          id: 'sandbox-oauth2-client',
          name: 'Metering API',
          ...oauth2,
          grant: metering.grant,
          clientId: metering.id,
          clientAuthentication: 'post',
          scope: metering.scope,
          parameters: { audience: AUDIENCE },
          header: 'X-Api-Key: {token}',
        },
        tokens: [{ name: 'Metering', secret: { clientSecret: metering.secret } }],
        sample: sampleFile('An API that requires the access token in its own header.', [
          {
            title: 'Meters',
            notes: ['The tenant’s header template produces X-Api-Key.'],
            url: `${service.origin}/api/meters`,
          },
        ]),
      },
    ],
  };
}

/** Decodes the client id or secret, which are form-encoded before they are joined (RFC 6749 §2.3.1). */
const formDecoded = (text: string): string => new URLSearchParams(`value=${text}`).get('value') ?? '';
