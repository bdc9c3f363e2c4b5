import { AppError } from '../../base/errors.js';
import { formBody } from '../../net/http.js';
import { peekAnswer, readTokenResponse } from '../tokenResponse.js';
import { base } from '../fields.js';
import { cutAt } from '../pastedAddress.js';
import { identityServicesTokens, regenerationUrl } from './lifecycle.js';
import type { Platform } from '../platform.js';
import { schema, type IdentityServicesTenant } from './tenant.js';

/** Where its APIs and its logins are: `/acs/t/{tenant}`, `/federation/t/{tenant}`. */
const SEGMENTS = new Set(['acs', 'federation', 'saas']);
const GRANT_TYPE = 'urn:custom:vcf:params:oauth:grant-type:api-token';

/**
 * VMware Identity Services / Identity Broker (VCF 9.1 and later).
 * @see https://developer.broadcom.com/xapis/vmware-identity-broker/latest/acs/t/tenant/token/post
 */
export const identityServices: Platform<IdentityServicesTenant, 'apiToken'> = {
  id: 'identity-services',
  label: 'VMware Identity Services',
  icon: 'organization',
  notFoundHint: 'Check the tenant’s address and its tenant name.',
  presets: [
    {
      label: 'VMware Identity Services',
      detail: 'Identity Broker of VCF 9.1 or later',
      values: { tenant: 'CUSTOMER' },
    },
  ],
  get tenantSchema() {
    return schema();
  },
  tenantFields: [
    {
      key: 'url',
      label: 'Address',
      hint: 'The identity broker’s address; with /acs/t/{tenant} unless the tenant is CUSTOMER.',
      placeholder: 'https://idb.example.com',
      asked: true,
      isAddress: true,
    },
    {
      key: 'tenant',
      label: 'Tenant',
      hint: 'As in /acs/t/{tenant}; CUSTOMER unless your broker has others.',
      placeholder: 'CUSTOMER',
      asked: false,
    },
  ],
  fieldsIn(address) {
    const { url, rest } = cutAt(address, (segment) => SEGMENTS.has(segment));
    const [, t, tenant] = rest;
    return { url, ...(t === 't' && tenant !== undefined && { tenant }) };
  },
  headerStyles: [{ id: 'bearer', label: 'Authorization: Bearer' }],
  rotation: 'never',
  singleUseTokens: true,

  secretFields: () => [
    {
      key: 'apiToken',
      label: 'API token',
      hint: 'Shown once when the token is generated.',
      shape: { pattern: /^vidb_[A-Za-z0-9_-]{40,}$/, description: 'vidb_ and letters, digits, “-” and “_”' },
    },
  ],

  names: (tenant) => [tenant.tenant],
  exchangeUrl: (tenant) => `${base(tenant.url)}/acs/t/${encodeURIComponent(tenant.tenant)}/token`,
  furtherUrls: (tenant) => [regenerationUrl(tenant)],

  exchange(tenant, { apiToken }) {
    return {
      method: 'POST',
      url: identityServices.exchangeUrl(tenant),
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      body: formBody({ grant_type: GRANT_TYPE, api_token: apiToken }),
    };
  },

  readExchange(response, _tenant, secret, sentAt) {
    // OAuth2Token: positive is the seconds left, 0 is expired, −1 is unknown (then the JWT counts).
    const exchanged = readTokenResponse(response, secret, sentAt, { unknownLifetime: -1 });
    if (peekAnswer(response)['expires_in'] === 0) throw new AppError('already-expired');
    return exchanged;
  },

  defaultHeaderStyle: () => 'bearer',
  headers: (_tenant, accessToken) => [{ name: 'Authorization', value: `Bearer ${accessToken}` }],

  lifecycle: identityServicesTokens,

  portal: (tenant) => ({
    url: `${base(tenant.url)}/`,
    steps: [
      'Sign in to VCF Operations.',
      'Open Fleet Management → Identity & Access → API tokens.',
      'Generate a token and copy it.',
    ],
  }),
};
