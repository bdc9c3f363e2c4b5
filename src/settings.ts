import * as vscode from 'vscode';
import { isRecord } from './platforms/jwt.js';

const SECTION = 'tenantTokens';

export type StatusBarMode = 'activeToken' | 'hidden';

/**
 * A value that the person has set for all windows. The other scopes are never read: a workspace may not say where secrets
 * are sent.
 */
function read(key: string): unknown {
  const found = vscode.workspace.getConfiguration(SECTION).inspect(key);
  return found?.globalValue ?? found?.defaultValue;
}

/** The extension's settings; writing goes to the user settings. */
export const settings = {
  tenants(): unknown {
    return read('tenants');
  },

  /** Changes the raw entries, those with problems included. */
  async updateTenants(change: (entries: readonly unknown[]) => readonly unknown[]): Promise<void> {
    const entries = read('tenants');
    const next = change(Array.isArray(entries) ? entries : []);
    await vscode.workspace.getConfiguration(SECTION).update('tenants', next, vscode.ConfigurationTarget.Global);
  },

  /** Changes the entry that is the tenant of this id: the first one, as the tree has it. `undefined` removes it. */
  async changeTenant(id: string, value: Readonly<Record<string, unknown>> | undefined): Promise<void> {
    await settings.updateTenants((entries) => {
      const at = entries.findIndex((entry) => isRecord(entry) && entry['id'] === id);
      return at < 0 ? entries : entries.toSpliced(at, 1, ...(value ? [value] : []));
    });
  },

  /** Milliseconds until the clipboard is cleared; 0: never. */
  clipboardClearMs(): number {
    const seconds = read('clipboardClearSeconds');
    return typeof seconds === 'number' && seconds >= 0 ? Math.min(seconds, 3600) * 1000 : 30_000;
  },

  refreshAhead(): boolean {
    return read('refreshAhead') !== 'off';
  },

  statusBar(): StatusBarMode {
    return read('statusBar') === 'hidden' ? 'hidden' : 'activeToken';
  },

  onDidChange(listener: (affects: (key: string) => boolean) => void): vscode.Disposable {
    return vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(SECTION)) listener((key) => event.affectsConfiguration(`${SECTION}.${key}`));
    });
  },
};
