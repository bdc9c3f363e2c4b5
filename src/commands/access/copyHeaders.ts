import * as vscode from 'vscode';
import type { Command, Uses } from '../command.js';
import { confirmProduction, type ConfirmsProduction } from './confirmProduction.js';
import { copied } from './copied.js';
import { noteUse } from '../noteUse.js';
import { selectToken, type SelectsToken } from '../selectToken.js';
import { acquireHeaders, type AcquiresToken } from './acquireAccessToken.js';

export const copyHeaders: Command<SelectsToken & AcquiresToken & ConfirmsProduction & Uses<'clipboard' | 'history'>> = async (
  services,
  target,
) => {
  const chosen = await selectToken(services, target, vscode.l10n.t('Copy Headers'));
  if (!chosen || !(await confirmProduction(services, chosen.tenant, 'copy'))) return;
  const headers = await acquireHeaders(services, chosen);
  if (!headers) return;
  noteUse(services, chosen, 'copied');
  const lines = headers.map(({ name, value }) => `${name}: ${value}`).join('\n');
  copied(services.prompter, vscode.l10n.t('Headers of {0} copied', chosen.tenant.name), await services.clipboard.copy(lines));
};
