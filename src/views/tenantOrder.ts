import * as vscode from 'vscode';
import type { Node, TreeModel } from './tenantRows.js';

const MIME = 'application/vnd.code.tree.tenanttokens.tenants';

/** Lets people put tenants, and the API tokens of one tenant, into another order. */
export class TenantOrder implements vscode.TreeDragAndDropController<Node> {
  readonly dragMimeTypes = [MIME];
  readonly dropMimeTypes = [MIME];
  readonly #model: TreeModel;
  readonly #reorder: (ids: readonly string[]) => Promise<void>;

  /** @param reorder puts the tenants of the settings into the order of their ids */
  constructor(model: TreeModel, reorder: (ids: readonly string[]) => Promise<void>) {
    this.#model = model;
    this.#reorder = reorder;
  }

  handleDrag(rows: readonly Node[], data: vscode.DataTransfer): void {
    data.set(MIME, new vscode.DataTransferItem(rows));
  }

  /** A tenant dropped on a tenant, or a token on a token of the same tenant, takes its place; on a range, that of its first. */
  async handleDrop(target: Node | undefined, data: vscode.DataTransfer): Promise<void> {
    const rows = data.get(MIME)?.value as readonly Node[] | undefined;
    const moved = rows?.[0];
    if (moved?.kind === 'tenant') {
      const before = target && ('tenant' in target ? target.tenant : target.kind === 'range' ? target.entries[0]?.id : undefined);
      await this.#reorder(
        moveBefore(
          this.#model.tenants.entries.map(({ id }) => id),
          moved.tenant,
          before,
        ),
      );
    } else if (moved?.kind === 'token' && target?.kind === 'token' && target.tenant === moved.tenant) {
      await this.#model.vault.reorder(
        moveBefore(
          this.#model.vault.of(moved.tenant).map(({ id }) => id),
          moved.token,
          target.token,
        ),
      );
    }
  }
}

/** Puts one where another is; at the end, where there is no other. */
function moveBefore(ids: readonly string[], moved: string, before: string | undefined): readonly string[] {
  if (moved === before) return ids;
  const rest = ids.filter((id) => id !== moved);
  const at = before === undefined ? -1 : ids.indexOf(before);
  // Dropped on a row further down, the moved one takes that row's place rather than the one above it.
  return at < 0 ? [...rest, moved] : rest.toSpliced(at, 0, moved);
}
