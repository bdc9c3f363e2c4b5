import * as vscode from 'vscode';
import { platformOf } from '../platforms/index.js';
import type { RemoteToken } from '../platforms/lifecycle.js';
import type { Tenant } from '../platforms/tenant.js';
import type { Tenants } from '../tenants/tenants.js';
import { expiryOf } from '../tokens/apiTokenExpiry.js';
import type { Broker } from '../exchange/broker.js';
import type { TokenManager } from '../management/tokenManager.js';
import type { TokenNotes } from '../tokens/tokenNotes.js';
import type { TokenEntry } from '../store/tokenEntry.js';
import type { Vault } from '../store/vault.js';
import { can } from './capabilities.js';
import { remoteEnd, textLanguage } from './expiryTexts.js';
import type { TokenAction } from './page.js';
import { PagePanel } from './pagePanel.js';
import { timelinePage, timelineTitle, type TimelineRow } from './timelinePage.js';

interface Model {
  readonly broker: Broker;
  readonly tenants: Tenants;
  readonly vault: Vault;
  readonly notes: TokenNotes;
  readonly manager: TokenManager;
}

/** The commands that links of the page may run. */
const COMMANDS = {
  exchange: 'tenantTokens.exchange',
  regenerate: 'tenantTokens.regenerateToken',
  portal: 'tenantTokens.openPortal',
  enterEnd: 'tenantTokens.enterEnd',
  details: 'tenantTokens.showDetails',
  addToken: 'tenantTokens.addToken',
  createToken: 'tenantTokens.createToken',
  addTenant: 'tenantTokens.addTenant',
} as const;

/** *Show Token Timeline*: one page with all API tokens over time, updated when anything changes. */
export class Timeline implements vscode.Disposable {
  readonly #model: Model;
  readonly #days: () => readonly number[];
  readonly #subscriptions: vscode.Disposable;
  #panel: PagePanel | undefined;

  /** @param days the setting `reminderDays` */
  constructor(model: Model, days: () => readonly number[]) {
    this.#model = model;
    this.#days = days;
    const update = (): void => this.update();
    this.#subscriptions = vscode.Disposable.from(
      model.tenants.onDidChange(update),
      model.vault.onDidChangeList(update),
      model.notes.onDidChange(update),
      model.manager.onDidChange(update),
      model.broker.onDidChange(update),
    );
  }

  show(): void {
    if (this.#panel) {
      this.#panel.reveal();
      return;
    }
    this.#panel = new PagePanel({
      viewType: 'tenantTokens.timeline',
      title: timelineTitle(),
      commands: Object.values(COMMANDS),
      render: (nonce) => this.#render(nonce),
      onDidClose: () => (this.#panel = undefined),
    });
  }

  /** Call it when the setting changes. */
  update(): void {
    this.#panel?.update();
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#panel?.dispose();
  }

  #render(nonce: string): string {
    const { tenants, vault, manager } = this.#model;
    const kept = vault.entries.flatMap((token) => {
      const tenant = tenants.find(token.tenant);
      return tenant ? [this.#keptRow(tenant, token)] : [];
    });
    const remote = tenants.all.flatMap((tenant) => {
      const mayBeHere = manager.unmatched(tenant.id).length > 0;
      return manager.unkept(tenant).map((token) => ({ ...remoteRow(tenant, token), mayBeHere }));
    });
    const timeline = {
      rows: [...kept, ...remote],
      days: this.#days(),
      now: Date.now(),
      hasTenants: tenants.all.length > 0,
    };
    return timelinePage(timeline, nonce, textLanguage());
  }

  #goneAs(tenant: Tenant, id: string): TimelineRow['gone'] {
    const { broker, manager } = this.#model;
    const code = broker.status(tenant, id).error?.code;
    if (code === 'token-revoked' || manager.details(id)?.token.state === 'revoked') return 'revoked';
    return code === 'api-token-refused' ? 'refused' : undefined;
  }

  #keptRow(tenant: Tenant, { id, name, addedAt }: TokenEntry): TimelineRow {
    const note = this.#model.notes.of(id);
    return {
      target: { tenant: tenant.id, token: id },
      tenant: tenant.name,
      name,
      from: this.#model.manager.details(id)?.token.createdAt ?? addedAt,
      end: expiryOf(note),
      gone: this.#goneAs(tenant, id),
      actions: keptActions(tenant, note.exchangeBy !== undefined),
    };
  }
}

function remoteRow(tenant: Tenant, { id, name, createdAt, endsAt, state }: RemoteToken): TimelineRow {
  return {
    target: { tenant: tenant.id, remote: id },
    tenant: tenant.name,
    name,
    from: createdAt,
    end: remoteEnd(endsAt),
    gone: state === 'revoked' ? state : undefined,
    actions: [{ title: vscode.l10n.t('Details'), command: COMMANDS.details }, ...portalAction(tenant)],
  };
}

function keptActions(tenant: Tenant, isPassing: boolean): TokenAction[] {
  return [
    ...(isPassing ? [{ title: vscode.l10n.t('Exchange'), command: COMMANDS.exchange }] : []),
    ...(can(tenant, 'regenerate') ? [{ title: vscode.l10n.t('Regenerate'), command: COMMANDS.regenerate }] : []),
    ...portalAction(tenant),
    { title: vscode.l10n.t('Set Expiry'), command: COMMANDS.enterEnd },
    { title: vscode.l10n.t('Details'), command: COMMANDS.details },
  ];
}

function portalAction(tenant: Tenant): TokenAction[] {
  return platformOf(tenant).portal ? [{ title: vscode.l10n.t('Open Portal'), command: COMMANDS.portal }] : [];
}
