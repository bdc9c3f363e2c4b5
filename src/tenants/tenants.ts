import type { Disposable, Event } from '../base/event.js';
import { Emitter } from '../base/event.js';
import { AppError } from '../base/errors.js';
import { findPlatform, platforms } from '../platforms/index.js';
import { isRecord } from '../platforms/jwt.js';
import type { Tenant } from '../platforms/tenant.js';

/** What is wrong with an entry in the settings. An undefined field stands for the entry as a whole. */
export interface Problem {
  readonly field: string | undefined;
  readonly message: string;
}

/** One entry of the setting `tenantTokens.tenants`: a valid tenant, or the problem with it. */
export interface TenantEntry {
  /** Index in the setting; −1 for a tenant from outside the settings. */
  readonly index: number;
  /** As in the entry, or empty. */
  readonly id: string;
  readonly name: string;
  readonly tenant: Tenant | undefined;
  readonly problem: Problem | undefined;
}

/** Reads the setting. An invalid entry is returned with its problem; the other entries still work. */
export function readTenants(setting: unknown, outside: readonly unknown[] = []): readonly TenantEntry[] {
  const raw: readonly unknown[] = Array.isArray(setting) ? setting : setting === undefined ? [] : [setting];
  const seen = new Set<string>();
  const entries = raw.map((value, index) => readEntry(value, index, seen));
  return [...entries, ...outside.map((value) => readEntry(value, -1, seen))];
}

function readEntry(value: unknown, index: number, seen: Set<string>): TenantEntry {
  const id = textOf(value, 'id') ?? '';
  const name = textOf(value, 'name') ?? (id || `#${index + 1}`);
  const problem = problemOf(value) ?? (seen.has(id) ? { field: 'id', message: 'is used by another tenant' } : undefined);
  if (!problem) seen.add(id);
  return { index, id, name, tenant: problem ? undefined : (value as Tenant), problem };
}

function problemOf(value: unknown): Problem | undefined {
  if (!isRecord(value)) return { field: undefined, message: 'must be an object in braces' };
  const platform = findPlatform(value['platform']);
  if (!platform) return { field: 'platform', message: `must be one of ${platforms.map(({ id }) => id).join(', ')}` };
  const issue = platform.tenantSchema.safeParse(value).error?.issues[0];
  if (!issue) return undefined;
  if (issue.code === 'unrecognized_keys') return { field: issue.keys[0], message: 'is not a setting of this platform' };
  const field = issue.path.join('.');
  return { field, message: valueAt(value, issue.path) === undefined ? 'is missing' : issue.message };
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
    if (!entry?.problem) throw new AppError('tenant-unknown', { tenant: id });
    throw new AppError('tenant-invalid', { tenant: id, problem: `${entry.problem.field ?? ''} ${entry.problem.message}`.trim() });
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
