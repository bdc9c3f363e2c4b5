import * as vscode from 'vscode';
import type { RemoteToken } from '../platforms/lifecycle.js';
import type { Tenant } from '../platforms/platform.js';
import { can } from '../views/capabilities.js';
import type { Command, Services } from './command.js';
import { listed, pickManageable, remoteChoice } from './remoteTokens.js';
import { revokeRemote } from './revokeToken.js';
import { signedIn } from './signIn.js';
import { updateRemote } from './updateToken.js';

/** Lists the API tokens that a tenant has at its service, here and in the tree, and lets a person manage them in one flow. */
export const listTokens: Command = async (services, target) => {
  const title = vscode.l10n.t('API Tokens at Service');
  const chosen = await pickManageable(services, target, title, 'list');
  if (!chosen) return;
  const { tenant, lifecycle } = chosen;
  await signedIn(services, tenant, title, async (flow) => {
    for (;;) {
      const tokens = await listed(tenant, flow);
      if (!tokens) return;
      const choice = await choose(services, tenant, tokens, title);
      if (!choice) return;
      if (choice.act === 'show') {
        services.inspector.show(targetOf(services, tenant, choice.token));
        return;
      }
      if (choice.act === 'update') await updateRemote(tenant, lifecycle, flow, choice.token);
      else await revokeRemote(services, tenant, flow, choice.token, vscode.l10n.t('Revoke API Token'));
    }
  });
};

function targetOf(services: Services, tenant: Tenant, { id }: RemoteToken) {
  const token = services.manager.keptAs(tenant.id, id);
  return { tenant: tenant.id, ...(token === undefined ? { remote: id } : { token }) };
}

interface Chosen {
  readonly act: 'show' | 'update' | 'revoke';
  readonly token: RemoteToken;
}

interface Item extends vscode.QuickPickItem {
  readonly value: RemoteToken;
}

function choose(services: Services, tenant: Tenant, tokens: readonly RemoteToken[], title: string): Promise<Chosen | undefined> {
  const updateButton = { iconPath: new vscode.ThemeIcon('edit'), tooltip: vscode.l10n.t('Change API Token…') };
  const revokeButton = { iconPath: new vscode.ThemeIcon('trash'), tooltip: vscode.l10n.t('Revoke API Token…') };
  const buttons = [...(can(tenant, 'update') ? [updateButton] : []), ...(can(tenant, 'revoke') ? [revokeButton] : [])];
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = `${title}: ${tenant.name}`;
  pick.placeholder =
    tokens.length === 0
      ? vscode.l10n.t('{0} has no API token that you may see', tenant.name)
      : vscode.l10n.t('Choose one to see its details');
  pick.ignoreFocusOut = true;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.items = tokens.map((token) => ({ ...remoteChoice(services, tenant, token), buttons }));
  return new Promise((resolve) => {
    const done = (choice: Chosen | undefined): void => {
      resolve(choice);
      pick.dispose();
    };
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      if (item) done({ act: 'show', token: item.value });
    });
    pick.onDidTriggerItemButton(({ item, button }) =>
      done({ act: button === revokeButton ? 'revoke' : 'update', token: item.value }),
    );
    pick.onDidHide(() => done(undefined));
    pick.show();
  });
}
