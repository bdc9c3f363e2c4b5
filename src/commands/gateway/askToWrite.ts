import * as vscode from 'vscode';
import type { Uses } from '../command.js';
import type { RefusedWrite } from './gatewayRun.js';

/** Asks whether programs may write to a tenant, once at a time for each. */
export class WriteQuestions {
  readonly #services: Uses<'gateway' | 'prompter'>;
  readonly #asking = new Set<string>();

  constructor(services: Uses<'gateway' | 'prompter'>) {
    this.#services = services;
  }

  async ask({ tenant, method }: RefusedWrite): Promise<void> {
    const { gateway, prompter } = this.#services;
    if (this.#asking.has(tenant.id)) return;
    this.#asking.add(tenant.id);
    try {
      const message = vscode.l10n.t(
        'A program on this machine wants to send {0} to {1} through the gateway. It was refused. Allow writing until the gateway stops?',
        method,
        tenant.name,
      );
      if (await prompter.notify('warning', message, [{ label: vscode.l10n.t('Allow Writing'), value: true }]))
        gateway.allowWriting(tenant.id);
    } finally {
      this.#asking.delete(tenant.id);
    }
  }
}
