import * as vscode from 'vscode';
import { askInTurn } from '../../views/prompts.js';
import { about, type Command, type Uses } from '../command.js';
import { selectToken, type SelectsToken } from '../selectToken.js';
import { completeSecret, noteJwtEnd, secretSteps } from './tokenQuestions.js';

/** Replaces the secret of a token: after a loss, a change of address, or a renewal at the service. */
export const replaceToken: Command<SelectsToken & Uses<'manager' | 'notes'>> = async (services, target) => {
  const title = vscode.l10n.t('Replace API Token');
  const chosen = await selectToken(services, target, title);
  if (!chosen) return;
  const { tenant, token } = chosen;
  const secret: Record<string, string> = {};
  const steps = secretSteps(services.prompter, tenant, `${title}: ${tenant.name} · ${token.name}`, secret);
  if (!(await askInTurn(() => steps))) return;
  const stored = services.broker.secrets.replace(tenant, token.id, completeSecret(tenant, secret));
  await about({ tenant: tenant.id, token: token.id }, stored);
  await services.manager.replaced(token.id);
  await noteJwtEnd(services, token.id, secret);
  services.prompter.done(vscode.l10n.t('API token “{0}” of {1} is kept', token.name, tenant.name));
};
