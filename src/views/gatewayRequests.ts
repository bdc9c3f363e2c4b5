import * as vscode from 'vscode';
import type { Disposable } from '../base/event.js';
import type { Clock } from '../base/clock.js';
import { formatTime } from './format.js';
import { showDocument } from './showDocument.js';

const SCHEME = 'tenant-tokens-gateway';
/** A program may send hundreds in a second. */
const UPDATE_MS = 500;

/** A request that the gateway has forwarded. */
interface Forwarded {
  /** Epoch ms. */
  readonly at: number;
  readonly tenant: string;
  readonly method: string;
  readonly path: string;
  readonly status: number | undefined;
  readonly ms: number;
}

interface Source {
  readonly requests: readonly Forwarded[];
  onDidChange(listener: () => void): Disposable;
}

/** A read-only document with what the gateway has forwarded in this window, updated while it is open. */
export class GatewayRequests implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #source: Source;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #subscriptions: vscode.Disposable;
  #timer: Disposable | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(source: Source, clock: Clock) {
    this.#source = source;
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      source.onDidChange(() => {
        this.#timer ??= clock.after(UPDATE_MS, () => this.#update());
      }),
    );
  }

  /** Opens the document. */
  async show(): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${vscode.l10n.t('Gateway Requests')}.txt` });
    await showDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  }

  provideTextDocumentContent(): string {
    const { requests } = this.#source;
    if (requests.length === 0) return vscode.l10n.t('The gateway has forwarded no request in this window.') + '\n';
    const head = [
      vscode.l10n.t('time'),
      vscode.l10n.t('tenant'),
      vscode.l10n.t('method'),
      vscode.l10n.t('status'),
      vscode.l10n.t('ms'),
      vscode.l10n.t('path'),
    ];
    const lines = requests
      .map(({ at, tenant, method, path, status, ms }) => [
        formatTime(at),
        tenant,
        method,
        status === undefined ? '–' : String(status),
        String(Math.round(ms)),
        path,
      ])
      .reverse();
    return `${table([head, ...lines])}\n`;
  }

  #update(): void {
    this.#timer = undefined;
    for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === SCHEME) this.#changed.fire(uri);
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#subscriptions.dispose();
  }
}

/** Columns of text, as wide as their widest cell. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
