import type * as vscode from 'vscode';
import type { Tenants } from '../tenants/tenants.js';
import type { Broker } from '../tokens/broker.js';
import type { History } from '../tokens/history.js';
import type { TokenManager } from '../tokens/tokenManager.js';
import type { TokenNotes } from '../tokens/tokenNotes.js';
import type { Vault } from '../tokens/vault.js';
import type { LinkTarget } from './page.js';

interface Model {
  readonly tenants: Tenants;
  readonly vault: Vault;
  readonly broker: Broker;
  readonly notes: TokenNotes;
  readonly manager: TokenManager;
  readonly history: History;
}

/** *Show Details*: a page per API token, which follows what changes. */
export class Inspector implements vscode.Disposable {
  constructor(model: Model) {
    void model;
  }

  /** @param target a kept token by `token`, or one that is only at the service by `remote` */
  show(target: LinkTarget): void {
    void target;
  }

  dispose(): void {
    return;
  }
}
