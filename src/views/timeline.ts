import type * as vscode from 'vscode';
import type { Tenants } from '../tenants/tenants.js';
import type { Broker } from '../tokens/broker.js';
import type { TokenManager } from '../tokens/tokenManager.js';
import type { TokenNotes } from '../tokens/tokenNotes.js';
import type { Vault } from '../tokens/vault.js';

interface Model {
  readonly tenants: Tenants;
  readonly vault: Vault;
  readonly broker: Broker;
  readonly notes: TokenNotes;
  readonly manager: TokenManager;
}

/** *Show Token Timeline*: the one page with all API tokens over time. It follows what changes. */
export class Timeline implements vscode.Disposable {
  /** @param days the setting: how long before an end people are reminded, days */
  constructor(model: Model, days: () => readonly number[]) {
    void [model, days];
  }

  show(): void {
    return;
  }

  dispose(): void {
    return;
  }
}
