import * as vscode from 'vscode';
import type { Disposable } from '../base/event.js';

interface Source {
  readonly authority: string | undefined;
  onDidChange(listener: () => void): Disposable;
}

/** An item of the status bar while the gateway runs, and the context that menus ask for. */
export class GatewayStatus implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('gateway', vscode.StatusBarAlignment.Left);
  readonly #subscription: Disposable;
  #isShown = false;

  constructor(source: Source) {
    this.#item.name = vscode.l10n.t('Gateway of Tenant Tokens');
    this.#item.text = `$(broadcast) ${vscode.l10n.t('Gateway')}`;
    this.#item.command = 'tenantTokens.showGatewayRequests';
    this.#subscription = source.onDidChange(() => this.#show(source.authority));
  }

  #show(authority: string | undefined): void {
    const isRunning = authority !== undefined;
    if (isRunning === this.#isShown) return;
    this.#isShown = isRunning;
    void vscode.commands.executeCommand('setContext', 'tenantTokens.gatewayRunning', isRunning);
    if (!isRunning) {
      this.#item.hide();
      return;
    }
    this.#item.tooltip = vscode.l10n.t(
      'The gateway of Tenant Tokens runs at {0}. It stops with this window, and after an hour without a request. Click for its requests.',
      authority,
    );
    this.#item.accessibilityInformation = { label: vscode.l10n.t('Gateway of Tenant Tokens is running') };
    this.#item.show();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#item.dispose();
  }
}
