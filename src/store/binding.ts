import type { CertificateDigests } from '../net/trust.js';
import { platformOf } from '../platforms/index.js';
import type { Tenant } from '../platforms/tenant.js';

const SETTINGS = ['urls', 'hosts', 'pinnedCertificate', 'caFile', 'clientCertificateFile'] as const;

/**
 * What says who gets a secret, or what it brings, beside the address of its exchange. `urls`: where else it is sent; `hosts`:
 * where its access tokens may go.
 */
export type TrustSetting = (typeof SETTINGS)[number];

/** The values of each: any number of URLs and hosts, and at most one of the others. A file is its SHA-256, a space and its path. */
export type Trust = Readonly<Partial<Record<TrustSetting, string[]>>>;

/** What an API token is bound to. */
export interface Binding {
  /** The URL of the exchange. */
  readonly boundTo: string;
  /** Undefined: found out with the next exchange. */
  readonly trust?: Trust;
}

/** What the settings say now and nobody has agreed to. */
export interface Difference {
  readonly setting: TrustSetting;
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** @param digests of the tenant's files; without them there is nothing before the space */
export function trustOf(tenant: Tenant, digests: CertificateDigests = {}): Trust {
  const { hosts = [], pinnedCertificate, caFile, clientCertificateFile } = tenant;
  const fileOf = (path: string | undefined, digest = ''): string[] => (path === undefined ? [] : [`${digest} ${path}`]);
  return {
    urls: [...(platformOf(tenant).furtherUrls?.(tenant) ?? [])],
    hosts: hosts.map((host) => host.toLowerCase()),
    pinnedCertificate: pinnedCertificate === undefined ? [] : [pinnedCertificate.replaceAll(':', '').toLowerCase()],
    caFile: fileOf(caFile, digests.caFile),
    clientCertificateFile: fileOf(clientCertificateFile, digests.clientCertificateFile),
  };
}

/** Nothing is said of files whose digests `present` does not have. */
export function differences(agreed: Trust, present: Trust): readonly Difference[] {
  return SETTINGS.map((setting) => ({ setting, from: agreed[setting] ?? [], to: present[setting] ?? [] })).filter(
    (one) => !isAgreed(one),
  );
}

/** What is agreed to after a person has changed a tenant: in what they have changed the new, and all else as it was. */
export function followed(agreed: Trust, before: Tenant, after: Tenant, digests: CertificateDigests): Trust {
  const [old, changed, present] = [trustOf(before), trustOf(after), trustOf(after, digests)];
  const valuesOf = (setting: TrustSetting): string[] => {
    const [was = [], is = [], known = []] = [old[setting], changed[setting], agreed[setting]];
    if (was.join('\n') === is.join('\n')) return known;
    if (!isList(setting)) return present[setting] ?? [];
    return [
      ...new Set([...known.filter((one) => is.includes(one) || !was.includes(one)), ...is.filter((one) => !was.includes(one))]),
    ];
  };
  return Object.fromEntries(SETTINGS.map((setting) => [setting, valuesOf(setting)]));
}

function isAgreed({ setting, from, to }: Difference): boolean {
  // That there is less of them is no question.
  if (isList(setting)) return to.every((one) => from.includes(one));
  if (setting === 'pinnedCertificate') return from[0] === to[0];
  // A file may be moved, and an unread one is none that has changed.
  const digestIn = ([file]: readonly string[]): string | undefined => file?.split(' ')[0];
  return digestIn(from) === digestIn(to) || digestIn(to) === '';
}

const isList = (setting: TrustSetting): boolean => setting === 'urls' || setting === 'hosts';
