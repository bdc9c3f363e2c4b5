import * as vscode from 'vscode';
import { can } from '../views/capabilities.js';
import { explain, subjectOf } from '../views/messages.js';
import type { Choice, Separator } from '../views/prompter.js';
import { answered } from '../views/prompts.js';
import type { Command, Uses } from './command.js';
import { allTokens, tokenRow, type Chosen } from './selectToken.js';

/** The status bar's menu: actions of the target's token or the active one, and the other tokens to activate. */
export const showActions: Command<Uses<'active' | 'broker' | 'prompter' | 'tenants' | 'vault'>> = async (services, target) => {
  const all = allTokens(services);
  const active = all.find(({ token }) => token.id === (target.token ?? services.active.id));
  const others = all.filter((one) => one !== active);
  await Promise.all(all.map(({ token }) => services.broker.load(token.id)));
  const choices: (Choice<() => Thenable<unknown>> | Separator)[] = active ? actionsOf(services, active) : [];
  if (active && others.length > 0) choices.push({ separator: vscode.l10n.t('Other tokens') });
  for (const one of others) choices.push({ ...tokenRow(services, one), value: running('tenantTokens.useToken', one) });
  const title = active ? `${active.tenant.name} · ${active.token.name}` : vscode.l10n.t('Tenant Tokens');
  const act = await answered(services.prompter.choice({ title, choices }));
  await act?.();
};

/** What a person needs now comes first: the remedies of an error, or an exchange where there is no access token. */
function actionsOf({ broker }: Uses<'broker'>, { tenant, token }: Chosen): Choice<() => Thenable<unknown>>[] {
  const { state, error } = broker.status(tenant, token.id);
  const remedies = error ? explain(error, subjectOf(tenant, token)).actions : [];
  const exchange = { title: vscode.l10n.t('Exchange'), icon: 'sync', command: 'tenantTokens.exchange' };
  const all = [
    ...remedies.map((remedy) => ({ ...remedy, icon: 'lightbulb' })),
    ...(state === 'unknown' || state === 'expired' ? [exchange] : []),
    { title: vscode.l10n.t('Insert Headers'), icon: 'insert', command: 'tenantTokens.insertHeaders' },
    { title: vscode.l10n.t('Insert Reference'), icon: 'link', command: 'tenantTokens.insertReference' },
    { title: vscode.l10n.t('Copy Headers'), icon: 'copy', command: 'tenantTokens.copyHeaders' },
    { title: vscode.l10n.t('Copy Access Token'), icon: 'key', command: 'tenantTokens.copyAccessToken' },
    { title: vscode.l10n.t('Copy as…'), icon: 'terminal', command: 'tenantTokens.copyCurl' },
    exchange,
    { title: vscode.l10n.t('Show Details'), icon: 'info', command: 'tenantTokens.showDetails' },
    ...(can(tenant, 'portal')
      ? [{ title: vscode.l10n.t('Open Portal'), icon: 'link-external', command: 'tenantTokens.openPortal' }]
      : []),
  ];
  return all
    .filter(({ command }, at) => all.findIndex((one) => one.command === command) === at)
    .map(({ title, icon, command }) => ({ label: title, icon, value: running(command, { tenant, token }) }));
}

const running =
  (command: string, { tenant, token }: Chosen) =>
  () =>
    vscode.commands.executeCommand(command, { tenant: tenant.id, token: token.id });
