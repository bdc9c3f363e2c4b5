import * as vscode from 'vscode';
import type { Command, Uses } from '../command.js';
import { copied } from './copied.js';
import { noteUse } from '../noteUse.js';
import { selectToken, type SelectsToken } from '../selectToken.js';
import { acquireAccessToken, type AcquiresToken } from './acquireAccessToken.js';

export const copyAccessToken: Command<SelectsToken & AcquiresToken & Uses<'clipboard' | 'history'>> = async (
  services,
  target,
) => {
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
