import * as vscode from 'vscode';
import type { RemoteToken } from '../../platforms/lifecycle.js';
import type { Tenant } from '../../platforms/tenant.js';
import { can } from '../../views/capabilities.js';
import { answered } from '../../views/prompts.js';
import type { Command, Uses } from '../command.js';
import { listed, matchKept, pickManageable, remoteRow } from './selectRemoteToken.js';
import { revokeRemote } from './revokeToken.js';
import { signedIn, type SignsIn } from './signIn.js';
import { updateRemote } from './updateToken.js';

/** Lists a tenant's API tokens at its service, here and in the tree, and lets a person manage them in one session. */
export const listTokens: Command<SignsIn & Uses<'active' | 'history' | 'inspector' | 'notes'>> = async (services, target) => {
  const title = vscode.l10n.t('API Tokens at Service');
  const manageable = await pickManageable(services, target, title, 'list');
  if (!manageable) return;
  const { tenant, lifecycle } = manageable;
  await signedIn(services, tenant, title, async (flow) => {
    for (;;) {
      const tokens = await listed(services.prompter, tenant, flow);
      if (!tokens) return;
      await matchKept(services, tenant, tokens, title);
      const choice = await choose(services, tenant, tokens, title);
      if (!choice) return;
      if (choice.act === 'show') {
        services.inspector.show(targetOf(services, tenant, choice.token));
        return;
      }
      if (choice.act === 'update') await updateRemote(services.prompter, tenant, lifecycle, flow, choice.token);
      else await revokeRemote(services, tenant, flow, choice.token, vscode.l10n.t('Revoke API Token'));
    }
  });
};

function targetOf({ manager }: Uses<'manager'>, tenant: Tenant, { id }: RemoteToken) {
  const token = manager.keptAs(tenant.id, id);
  return { tenant: tenant.id, ...(token === undefined ? { remote: id } : { token }) };
}

interface Chosen {
  readonly act: 'show' | 'update' | 'revoke';
  readonly token: RemoteToken;
}

function choose(
  services: Uses<'manager' | 'prompter' | 'vault'>,
  tenant: Tenant,
  tokens: readonly RemoteToken[],
  title: string,
): Promise<Chosen | undefined> {
  const buttonsOf = (token: RemoteToken) => [
    ...(can(tenant, 'update')
      ? [{ icon: 'edit', tooltip: vscode.l10n.t('Change API Token…'), value: { act: 'update', token } as const }]
      : []),
    ...(can(tenant, 'revoke')
      ? [{ icon: 'trash', tooltip: vscode.l10n.t('Revoke API Token…'), value: { act: 'revoke', token } as const }]
      : []),
  ];
  const answer = services.prompter.choice<Chosen>({
    title: `${title}: ${tenant.name}`,
    placeholder:
      tokens.length === 0
        ? vscode.l10n.t('{0} has no API token that you may see', tenant.name)
        : vscode.l10n.t('Choose one to see its details'),
    choices: tokens.map((token) => ({
      ...remoteRow(services, tenant, token),
      value: { act: 'show', token },
      buttons: buttonsOf(token),
    })),
  });
  return answered(answer);
}
