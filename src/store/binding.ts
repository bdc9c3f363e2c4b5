import type { CertificateDigests } from '../net/trust.js';
import { platformOf } from '../platforms/index.js';
import type { Tenant } from '../platforms/tenant.js';

const SETTINGS = ['urls', 'hosts', 'pinnedCertificate', 'caFile', 'clientCertificateFile'] as const;

/**
 * The settings, besides the exchange URL, that decide who receives a secret or its access tokens. `urls`: where else the
 * secret is sent; `hosts`: where its access tokens may go.
 */
export type TrustSetting = (typeof SETTINGS)[number];

/**
 * The values of each setting: any number of URLs and hosts, at most one of each other. A file is written as its SHA-256, a
 * space and its path.
 */
export type Trust = Readonly<Partial<Record<TrustSetting, string[]>>>;

/** What an API token is bound to: it is sent nowhere else without consent. */
export interface Binding {
  /** The URL of the exchange. */
  readonly boundTo: string;
  /** Undefined: recorded at the next exchange. */
  readonly trust?: Trust;
}

/** A change in the settings that the person has not agreed to yet. */
export interface Difference {
  readonly setting: TrustSetting;
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/**
 * The trust that a tenant's settings express.
 * @param digests of the tenant's files; without them, a file is written with an empty digest
 */
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

/** Lists the settings that exceed what was agreed to. Ignores files whose digest is missing in `present`. */
export function differences(agreed: Trust, present: Trust): readonly Difference[] {
  return SETTINGS.map((setting) => ({ setting, from: agreed[setting] ?? [], to: present[setting] ?? [] })).filter(
    (one) => !isAgreed(one),
  );
}

/** The agreed trust after a person has edited a tenant: takes over the settings that they changed, and keeps the others. */
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
  // Removing entries needs no consent.
  if (isList(setting)) return to.every((one) => from.includes(one));
  if (setting === 'pinnedCertificate') return from[0] === to[0];
  // A file may move, and an unread file does not count as changed.
  const digestIn = ([file]: readonly string[]): string | undefined => file?.split(' ')[0];
  return digestIn(from) === digestIn(to) || digestIn(to) === '';
}

const isList = (setting: TrustSetting): boolean => setting === 'urls' || setting === 'hosts';
