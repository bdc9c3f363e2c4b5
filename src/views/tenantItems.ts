import * as vscode from 'vscode';
import { findPlatform, platformOf } from '../platforms/index.js';
import type { RemoteToken } from '../platforms/lifecycle.js';
import type { Tenant } from '../platforms/tenant.js';
import { problemText, type TenantEntry } from '../tenants/tenants.js';
import { expiryOf } from '../tokens/apiTokenExpiry.js';
import type { TokenStatus } from '../exchange/status.js';
import type { TokenEntry } from '../store/tokenEntry.js';
import type { TokenNote } from '../tokens/tokenNotes.js';
import { contextValueOf } from './capabilities.js';
import { formatDuration, formatUtc } from './duration.js';
import { dueEnd, endText, shortEndText, sourceText, untilShortEndText } from './expiryTexts.js';
import { colorOf, describeStatus, expiresText, formatTime, stateIcon, untilNextStatus } from './format.js';
import { explain, subjectOf } from './messages.js';
import { describeRemote, whereText } from './remoteText.js';
import { remoteRows, type Detail, type RangeNode, type TokenNode, type TreeModel } from './tenantRows.js';

/** What all rows of one redraw share. */
export interface Drawing {
  /** The setting `reminderDays`. */
  readonly days: readonly number[];
  /** Epoch ms. */
  readonly now: number;
}

/** With more, tenants are closed at first: an open one has its tokens’ records read. */
const MANY_TENANTS = 200;

export function platformItem({ tenants }: TreeModel, id: string): vscode.TreeItem {
  const platform = findPlatform(id);
  const label = platform?.label ?? id;
  const count = tenants.all.filter((tenant) => tenant.platform === id).length;
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `platform:${id}`;
  item.description = String(count);
  item.accessibilityInformation = { label: vscode.l10n.t('{0}, tenants: {1}', label, count) };
  item.iconPath = new vscode.ThemeIcon(platform?.icon ?? 'globe');
  item.contextValue = 'platform';
  return item;
}

/** Ids in the settings may repeat, so their key is the index. Tenants from elsewhere have unique ids and no index. */
const keyOf = ({ index, id }: TenantEntry): string => (index < 0 ? id : String(index));

