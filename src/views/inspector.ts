import * as vscode from 'vscode';
import { platformOf } from '../platforms/index.js';
import { jwtClaims } from '../platforms/jwt.js';
import type { Tenant } from '../platforms/tenant.js';
import type { Tenants } from '../tenants/tenants.js';
import type { Broker } from '../exchange/broker.js';
import type { History } from '../tokens/history.js';
import type { TokenStatus } from '../exchange/status.js';
import type { TokenManager } from '../management/tokenManager.js';
import type { TokenNotes } from '../tokens/tokenNotes.js';
import type { TokenEntry } from '../store/tokenEntry.js';
import type { Vault } from '../store/vault.js';
import { can } from './capabilities.js';
import { textLanguage } from './expiryTexts.js';
import { describeStatus } from './format.js';
import { gonePage, inspectorPage, inspectorTitle, type Inspected } from './inspectorPage.js';
import { explain, subjectOf } from './messages.js';
import type { LinkTarget, TokenAction } from './page.js';
import { PagePanel } from './pagePanel.js';

interface Model {
  readonly tenants: Tenants;
  readonly vault: Vault;
  readonly broker: Broker;
  readonly notes: TokenNotes;
  readonly manager: TokenManager;
  readonly history: History;
}

/** The commands that links of the page may run. */
const COMMANDS = {
  exchange: 'tenantTokens.exchange',
  fetch: 'tenantTokens.fetchDetails',
  update: 'tenantTokens.updateToken',
  regenerate: 'tenantTokens.regenerateToken',
  revoke: 'tenantTokens.revokeToken',
  enterEnd: 'tenantTokens.enterEnd',
  portal: 'tenantTokens.openPortal',
  trace: 'tenantTokens.showExchangeTrace',
} as const;

interface Shown {
  readonly target: LinkTarget;
  readonly panel: PagePanel;
  /** The address that the secret is bound to; read from the vault. */
  boundTo?: string | undefined;
}

/** *Show Details*: one page per API token, updated when anything changes. */
export class Inspector implements vscode.Disposable {
  readonly #model: Model;
  readonly #subscriptions: vscode.Disposable;
  readonly #shown = new Map<string, Shown>();

  constructor(model: Model) {
    this.#model = model;
    const all = (): void => this.#update(() => true);
    const one = (id: string | undefined): void => this.#update(({ token }) => id === undefined || token === id);
    this.#subscriptions = vscode.Disposable.from(
      model.tenants.onDidChange(all),
      model.vault.onDidChangeList(all),
      model.vault.onDidChangeRecord((id) => {
        const shown = this.#shown.get(id);
        if (shown) void this.#readAddress(shown);
      }),
      model.broker.onDidChange(one),
      model.notes.onDidChange(one),
      model.history.onDidChange(one),
      model.manager.onDidChange((id) => this.#update(({ tenant }) => tenant === id)),
    );
  }

  /** @param target a kept token by `token`, or one that is only at the service by `remote` */
  show(target: LinkTarget): void {
    const key = keyOf(target);
    const open = this.#shown.get(key);
    if (open) {
      open.panel.reveal();
      return;
    }
    const inspected = this.#inspect(target, undefined);
    if (!inspected) return;
    const title = inspectorTitle(inspected.name, inspected.tenant);
    const panel = new PagePanel({
      viewType: 'tenantTokens.details',
      title,
      commands: Object.values(COMMANDS),
      render: (nonce) => this.#render(target, nonce),
      onDidClose: () => this.#shown.delete(key),
    });
    const shown: Shown = { target, panel };
    this.#shown.set(key, shown);
    if (target.token === undefined) return;
    void this.#model.broker.load(target.token);
    void this.#readAddress(shown);
  }

