import * as vscode from 'vscode';
import type { Lifecycle, RemoteToken } from '../../platforms/lifecycle.js';
import type { Tenant } from '../../platforms/tenant.js';
import type { ManagementFlow } from '../../management/tokenManager.js';
import type { Prompter } from '../../views/prompter.js';
import { askInTurn } from '../../views/prompts.js';
import type { Command, Uses } from '../command.js';
import { completeForm, formSteps, type EnteredForm } from './tokenFormQuestions.js';
import { pickManageable, pickRemote } from './selectRemoteToken.js';
import { signedIn, type SignsIn } from './signIn.js';

const TITLE = (): string => vscode.l10n.t('Change API Token');

/** Changes what the service allows of an API token: its name, description and lifetimes. */
export const updateToken: Command<SignsIn & Uses<'notes'>> = async (services, target) => {
  const chosen = await pickManageable(services, target, TITLE(), 'update');
  if (!chosen) return;
  const { tenant, lifecycle } = chosen;
  await signedIn(services, tenant, TITLE(), async (flow) => {
    const token = await pickRemote(services, tenant, flow, target, TITLE());
    if (token) await updateRemote(services.prompter, tenant, lifecycle, flow, token);
  });
};

export async function updateRemote(
  prompter: Prompter,
  tenant: Tenant,
  lifecycle: Lifecycle,
  flow: ManagementFlow,
  token: RemoteToken,
): Promise<void> {
  const { updateFields = [] } = lifecycle;
  const before = lifecycle.formOf?.(token) ?? {};
  // Unknown values stay empty: the defaults of a new token would be wrong.
  const draft: EnteredForm = { ...Object.fromEntries(updateFields.map(({ key }) => [key, ''])), ...before };
  if (!(await askInTurn(() => formSteps(prompter, updateFields, `${TITLE()}: ${tenant.name} · ${token.name}`, draft)))) return;
  const changed = Object.entries(completeForm(updateFields, draft)).filter(([key, value]) => value !== (before[key] ?? ''));
  if (changed.length === 0) {
    prompter.done(vscode.l10n.t('Nothing was changed'));
    return;
  }
  await prompter.steadyProgress(vscode.l10n.t('Changing the API token “{0}” of {1}', token.name, tenant.name), () =>
    flow.update(token.id, Object.fromEntries(changed)),
  );
  prompter.done(vscode.l10n.t('API token “{0}” changed at {1}', token.name, tenant.name));
}
