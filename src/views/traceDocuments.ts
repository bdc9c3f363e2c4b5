import * as vscode from 'vscode';
import type { Tenants } from '../tenants/tenants.js';
import type { Broker } from '../exchange/broker.js';
import type { Vault } from '../store/vault.js';
import { showDocument } from './showDocument.js';
import { subjectOf } from './messages.js';
import { traceText } from './traceText.js';

const SCHEME = 'tenant-tokens-trace';

interface Model {
  readonly tenants: Tenants;
  readonly vault: Vault;
  readonly broker: Broker;
}

/** Read-only documents with the trace of a token's last failed exchange, updated while they are open. */
export class TraceDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #model: Model;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #subscriptions: vscode.Disposable;

  readonly onDidChange = this.#changed.event;

  constructor(model: Model) {
    this.#model = model;
    const refresh = (token?: string): void => {
      for (const { uri } of vscode.workspace.textDocuments)
        if (uri.scheme === SCHEME && (token === undefined || uri.query === token)) this.#changed.fire(uri);
    };
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      model.broker.onDidChange(refresh),
      model.vault.onDidChangeList(() => {
        refresh();
      }),
    );
  }

  /** Opens the document of a token that has a trace. */
  async show(tenant: string, token: string, tokenId: string): Promise<void> {
    const title = vscode.l10n.t('Exchange Trace of {0} ({1})', tenant, token);
    // VS Code derives the language from the file extension, and the tenant's name may look like one.
    const path = `/${title.replaceAll('/', ' ')}.txt`;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.from({ scheme: SCHEME, path, query: tokenId }));
    await showDocument(document, { preview: true });
  }

  provideTextDocumentContent({ query: id }: vscode.Uri): string {
    const { tenants, vault, broker } = this.#model;
    const token = vault.find(id);
    const trace = broker.trace(id);
    if (!token || !trace) return vscode.l10n.t('This trace no longer exists.') + '\n';
    const tenant = tenants.find(token.tenant);
    return traceText(trace, tenant ? subjectOf(tenant, token) : { tenant: token.tenant, token: token.name });
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}
