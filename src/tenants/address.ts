import { findPlatform } from '../platforms/index.js';
import { isRecord } from '../platforms/jwt.js';
import { partsOf, withScheme } from '../platforms/pastedAddress.js';
import type { Platform } from '../platforms/platform.js';

type Fields = Readonly<Record<string, string>>;

/** The setting with the address of a platform's service. */
export function addressKeyOf({ tenantFields }: Platform): string {
  return tenantFields.find(({ isAddress }) => isAddress)?.key ?? 'url';
}

/**
 * What an address that a person has pasted sets: the address to use, without the page that was open, and what else it names. The
 * schema decides whether the values are valid.
 */
export function addressFields(platform: Platform, text: string): Fields {
  const address = withScheme(text);
  const parts = partsOf(address);
  return parts && platform.fieldsIn ? platform.fieldsIn(parts) : { [addressKeyOf(platform)]: address };
}

/**
 * An entry of the settings with the address that it means. An address with a query or a fragment stays as it is, because the
 * schema refuses it.
 * @returns the entry itself if there is nothing to change; the name of a setting that the address contradicts
 */
export function normalized(entry: unknown): { readonly entry: unknown; readonly contradicted?: string } {
  const platform = isRecord(entry) ? findPlatform(entry['platform']) : undefined;
  const text = platform && isRecord(entry) ? entry[addressKeyOf(platform)] : undefined;
  if (!platform || !isRecord(entry) || typeof text !== 'string' || /[?#]/.test(text)) return { entry };
  const fields = addressFields(platform, text);
  const changed = Object.keys(fields).filter((key) => entry[key] !== fields[key]);
  if (changed.length === 0) return { entry };
  const key = addressKeyOf(platform);
  const contradicted = changed.find(
    (name) => name !== key && entry[name] !== undefined && !isSameName(entry[name], fields[name]),
  );
  // Services do not distinguish upper case in names; the one that the person has written counts.
  return contradicted === undefined ? { entry: { ...fields, ...entry, [key]: fields[key] } } : { entry, contradicted };
}

const isSameName = (one: unknown, other = ''): boolean => typeof one === 'string' && one.toLowerCase() === other.toLowerCase();
