import * as vscode from 'vscode';
import { platformOf } from '../../platforms/index.js';
import type { Tenant } from '../../platforms/tenant.js';
import type { TokenEntry } from '../../store/tokenEntry.js';
import type { Prompter } from '../../views/prompter.js';
import { askInTurn, type Step } from '../../views/prompts.js';
import { about, type Command, type Uses } from '../command.js';
import { selectConfiguredTenant } from '../selectToken.js';
import { completeSecret, noteJwtEnd, secretSteps, validateTokenName } from './tokenQuestions.js';

interface Draft {
  name?: string;
  singleUse?: boolean;
  readonly secret: Record<string, string>;
}

export const addToken: Command<Uses<'active' | 'broker' | 'notes' | 'prompter' | 'tenants' | 'vault'>> = async (
  services,
  target,
) => {
  const title = vscode.l10n.t('Add API Token');
  const tenant = await selectConfiguredTenant(services, target, title);
  if (tenant) await enterToken(services, tenant, title);
};

/**
 * Asks for a token that was created elsewhere, and stores it.
 * @param isGuided shows the portal's steps beside the questions
 */
export async function enterToken(
  services: Uses<'active' | 'broker' | 'notes' | 'prompter' | 'vault'>,
  tenant: Tenant,
  title: string,
  isGuided = false,
): Promise<void> {
  const draft: Draft = { secret: {} };
  const heading = `${title}: ${tenant.name}`;
  const { prompter } = services;
  const steps = [nameStep(services, tenant, heading, draft), ...secretSteps(prompter, tenant, heading, draft.secret, isGuided)];
  if (platformOf(tenant).singleUseTokens) steps.push(useStep(prompter, heading, draft));
  if (!(await askInTurn(() => steps))) return;

  const token = await about(
    { tenant: tenant.id },
    services.vault.add({
      tenant: tenant.id,
      name: draft.name ?? '',
      ...(await services.broker.secrets.binding(tenant)),
      secret: completeSecret(tenant, draft.secret),
      ...(draft.singleUse && { singleUse: true }),
    }),
  );
  await noteJwtEnd(services, token.id, draft.secret);
  await takeUp(services, tenant, token);
}

/** Activates a new token unless another one is active, and offers to exchange it unless it came with an access token. */
export async function takeUp(
  { vault, active, broker, prompter }: Uses<'active' | 'broker' | 'prompter' | 'vault'>,
  tenant: Tenant,
  { id, name }: TokenEntry,
): Promise<void> {
  if (!vault.find(active.id)) await active.set(id);
  await broker.load(id);
  const { access } = broker.status(tenant, id);
  if (access) {
    void prompter.notify('info', vscode.l10n.t('API token “{0}” of {1} is kept, with an access token.', name, tenant.name));
    return;
  }
  const message = vscode.l10n.t('API token “{0}” of {1} is kept. Exchange it for an access token now?', name, tenant.name);
  if (await prompter.notify('info', message, [{ label: vscode.l10n.t('Exchange'), value: true }]))
    await vscode.commands.executeCommand('tenantTokens.exchange', { tenant: tenant.id, token: id });
}

function nameStep(services: Uses<'prompter' | 'vault'>, tenant: Tenant, title: string, draft: Draft): Step {
  return async (place) => {
    const answer = await services.prompter.text({
      ...place,
      title,
      prompt: vscode.l10n.t('A name for this API token, to tell it from others of {0}', tenant.name),
      value: draft.name ?? suggestName(services, tenant),
      validate: (value) => validateTokenName(services, tenant, value),
    });
    if (typeof answer === 'string') draft.name = answer;
    return answer;
  };
}

function useStep(prompter: Prompter, title: string, draft: Draft): Step {
  return async (place) => {
    const answer = await prompter.choice({
      ...place,
      title,
      placeholder: vscode.l10n.t('How often can this API token be exchanged?'),
      choices: [
        { label: vscode.l10n.t('Any number of times'), value: 'many' },
        { label: vscode.l10n.t('Once'), detail: vscode.l10n.t('It is never exchanged without you asking for it'), value: 'once' },
      ],
      active: draft.singleUse ? 'once' : 'many',
    });
    draft.singleUse = answer === 'once';
    return answer;
  };
}

function suggestName({ vault }: Uses<'vault'>, tenant: Tenant): string {
  const taken = new Set(vault.of(tenant.id).map(({ name }) => name));
  for (let number = 1; ; number++) {
    const name = number === 1 ? vscode.l10n.t('API token') : vscode.l10n.t('API token {0}', number);
    if (!taken.has(name)) return name;
  }
}
