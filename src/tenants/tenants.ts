import type * as z from 'zod/mini';
import type { Disposable, Event } from '../base/event.js';
import { Emitter } from '../base/event.js';
import { AppError } from '../base/errors.js';
import { findPlatform, platforms } from '../platforms/index.js';
import { isRecord } from '../platforms/jwt.js';
import type { Platform } from '../platforms/platform.js';
import type { Tenant } from '../platforms/tenant.js';
import { addressFields, addressKeyOf, normalized } from './address.js';

type Issue = z.core.$ZodIssue;

/** Names of settings that people would put a token or a password into. */
const SECRET = /^(api|access|refresh|client|bearer)?[-_]?(token|secret|key|password)$/i;

/** What is wrong with an entry in the settings. An undefined field stands for the entry as a whole. */
export interface Problem {
  readonly field: string | undefined;
  readonly message: string;
}

/** One entry of the setting `tenantTokens.tenants`: a valid tenant, or all that is wrong with it. */
export interface TenantEntry {
  /** Index in the setting; −1 for a tenant from outside the settings. */
  readonly index: number;
  /** As in the entry, or empty. */
  readonly id: string;
  readonly name: string;
  readonly tenant: Tenant | undefined;
  /** Empty for a valid tenant. */
  readonly problems: readonly Problem[];
}

/** All problems in one line: `organization is missing; url must begin with https://`. */
export function problemText(problems: readonly Problem[]): string {
  return problems.map(({ field, message }) => `${field ?? ''} ${message}`.trim()).join('; ');
}

/** Reads the setting. An invalid entry is returned with its problems; the other entries still work. */
export function readTenants(setting: unknown, outside: readonly unknown[] = []): readonly TenantEntry[] {
  const raw: readonly unknown[] = Array.isArray(setting) ? setting : setting === undefined ? [] : [setting];
  const seen = new Set<string>();
  const entries = raw.map((value, index) => readEntry(value, index, seen));
  return [...entries, ...outside.map((value) => readEntry(value, -1, seen))];
}

function readEntry(value: unknown, index: number, seen: Set<string>): TenantEntry {
  const id = textOf(value, 'id') ?? '';
  const name = textOf(value, 'name') ?? (id || `#${index + 1}`);
  const { entry, contradicted } = normalized(value);
  const problems = problemsOf(entry, contradicted);
  if (problems.length === 0 && seen.has(id)) problems.push({ field: 'id', message: 'is used by another tenant' });
  const isValid = problems.length === 0;
  if (isValid) seen.add(id);
  return { index, id, name, tenant: isValid ? (entry as Tenant) : undefined, problems };
}

/** @param contradicted the setting that the address contradicts */
function problemsOf(value: unknown, contradicted: string | undefined): Problem[] {
  if (!isRecord(value)) return [{ field: undefined, message: 'must be an object in braces' }];
  const platform = findPlatform(value['platform']);
  if (!platform) return [{ field: 'platform', message: `must be one of ${platforms.map(({ id }) => id).join(', ')}` }];
  const { error } = platform.tenantSchema.safeParse(value);
  const problems = error?.issues.flatMap((issue) => problemsIn(platform, value, issue)) ?? [];
  if (contradicted !== undefined && problems.length === 0)
    problems.push({ field: addressKeyOf(platform), message: `names another ${contradicted}${hint(platform, value)}` });
  return problems;
}

function problemsIn(platform: Platform, value: Readonly<Record<string, unknown>>, issue: Issue): Problem[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((field) => ({
      field,
      message: SECRET.test(field) ? 'does not belong here: never put tokens into settings' : 'is not a setting of this platform',
    }));
  const field = issue.path.join('.');
  if (valueAt(value, issue.path) === undefined) return [{ field, message: 'is missing' }];
  return [{ field, message: `${issue.message}${field === addressKeyOf(platform) ? hint(platform, value) : ''}` }];
}

/** What to write instead of an address, if it is understood. */
function hint(platform: Platform, value: Readonly<Record<string, unknown>>): string {
  const key = addressKeyOf(platform);
  const address = addressFields(platform, String(value[key]))[key];
  const isValid =
    address !== value[key] &&
    !platform.tenantSchema.safeParse({ ...value, [key]: address }).error?.issues.some(({ path }) => path[0] === key);
  return isValid ? `: write ${address}` : '';
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);
}

function textOf(value: unknown, key: string): string | undefined {
  const found = isRecord(value) ? value[key] : undefined;
  return typeof found === 'string' && found !== '' ? found.slice(0, 128) : undefined;
}

function ownersOf(entries: readonly TenantEntry[]): ReadonlyMap<string, TenantEntry> {
  const owners = new Map<string, TenantEntry>();
  for (const entry of entries) if (entry.tenant || !owners.has(entry.id)) owners.set(entry.id, entry);
  return owners;
}

/** The current tenants, from the settings and from outside them (the sandbox). */
export class Tenants implements Disposable {
  readonly #readSetting: () => unknown;
  readonly #changed = new Emitter<void>();
  #outside: readonly unknown[] = [];
  #entries: readonly TenantEntry[] | undefined;
  #byId: ReadonlyMap<string, TenantEntry> | undefined;

  constructor(readSetting: () => unknown) {
    this.#readSetting = readSetting;
  }

  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  get entries(): readonly TenantEntry[] {
    return (this.#entries ??= readTenants(this.#readSetting(), this.#outside));
  }

  get all(): readonly Tenant[] {
    return this.entries.flatMap(({ tenant }) => tenant ?? []);
  }

  find(id: string | undefined): Tenant | undefined {
    return this.entryOf(id)?.tenant;
  }

  /** The valid entry with this id, or the first if none is valid. */
  entryOf(id: string | undefined): TenantEntry | undefined {
    this.#byId ??= ownersOf(this.entries);
    return id === undefined ? undefined : this.#byId.get(id);
  }

  /** False for the sandbox's tenants: changes to them are not saved. */
  isInSettings(id: string): boolean {
    const entry = this.entryOf(id);
    return entry?.tenant !== undefined && entry.index >= 0;
  }

  /** True for the sandbox's tenants: their tokens live only as long as the sandbox. */
  isOutsideSettings(id: string): boolean {
    const entry = this.entryOf(id);
    return entry?.tenant !== undefined && entry.index < 0;
  }

  /** @throws AppError `tenant-unknown`, or `tenant-invalid` with the problem */
  get(id: string): Tenant {
    const entry = this.entryOf(id);
    if (entry?.tenant) return entry.tenant;
    if (!entry) throw new AppError('tenant-unknown', { tenant: id });
    throw new AppError('tenant-invalid', { tenant: id, problem: problemText(entry.problems) });
  }

  /** Replaces the tenants from outside the settings. */
  setOutside(values: readonly unknown[]): void {
    this.#outside = values;
    this.refresh();
  }

  /** Call when the setting has changed. */
  refresh(): void {
    this.#entries = undefined;
    this.#byId = undefined;
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
