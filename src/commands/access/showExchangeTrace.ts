import * as vscode from 'vscode';
import type { Command, Uses } from '../command.js';
import { selectToken, type SelectsToken } from '../selectToken.js';

export const showExchangeTrace: Command<SelectsToken & Uses<'traces'>> = async (services, target) => {
  const chosen = await selectToken(services, target, vscode.l10n.t('Show Exchange Trace'));
  if (!chosen) return;
  const { tenant, token } = chosen;
  if (services.broker.trace(token.id)) await services.traces.show(tenant.name, token.name, token.id);
  else
    void services.prompter.notify(
      'info',
      vscode.l10n.t('No exchange of the API token “{0}” of {1} has failed in this window.', token.name, tenant.name),
    );
};
