import * as vscode from 'vscode';
import { isCostly } from '../../store/tokenEntry.js';
import { askInTurn } from '../../views/prompts.js';
import { about, type Command, type Uses } from '../command.js';
import { selectToken, type SelectsToken } from '../selectToken.js';
import { completeSecret, noteEnd, secretSteps, type TokenDraft } from './tokenQuestions.js';

/** Replaces the secret of a token, after a loss, a change of address, or a renewal at the service, and exchanges it. */
export const replaceToken: Command<SelectsToken & Uses<'manager' | 'notes'>> = async (services, target) => {
  const title = vscode.l10n.t('Replace API Token');
  const chosen = await selectToken(services, target, title);
  if (!chosen) return;
  const { tenant, token } = chosen;
  const { prompter } = services;
  const draft: TokenDraft = { secret: {} };
  const heading = `${title}: ${tenant.name} · ${token.name}`;
  if (!(await askInTurn(() => secretSteps({ prompter, tenant, title: heading, draft })))) return;
  const stored = services.broker.secrets.replace(tenant, token.id, completeSecret(tenant, draft.secret));
  await about({ tenant: tenant.id, token: token.id }, stored);
  await services.manager.replaced(token.id);
  await noteEnd(services, token.id, draft);
  prompter.done(vscode.l10n.t('API token “{0}” of {1} is kept', token.name, tenant.name));
  if (!isCostly(tenant, token)) await vscode.commands.executeCommand('tenantTokens.exchange', { token: token.id });
};
