import type { HttpRequest, HttpResponse } from '../../net/http.js';
import type { CloudDirectorTenant } from './tenant.js';
import { base } from '../fields.js';
import { cutAt, type PastedAddress } from '../pastedAddress.js';

const PROVIDER = 'System';
const SEGMENTS = new Set(['tenant', 'provider', 'api', 'cloudapi', 'oauth', 'login', 'tm']);

/** The root of the service. */
export const root = (tenant: CloudDirectorTenant): string => base(tenant.url);

/**
 * Reads the organization from an address of the portal (also of old releases, `/cloud/org/acme`), of its login
 * (`/login/?service=tenant:acme`) or of the token endpoint.
 */
export function fieldsIn(address: PastedAddress): Readonly<Record<string, string>> {
  const { url, rest } = cutAt(address, (segment, next) => SEGMENTS.has(segment) || (segment === 'cloud' && next === 'org'));
  const isPrefixed = rest[0]?.toLowerCase() === 'tm';
  const organization = organizationAt(isPrefixed ? rest.slice(1) : rest, address.query);
  return { url, ...(organization !== undefined && { organization }), ...(isPrefixed && { pathPrefix: '/tm' }) };
}

function organizationAt([first = '', second, third]: readonly string[], query: URLSearchParams): string | undefined {
  switch (first.toLowerCase()) {
    case 'tenant':
      return second;
    case 'provider':
      return PROVIDER;
    case 'cloud':
      return third;
    case 'oauth':
      return second === 'provider' ? PROVIDER : third;
    case 'login': {
      const [, kind, name] = /^(tenant|provider)(?::(.+))?$/.exec(query.get('service') ?? '') ?? [];
      return kind === 'provider' ? PROVIDER : name;
    }
    default:
      return undefined;
  }
}

export function isProvider(tenant: CloudDirectorTenant): boolean {
  return tenant.organization.toLowerCase() === PROVIDER.toLowerCase();
}

/** An endpoint of the organization’s authorization server. */
export function oauthUrl(tenant: CloudDirectorTenant, endpoint: 'token' | 'register'): string {
  const who = isProvider(tenant) ? 'provider' : `tenant/${encodeURIComponent(tenant.organization)}`;
  return `${root(tenant)}${tenant.pathPrefix ?? ''}/oauth/${who}/${endpoint}`;
}

/** Asks for the API versions; needs no authorization. */
export function versionsRequest(tenant: CloudDirectorTenant): HttpRequest {
  return { method: 'GET', url: `${root(tenant)}/api/versions`, headers: { accept: '*/*' } };
}

/** The newest version that is neither deprecated nor alpha. */
export function newestVersion({ status, body }: HttpResponse): string | undefined {
  return status === 200 ? supportedVersions(body)[0] : undefined;
}

/** The versions of an `/api/versions` document that are neither deprecated nor alpha, newest first. */
function supportedVersions(xml: string): string[] {
  const [, ...infos] = xml.split('<VersionInfo');
  const versions = infos.flatMap((info) => {
    const [, attributes = '', version] = /^(\s[^>]*)?>\s*<Version>(\d{1,3}\.\d{1,3}(?:\.\d{1,3})?)<\/Version>/.exec(info) ?? [];
    return version === undefined || /deprecated\s*=\s*"true"/i.test(attributes) ? [] : [version];
  });
  // Versions with three parts are VCF Automation's own; not all paths accept them.
  const parts = (version: string): number => version.split('.').length;
  return versions.sort((a, b) => parts(a) - parts(b) || b.localeCompare(a, 'en', { numeric: true }));
}
