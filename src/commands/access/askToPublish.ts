import * as vscode from 'vscode';
import { settings } from '../../settings.js';
import type { Prompter } from '../../views/prompter.js';

/**
 * Asks whether to put access tokens where REST Client finds them, and stores the answer in the settings.
 * @param refuse the label of the button that refuses
 * @returns undefined when the person cancelled
 */
export async function askToPublish(prompter: Prompter, refuse: string): Promise<'allowed' | 'refused' | undefined> {
  const answer = await prompter.confirm<'allowed' | 'refused'>({
    severity: 'info',
    message: vscode.l10n.t('Let REST Client resolve references?'),
    detail: vscode.l10n.t(
      'REST Client looks for them in the environment of the extension host. Tenant Tokens would put access tokens there, as TENANT_TOKEN_…: only those that open files refer to. It exchanges them again before they expire, and takes them away when the file is closed.\n\nOther extensions in this process, and programs that they start, can read them meanwhile. API tokens are never put there.\n\nThe setting tenantTokens.publishReferences keeps your answer; change it there at any time.',
    ),
    options: [
      { label: vscode.l10n.t('Allow'), value: 'allowed' },
      { label: refuse, value: 'refused' },
    ],
  });
  if (answer !== undefined) await settings.setPublishReferences(answer === 'allowed');
  return answer;
}
