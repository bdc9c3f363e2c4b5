import { loginRequest, loginUrl, readLogin } from './login.js';
import { ariaAutomationTokens } from './lifecycle.js';
import { base } from '../fields.js';
import { cutAt } from '../pastedAddress.js';
import type { Platform } from '../platform.js';
import { schema, type AriaAutomationTenant } from './tenant.js';

/** Where its console and its APIs are. */
const SEGMENTS = new Set(['automation', 'automation-ui', 'csp', 'iaas', 'identity', 'login']);

/**
 * VMware Aria Automation and vRealize Automation on premises, 8.0.1 and later. A refresh token of the identity service is
 * exchanged at the automation service, because the identity service's access token is not valid for the other APIs.
 * @see https://vdc-download.vmware.com/vmwb-repository/dcr-public/9b89031c-d7dd-4a88-a311-171663427c9f/063b31c8-1d16-4d7e-989f-2fb039f79a05/GUID-AC1E4407-6139-412A-B4AA-1F102942EA94.html
 */
export const ariaAutomation: Platform<AriaAutomationTenant, 'apiToken'> = {
  id: 'aria-automation',
  label: 'VMware Aria Automation',
  icon: 'rocket',
  notFoundHint: 'Check the tenant’s address: it is that of the appliance, without a path.',
  silentRefusalHint:
    'The refresh token may be unknown, or have expired after 90 days; or it is one of VCF Automation 9, which has a preset of its own. Check both.',
  presets: [{ label: 'Aria Automation or vRA on premises', detail: 'An appliance, version 8 and later' }],
  get tenantSchema() {
    return schema();
  },
  tenantFields: [
    {
      key: 'url',
      label: 'Address',
      hint: 'The appliance’s address, as the browser shows it.',
      placeholder: 'https://aria.example.com',
      asked: true,
      isAddress: true,
    },
  ],
  fieldsIn: (address) => ({ url: cutAt(address, (segment) => SEGMENTS.has(segment)).url }),
  headerStyles: [{ id: 'bearer', label: 'Authorization: Bearer' }],
  rotation: 'never',

  secretFields: () => [
    {
      key: 'apiToken',
      label: 'Refresh token',
      hint: 'Create API Token creates one when you sign in; it is valid for 90 days.',
      shape: { pattern: /^[A-Za-z0-9]{32}$/, description: '32 letters and digits' },
    },
  ],

  exchangeUrl: loginUrl,
  exchange: (tenant, { apiToken }) => loginRequest(tenant, apiToken),
  readExchange: (response, _tenant, { apiToken }, sentAt) => readLogin(response, apiToken, sentAt),

  defaultHeaderStyle: () => 'bearer',
  headers: (_tenant, accessToken) => [{ name: 'Authorization', value: `Bearer ${accessToken}` }],

  probe: (tenant) => ({ method: 'GET', url: `${base(tenant.url)}/iaas/api/projects` }),

  lifecycle: ariaAutomationTokens,
};
