import * as vscode from 'vscode';
import { askChoice, BACK, type Choice } from '../views/ask.js';
import type { Command } from './command.js';
import { allTokens, tokenChoice } from './pick.js';

/** What the status bar offers: the actions of a token, the active one unless another is named, and the others to make active. */
export const showActions: Command = async (services, target) => {
  const all = allTokens(services);
  const active = all.find(({ token }) => token.id === (target.token ?? services.active.id));
  const others = all.filter((one) => one !== active);
  await Promise.all(others.map(({ token }) => services.broker.load(token.id)));
  const choices: (Choice<() => Thenable<unknown>> | vscode.QuickPickItem)[] = [];
  if (active) {
    const target = { tenant: active.tenant.id, token: active.token.id };
    const run = (id: string) => () => vscode.commands.executeCommand(`tenantTokens.${id}`, target);
    choices.push(
      { label: `$(edit) ${vscode.l10n.t('Insert Headers')}`, value: run('insertHeaders') },
      { label: `$(copy) ${vscode.l10n.t('Copy Headers')}`, value: run('copyHeaders') },
      { label: `$(key) ${vscode.l10n.t('Copy Access Token')}`, value: run('copyAccessToken') },
      { label: `$(terminal) ${vscode.l10n.t('Copy as cURL')}`, value: run('copyCurl') },
      { label: `$(sync) ${vscode.l10n.t('Exchange')}`, value: run('exchange') },
      { label: vscode.l10n.t('Other tokens'), kind: vscode.QuickPickItemKind.Separator },
    );
  }
  for (const one of others) {
    const { label, description, detail } = tokenChoice(services, one);
    choices.push({
      label,
      ...(description !== undefined && { description }),
      ...(detail !== undefined && { detail }),
      value: () => services.active.set(one.token.id),
    });
  }
  const title = active ? `${active.tenant.name} · ${active.token.name}` : vscode.l10n.t('Tenant Tokens');
  const chosen = await askChoice({ title }, choices);
  if (chosen !== BACK) await chosen?.();
};
