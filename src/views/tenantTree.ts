import * as vscode from 'vscode';
import { platformOf, platforms, findPlatform } from '../platforms/index.js';
import type { RemoteToken } from '../platforms/lifecycle.js';
import type { PlatformId, Tenant } from '../platforms/platform.js';
import type { TenantEntry, Tenants } from '../tenants/tenants.js';
import type { Broker } from '../tokens/broker.js';
import { endOf } from '../tokens/ends.js';
import { needsPerson, type TokenStatus } from '../tokens/status.js';
import type { TokenManager } from '../tokens/tokenManager.js';
import type { TokenNote, TokenNotes } from '../tokens/tokenNotes.js';
import type { TokenEntry, Vault } from '../tokens/vault.js';
import { contextValueOf } from './capabilities.js';
import { formatDuration, formatUtc, untilNextText } from './duration.js';
import { dueEnd, endText, shortEndText, sourceText } from './ends.js';
import { describeStatus, formatTime, stateIcon } from './format.js';
import { explain } from './messages.js';
import { describeRemote, mayBeKept, whereText } from './remoteText.js';

/** A row. `tenant`, `token` and `remote` are ids: a command that gets a row finds its target in them. */
export type Node =
  | { readonly kind: 'platform'; readonly platform: PlatformId }
  | { readonly kind: 'tenant'; readonly tenant: string; readonly entry: TenantEntry }
  | { readonly kind: 'leftTenant'; readonly tenant: string }
  | { readonly kind: 'token'; readonly tenant: string; readonly token: string; readonly name: string }
  | { readonly kind: 'remoteToken'; readonly tenant: string; readonly remote: string; readonly told: RemoteToken }
  | { readonly kind: 'detail'; readonly tenant: string; readonly token: string; readonly detail: Detail };

interface Detail {
  readonly key: string;
  readonly label: string;
  readonly text: string;
  readonly icon: string;
  readonly tooltip?: string;
}

interface Model {
  readonly tenants: Tenants;
  readonly vault: Vault;
  readonly broker: Broker;
  readonly notes: TokenNotes;
  readonly manager: TokenManager;
}

const MIME = 'application/vnd.code.tree.tenanttokens.tenants';
const GROUPED_KEY = 'grouped';
const HOUR_MS = 3_600_000;
/** VS Code gives a view that had the focus when it began to be redrawn the focus again: what is asked next has it by then. */
const REDRAW_AFTER_MS = 150;

/**
 * The sidebar: tenants, flat or by platform; under each its API tokens, also those that only its service is known to have;
 * under each that is kept what is known of it.
 */
export class TenantTree implements vscode.TreeDataProvider<Node>, vscode.TreeDragAndDropController<Node>, vscode.Disposable {
  readonly dragMimeTypes = [MIME];
  readonly dropMimeTypes = [MIME];
  readonly #tenants: Tenants;
  readonly #vault: Vault;
  readonly #broker: Broker;
  readonly #notes: TokenNotes;
  readonly #manager: TokenManager;
  readonly #memento: vscode.Memento;
  readonly #reorder: (ids: readonly string[]) => Promise<void>;
  readonly #days: () => readonly number[];
  readonly #changed = new vscode.EventEmitter<Node | undefined>();
  readonly #subscriptions: vscode.Disposable;
  readonly #view: vscode.TreeView<Node>;
  /** The rows handed to VS Code, by token: it refreshes a row only when given the same object. */
  readonly #tokenRows = new Map<string, Node>();
  /** What each row on show says beside its name. */
  readonly #described = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  /** Set while rows wait to be redrawn. */
  #redraw: NodeJS.Timeout | undefined;
  readonly #changedRows = new Set<Node | undefined>();

  readonly onDidChangeTreeData = this.#changed.event;

