import * as vscode from 'vscode';
import { AppError } from '../../base/errors.js';
import { platformOf } from '../../platforms/index.js';
import { can, cannot } from '../../views/capabilities.js';
import { about, TargetedError, type Command, type Uses } from '../command.js';
import { selectToken, type SelectsToken } from '../selectToken.js';
import { pickRemote } from './selectRemoteToken.js';
import { signedIn, type SignsIn } from './signIn.js';

/** Fetches the service's details of a stored API token and shows them. */
export const fetchDetails: Command<SignsIn & SelectsToken & Uses<'inspector' | 'notes'>> = async (services, target) => {
  const title = vscode.l10n.t('Fetch Details from Service');
  const chosen = await selectToken(services, target, title);
  if (!chosen) return;
  const { tenant, token } = chosen;
  const subject = { tenant: tenant.id, token: token.id };
  const platform = platformOf(tenant);
  const show = (): void => services.inspector.show(subject);
  if (can(tenant, 'inspect')) {
    const details = services.prompter.progress(
      vscode.l10n.t('Asking {0} about the API token “{1}”', tenant.name, token.name),
      (signal) => services.manager.inspect(tenant, token.id, signal),
    );
    if (await about(subject, details)) show();
  } else if (platform.lifecycle?.list) {
    await signedIn(services, tenant, title, async (flow) => {
      if (await pickRemote(services, tenant, flow, subject, title)) show();
    });
  } else throw new TargetedError(new AppError('not-manageable', { reason: cannot(platform, 'inspect') }), subject);
};
