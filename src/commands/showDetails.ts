import * as vscode from 'vscode';
import type { Command, Uses } from './command.js';
import { selectToken, type SelectsToken } from './selectToken.js';

/** Opens the details of an API token, which may exist only at its service. */
export const showDetails: Command<SelectsToken & Uses<'inspector'>> = async (services, target) => {
  if (target.tenant !== undefined && target.remote !== undefined) {
    services.inspector.show({ tenant: target.tenant, remote: target.remote });
    return;
  }
  const chosen = await selectToken(services, target, vscode.l10n.t('Show Details'));
  if (chosen) services.inspector.show({ tenant: chosen.tenant.id, token: chosen.token.id });
};