  dispose(): void {
    this.#subscriptions.dispose();
    for (const { panel } of [...this.#shown.values()]) panel.dispose();
  }

  #update(isMeant: (target: LinkTarget) => boolean): void {
    for (const { target, panel } of this.#shown.values()) if (isMeant(target)) panel.update();
  }

  /** A read error is ignored here: the token's state shows it. */
  async #readAddress(shown: Shown): Promise<void> {
    const id = shown.target.token ?? '';
    shown.boundTo = await this.#model.broker.secrets.boundTo(id).catch(() => undefined);
    if (this.#shown.get(keyOf(shown.target)) === shown) shown.panel.update();
  }

  #render(target: LinkTarget, nonce: string): string {
    const shown = this.#shown.get(keyOf(target));
    const inspected = this.#inspect(target, shown?.boundTo);
    if (!inspected) return gonePage(shown?.panel.title ?? '', nonce, textLanguage());
    if (shown) shown.panel.title = inspectorTitle(inspected.name, inspected.tenant);
    return inspectorPage(inspected, nonce, textLanguage());
  }

  #inspect({ tenant: tenantId, token, remote }: LinkTarget, boundTo: string | undefined): Inspected | undefined {
    const tenant = this.#model.tenants.find(tenantId);
    if (!tenant) return undefined;
    const entry = this.#model.vault.find(token);
    if (entry) return this.#kept(tenant, entry, boundTo);
    const listing = this.#model.manager.remote(tenant);
    const found = listing?.tokens.find(({ id }) => id === remote);
    if (!listing || !found || remote === undefined) return undefined;
    return {
      ...placeOf(tenant),
      target: { tenant: tenantId, remote },
      name: found.name,
      now: Date.now(),
      reported: { at: listing.at, token: found },
      actions: remoteActions(tenant),
    };
  }

  #kept(tenant: Tenant, { id, name, addedAt, singleUse = false }: TokenEntry, boundTo: string | undefined): Inspected {
    const { broker, notes, manager, history } = this.#model;
    const status = broker.status(tenant, id);
    const now = Date.now();
    const token = broker.peek(tenant, id)?.token;
    const reported = manager.details(id);
    return {
      ...placeOf(tenant),
      target: { tenant: tenant.id, token: id },
      name,
      now,
      kept: {
        addedAt,
        singleUse,
        boundTo,
        note: notes.of(id),
        state: stateText(status, now),
        problem: status.error && explain(status.error, subjectOf(tenant, { name })).text,
        access: status.access,
        decoded: token === undefined ? undefined : { length: token.length, claims: jwtClaims(token) },
        history: history.of(id),
      },
      ...(reported && { reported }),
      actions: keptActions(tenant, status.error !== undefined),
    };
  }
}

/** A stored token's key is its id, which commands and events use. */
const keyOf = ({ tenant, token, remote }: LinkTarget): string => token ?? JSON.stringify([tenant, remote]);

const placeOf = (tenant: Tenant) => ({ tenant: tenant.name, platform: platformOf(tenant).label });

/** Without the countdown, so that the page does not change while someone reads it. */
function stateText(status: TokenStatus, now: number): string {
  const isValid = status.state === 'valid' || status.state === 'expiring';
  return isValid ? vscode.l10n.t('Valid') : describeStatus(status, now);
}

function keptActions(tenant: Tenant, hasFailed: boolean): TokenAction[] {
  return [
    { title: vscode.l10n.t('Exchange'), command: COMMANDS.exchange },
    ...(can(tenant, 'inspect') || can(tenant, 'list')
      ? [{ title: vscode.l10n.t('Fetch Details from Service'), command: COMMANDS.fetch }]
      : []),
    { title: vscode.l10n.t('Set Expiry'), command: COMMANDS.enterEnd },
    ...(can(tenant, 'regenerate') ? [{ title: vscode.l10n.t('Regenerate'), command: COMMANDS.regenerate }] : []),
    ...(hasFailed ? [{ title: vscode.l10n.t('Show Exchange Trace'), command: COMMANDS.trace }] : []),
    ...remoteActions(tenant, can(tenant, 'revokeByValue')),
  ];
}

function remoteActions(tenant: Tenant, isRevocable = false): TokenAction[] {
  return [
    ...(can(tenant, 'update') ? [{ title: vscode.l10n.t('Change'), command: COMMANDS.update }] : []),
    ...(isRevocable || can(tenant, 'revoke') ? [{ title: vscode.l10n.t('Revoke'), command: COMMANDS.revoke }] : []),
    ...(platformOf(tenant).portal ? [{ title: vscode.l10n.t('Open Portal'), command: COMMANDS.portal }] : []),
  ];
}
