import * as z from 'zod/mini';
import { formBody } from '../../net/http.js';
import { readTokenResponse } from '../tokenResponse.js';
import { address, base, once, tenantSchema, text } from '../fields.js';
import { cutAt } from '../pastedAddress.js';
import type { Platform } from '../platform.js';

/** Where its applications and its API are. */
const SEGMENTS = new Set(['admin', 'agentdesktop', 'configapi']);

const schema = once(() =>
  tenantSchema('bright-pattern', ['bearer'], {
    url: address(),
    loginId: text(),
    version: z.optional(z.enum(['v2', 'v3'], 'must be "v2" or "v3"')),
    scope: z.optional(text(255)),
    hostParameter: z.optional(z.enum(['scope', 'tenant'], 'must be "scope" or "tenant"')),
  }),
);
type BrightPatternTenant = z.infer<ReturnType<typeof schema>>;

/**
 * Bright Pattern Contact Center. The `scope` names the tenant by its host.
 * @see https://help.brightpattern.com/5.2:User-management-api-specification/RequestAccessToken
 */
export const brightPattern: Platform<BrightPatternTenant, 'apiSecret'> = {
  id: 'bright-pattern',
  label: 'Bright Pattern',
  icon: 'call-outgoing',
  notFoundHint: 'Check the tenant’s address: each tenant has a host of its own, such as https://acme.brightpattern.com.',
  presets: [{ label: 'Bright Pattern Contact Center', detail: 'A tenant with its own host name' }],
  get tenantSchema() {
    return schema();
  },
  tenantFields: [
    {
      key: 'url',
      label: 'Address',
      hint: 'Your tenant’s address, as the browser shows it.',
      placeholder: 'https://acme.brightpattern.com',
      asked: true,
      isAddress: true,
    },
    {
      key: 'loginId',
      label: 'Login ID',
      hint: 'The user name of the user whose API secret is used.',
      placeholder: 'ada.lovelace',
      asked: true,
    },
    {
      key: 'version',
      label: 'Version of the configuration API',
      hint: 'As in /configapi/{version}.',
      asked: false,
      choices: [
        { value: 'v2', label: 'v2' },
        { value: 'v3', label: 'v3' },
      ],
    },
    {
      key: 'scope',
      label: 'Tenant or host',
      hint: 'Identifies the tenant to the service. Default: the host of the address.',
      placeholder: 'acme.brightpattern.com',
      asked: false,
    },
    {
      key: 'hostParameter',
      label: 'Parameter that names the host',
      hint: 'Old releases call it tenant.',
      asked: false,
      choices: [
        { value: 'scope', label: 'scope' },
        { value: 'tenant', label: 'tenant (old releases)' },
      ],
    },
  ],
  fieldsIn(address) {
    const { url, rest } = cutAt(address, (segment) => SEGMENTS.has(segment));
    return { url, ...(rest[0] === 'configapi' && rest[1] === 'v3' && { version: 'v3' }) };
  },
  headerStyles: [{ id: 'bearer', label: 'Authorization: Bearer' }],
  rotation: 'never',

  secretFields: () => [
    {
      key: 'apiSecret',
      label: 'API secret',
      hint: 'Users & Teams → Users → your user → API secret → Generate, in Contact Center Administrator.',
    },
  ],

  exchangeUrl: (tenant) => `${base(tenant.url)}/configapi/${tenant.version ?? 'v2'}/oauth/token`,

  exchange(tenant, { apiSecret }) {
    return {
      method: 'POST',
      url: brightPattern.exchangeUrl(tenant),
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      body: formBody({
        grant_type: 'client_credentials',
        client_id: tenant.loginId,
        client_secret: apiSecret,
        [tenant.hostParameter ?? 'scope']: tenant.scope ?? new URL(tenant.url).hostname,
      }),
    };
  },

  readExchange: (response, _tenant, secret, sentAt) => readTokenResponse(response, secret, sentAt),

  defaultHeaderStyle: () => 'bearer',
  headers: (_tenant, accessToken) => [{ name: 'Authorization', value: `Bearer ${accessToken}` }],

  // Only v2 has users.
  probe: (tenant) => ({
    method: 'GET',
    url: `${base(tenant.url)}/configapi/${tenant.version === 'v3' ? 'v3/campaign/getAll' : `v2/user/${encodeURIComponent(tenant.loginId)}`}`,
  }),

  portal: (tenant) => ({
    url: `${base(tenant.url)}/admin/`,
    steps: [
      'Sign in to Contact Center Administrator.',
      'Open Users & Teams → Users and select your user.',
      'Beside API secret choose Generate and copy it.',
    ],
  }),
};
