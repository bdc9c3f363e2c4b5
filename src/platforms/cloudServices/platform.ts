import { AppError } from '../../base/errors.js';
import { formBody } from '../../net/http.js';
import { readTokenResponse, refusal } from '../tokenResponse.js';
import { cloudServicesTokens, detailsUrl } from './lifecycle.js';
import { base } from '../fields.js';
import { cutAt } from '../pastedAddress.js';
import type { Platform } from '../platform.js';
import { schema, type CloudServicesTenant } from './tenant.js';

/**
 * VMware Cloud Services (CSP), and the Tanzu and Broadcom consoles.
 * @see https://developer.vmware.com/apis/csp/csp-iam/latest/csp/gateway/am/api/auth/api-tokens/authorize/post/
 */
export const cloudServices: Platform<CloudServicesTenant, 'apiToken'> = {
  id: 'cloud-services',
  label: 'VMware Cloud Services',
  icon: 'cloud',
  notFoundHint: 'Check the tenant’s address: it is usually https://console.cloud.vmware.com.',
  presets: [
    {
      label: 'VMware Cloud Services',
      detail: 'console.cloud.vmware.com',
      values: { url: 'https://console.cloud.vmware.com' },
    },
    {
      label: 'VMware Cloud Services (Tanzu console)',
      detail: 'console.tanzu.broadcom.com',
      values: { url: 'https://console.tanzu.broadcom.com' },
    },
    {
      label: 'VMware Cloud Services (Broadcom console)',
      detail: 'console.cloud.broadcom.com',
      values: { url: 'https://console.cloud.broadcom.com' },
    },
    {
      label: 'VMware Cloud Services (US government)',
      detail: 'console.cloud-us-gov.vmware.com',
      values: { url: 'https://console.cloud-us-gov.vmware.com' },
    },
  ],
  get tenantSchema() {
    return schema();
  },
  tenantFields: [
    {
      key: 'url',
      label: 'Address',
      hint: 'The console’s address, as the browser shows it.',
      placeholder: 'https://console.cloud.vmware.com',
      asked: true,
      isAddress: true,
    },
    {
      key: 'passcode',
      label: 'Multi-factor authentication',
      hint: 'Whether each exchange needs a six-digit passcode.',
      asked: true,
      choices: [
        { value: false, label: 'API tokens are exchanged without a passcode' },
        { value: true, label: 'Each exchange needs a passcode' },
      ],
    },
    {
      key: 'parameter',
      label: 'Parameter of the exchange',
      hint: 'Older on-premises sites know refresh_token only.',
      asked: false,
      choices: [
        { value: 'api_token', label: 'api_token' },
        { value: 'refresh_token', label: 'refresh_token (older sites)' },
      ],
    },
  ],
  fieldsIn: (address) => ({ url: cutAt(address, (segment) => segment === 'csp').url }),
  headerStyles: [
    { id: 'csp-auth-token', label: 'csp-auth-token' },
    { id: 'bearer', label: 'Authorization: Bearer' },
    { id: 'both', label: 'Both headers' },
  ],
  // The answer echoes the API token as refresh_token; only regenerating replaces it.
  rotation: 'never',

  secretFields: () => [
    {
      key: 'apiToken',
      label: 'API token',
      hint: 'My Account → API Tokens → Generate a new API token, in the console. It is shown once.',
      shape: { pattern: /^[A-Za-z0-9_-]{32,128}$/, description: 'about 64 letters and digits' },
    },
  ],

  exchangeUrl: (tenant) => `${base(tenant.url)}/csp/gateway/am/api/auth/api-tokens/authorize`,
  furtherUrls: (tenant) => [detailsUrl(tenant)],
  needsPasscode: (tenant) => tenant.passcode === true,

  exchange(tenant, { apiToken }, passcode) {
    return {
      method: 'POST',
      url: cloudServices.exchangeUrl(tenant),
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      body: formBody({ [tenant.parameter ?? 'api_token']: apiToken, passcode }),
    };
  },

  readExchange(response, _tenant, secret, sentAt) {
    if (response.status >= 300) throw orPasscode(refusal(response, Object.values(secret), sentAt));
    // AccessTokenDto requires no field, and appliances omit some.
    return readTokenResponse(response, secret, sentAt, { tokenType: 'optional' });
  },

  defaultHeaderStyle: () => 'csp-auth-token',

  headers(_tenant, accessToken, style) {
    const bearer = { name: 'Authorization', value: `Bearer ${accessToken}` };
    const raw = { name: 'csp-auth-token', value: accessToken };
    if (style === 'both') return [raw, bearer];
    return [style === 'bearer' ? bearer : raw];
  },

  probe: (tenant) => ({ method: 'GET', url: `${base(tenant.url)}/csp/gateway/am/api/loggedin/user` }),

  lifecycle: cloudServicesTokens,

  portal: (tenant) => ({
    url: `${base(tenant.url)}/csp/gateway/portal/#/user/tokens`,
    steps: ['Sign in.', 'Open My Account → API Tokens.', 'Choose Generate a new API token, pick its scopes and copy it.'],
  }),
};

/** The error for a missing or wrong passcode is undocumented, so it is recognized by its words. */
function orPasscode(error: AppError): AppError {
  const words = `${error.facts['reason'] ?? ''} ${error.facts['detail'] ?? ''}`;
  return /passcode|\bmfa\b/i.test(words) ? new AppError('passcode-needed', error.facts) : error;
}
