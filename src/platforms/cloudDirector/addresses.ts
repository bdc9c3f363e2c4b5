import type { HttpRequest, HttpResponse } from '../../net/http.js';
import type { CloudDirectorTenant } from './tenant.js';
import { base } from '../fields.js';

/** People paste the address of the API or of the portal; the token endpoint is beside them. */
export function root(tenant: CloudDirectorTenant): string {
  const [address = ''] = base(tenant.url).split('/tenant/');
  return base(address.replace(/\/api$/, ''));
}

/** The portal's addresses name the organization; those of old releases too (`/cloud/org/acme`). */
export function fieldsIn(address: string): Readonly<Record<string, string>> {
  const [, url, encoded] = /^(https?:\/\/[^/]+)\/(?:(?:tenant|cloud\/org)\/([^/]+)|provider)(?:\/|$)/.exec(address) ?? [];
  if (url === undefined) return {};
  const organization = decoded(encoded ?? 'System');
  return organization === undefined || organization === '.' || organization === '..' ? {} : { url, organization };
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

export function isProvider(tenant: CloudDirectorTenant): boolean {
  return tenant.organization.toLowerCase() === 'system';
}

/** Of the organization’s authorization server. */
export function oauthUrl(tenant: CloudDirectorTenant, endpoint: 'token' | 'register'): string {
  const who = isProvider(tenant) ? 'provider' : `tenant/${encodeURIComponent(tenant.organization)}`;
  return `${root(tenant)}${tenant.pathPrefix ?? ''}/oauth/${who}/${endpoint}`;
}

/** Asks which versions of the API there are; it needs no authorization. */
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
  // Those of three parts are VCF Automation's own, which not all paths take.
  const parts = (version: string): number => version.split('.').length;
  return versions.sort((a, b) => parts(a) - parts(b) || b.localeCompare(a, 'en', { numeric: true }));
}
