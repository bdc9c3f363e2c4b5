import * as vscode from 'vscode';
import type { Choice, Separator } from '../views/prompter.js';
import { answered } from '../views/prompts.js';
import type { Command, Uses } from './command.js';
import { allTokens, tokenRow } from './selectToken.js';

/** The status bar's menu: actions of the target's token or the active one, and the other tokens to activate. */
export const showActions: Command<Uses<'active' | 'broker' | 'prompter' | 'tenants' | 'vault'>> = async (services, target) => {
  const all = allTokens(services);
  const active = all.find(({ token }) => token.id === (target.token ?? services.active.id));
  const others = all.filter((one) => one !== active);
  await Promise.all(others.map(({ token }) => services.broker.load(token.id)));
  const choices: (Choice<() => Thenable<unknown>> | Separator)[] = [];
  if (active) {
    const target = { tenant: active.tenant.id, token: active.token.id };
    const run = (id: string) => () => vscode.commands.executeCommand(`tenantTokens.${id}`, target);
    choices.push(
      { label: vscode.l10n.t('Insert Headers'), icon: 'edit', value: run('insertHeaders') },
      { label: vscode.l10n.t('Copy Headers'), icon: 'copy', value: run('copyHeaders') },
      { label: vscode.l10n.t('Copy Access Token'), icon: 'key', value: run('copyAccessToken') },
      { label: vscode.l10n.t('Copy as…'), icon: 'terminal', value: run('copyCurl') },
      { label: vscode.l10n.t('Exchange'), icon: 'sync', value: run('exchange') },
      { separator: vscode.l10n.t('Other tokens') },
    );
  }
  for (const one of others) choices.push({ ...tokenRow(services, one), value: () => services.active.set(one.token.id) });
  const title = active ? `${active.tenant.name} · ${active.token.name}` : vscode.l10n.t('Tenant Tokens');
  const act = await answered(services.prompter.choice({ title, choices }));
  await act?.();
};
