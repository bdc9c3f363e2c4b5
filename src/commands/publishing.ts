import * as vscode from 'vscode';
import { settings } from '../settings.js';

/**
 * Asks for leave to put access tokens where REST Client finds them, and keeps the answer in the settings.
 * @param besideHttpYac references work without REST Client too
 * @returns undefined when the person did not say
 */
export async function askToPublish(besideHttpYac: boolean): Promise<'allowed' | 'refused' | undefined> {
  const allow = vscode.l10n.t('Allow');
  const refuse = besideHttpYac ? vscode.l10n.t('Only in httpYac') : vscode.l10n.t('Insert Access Token');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('Let REST Client resolve references?'),
    {
      modal: true,
      detail: vscode.l10n.t(
        'REST Client looks for them in the environment of the extension host. Tenant Tokens would put access tokens there, as TENANT_TOKEN_…: only those that open files refer to, and only while they are valid. Other extensions in this process, and programs that they start, can read them meanwhile. API tokens are never put there.\n\nThe setting tenantTokens.publishReferences keeps your answer.',
      ),
    },
    allow,
    refuse,
  );
  if (chosen === undefined) return undefined;
  await settings.setPublishReferences(chosen === allow);
  return chosen === allow ? 'allowed' : 'refused';
}
