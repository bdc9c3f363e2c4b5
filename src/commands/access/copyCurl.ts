import * as vscode from 'vscode';
import { AppError } from '../../base/errors.js';
import { curlCommand, UnquotableError, type CurlRequest, type Shell } from '../../handoff/curl.js';
import { firstUrl } from '../../platforms/index.js';
import type { Choice, Prompter } from '../../views/prompter.js';
import { answered } from '../../views/prompts.js';
import type { Command, Uses } from '../command.js';
import { copied } from './copied.js';
import { noteUse } from '../noteUse.js';
import { selectToken, type SelectsToken } from '../selectToken.js';
import { acquireHeaders, type AcquiresToken } from './acquireAccessToken.js';

export const copyCurl: Command<SelectsToken & AcquiresToken & Uses<'clipboard' | 'history'>> = async (services, target) => {
  const chosen = await selectToken(services, target, vscode.l10n.t('Copy as cURL'));
  const shell = chosen && (await askShell(services.prompter));
  if (!shell) return;
  const headers = await acquireHeaders(services, chosen);
  if (!headers) return;
  const { tenant } = chosen;
  const url = firstUrl(tenant);
  const command = quoted({ method: 'GET', url, headers }, shell);
  noteUse(services, chosen, 'copied');
  copied(services.prompter, vscode.l10n.t('cURL command of {0} copied', tenant.name), await services.clipboard.copy(command));
};

function quoted(request: CurlRequest, shell: Shell): string {
  try {
    return curlCommand(request, shell);
  } catch (error) {
    throw error instanceof UnquotableError ? new AppError('not-quotable') : error;
  }
}

function askShell(prompter: Prompter): Promise<Shell | undefined> {
  const choices: Choice<Shell>[] = [
    { label: 'Bash', description: vscode.l10n.t('also zsh and sh'), value: 'bash' },
    { label: 'PowerShell', value: 'powershell' },
    { label: vscode.l10n.t('Command Prompt'), description: 'cmd.exe', value: 'cmd' },
  ];
  const usual = process.platform === 'win32' ? 'powershell' : 'bash';
  const placeholder = vscode.l10n.t('Choose the shell to quote for');
  return answered(prompter.choice({ title: vscode.l10n.t('Copy as cURL'), placeholder, choices, active: usual }));
}
