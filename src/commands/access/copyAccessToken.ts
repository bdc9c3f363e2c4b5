import * as vscode from 'vscode';
import type { Command } from '../command.js';
import { copied } from './copied.js';
import { noteUse } from '../noteUse.js';
import { pickToken } from '../selectToken.js';
import { takeAccess } from './acquireAccessToken.js';

export const copyAccessToken: Command = async (services, target) => {
  const chosen = await pickToken(services, target, vscode.l10n.t('Copy Access Token'));
  const access = chosen && (await takeAccess(services, chosen));
  if (!access) return;
  noteUse(services, chosen, 'copied');
  copied(
    services.prompter,
    vscode.l10n.t('Access token of {0} copied', chosen.tenant.name),
    await services.clipboard.copy(access.token),
  );
};
