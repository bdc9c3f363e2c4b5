import * as vscode from 'vscode';
import { formatDuration } from '../../views/duration.js';
import type { Command } from '../command.js';
import { selectToken, type SelectsToken } from '../selectToken.js';
import { acquireAccessToken, type AcquiresToken } from './acquireAccessToken.js';

export const exchange: Command<SelectsToken & AcquiresToken> = async (services, target) => {
  const chosen = await selectToken(services, target, vscode.l10n.t('Exchange'));
  const access = chosen && (await acquireAccessToken(services, chosen, true));
  if (!access) return;
  services.prompter.done(
    access.expiresAt === null
      ? vscode.l10n.t('{0}: new access token', chosen.tenant.name)
      : vscode.l10n.t('{0}: new access token, {1}', chosen.tenant.name, formatDuration(access.expiresAt - Date.now())),
  );
};
