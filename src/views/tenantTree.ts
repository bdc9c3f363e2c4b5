import * as vscode from 'vscode';
import type { Disposable } from '../base/event.js';
import { systemClock, type Clock } from '../base/clock.js';
import { needsPerson } from '../exchange/status.js';
import { dueEnd, MAX_WAIT_MS, untilShortEndText } from './expiryTexts.js';
import * as items from './tenantItems.js';
import { TenantOrder } from './tenantOrder.js';
import {
  leadsTo,
  platformRows,
  remoteRows,
  tenantRows,
  tokenRows,
  topRows,
  type Node,
  type TokenNode,
  type TreeModel,
} from './tenantRows.js';

export type { Node } from './tenantRows.js';

const GROUPED_KEY = 'grouped';
/** A redraw returns the focus to a view that had it, so it waits until the next question has taken the focus. */
const REDRAW_AFTER_MS = 150;

/**
 * The sidebar: tenants, flat or by platform; under each its API tokens, also those that exist only at the service; under each
 * stored token its details. Redraws only visible rows whose text changes, and sets no other timer.
 */
export class TenantTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #model: TreeModel;
  readonly #memento: vscode.Memento;
  readonly #readDays: () => readonly number[];
  readonly #clock: Clock;
  readonly #changed = new vscode.EventEmitter<Node | undefined>();
  readonly #subscriptions: vscode.Disposable;
  readonly #view: vscode.TreeView<Node>;
  /** The rows handed to VS Code, by token: it refreshes a row only by object identity. */
  readonly #tokenRows = new Map<string, TokenNode>();
  /** The description last drawn for each of them. */
  readonly #described = new Map<string, string>();
  /** The parent of each row. */
  readonly #parents = new WeakMap<Node, Node>();
  #closed = new WeakSet<Node>();
  /** Tokens that need attention. */
  readonly #troubled = new Set<string>();
  /** When the next token will need attention because it expires soon, epoch ms. */
  #troubleAt = Infinity;
  #days: readonly number[] | undefined;
  /** The timer for the next text that changes by time alone, and its time, epoch ms. */
  #timer: Disposable | undefined;
  #wakeAt = Infinity;
  /** Set while a redraw is scheduled. */
  #redraw: Disposable | undefined;
  /** Tokens to redraw once they are visible. */
  readonly #changedTokens = new Set<string>();
  #isAllChanged = false;
  #active: string | undefined;
  /** The context keys that were set last. */
  #missing = '';
  #isJudged = false;

  readonly onDidChangeTreeData = this.#changed.event;

  /**
   * @param reorder writes the tenants to the settings in the order of these ids
   * @param days the setting `reminderDays`
   */
  constructor(
    model: TreeModel,
    memento: vscode.Memento,
    reorder: (ids: readonly string[]) => Promise<void>,
    days: () => readonly number[],
    clock: Clock = systemClock,
  ) {
    this.#model = model;
    this.#memento = memento;
    this.#readDays = days;
    this.#clock = clock;
    this.#view = vscode.window.createTreeView('tenantTokens.tenants', {
      treeDataProvider: this,
      dragAndDropController: new TenantOrder(model, reorder),
      showCollapseAll: true,
    });
    const refreshToken = (id: string): void => this.#refreshToken(id);
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      this.#view,
      this.#view.onDidChangeVisibility(() => this.#look()),
      this.#view.onDidCollapseElement(({ element }) => this.#closed.add(element)),
      this.#view.onDidExpandElement(({ element }) => this.#opened(element)),
      model.tenants.onDidChange(() => this.refresh()),
      model.vault.onDidChangeList(() => this.refresh()),
      model.broker.onDidChange(refreshToken),
      model.notes.onDidChange(refreshToken),
      model.active.onDidChange(() => this.#activated()),
      model.manager.onDidChange(() => this.refresh()),
    );
    this.#active = model.active.id;
    this.#redrawSoon();
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

  /** Call it when the setting changes, too. */
  refresh(): void {
    this.#days = undefined;
    this.#isAllChanged = true;
    this.#isJudged = false;
    this.#redrawSoon();
  }

  /**
   * Selects the row of a tenant, or of one of its tokens.
   * @param isWanted opens the view, too, and gives it the focus
   */
  async reveal(tenant: string, token?: string, isWanted = false): Promise<void> {
    if (!isWanted && !this.#view.visible) return;
    // VS Code waits for a redraw that it knows of.
    if (this.#redraw) this.#redrawNow();
    const row = this.#find(tenant, token);
    if (row) await this.#view.reveal(row, { select: true, focus: isWanted });
  }

  /** The selected row while it can be seen. */
  get selected(): Node | undefined {
    return this.#view.visible ? this.#view.selection[0] : undefined;
  }

  getParent(node: Node): Node | undefined {
    return this.#parents.get(node);
  }

  getChildren(node?: Node): Node[] {
    const rows = this.#rowsUnder(node);
    if (node) for (const row of rows) this.#parents.set(row, node);
    return rows;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const model = this.#model;
    switch (node.kind) {
      case 'platform':
        return items.platformItem(model, node.platform);
      case 'range':
        return items.rangeItem(node);
      case 'tenant':
        return items.tenantItem(model, node.shown, this.grouped);
      case 'leftTenant':
        return items.leftTenantItem(node.tenant);
      case 'token':
        return this.#tokenItem(node);
      case 'remoteToken':
        return items.remoteItem(model, node.tenant, node.reported, this.#clock.wall());
      case 'detail':
        return items.detailItem(node.token, node.detail);
    }
  }

  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    if (node.kind === 'token') item.tooltip = items.tokenTooltip(this.#model, node, this.#drawing());
    return item;
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#redraw?.dispose();
    this.#subscriptions.dispose();
  }

  async #publishGrouped(): Promise<void> {
    await vscode.commands.executeCommand('setContext', 'tenantTokens.grouped', this.grouped);
  }

  #rowsUnder(node: Node | undefined): Node[] {
    const model = this.#model;
    switch (node?.kind) {
      case undefined:
        return topRows(model, this.grouped);
      case 'platform':
        return platformRows(model, node.platform);
      case 'range':
        return tenantRows(node.entries);
      case 'tenant':
        if (model.tenants.entryOf(node.tenant) !== node.shown) return [];
        return [...this.#tokenRowsOf(node.tenant), ...remoteRows(model, node.tenant)];
      case 'leftTenant':
        return this.#tokenRowsOf(node.tenant);
      case 'token':
        return items.detailsOf(model, node, this.#clock.wall()).map((detail) => ({ ...node, kind: 'detail', detail }));
      case 'remoteToken':
      case 'detail':
        return [];
    }
  }

  #tokenRowsOf(tenant: string): TokenNode[] {
    return tokenRows(this.#model, tenant).map((row) => {
      const known = this.#tokenRows.get(row.token) ?? row;
      this.#tokenRows.set(row.token, known);
      void this.#model.broker.load(row.token);
      return known;
    });
  }

  #tokenItem(row: TokenNode): vscode.TreeItem {
    const described = this.#describe(row);
    this.#described.set(row.token, described);
    if (this.#view.visible) this.#wakeBy(this.#changesAt(row));
    return items.tokenItem(this.#model, row, described);
  }

  /** The text beside a token. */
  #describe({ tenant: id, token }: TokenNode): string {
    const tenant = this.#model.tenants.find(id);
    return tenant ? items.describeToken(this.#model, tenant, token, this.#drawing()) : '';
  }

  /** When that text changes if nothing happens, epoch ms. */
  #changesAt({ tenant: id, token }: TokenNode): number {
    const tenant = this.#model.tenants.find(id);
    const drawing = this.#drawing();
    return tenant ? drawing.now + items.untilNextDescription(this.#model, tenant, token, drawing) : Infinity;
  }

  #drawing(): items.Drawing {
    return { days: (this.#days ??= this.#readDays()), now: this.#clock.wall() };
  }

  #opened(node: Node): void {
    // Rows inside it may have been expanded with it.
    if (node.kind === 'tenant') this.#closed.delete(node);
    else this.#closed = new WeakSet();
    this.#look();
  }

  #isOnShow(row: Node): boolean {
    for (let above = this.#parents.get(row); above; above = this.#parents.get(above)) if (this.#closed.has(above)) return false;
    return this.#view.visible;
  }

  #refreshToken(id: string): void {
    const isKnown = this.#tokenRows.has(id);
    if (isKnown) this.#changedTokens.add(id);
    if (this.#judge(id) || isKnown) this.#redrawSoon();
    this.#wakeBy(this.#troubleAt);
  }

  /** Collects changes into one redraw. */
  #redrawSoon(): void {
    this.#redraw ??= this.#clock.after(REDRAW_AFTER_MS, () => this.#redrawNow());
  }

  #redrawNow(): void {
    this.#redraw?.dispose();
    this.#redraw = undefined;
    this.#look();
  }

  #activated(): void {
    const { id } = this.#model.active;
    for (const one of [this.#active, id]) if (one !== undefined) this.#refreshToken(one);
    this.#active = id;
  }

  #find(tenant: string, token: string | undefined): Node | undefined {
    let row: Node | undefined;
    do row = this.getChildren(row).find((one) => leadsTo(this.#model, one, tenant, token));
    while (row && row.kind !== 'token' && (row.kind !== 'tenant' || token !== undefined));
    return row;
  }

  /** Menus do not offer what there is nothing for. Before the extension runs nothing is known, and all is offered. */
  #publishMissing(): void {
    const { tenants, vault } = this.#model;
    const hasTokens = vault.entries.length > 0;
    const missing = { noTenants: !hasTokens && tenants.entries.length === 0, noTokens: !hasTokens };
    if (JSON.stringify(missing) === this.#missing) return;
    this.#missing = JSON.stringify(missing);
    for (const [key, is] of Object.entries(missing)) void vscode.commands.executeCommand('setContext', `tenantTokens.${key}`, is);
  }

  /** Redraws rows that have changed or whose text has changed with time, and sets the timer for the next such text. */
  #look(): void {
    this.#showBadge();
    this.#publishMissing();
    this.#timer?.dispose();
    this.#wakeAt = Infinity;
    // The badge is visible even when the rows are not.
    this.#wakeBy(this.#troubleAt);
    if (!this.#view.visible) return;
    if (this.#isAllChanged) this.#redrawAll();
    for (const row of this.#tokenRows.values()) {
      if (!this.#isOnShow(row)) continue;
      const isChanged = this.#changedTokens.delete(row.token) || this.#describe(row) !== this.#described.get(row.token);
      if (isChanged) this.#changed.fire(row);
      this.#wakeBy(this.#changesAt(row));
    }
  }

  #redrawAll(): void {
    this.#isAllChanged = false;
    this.#changedTokens.clear();
    this.#tokenRows.clear();
    this.#described.clear();
    this.#changed.fire(undefined);
  }

  /** Returns whether it started or stopped needing attention. */
  #judge(id: string): boolean {
    const { vault, tenants, broker, notes } = this.#model;
    const tenant = tenants.find(vault.find(id)?.tenant);
    const { days, now } = this.#drawing();
    // The last reminder before it expires.
    const last = days.length > 0 ? [Math.min(...days)] : [];
    const isNearEnd = dueEnd(notes.of(id), last, now) !== undefined;
    const isTroubled = tenant !== undefined && (isNearEnd || needsPerson(broker.status(tenant, id).error));
    if (tenant && !isNearEnd) this.#troubleAt = Math.min(this.#troubleAt, now + untilShortEndText(notes.of(id), last, now));
    if (isTroubled === this.#troubled.has(id)) return false;
    if (isTroubled) this.#troubled.add(id);
    else this.#troubled.delete(id);
    return true;
  }

  #judgeAll(): void {
    this.#isJudged = true;
    this.#troubled.clear();
    this.#troubleAt = Infinity;
    for (const { id } of this.#model.vault.entries) this.#judge(id);
  }

  #showBadge(): void {
    if (!this.#isJudged || this.#clock.wall() >= this.#troubleAt) this.#judgeAll();
    const value = this.#troubled.size + this.#model.tenants.entries.filter(({ tenant }) => !tenant).length;
    if (value === (this.#view.badge?.value ?? 0)) return;
    this.#view.badge = value === 0 ? undefined : { value, tooltip: vscode.l10n.t('{0} tenants or tokens need attention', value) };
  }

  /** @param at epoch ms; Infinity: never */
  #wakeBy(at: number): void {
    if (at >= this.#wakeAt) return;
    const now = this.#clock.wall();
    this.#wakeAt = Math.min(at, now + MAX_WAIT_MS);
    this.#timer?.dispose();
    this.#timer = this.#clock.after(this.#wakeAt - now, () => this.#look());
  }
}
