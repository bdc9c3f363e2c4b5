import { formBody } from '../../net/http.js';
import { peekAnswer, readLifetimeSeconds, readNewRefreshToken, readTokenResponse } from '../tokenResponse.js';
import { clientAuthentication, needsClientSecret } from './clientAuthentication.js';
import { oauth2Tokens } from './lifecycle.js';
import type { Platform, SecretField } from '../platform.js';
import { schema, type OAuth2Tenant } from './tenant.js';
type Field = 'refreshToken' | 'clientSecret';

/**
 * Any OAuth 2.0 authorization server: the refresh token grant (RFC 6749 §6) or the client credentials grant (§4.4).
 * @see https://www.rfc-editor.org/rfc/rfc6749
 */
export const oauth2: Platform<OAuth2Tenant, Field> = {
  id: 'oauth2',
  label: 'OAuth 2.0',
  icon: 'globe',
  notFoundHint: 'Check the tenant’s token endpoint: the service’s documentation names it.',
  presets: [
    { label: 'OAuth 2.0 (refresh token)', detail: 'Any service with a token endpoint', values: { grant: 'refresh_token' } },
    {
      label: 'OAuth 2.0 (client credentials)',
      detail: 'Any service with a token endpoint',
      values: { grant: 'client_credentials' },
    },
  ],
  get tenantSchema() {
    return schema();
  },
  tenantFields: [
    {
      key: 'tokenUrl',
      label: 'Token endpoint',
      hint: 'The full URL that tokens are requested from.',
      placeholder: 'https://id.example.com/oauth2/token',
      asked: true,
      isAddress: true,
    },
    {
      key: 'grant',
      label: 'Grant',
      hint: 'What is exchanged for an access token.',
      asked: true,
      choices: [
        { value: 'refresh_token', label: 'Refresh token' },
        { value: 'client_credentials', label: 'Client credentials' },
      ],
    },
    { key: 'clientId', label: 'Client ID', hint: 'As registered with the service.', placeholder: 'billing', asked: true },
    {
      key: 'clientAuthentication',
      label: 'Client authentication',
      hint: 'How the client’s secret is sent (RFC 6749 §2.3.1).',
      asked: true,
      choices: [
        { value: 'basic', label: 'Basic: in an Authorization header' },
        { value: 'post', label: 'POST: in the body' },
        { value: 'none', label: 'None: a public client' },
      ],
    },
    {
      key: 'scope',
      label: 'Scope',
      hint: 'Separated by spaces. Without it, the service decides.',
      placeholder: 'invoices',
      asked: true,
    },
    {
      key: 'parameters',
      label: 'Parameters',
      hint: 'Further parameters of the exchange, written as in a form.',
      placeholder: 'audience=https://api.example.com',
      asked: false,
      form: 'pairs',
    },
    {
      key: 'revocationUrl',
      label: 'Revocation endpoint',
      hint: 'Revokes refresh tokens (RFC 7009). It must be on the host of the token endpoint.',
      placeholder: 'https://id.example.com/oauth2/revoke',
      asked: false,
    },
    {
      key: 'introspectionUrl',
      label: 'Introspection endpoint',
      hint: 'Returns the state of refresh tokens (RFC 7662). It must be on the host of the token endpoint.',
      placeholder: 'https://id.example.com/oauth2/introspect',
      asked: false,
    },
    {
      key: 'tokenType',
      label: 'Token type',
      hint: 'Whether answers must contain token_type. Some services omit it, although RFC 6749 §5.1 requires it.',
      asked: false,
      choices: [
        { value: 'required', label: 'Required' },
        { value: 'optional', label: 'Optional: Bearer, if it is left out' },
        { value: 'any', label: 'Any: sent as Bearer, whatever it is called (Slack, eBay, Azure DevOps)' },
      ],
    },
    {
      key: 'header',
      label: 'Header',
      hint: 'A header of the service’s own, with {token} where the access token goes.',
      placeholder: 'X-Access-Token: {token}',
      asked: false,
    },
  ],
  headerStyles: [
    { id: 'bearer', label: 'Authorization: Bearer' },
    { id: 'template', label: 'The tenant’s own header' },
  ],
  rotation: 'sometimes',

  secretFields(tenant) {
    const fields: SecretField<Field>[] = [];
    if (tenant.grant === 'refresh_token')
      fields.push({ key: 'refreshToken', label: 'Refresh token', hint: 'Issued by the service to your client.' });
    if (needsClientSecret(tenant))
      fields.push({ key: 'clientSecret', label: 'Client secret', hint: 'Issued with the client ID.' });
    return fields;
  },

  exchangeUrl: (tenant) => tenant.tokenUrl,
  furtherUrls: ({ revocationUrl, introspectionUrl }) => [revocationUrl, introspectionUrl].filter((url) => url !== undefined),

  exchange(tenant, secret) {
    const { headers, fields } = clientAuthentication(tenant, secret);
    return {
      method: 'POST',
      url: tenant.tokenUrl,
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: formBody({
        grant_type: tenant.grant,
        refresh_token: tenant.grant === 'refresh_token' ? secret.refreshToken : undefined,
        scope: tenant.scope,
        ...fields,
        ...tenant.parameters,
      }),
    };
  },

  readExchange(response, tenant, secret, sentAt) {
    const isClientOnly = tenant.grant === 'client_credentials';
    const profile = {
      tokenType: tenant.tokenType,
      tokenTypeField: 'tokenType',
      isClientOnly,
      hasClient: needsClientSecret(tenant),
    };
    const exchanged = readTokenResponse(response, secret, sentAt, profile);
    const rotated = oauth2.readRotated?.(response, tenant, secret);
    // draft-ietf-oauth-refresh-token-expiration; Keycloak, Airtable and TikTok; Intuit. 0 means no expiry.
    const answer = peekAnswer(response);
    const [lifetime] = ['refresh_token_expires_in', 'refresh_expires_in', 'x_refresh_token_expires_in']
      .map((name) => readLifetimeSeconds(answer[name]))
      .filter((seconds) => seconds !== undefined);
    const isOurs = tenant.grant === 'refresh_token' && lifetime !== undefined;
    return {
      ...exchanged,
      ...(isOurs && { apiTokenExpiresAt: sentAt + lifetime * 1000 }),
      ...(rotated && { rotated }),
    };
  },

  readRotated(response, tenant, secret) {
    const refreshToken = tenant.grant === 'refresh_token' ? readNewRefreshToken(response, secret.refreshToken) : undefined;
    return refreshToken === undefined ? undefined : { ...secret, refreshToken };
  },

  lifecycle: oauth2Tokens,

  defaultHeaderStyle: (tenant) => (tenant.header ? 'template' : 'bearer'),

  headers(tenant, accessToken, style) {
    const template = style === 'template' ? tenant.header : undefined;
    const [, name, value] = /^([^:]+): (.*)$/.exec(template ?? 'Authorization: Bearer {token}') ?? [];
    return [{ name: name ?? '', value: (value ?? '').replace('{token}', () => accessToken) }];
  },
};
