import * as vscode from 'vscode';
import { AppError } from '../../base/errors.js';
import { platformOf } from '../../platforms/index.js';
import { cannot } from '../../views/capabilities.js';
import { confirmTyped } from '../../views/prompts.js';
import { about, TargetedError, type Command, type Uses } from '../command.js';
import { noteUse } from '../noteUse.js';
import { selectToken, type SelectsToken } from '../selectToken.js';
import { signedIn, type SignsIn } from './signIn.js';

/** Makes the service replace the value of a stored API token. The new value is stored without being shown. */
export const regenerateToken: Command<SignsIn & SelectsToken & Uses<'history'>> = async (services, target) => {
  const title = vscode.l10n.t('Regenerate API Token');
  const chosen = await selectToken(services, target, title);
  if (!chosen) return;
  const { tenant, token } = chosen;
  const platform = platformOf(tenant);
  const subject = { tenant: tenant.id, token: token.id };
  if (!platform.lifecycle?.regenerate)
    throw new TargetedError(new AppError('not-manageable', { reason: cannot(platform, 'regenerate') }), subject);
  const prompt = vscode.l10n.t(
    'The current value of “{0}” of {1} stops working wherever else it is used; the new one is stored here. Type its name.',
    token.name,
    tenant.name,
  );
  if (!(await confirmTyped(services.prompter, `${title}: ${tenant.name}`, prompt, token.name))) return;
  await signedIn(services, tenant, title, async (flow) => {
    await about(
      subject,
      services.prompter.steadyProgress(vscode.l10n.t('Regenerating the API token “{0}” of {1}', token.name, tenant.name), () =>
        flow.regenerate(token.id),
      ),
    );
    noteUse(services, chosen, 'regenerated');
    services.prompter.done(vscode.l10n.t('API token “{0}” of {1} has a new value', token.name, tenant.name));
  });
};
