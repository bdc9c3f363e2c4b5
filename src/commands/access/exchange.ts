import * as vscode from 'vscode';
import { signedInText } from '../../views/signedInText.js';
import type { Command } from '../command.js';
import { selectToken, type SelectsToken } from '../selectToken.js';
import { acquireAccessToken, type AcquiresToken } from './acquireAccessToken.js';

export const exchange: Command<SelectsToken & AcquiresToken> = async (services, target) => {
  const chosen = await selectToken(services, target, vscode.l10n.t('Exchange'));
  const access = chosen && (await acquireAccessToken(services, chosen, { afresh: true }));
  if (access) services.prompter.done(signedInText(chosen.tenant, access, Date.now()));
};
