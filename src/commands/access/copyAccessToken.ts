import * as vscode from 'vscode';
import type { Command, Uses } from '../command.js';
import { confirmProduction, type ConfirmsProduction } from './confirmProduction.js';
import { copied } from './copied.js';
import { noteUse } from '../noteUse.js';
import { selectToken, type SelectsToken } from '../selectToken.js';
import { acquireAccessToken, type AcquiresToken } from './acquireAccessToken.js';

export const copyAccessToken: Command<SelectsToken & AcquiresToken & ConfirmsProduction & Uses<'clipboard' | 'history'>> = async (
  services,
  target,
) => {
  const chosen = await selectToken(services, target, vscode.l10n.t('Copy Access Token'));
  if (!chosen || !(await confirmProduction(services, chosen.tenant, 'copy'))) return;
  const access = await acquireAccessToken(services, chosen);
  if (!access) return;
  noteUse(services, chosen, 'copied');
  copied(
    services.prompter,
    vscode.l10n.t('Access token of {0} copied', chosen.tenant.name),
    await services.clipboard.copy(access.token),
  );
};
