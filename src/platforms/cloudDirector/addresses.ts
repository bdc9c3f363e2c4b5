import type { HttpRequest, HttpResponse } from '../../net/http.js';
import type { CloudDirectorTenant } from './tenant.js';
import { base } from '../fields.js';

/** The root of the service. People paste the address of the API or the portal, which are below it. */
export function root(tenant: CloudDirectorTenant): string {
  const [address = ''] = base(tenant.url).split('/tenant/');
  return base(address.replace(/\/api$/, ''));
}

/** Reads the organization from a portal address, including those of old releases (`/cloud/org/acme`). */
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
