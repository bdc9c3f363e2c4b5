import * as vscode from 'vscode';
import { platformOf } from '../../platforms/index.js';
import type { Tenant } from '../../platforms/tenant.js';
import { isCostly, type TokenEntry } from '../../store/tokenEntry.js';
import { signedInText } from '../../views/signedInText.js';
import { askInTurn, type Step } from '../../views/prompts.js';
import { acquireAccessToken, type AcquiresToken } from '../access/acquireAccessToken.js';
import { about, type Command, type Uses } from '../command.js';
import { selectConfiguredTenant } from '../selectToken.js';
import { completeSecret, noteEnd, secretSteps, validateTokenName, type TokenDraft } from './tokenQuestions.js';

/** What storing a new API token, and exchanging it at once, uses. */
export type TakesUpToken = AcquiresToken & Uses<'notes' | 'tree' | 'vault'>;

export const addToken: Command<TakesUpToken & Uses<'tenants'>> = async (services, target) => {
  const title = vscode.l10n.t('Add API Token');
  const tenant = await selectConfiguredTenant(services, target, title);
  if (tenant) await enterToken(services, tenant, title);
};

/**
 * Asks for a token that was created elsewhere, and stores it.
 * @param isGuided shows the portal's steps beside the questions
 */
export async function enterToken(services: TakesUpToken, tenant: Tenant, title: string, isGuided = false): Promise<void> {
  const draft: TokenDraft = { secret: {} };
  const heading = `${title}: ${tenant.name}`;
  if (await askInTurn(() => tokenSteps(services, tenant, heading, draft, isGuided))) await storeToken(services, tenant, draft);
}

/** The questions about an API token. The first token of a tenant needs no name to tell it from others. */
export function tokenSteps(
  services: Uses<'prompter' | 'vault'>,
  tenant: Tenant,
  title: string,
  draft: TokenDraft,
  isGuided = false,
): Step[] {
  const { prompter, vault } = services;
  return [
    ...(vault.of(tenant.id).length > 0 ? [nameStep(services, tenant, title, draft)] : []),
    ...secretSteps({ prompter, tenant, title, draft, isGuided }),
    ...(platformOf(tenant).singleUseTokens ? [useStep(services, title, draft)] : []),
  ];
}

/** Stores a token that was entered, and takes it up. @throws TargetedError */
export async function storeToken(services: TakesUpToken, tenant: Tenant, draft: TokenDraft): Promise<void> {
  const token = await about(
    { tenant: tenant.id },
    services.vault.add({
      tenant: tenant.id,
      name: draft.name ?? suggestName(services, tenant),
      ...(await services.broker.secrets.binding(tenant)),
      secret: completeSecret(tenant, draft.secret),
      ...(draft.singleUse && { singleUse: true }),
    }),
  );
  await noteEnd(services, token.id, draft);
  await takeUp(services, tenant, token);
}

/**
 * Selects a new token in the sidebar, activates it unless another one is active, exchanges it unless that costs something or it came with an access token,
 * and says whom it is for.
 * @throws TargetedError if it cannot be exchanged; it stays stored
 */
export async function takeUp(services: TakesUpToken, tenant: Tenant, token: TokenEntry): Promise<void> {
  const { vault, active, broker, prompter, tree } = services;
  if (!vault.find(active.id)) await active.set(token.id);
  void tree.reveal(tenant.id, token.id);
  await broker.load(token.id);
  if (isCostly(tenant, token) && !broker.peek(tenant, token.id)) {
    await offerExchange(services, tenant, token);
    return;
  }
  const access = await acquireAccessToken(services, { tenant, token }, { isUsed: false });
  if (access) void prompter.notify('info', signedInText(tenant, access, Date.now()));
}

async function offerExchange({ prompter }: Uses<'prompter'>, tenant: Tenant, { id, name }: TokenEntry): Promise<void> {
  const message = vscode.l10n.t('API token “{0}” of {1} is kept. Exchange it for an access token now?', name, tenant.name);
  if (await prompter.notify('info', message, [{ label: vscode.l10n.t('Exchange'), value: true }]))
    await vscode.commands.executeCommand('tenantTokens.exchange', { tenant: tenant.id, token: id });
}

function nameStep(services: Uses<'prompter' | 'vault'>, tenant: Tenant, title: string, draft: TokenDraft): Step {
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

function useStep({ prompter }: Uses<'prompter'>, title: string, draft: TokenDraft): Step {
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
  const taken = vault.of(tenant.id).map(({ name }) => name);
  if (taken.length === 0) return vscode.l10n.t('Default');
  for (let number = taken.length + 1; ; number++) {
    const name = vscode.l10n.t('API token {0}', number);
    if (!taken.includes(name)) return name;
  }
}