export function rangeItem({ entries }: RangeNode): vscode.TreeItem {
  const [first, last] = [entries.at(0), entries.at(-1)];
  const item = new vscode.TreeItem(`${first?.name} … ${last?.name}`, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `range:${first && keyOf(first)}`;
  item.description = vscode.l10n.t('{0} tenants', entries.length);
  item.iconPath = new vscode.ThemeIcon('folder');
  item.contextValue = 'range';
  return item;
}

/** @param isGrouped whether it is under its platform, which need not be said again */
export function tenantItem(model: TreeModel, entry: TenantEntry, isGrouped: boolean): vscode.TreeItem {
  const tokens = model.vault.of(entry.id);
  const hasRows = tokens.length > 0 || remoteRows(model, entry.id).length > 0;
  const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
  const open = model.tenants.entries.length > MANY_TENANTS ? Collapsed : Expanded;
  const item = new vscode.TreeItem(entry.name, hasRows && model.tenants.entryOf(entry.id) === entry ? open : None);
  if (!entry.tenant) return problemItem(item, entry);
  // VS Code remembers the expansion by id. A row without children counts as collapsed, so its first child would be hidden.
  item.id = `${hasRows ? 'tenant' : 'empty'}:${entry.id}`;
  const platform = platformOf(entry.tenant);
  const production = entry.tenant.production ? [vscode.l10n.t('production')] : [];
  item.description = [
    ...production,
    ...(entry.index < 0 ? [vscode.l10n.t('sandbox')] : []),
    ...(isGrouped ? [] : [platform.label]),
    ...(tokens.length > 0 ? [] : [vscode.l10n.t('no API token yet')]),
  ].join(' · ');
  const color = colorOf(entry.tenant);
  item.iconPath = new vscode.ThemeIcon(platform.icon, color === undefined ? undefined : new vscode.ThemeColor(color));
  item.tooltip = [entry.name, ...production, platform.label, platform.exchangeUrl(entry.tenant)].join('\n');
  item.contextValue = contextValueOf(entry.index < 0 ? 'sandboxTenant' : 'tenant', entry.tenant);
  item.accessibilityInformation = {
    label: [vscode.l10n.t('{0}, tenant of {1}, API tokens: {2}', entry.name, platform.label, tokens.length), ...production].join(
      ', ',
    ),
  };
  return item;
}

function problemItem(item: vscode.TreeItem, entry: TenantEntry): vscode.TreeItem {
  const { index, problems } = entry;
  item.id = `problem:${keyOf(entry)}`;
  const text = problemText(problems);
  item.description = text;
  item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  item.contextValue = 'problemTenant';
  item.tooltip = vscode.l10n.t('tenantTokens.tenants, entry {0}: {1}\nSelect to correct it in the settings.', index + 1, text);
  const title = vscode.l10n.t('Open Settings');
  item.command = { command: 'tenantTokens.openTenantSettings', title, arguments: [{ entry: index }] };
  return item;
}

export function leftTenantItem(tenant: string): vscode.TreeItem {
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

/** @param described the result of {@link describeToken} */
export function tokenItem(model: TreeModel, row: TokenNode, described: string): vscode.TreeItem {
  const { tenant: tenantId, token: tokenId, name: lastName } = row;
  const token = model.vault.find(tokenId);
  const tenant = model.tenants.find(tenantId);
  // A removed token may be drawn once more before its row disappears.
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
  item.description = described;
  item.iconPath = stateIcon(model.broker.status(tenant, tokenId).state);
  item.contextValue = contextValueOf('token', tenant, token && marksOf(model, tenant, token));
  item.accessibilityInformation = { label: vscode.l10n.t('{0}, API token of {1}, {2}', name, tenant.name, described) };
  return item;
}

/**
 * What the menu of a token depends on: whether it is the active one; `failed` if there is an error, and so a trace;
 * `mend-<command>` with the remedy of an error that needs one.
 */
function marksOf({ broker, active }: TreeModel, tenant: Tenant, token: TokenEntry): string[] {
  const { state, error } = broker.status(tenant, token.id);
  const remedy = error && state === 'attention' ? explain(error, subjectOf(tenant, token)).actions[0] : undefined;
  const [, mend] = /^tenantTokens\.(\w+)$/.exec(remedy?.command ?? '') ?? [];
  return [...(token.id === active.id ? ['active'] : []), ...(error ? ['failed'] : []), ...(mend ? [`mend-${mend}`] : [])];
}

/** The text beside a token: whether it is the active one of several, its status, and its expiry if a reminder is due. */
export function describeToken(model: TreeModel, tenant: Tenant, id: string, { days, now }: Drawing): string {
  const { active, broker, notes, vault } = model;
  const end = dueEnd(notes.of(id), days, now);
  return [
    ...(id === active.id && vault.entries.length > 1 ? [vscode.l10n.t('active')] : []),
    describeStatus(broker.status(tenant, id), now),
    ...(end ? [shortEndText(end, now)] : []),
  ].join(' · ');
}

/** Milliseconds until {@link describeToken} changes if nothing happens; Infinity: never. */
export function untilNextDescription(model: TreeModel, tenant: Tenant, id: string, { days, now }: Drawing): number {
  const status = model.broker.status(tenant, id);
  return Math.min(untilNextStatus(status, now), untilShortEndText(model.notes.of(id), days, now));
}

/** Resolved on hover: formatting the times of many tokens takes longer than the rest of their rows. */
export function tokenTooltip(model: TreeModel, row: TokenNode, drawing: Drawing): string | undefined {
  const tenant = model.tenants.find(row.tenant);
  const token = model.vault.find(row.token);
  if (!tenant || !token) return undefined;
  const { access, error } = model.broker.status(tenant, row.token);
  const lines = [`${token.name} · ${tenant.name}`, describeToken(model, tenant, row.token, drawing)];
  if (access?.expiresAt) lines.push(expiresText(access.expiresAt));
  if (error) lines.push('', explain(error, subjectOf(tenant, token)).text);
  return lines.join('\n');
}

export function remoteItem(model: TreeModel, tenantId: string, token: RemoteToken, now: number): vscode.TreeItem {
  const tenant = model.tenants.find(tenantId);
  const item = new vscode.TreeItem(token.name);
  item.id = `remote:${tenantId}:${token.id}`;
  const described = describeRemote(token, now);
  const where = whereText(model.manager.unmatched(tenantId).length > 0);
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

/** The detail rows of a token. */
export function detailsOf(model: TreeModel, { tenant: tenantId, token: tokenId }: TokenNode, now: number): Detail[] {
  const tenant = model.tenants.find(tenantId);
  const token = model.vault.find(tokenId);
  if (!tenant || !token) return [];
  const { access, error } = model.broker.status(tenant, tokenId);
  const details: (Detail | undefined)[] = [
    access && accessDetail(access, now),
    ...endDetails(model.notes.of(tokenId), now),
    access?.scope === undefined ? undefined : { key: 'scope', label: vscode.l10n.t('Scope'), text: access.scope, icon: 'shield' },
    access && { key: 'last', label: vscode.l10n.t('Last exchange'), text: formatTime(access.exchangedAt), icon: 'history' },
    token.singleUse
      ? { key: 'use', label: vscode.l10n.t('Use'), text: vscode.l10n.t('can be exchanged once'), icon: 'info' }
      : undefined,
    error && {
      key: 'error',
      label: vscode.l10n.t('Last error'),
      text: explain(error, subjectOf(tenant, token)).text,
      icon: 'error',
    },
    { key: 'added', label: vscode.l10n.t('Added'), text: formatTime(token.addedAt), icon: 'add' },
  ];
  return details.filter((detail) => detail !== undefined);
}

export function detailItem(token: string, { key, label, text, icon, tooltip: more }: Detail): vscode.TreeItem {
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
  const ends = vscode.l10n.t('API token expires');
  const by = vscode.l10n.t('Exchange by');
  return [
    ...(end
      ? [{ key: 'end', label: ends, text: `${endText(expiryOf({ end }), now)} (${sourceText(end.from)})`, icon: 'calendar' }]
      : []),
    ...(exchangeBy === undefined
      ? []
      : [{ key: 'exchangeBy', label: by, text: endText(expiryOf({ exchangeBy }), now), icon: 'calendar' }]),
  ];
}

function accessDetail({ expiresAt }: NonNullable<TokenStatus['access']>, now: number): Detail {
  const label = vscode.l10n.t('Access token');
  if (expiresAt === null) return { key: 'access', label, text: vscode.l10n.t('no expiry known'), icon: 'key' };
  const left = expiresAt - now;
  const text =
    left > 0 ? vscode.l10n.t('until {0}', formatTime(expiresAt)) : vscode.l10n.t('expired {0} ago', formatDuration(-left));
  return { key: 'access', label, text, icon: 'key', tooltip: `${label}: ${text}\n${formatUtc(expiresAt)}` };
}
