import * as vscode from 'vscode';
import type { Node, TreeModel } from './tenantRows.js';

const MIME = 'application/vnd.code.tree.tenanttokens.tenants';

/** Drag and drop reorders tenants, and the API tokens of one tenant. */
export class TenantOrder implements vscode.TreeDragAndDropController<Node> {
  readonly dragMimeTypes = [MIME];
  readonly dropMimeTypes = [MIME];
  readonly #model: TreeModel;
  readonly #reorder: (ids: readonly string[]) => Promise<void>;

  /** @param reorder writes the tenants to the settings in the order of these ids */
  constructor(model: TreeModel, reorder: (ids: readonly string[]) => Promise<void>) {
    this.#model = model;
    this.#reorder = reorder;
  }

  handleDrag(rows: readonly Node[], data: vscode.DataTransfer): void {
    data.set(MIME, new vscode.DataTransferItem(rows));
  }

  /** A tenant dropped on a tenant, or a token on a token of the same tenant, takes its place. On a range it takes the first place. */
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

/** Moves one id to the place of another, or to the end without another. */
function moveBefore(ids: readonly string[], moved: string, before: string | undefined): readonly string[] {
  if (moved === before) return ids;
  const rest = ids.filter((id) => id !== moved);
  const at = before === undefined ? -1 : ids.indexOf(before);
  // The index in the full list: dropped on a row further down, the moved one takes that row's place, not the one above it.
  return at < 0 ? [...rest, moved] : rest.toSpliced(at, 0, moved);
}
