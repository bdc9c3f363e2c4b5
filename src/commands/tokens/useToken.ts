import * as vscode from 'vscode';
import type { Command } from '../command.js';
import { selectToken, type SelectsToken } from '../selectToken.js';

export const useToken: Command<SelectsToken> = async (services, target) => {
  const chosen = await selectToken(services, target, vscode.l10n.t('Use Token'));
  if (!chosen) return;
  await services.active.set(chosen.token.id);
  await services.broker.load(chosen.token.id);
};
