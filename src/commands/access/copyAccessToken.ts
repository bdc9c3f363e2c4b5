import * as vscode from 'vscode';
import type { Command } from '../command.js';
import { copied } from './copied.js';
import { noteUse } from '../noteUse.js';
import { selectToken } from '../selectToken.js';
import { acquireAccessToken } from './acquireAccessToken.js';

export const copyAccessToken: Command = async (services, target) => {
  const chosen = await selectToken(services, target, vscode.l10n.t('Copy Access Token'));
  const access = chosen && (await acquireAccessToken(services, chosen));
  if (!access) return;
  noteUse(services, chosen, 'copied');
  copied(
    services.prompter,
    vscode.l10n.t('Access token of {0} copied', chosen.tenant.name),
    await services.clipboard.copy(access.token),
  );
};
