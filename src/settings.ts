import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { AppError } from './base/errors.js';
import type { NetworkSettings } from './net/proxy.js';
import { isRecord } from './platforms/jwt.js';
import type { Tenant } from './platforms/tenant.js';
import { normalized } from './tenants/address.js';

const SECTION = 'tenantTokens';

export type StatusBarMode = 'activeToken' | 'hidden';

export type InsertAs = 'ask' | 'reference' | 'token';

/** The client whose `.http` dialect applies; undefined: that of the installed client. */
export type HttpClient = 'httpyac' | 'rest-client' | 'jetbrains' | undefined;

/** Reads a value from the user settings. Other scopes are never read: a workspace must not decide where secrets are sent. */
function read(key: string, section = SECTION): unknown {
  const found = vscode.workspace.getConfiguration(section).inspect(key);
  return found?.globalValue ?? found?.defaultValue;
}

async function updateTenants(change: (entries: readonly unknown[]) => readonly unknown[]): Promise<void> {
  const entries = read('tenants');
  if (!Array.isArray(entries)) throw new AppError('tenant-invalid', { problem: `${SECTION}.tenants must be a list in brackets` });
  await write('tenants', change(entries));
}

async function write(key: string, value: unknown): Promise<void> {
  try {
    await vscode.workspace.getConfiguration(SECTION).update(key, value, vscode.ConfigurationTarget.Global);
  } catch (cause) {
    throw new AppError('settings-not-written', {}, cause);
  }
}

/** The extension's settings. Writes go to the user settings. */
export const settings = {
  tenants(): unknown {
    return read('tenants');
  },

  /** @throws AppError `tenant-invalid` if the setting is not a list (which is left as it is), `settings-not-written` */
  async addTenant(entry: Readonly<Record<string, unknown>>): Promise<void> {
    await updateTenants((entries) => [...entries, entry]);
  },

  /**
   * Replaces the entry that this tenant was read from; `undefined` removes it.
   * @throws as {@link settings.addTenant}, and AppError `tenant-unknown` if the settings have changed meanwhile
   */
  async changeTenant(tenant: Tenant, value: Readonly<Record<string, unknown>> | undefined): Promise<void> {
    await updateTenants((entries) => {
      const at = entries.findIndex((entry) => isDeepStrictEqual(normalized(entry).entry, tenant));
      if (at < 0) throw new AppError('tenant-unknown', { tenant: tenant.id });
      return entries.toSpliced(at, 1, ...(value ? [value] : []));
    });
  },

  /**
   * Removes an entry that is wrong, and so is no tenant.
   * @param isIt whether the entry at that place is still the one
   * @throws as {@link settings.changeTenant}
   */
  async removeEntry(index: number, isIt: (entries: readonly unknown[]) => boolean): Promise<void> {
    await updateTenants((entries) => {
      if (!isIt(entries)) throw new AppError('tenant-unknown', { tenant: `#${index + 1}` });
      return entries.toSpliced(index, 1);
    });
  },

  /**
   * Reorders the entries with these ids; the others keep their places.
   * @throws as {@link settings.addTenant}
   */
  async reorderTenants(ids: readonly string[]): Promise<void> {
    const place = (entry: unknown): number => ids.indexOf(isRecord(entry) ? String(entry['id']) : '');
    await updateTenants((entries) => {
      const moved = entries.filter((entry) => place(entry) >= 0).sort((a, b) => place(a) - place(b));
      return entries.map((entry) => (place(entry) >= 0 ? moved.shift() : entry));
    });
  },

  /** Delay until the clipboard is cleared, ms; 0: never. */
  clipboardClearMs(): number {
    const seconds = read('clipboardClearSeconds');
    return typeof seconds === 'number' && seconds >= 0 ? Math.min(seconds, 3600) * 1000 : 30_000;
  },

  /** How many days before an API token expires people are reminded, largest first; empty: never. */
  reminderDays(): readonly number[] {
    const value = read('reminderDays');
    const days = Array.isArray(value) ? value.filter((one) => Number.isInteger(one) && one >= 1 && one <= 365) : [30, 7, 1];
    return [...new Set(days as number[])].sort((a, b) => b - a);
  },

  refreshAhead(): boolean {
    return read('refreshAhead') !== 'off';
  },

  statusBar(): StatusBarMode {
    return read('statusBar') === 'hidden' ? 'hidden' : 'activeToken';
  },

  insertAs(): InsertAs {
    const value = read('insertAs');
    return value === 'reference' || value === 'token' ? value : 'ask';
  },

  /** @throws AppError `settings-not-written` */
  async setInsertAs(value: InsertAs): Promise<void> {
    await write('insertAs', value);
  },

  httpClient(): HttpClient {
    const value = read('httpClient');
    return value === 'httpyac' || value === 'rest-client' || value === 'jetbrains' ? value : undefined;
  },

  /** Undefined until the person has been asked. */
  publishReferences(): boolean | undefined {
    const value = vscode.workspace.getConfiguration(SECTION).inspect('publishReferences')?.globalValue;
    return typeof value === 'boolean' ? value : undefined;
  },

  /** @throws AppError `settings-not-written` */
  async setPublishReferences(value: boolean): Promise<void> {
    await write('publishReferences', value);
  },

  /** VS Code's own network settings. In a remote window, the user settings are those of the remote machine. */
  network(): NetworkSettings {
    const text = (key: string): string => {
      const value = read(key, 'http');
      return typeof value === 'string' ? value : '';
    };
    const noProxy = read('noProxy', 'http');
    return {
      proxy: text('proxy'),
      proxySupport: text('proxySupport'),
      noProxy: Array.isArray(noProxy) ? noProxy.filter((entry) => typeof entry === 'string') : [],
      proxyAuthorization: text('proxyAuthorization'),
      proxyStrictSSL: read('proxyStrictSSL', 'http') !== false,
      systemCertificates: read('systemCertificates', 'http') !== false,
    };
  },

  updateHeadersOnExchange(): boolean {
    return read('updateHeadersOnExchange') === true;
  },

  onDidChange(listener: (affects: (key: string) => boolean) => void): vscode.Disposable {
    return vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(SECTION)) listener((key) => event.affectsConfiguration(`${SECTION}.${key}`));
    });
  },
};
