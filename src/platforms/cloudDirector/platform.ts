import { formBody } from '../../net/http.js';
import { readNewRefreshToken, readTokenResponse } from '../tokenResponse.js';
import { fieldsIn, isProvider, newestVersion, oauthUrl, root, versionsRequest } from './addresses.js';
import { cloudDirectorTokens } from './lifecycle.js';
import type { Header, Platform } from '../platform.js';
import { schema, type CloudDirectorTenant } from './tenant.js';

/**
 * VMware Cloud Director and services built on it, such as Expedient Enterprise Cloud.
 * @see https://docs.vmware.com/en/VMware-Cloud-Director/10.3/VMware-Cloud-Director-Tenant-Portal-Guide/GUID-A1B3B2FA-7B2C-4EE1-9D1B-188BE703EEDE.html
 */
export const cloudDirector: Platform<CloudDirectorTenant, 'apiToken'> = {
  id: 'cloud-director',
  label: 'VMware Cloud Director',
  icon: 'server-environment',
  notFoundHint:
    'Check the organization’s name, as in the portal’s address after /tenant/; releases before 10.3.1 have no API tokens.',
  presets: [
    { label: 'Expedient Enterprise Cloud', detail: 'An organization in the Expedient Enterprise Cloud portal' },
    { label: 'VMware Cloud Director', detail: 'An organization (tenant)' },
    {
      label: 'VMware Cloud Director (provider)',
      detail: 'The System organization of a provider',
      values: { organization: 'System' },
    },
    { label: 'VCF Automation', detail: 'An organization, under the path /tm', values: { pathPrefix: '/tm' } },
  ],
  get tenantSchema() {
    return schema();
  },
  tenantFields: [
    {
      key: 'url',
      label: 'Address',
      hint: 'The portal’s address, as the browser shows it.',
      placeholder: 'https://cloud.example.net',
      asked: true,
      isAddress: true,
    },
    {
      key: 'organization',
      label: 'Organization',
      hint: 'The organization’s name as in the portal’s address, /tenant/{name}; “System” for the provider.',
      placeholder: 'acme',
      asked: true,
    },
    {
      key: 'apiVersion',
      label: 'API version',
      hint: 'For the Accept header. Without it, the service is asked for its newest version.',
      placeholder: '39.0',
      asked: false,
    },
    {
      key: 'pathPrefix',
      label: 'Path prefix',
      hint: 'VCF Automation answers under /tm.',
      asked: false,
      choices: [
        { value: '', label: 'None' },
        { value: '/tm', label: '/tm' },
      ],
    },
    {
      key: 'organizationId',
      label: 'Organization ID',
      hint: 'The organization’s bare UUID, for the header style with tenant context.',
      placeholder: '00000000-0000-4000-8000-000000000000',
      asked: false,
    },
  ],
  fieldsIn,
  elsewhere: ({ pathPrefix }) =>
    pathPrefix === '/tm'
      ? { label: 'Without Path /tm', changed: { pathPrefix: '' } }
      : { label: 'Path /tm', changed: { pathPrefix: '/tm' } },
  headerStyles: [
    { id: 'bearer', label: 'Authorization and Accept with the API version' },
    { id: 'bearer-only', label: 'Authorization only' },
    { id: 'tenant-context', label: 'Authorization, Accept and tenant context' },
  ],
  // User tokens stay the same; each exchange replaces a service account's token. Only the answer shows which it is.
  rotation: 'sometimes',

  secretFields: () => [
    {
      key: 'apiToken',
      label: 'API token',
      hint: 'User preferences → Access Tokens → New, in the portal. It is shown once.',
      shape: { pattern: /^[A-Za-z0-9]{32}$/, description: '32 letters and digits' },
    },
  ],

  names: ({ organization, organizationId = organization }) => [organization, organizationId],
  exchangeUrl: (tenant) => oauthUrl(tenant, 'token'),

  exchange(tenant, { apiToken }) {
    return {
      method: 'POST',
      url: cloudDirector.exchangeUrl(tenant),
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      body: formBody({ grant_type: 'refresh_token', refresh_token: apiToken }),
    };
  },

  readExchange(response, tenant, secret, sentAt) {
    const rotated = cloudDirector.readRotated?.(response, tenant, secret);
    return { ...readTokenResponse(response, secret, sentAt), ...(rotated && { rotated }) };
  },

  readRotated(response, _tenant, { apiToken: sent }) {
    const apiToken = readNewRefreshToken(response, sent);
    return apiToken === undefined ? undefined : { apiToken };
  },

  defaultHeaderStyle: () => 'bearer',

  headers(tenant, accessToken, style, discovered) {
    const headers: Header[] = [{ name: 'Authorization', value: `Bearer ${accessToken}` }];
    if (style === 'bearer-only') return headers;
    const version = tenant.apiVersion ?? discovered['apiVersion'];
    // Keep an Accept header with a version: a request to the legacy API needs its own media type.
    if (version) headers.push({ name: 'Accept', value: `application/json;version=${version}`, yieldsTo: 'version=' });
    if (style === 'tenant-context' && tenant.organizationId) {
      headers.push({ name: 'X-VMWARE-VCLOUD-TENANT-CONTEXT', value: tenant.organizationId });
      headers.push({ name: 'X-VMWARE-VCLOUD-AUTH-CONTEXT', value: tenant.organization });
    }
    return headers;
  },

  discovery: (tenant) => (tenant.apiVersion ? undefined : versionsRequest(tenant)),

  readDiscovery(response) {
    const newest = newestVersion(response);
    return newest ? { apiVersion: newest } : {};
  },

  probe: (tenant) => ({ method: 'GET', url: `${root(tenant)}/cloudapi/1.0.0/sessions/current` }),

  lifecycle: cloudDirectorTokens,

  portal: (tenant) => ({
    url: isProvider(tenant) ? `${root(tenant)}/provider` : `${root(tenant)}/tenant/${encodeURIComponent(tenant.organization)}`,
    steps: [
      'Sign in.',
      'Open User preferences from your name at the top right.',
      'Under Access Tokens, choose New and copy the token.',
    ],
  }),
};
