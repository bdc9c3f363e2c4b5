import process from 'node:process';
import * as vscode from 'vscode';
import { AppError } from '../../base/errors.js';
import { copyForms, type CopyForm } from '../../handoff/copyAs/forms.js';
import type { LastForm } from '../../handoff/copyAs/lastForm.js';
import { UnquotableError, type CommandRequest } from '../../handoff/copyAs/request.js';
import { firstUrl } from '../../platforms/index.js';
import type { Choice, Prompter, Row } from '../../views/prompter.js';
import { answered } from '../../views/prompts.js';
import type { Command, Uses } from '../command.js';
import { noteUse } from '../noteUse.js';
import { selectToken, type SelectsToken } from '../selectToken.js';
import { acquireHeaders, type AcquiresToken } from './acquireAccessToken.js';
import { confirmProduction, type ConfirmsProduction } from './confirmProduction.js';
import { copied } from './copied.js';

/** Stands for the access token in the redacted form. */
const PLACEHOLDER = '<access token>';

/** Copies a request to a tenant as a command of a shell, or without the token as a text for tickets. */
export const copyAs: Command<
  SelectsToken & AcquiresToken & ConfirmsProduction & Uses<'clipboard' | 'copyForm' | 'history'>
> = async (services, target) => {
  const { prompter, copyForm, broker, clipboard } = services;
  const chosen = await selectToken(services, target, vscode.l10n.t('Copy as'));
  const form = chosen && (await askForm(prompter, copyForm));
  if (!form) return;
  const { tenant, token } = chosen;
  const isRedacted = form === 'redacted';
  if (!isRedacted && !(await confirmProduction(services, tenant, 'copy'))) return;
  const headers = isRedacted ? broker.headers(tenant, token.id, PLACEHOLDER) : await acquireHeaders(services, chosen);
  if (!headers) return;
  const command = written({ method: 'GET', url: firstUrl(tenant), headers }, isRedacted ? 'curl-bash' : form);
  await copyForm.set(form);
  if (isRedacted) {
    await vscode.env.clipboard.writeText(command);
    prompter.done(vscode.l10n.t('Request to {0} copied without its token', tenant.name));
    return;
  }
  noteUse(services, chosen, 'copied');
  const done = vscode.l10n.t('Request to {0} copied as {1}', tenant.name, rows()[form].label);
  copied(prompter, done, await clipboard.copy(command));
};

/** @throws AppError `not-quotable` */
function written(request: CommandRequest, form: CopyForm): string {
  try {
    return copyForms[form](request);
  } catch (error) {
    throw error instanceof UnquotableError ? new AppError('not-quotable', { why: error.why }) : error;
  }
}

/** Offers the forms, the one that was chosen last first. */
function askForm(prompter: Prompter, copyForm: LastForm): Promise<CopyForm | 'redacted' | undefined> {
  const all = Object.entries(rows()) as [CopyForm | 'redacted', Row][];
  const first = copyForm.value ?? (process.platform === 'win32' ? 'curl-powershell' : 'curl-bash');
  const choices: Choice<CopyForm | 'redacted'>[] = all
    .toSorted(([one], [other]) => Number(other === first) - Number(one === first))
    .map(([value, row]) => ({ ...row, value }));
  const placeholder = vscode.l10n.t('Choose what to copy the request as');
  return answered(prompter.choice({ title: vscode.l10n.t('Copy as'), placeholder, choices }));
}

const rows = (): Readonly<Record<CopyForm | 'redacted', Row>> => ({
  'curl-bash': {
    label: vscode.l10n.t('cURL (Bash)'),
    icon: 'terminal-bash',
    detail: vscode.l10n.t('For the prompt of Bash and zsh'),
  },
  'curl-powershell': {
    label: vscode.l10n.t('cURL (PowerShell)'),
    icon: 'terminal-powershell',
    detail: vscode.l10n.t('For Windows PowerShell and PowerShell 7; runs curl.exe'),
  },
  'curl-cmd': {
    label: vscode.l10n.t('cURL (Command Prompt)'),
    icon: 'terminal-cmd',
    detail: vscode.l10n.t('For the prompt of cmd.exe, not for batch files; without line breaks'),
  },
  httpie: { label: 'HTTPie', icon: 'terminal', detail: vscode.l10n.t('For the prompt of Bash and zsh; HTTPie 3 or later') },
  'invoke-restmethod': {
    label: 'Invoke-RestMethod',
    icon: 'terminal-powershell',
    detail: vscode.l10n.t('For Windows PowerShell and PowerShell 7; gives an object, and follows no redirect'),
  },
  redacted: {
    label: vscode.l10n.t('Redacted'),
    icon: 'eye-closed',
    detail: vscode.l10n.t('cURL for tickets: {0} stands for the token, and nothing is exchanged', PLACEHOLDER),
  },
});