  /** @param days the setting: how long before an end people are reminded, days */
  constructor(
    model: Model,
    memento: vscode.Memento,
    reorder: (ids: readonly string[]) => Promise<void>,
    days: () => readonly number[],
  ) {
    this.#tenants = model.tenants;
    this.#vault = model.vault;
    this.#broker = model.broker;
    this.#notes = model.notes;
    this.#manager = model.manager;
    this.#memento = memento;
    this.#reorder = reorder;
    this.#days = days;
    this.#view = vscode.window.createTreeView('tenantTokens.tenants', {
      treeDataProvider: this,
      dragAndDropController: this,
      showCollapseAll: true,
    });
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      this.#view,
      this.#view.onDidChangeVisibility(() => this.#tick()),
      model.tenants.onDidChange(() => this.refresh()),
      model.vault.onDidChangeList(() => this.refresh()),
      model.broker.onDidChange((id) => this.#refreshToken(id)),
      model.notes.onDidChange((id) => this.#refreshToken(id)),
      model.manager.onDidChange(() => this.refresh()),
    );
    this.#showBadge();
    void this.#publishGrouped();
  }

  get grouped(): boolean {
    return this.#memento.get(GROUPED_KEY, false);
  }

  async setGrouped(grouped: boolean): Promise<void> {
    await this.#memento.update(GROUPED_KEY, grouped);
    await this.#publishGrouped();
    this.refresh();
  }

  refresh(): void {
    this.#tokenRows.clear();
    this.#showBadge();
    this.#redrawSoon();
  }

  getChildren(node?: Node): Node[] {
    switch (node?.kind) {
      case undefined:
        return this.grouped ? this.#platformRows() : [...this.#tenantRows(), ...this.#leftTenantRows()];
      case 'platform':
        return this.#tenantRows().filter((row) => row.kind === 'tenant' && row.entry.tenant?.platform === node.platform);
      case 'tenant':
        if (this.#owner(node.tenant) !== node.entry) return [];
        return [...this.#tokenRowsOf(node.tenant), ...this.#remoteRowsOf(node.tenant)];
      case 'leftTenant':
        return this.#tokenRowsOf(node.tenant);
      case 'token':
        return this.#details(node.tenant, node.token).map((detail) => ({ ...node, kind: 'detail', detail }));
      case 'remoteToken':
      case 'detail':
        return [];
    }
  }

  getTreeItem(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case 'platform':
        return platformItem(node.platform);
      case 'tenant':
        return this.#tenantItem(node.entry);
      case 'leftTenant':
        return leftTenantItem(node.tenant);
      case 'token':
        return this.#tokenItem(node.tenant, node.token, node.name);
      case 'remoteToken':
        return this.#remoteItem(node.tenant, node.told);
      case 'detail':
        return detailItem(node.token, node.detail);
    }
  }

  handleDrag(rows: readonly Node[], data: vscode.DataTransfer): void {
    data.set(MIME, new vscode.DataTransferItem(rows));
  }

  /** A tenant dropped on a tenant, or a token on a token of the same tenant, takes its place. */
  async handleDrop(target: Node | undefined, data: vscode.DataTransfer): Promise<void> {
    const rows = data.get(MIME)?.value as readonly Node[] | undefined;
    const moved = rows?.[0];
    if (moved?.kind === 'tenant') {
      const before = target && 'tenant' in target ? target.tenant : undefined;
      await this.#reorder(
        moveBefore(
          this.#tenants.entries.map(({ id }) => id),
          moved.tenant,
          before,
        ),
      );
    } else if (moved?.kind === 'token' && target?.kind === 'token' && target.tenant === moved.tenant) {
      await this.#vault.reorder(
        moveBefore(
          this.#vault.of(moved.tenant).map(({ id }) => id),
          moved.token,
          target.token,
        ),
      );
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#redraw);
    this.#subscriptions.dispose();
  }

  async #publishGrouped(): Promise<void> {
    await vscode.commands.executeCommand('setContext', 'tenantTokens.grouped', this.grouped);
  }

  #platformRows(): Node[] {
    const used = new Set(this.#tenants.all.map(({ platform }) => platform));
    const groups: Node[] = platforms.filter(({ id }) => used.has(id)).map(({ id }) => ({ kind: 'platform', platform: id }));
    return [
      ...groups,
      ...this.#tenantRows().filter((row) => row.kind === 'tenant' && !row.entry.tenant),
      ...this.#leftTenantRows(),
    ];
  }

  #tenantRows(): Node[] {
    return this.#tenants.entries.map((entry) => ({ kind: 'tenant', tenant: entry.id, entry }));
  }

  /** Tokens whose tenant is no longer in the settings: still kept, so still shown. */
  #leftTenantRows(): Node[] {
    const known = new Set(this.#tenants.entries.map(({ id }) => id));
    const left = new Set(this.#vault.entries.map(({ tenant }) => tenant).filter((tenant) => !known.has(tenant)));
    return [...left].map((tenant) => ({ kind: 'leftTenant', tenant }));
  }

  /** Of several entries of one id the tokens are the good one's, or the first one's. */
  #owner(id: string): TenantEntry | undefined {
    const entries = this.#tenants.entries.filter((entry) => entry.id === id);
    return entries.find(({ tenant }) => tenant) ?? entries[0];
  }

  #tokenRowsOf(tenant: string): Node[] {
    const rows = this.#vault.of(tenant).map((token) => this.#tokenRow(token));
    this.#tick();
    return rows;
  }

  /** What the last listing has and nobody keeps here. */
  #remoteRowsOf(tenant: string): Node[] {
    const owner = this.#tenants.find(tenant);
    const told = owner ? this.#manager.unkept(owner) : [];
    return told.map((token) => ({ kind: 'remoteToken', tenant, remote: token.id, told: token }));
  }

  #tokenRow({ id, tenant, name }: TokenEntry): Node {
    const row = this.#tokenRows.get(id) ?? { kind: 'token' as const, tenant, token: id, name };
    this.#tokenRows.set(id, row);
    void this.#broker.load(id);
    return row;
  }

  #tenantItem(entry: TenantEntry): vscode.TreeItem {
    const tokens = this.#vault.of(entry.id);
    const hasRows = tokens.length > 0 || this.#remoteRowsOf(entry.id).length > 0;
    const item = new vscode.TreeItem(
      entry.name,
      hasRows && this.#owner(entry.id) === entry
        ? vscode.TreeItemCollapsibleState.Expanded
        : vscode.TreeItemCollapsibleState.None,
    );
    if (!entry.tenant) return problemItem(item, entry);
    // VS Code remembers by id whether a row is open; a row without children counts as closed, and its first one would be hidden.
    item.id = `${hasRows ? 'tenant' : 'empty'}:${entry.id}`;
    const platform = platformOf(entry.tenant);
    item.description = tokens.length > 0 ? platform.label : vscode.l10n.t('{0} · no API token yet', platform.label);
    item.iconPath = new vscode.ThemeIcon(platform.icon);
    item.tooltip = `${entry.name}\n${platform.label}\n${platform.exchangeUrl(entry.tenant)}`;
    item.contextValue = contextValueOf(entry.index < 0 ? 'sandboxTenant' : 'tenant', entry.tenant);
    item.accessibilityInformation = {
      label: vscode.l10n.t('{0}, tenant of {1}, API tokens: {2}', entry.name, platform.label, tokens.length),
    };
    return item;
  }

  #tokenItem(tenantId: string, tokenId: string, lastName: string): vscode.TreeItem {
    const token = this.#vault.find(tokenId);
    const tenant = this.#tenants.find(tenantId);
    // A token that is just removed may be drawn once more before its row goes.
    const name = token?.name ?? lastName;
    const item = new vscode.TreeItem(
      name,
      tenant ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None,
    );
    item.id = `token:${tokenId}`;
    if (!tenant) {
      item.contextValue = 'leftToken';
      item.iconPath = new vscode.ThemeIcon('key');
      return item;
    }
    const status = this.#broker.status(tenant, tokenId);
    const described = this.#describe(tenant, tokenId);
    this.#described.set(tokenId, described);
    item.description = described;
    item.iconPath = stateIcon(status.state);
    item.contextValue = contextValueOf('token', tenant);
    item.tooltip = tooltip(tenant, name, status, described);
    item.accessibilityInformation = { label: vscode.l10n.t('{0}, API token of {1}, {2}', name, tenant.name, described) };
    return item;
  }

  /** What stands beside a token: how it is, and its own end when that is near. */
  #describe(tenant: Tenant, id: string): string {
    const now = Date.now();
    const end = dueEnd(this.#notes.of(id), this.#days(), now);
    const status = describeStatus(this.#broker.status(tenant, id), now);
    return end ? `${status} · ${shortEndText(end, now)}` : status;
  }

  #remoteItem(tenantId: string, token: RemoteToken): vscode.TreeItem {
    const tenant = this.#tenants.find(tenantId);
    const item = new vscode.TreeItem(token.name);
    item.id = `remote:${tenantId}:${token.id}`;
    const described = describeRemote(token, Date.now());
    const where = whereText(mayBeKept({ vault: this.#vault, notes: this.#notes }, tenantId, token));
    item.description = `${where} · ${described}`;
    item.iconPath = new vscode.ThemeIcon('cloud');
    item.tooltip = [token.name, item.description, token.description].filter(Boolean).join('\n');
    item.contextValue = tenant ? contextValueOf('remoteToken', tenant) : 'leftRemoteToken';
    const owner = tenant?.name ?? tenantId;
    item.accessibilityInformation = {
      label: vscode.l10n.t('{0}, API token of {1}, {2}, {3}', token.name, owner, where, described),
    };
    return item;
  }

  #details(tenantId: string, tokenId: string): Detail[] {
    const tenant = this.#tenants.find(tenantId);
    const token = this.#vault.find(tokenId);
    if (!tenant || !token) return [];
    const { access, error } = this.#broker.status(tenant, tokenId);
    const details: (Detail | undefined)[] = [
      access && accessDetail(access),
      ...endDetails(this.#notes.of(tokenId), Date.now()),
      access?.scope === undefined
        ? undefined
        : { key: 'scope', label: vscode.l10n.t('Scope'), text: access.scope, icon: 'shield' },
      access && { key: 'last', label: vscode.l10n.t('Last exchange'), text: formatTime(access.exchangedAt), icon: 'history' },
      token.singleUse
        ? { key: 'use', label: vscode.l10n.t('Use'), text: vscode.l10n.t('can be exchanged once'), icon: 'info' }
        : undefined,
      error && { key: 'error', label: vscode.l10n.t('Last error'), text: explain(error, tenant.name).text, icon: 'error' },
      { key: 'added', label: vscode.l10n.t('Added'), text: formatTime(token.addedAt), icon: 'add' },
    ];
    return details.filter((detail) => detail !== undefined);
  }

  /** Redraws what has changed, not the tree: the token's row, and the badge. */
  #refreshToken(id: string): void {
    this.#showBadge();
    const row = this.#tokenRows.get(id);
    if (row) this.#redrawSoon(row);
    this.#tick();
  }

  /** All that changes meanwhile is redrawn at once; undefined stands for everything. */
  #redrawSoon(row?: Node): void {
    this.#changedRows.add(row);
    this.#redraw ??= setTimeout(() => {
      const rows = this.#changedRows.has(undefined) ? [undefined] : [...this.#changedRows];
      this.#redraw = undefined;
      this.#changedRows.clear();
      for (const one of rows) this.#changed.fire(one);
    }, REDRAW_AFTER_MS);
  }

  #showBadge(): void {
    const inTrouble = this.#tenants.entries.filter(({ problem }) => problem).length;
    const [days, now] = [this.#days(), Date.now()];
    // The last reminder of its end is due.
    const isNearEnd = (id: string): boolean => dueEnd(this.#notes.of(id), days, now)?.days === Math.min(...days);
    const tokens = this.#vault.entries.filter(({ id, tenant: tenantId }) => {
      const tenant = this.#tenants.find(tenantId);
      return tenant && (needsPerson(this.#broker.status(tenant, id).error) || isNearEnd(id));
    }).length;
    const value = inTrouble + tokens;
    this.#view.badge = value === 0 ? undefined : { value, tooltip: vscode.l10n.t('{0} tenants or tokens need attention', value) };
  }

  /**
   * Counts down the rows on show: wakes when a text changes next, and redraws the rows whose text has. The ends of API tokens
   * themselves are told in hours.
   */
  #tick(): void {
    clearTimeout(this.#timer);
    if (!this.#view.visible) return;
    if (this.#tokenRows.size === 0) return;
    const waits = [...this.#tokenRows.keys()].flatMap((id) => this.#untilChange(id) ?? []);
    this.#timer = setTimeout(() => this.#redrawChanged(), Math.min(HOUR_MS, ...waits));
  }

  #redrawChanged(): void {
    this.#showBadge();
    for (const [id, row] of this.#tokenRows) {
      const tenant = this.#tenants.find(this.#vault.find(id)?.tenant);
      if (tenant && this.#describe(tenant, id) !== this.#described.get(id)) this.#changed.fire(row);
    }
    this.#tick();
  }

  #untilChange(id: string): number | undefined {
    const tenant = this.#tenants.find(this.#vault.find(id)?.tenant);
    const end = tenant && this.#broker.status(tenant, id).access?.expiresAt;
    const left = (end ?? 0) - Date.now();
    return left > 0 ? untilNextText(left) : undefined;
  }
}

function moveBefore(ids: readonly string[], moved: string, before: string | undefined): string[] {
  const rest = ids.filter((id) => id !== moved);
  const at = before === undefined ? rest.length : rest.indexOf(before);
  // Dropped on a row further down, the moved one takes that row's place rather than the one above it.
  const down = before !== undefined && ids.indexOf(moved) < ids.indexOf(before);
  return rest.toSpliced(down ? at + 1 : at, 0, moved);
}

function platformItem(id: PlatformId): vscode.TreeItem {
  const platform = findPlatform(id);
  const item = new vscode.TreeItem(platform?.label ?? id, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `platform:${id}`;
  item.iconPath = new vscode.ThemeIcon(platform?.icon ?? 'globe');
  item.contextValue = 'platform';
  return item;
}

function problemItem(item: vscode.TreeItem, { index, problem }: TenantEntry): vscode.TreeItem {
  item.id = `problem:${index}`;
  const text = [problem?.field, problem?.message].filter(Boolean).join(' ');
  item.description = text;
  item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  item.contextValue = 'problemTenant';
  item.tooltip = vscode.l10n.t('tenantTokens.tenants, entry {0}: {1}\nSelect to correct it in the settings.', index + 1, text);
  item.command = { command: 'tenantTokens.openTenantSettings', title: vscode.l10n.t('Open Settings') };
  return item;
}

function leftTenantItem(tenant: string): vscode.TreeItem {
  const item = new vscode.TreeItem(tenant, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `left:${tenant}`;
  item.description = vscode.l10n.t('not in the settings');
  item.iconPath = new vscode.ThemeIcon('question');
  item.contextValue = 'leftTenant';
  item.tooltip = vscode.l10n.t(
    'API tokens are kept for a tenant that is no longer in the settings. Add the tenant again, or remove them.',
  );
  return item;
}

function detailItem(token: string, { key, label, text, icon, tooltip: more }: Detail): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.id = `detail:${token}:${key}`;
  item.description = text;
  item.iconPath = new vscode.ThemeIcon(icon);
  item.tooltip = more ?? `${label}: ${text}`;
  item.contextValue = 'detail';
  return item;
}

function endDetails(note: TokenNote, now: number): Detail[] {
  const { end, exchangeBy } = note;
  const ends = vscode.l10n.t('API token ends');
  const by = vscode.l10n.t('Exchange by');
  return [
    ...(end
      ? [{ key: 'end', label: ends, text: `${endText(endOf({ end }), now)} (${sourceText(end.from)})`, icon: 'calendar' }]
      : []),
    ...(exchangeBy === undefined
      ? []
      : [{ key: 'exchangeBy', label: by, text: endText(endOf({ exchangeBy }), now), icon: 'calendar' }]),
  ];
}

function accessDetail({ expiresAt }: NonNullable<TokenStatus['access']>): Detail {
  const label = vscode.l10n.t('Access token');
  if (expiresAt === null) return { key: 'access', label, text: vscode.l10n.t('no expiry known'), icon: 'key' };
  const left = expiresAt - Date.now();
  const text =
    left > 0 ? vscode.l10n.t('until {0}', formatTime(expiresAt)) : vscode.l10n.t('expired {0} ago', formatDuration(-left));
  return { key: 'access', label, text, icon: 'key', tooltip: `${label}: ${text}\n${formatUtc(expiresAt)}` };
}

function tooltip(tenant: Tenant, name: string, status: TokenStatus, described: string): string {
  const lines = [`${name} · ${tenant.name}`, described];
  if (status.access?.expiresAt) lines.push(formatTime(status.access.expiresAt), formatUtc(status.access.expiresAt));
  if (status.error) lines.push('', explain(status.error, tenant.name).text);
  return lines.join('\n');
}
