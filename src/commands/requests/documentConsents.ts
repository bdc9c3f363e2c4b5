import * as vscode from 'vscode';
import type { Tenant } from '../../platforms/tenant.js';
import type { Tenants } from '../../tenants/tenants.js';
import type { Prompter } from '../../views/prompter.js';

/**
 * The documents that may get access tokens without a question. Any extension can open a document and run a command on it, so a
 * document outside of the workspace needs consent, once per session.
 */
export class DocumentConsents implements vscode.Disposable {
  readonly #given = new Set<string>();
  readonly #closed = vscode.workspace.onDidCloseTextDocument(({ uri, isUntitled }) => {
    // The next untitled document may have the same name.
    if (isUntitled) this.#given.delete(uri.toString());
  });

  allows({ uri, isUntitled }: vscode.TextDocument): boolean {
    return this.#given.has(uri.toString()) || (!isUntitled && vscode.workspace.getWorkspaceFolder(uri) !== undefined);
  }

  give({ uri }: vscode.TextDocument): void {
    this.#given.add(uri.toString());
  }

  dispose(): void {
    this.#closed.dispose();
  }
}

/** What {@link mayHold} uses. Not by `Uses`, because command.ts imports this file. */
export interface ConfirmsDocument {
  readonly documents: DocumentConsents;
  readonly tenants: Tenants;
  readonly prompter: Prompter;
}

/** Whether a document gets the tenant's access token without a question. Tokens of the sandbox are harmless. */
export function holdsUnasked(
  { documents, tenants }: Pick<ConfirmsDocument, 'documents' | 'tenants'>,
  tenant: Tenant,
  document: vscode.TextDocument,
): boolean {
  return documents.allows(document) || tenants.isOutsideSettings(tenant.id);
}

/** Whether a document may get the tenant's access token. Asks unless {@link holdsUnasked}. */
export async function mayHold(services: ConfirmsDocument, tenant: Tenant, document: vscode.TextDocument): Promise<boolean> {
  if (holdsUnasked(services, tenant, document)) return true;
  const isAllowed = await services.prompter.confirm({
    message: vscode.l10n.t('Write an access token of {0} into a document outside of the workspace?', tenant.name),
    detail: vscode.l10n.t(
      '{0} is in no folder that is open in this window. Whoever has opened it, another extension too, can read what is written into it. Say yes if you work in it yourself; you are not asked about it again in this session.',
      vscode.workspace.asRelativePath(document.uri),
    ),
    // Enter chooses the first option.
    options: [
      { label: vscode.l10n.t('Don’t Insert'), value: false },
      { label: vscode.l10n.t('Insert'), value: true },
    ],
  });
  if (isAllowed) services.documents.give(document);
  return isAllowed ?? false;
}
