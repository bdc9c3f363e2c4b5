import { platforms } from '../platforms/index.js';
import type { RemoteToken } from '../platforms/lifecycle.js';
import type { TenantEntry, Tenants } from '../tenants/tenants.js';
import type { Broker } from '../exchange/broker.js';
import type { TokenManager } from '../management/tokenManager.js';
import type { ActiveToken } from '../tokens/activeToken.js';
import type { TokenNotes } from '../tokens/tokenNotes.js';
import type { TokenEntry } from '../store/tokenEntry.js';
import type { Vault } from '../store/vault.js';

/** The state that the tree shows. */
export interface TreeModel {
  readonly tenants: Tenants;
  readonly vault: Vault;
  readonly broker: Broker;
  readonly notes: TokenNotes;
  readonly active: ActiveToken;
  readonly manager: TokenManager;
}

/** A row. `tenant`, `token`, `remote` and `entry` tell a command that gets the row what it is about. */
export type Node =
  | { readonly kind: 'platform'; readonly platform: string }
  | RangeNode
  | TenantNode
  | { readonly kind: 'leftTenant'; readonly tenant: string }
  | TokenNode
  | { readonly kind: 'remoteToken'; readonly tenant: string; readonly remote: string; readonly reported: RemoteToken }
  | { readonly kind: 'detail'; readonly tenant: string; readonly token: string; readonly detail: Detail };

/** Consecutive tenants, grouped when a level has too many. */
export interface RangeNode {
  readonly kind: 'range';
  readonly entries: readonly TenantEntry[];
}

export interface TenantNode {
  readonly kind: 'tenant';
  readonly tenant: string;
  /** Index in the setting. */
  readonly entry: number;
  readonly shown: TenantEntry;
}

export interface TokenNode {
  readonly kind: 'token';
  readonly tenant: string;
  readonly token: string;
  readonly name: string;
}

/** A detail row of a token. */
export interface Detail {
  readonly key: string;
  readonly label: string;
  readonly text: string;
  readonly icon: string;
  readonly tooltip?: string;
}

/**
 * VS Code processes all rows of a level to draw one of them, so a longer level is split into ranges. Its own search finds
 * nothing in ranges that are closed, so few people should meet them.
 */
const MAX_TENANTS = 1000;
const RANGE = 100;

/** The first level. @param grouped whether tenants are listed under their platforms */
export function topRows(model: TreeModel, grouped: boolean): Node[] {
  const { entries } = model.tenants;
  if (!grouped) return [...inRanges(entries), ...leftTenantRows(model)];
  const used = new Set(entries.map(({ tenant }) => tenant?.platform));
  const groups: Node[] = platforms.filter(({ id }) => used.has(id)).map(({ id }) => ({ kind: 'platform', platform: id }));
  return [...groups, ...inRanges(entries.filter(({ tenant }) => !tenant)), ...leftTenantRows(model)];
}

/** The tenants of one platform. */
export function platformRows({ tenants }: TreeModel, platform: string): Node[] {
  return inRanges(tenants.entries.filter(({ tenant }) => tenant?.platform === platform));
}

export function tenantRows(entries: readonly TenantEntry[]): TenantNode[] {
  return entries.map((shown) => ({ kind: 'tenant', tenant: shown.id, entry: shown.index, shown }));
}

/** API tokens that are stored here. */
export function tokenRows({ vault }: TreeModel, tenant: string): TokenNode[] {
  return vault.of(tenant).map(({ id, name }: TokenEntry) => ({ kind: 'token', tenant, token: id, name }));
}

/** Tokens of the last listing that are not stored here. */
export function remoteRows({ tenants, manager }: TreeModel, tenant: string): Node[] {
  const owner = tenants.find(tenant);
  const remote = owner ? manager.unkept(owner) : [];
  return remote.map((token) => ({ kind: 'remoteToken', tenant, remote: token.id, reported: token }));
}

/** Whether the way to a tenant, or one of its tokens, goes through this row or ends there. */
export function leadsTo({ tenants }: TreeModel, row: Node, tenant: string, token?: string): boolean {
  switch (row.kind) {
    case 'platform':
      return tenants.find(tenant)?.platform === row.platform;
    case 'range':
      return row.entries.some(({ id }) => id === tenant);
    case 'tenant':
      return row.shown === tenants.entryOf(tenant);
    case 'token':
      return row.token === token;
    default:
      return false;
  }
}

function inRanges(entries: readonly TenantEntry[]): Node[] {
  if (entries.length <= MAX_TENANTS) return tenantRows(entries);
  const starts = Array.from({ length: Math.ceil(entries.length / RANGE) }, (_, n) => n * RANGE);
  return starts.map((at) => ({ kind: 'range', entries: entries.slice(at, at + RANGE) }));
}

/** Tokens whose tenant is no longer in the settings: still kept, so still shown. */
function leftTenantRows({ tenants, vault }: TreeModel): Node[] {
  const rows: Node[] = [];
  for (const tenant of vault.tenants) if (!tenants.entryOf(tenant)) rows.push({ kind: 'leftTenant', tenant });
  return rows;
}
