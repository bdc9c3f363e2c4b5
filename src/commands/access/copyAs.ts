import process from 'node:process';
import * as vscode from 'vscode';
import { AppError } from '../../base/errors.js';
import { foundTokens } from '../../editor/foundTokens/foundTokens.js';
import { copyForms, type CopyForm } from '../../handoff/copyAs/forms.js';
import type { LastForm } from '../../handoff/copyAs/lastForm.js';
import { ACCESS_TOKEN_HERE, API_TOKEN_HERE, redacted } from '../../handoff/copyAs/redacted.js';
import { UnquotableError, type CommandRequest } from '../../handoff/copyAs/request.js';
import type { Choice, Prompter, Row } from '../../views/prompter.js';
import { answered } from '../../views/prompts.js';
import type { Command, Uses } from '../command.js';
import { noteUse } from '../noteUse.js';
import { confirmDestination, type ConfirmsHost } from '../requests/confirmDestination.js';
import { requestToCopy, type FindsRequest, type RequestToCopy } from '../requests/requestToCopy.js';
import { acquireAccessToken, type AcquiresToken } from './acquireAccessToken.js';
import { confirmProduction, type ConfirmsProduction } from './confirmProduction.js';
import { copied } from './copied.js';

type CopiesRequest = FindsRequest &
  AcquiresToken &
  ConfirmsHost &
  ConfirmsProduction &
  Uses<'clipboard' | 'copyForm' | 'history' | 'issued' | 'keptSecrets'>;

/** Copies the request at the cursor, or one to a tenant, as a command of a shell, or for tickets without credentials. */
export const copyAs: Command<CopiesRequest> = async (services, target) => {
  const { prompter, copyForm } = services;
  const request = await requestToCopy(services, target, vscode.l10n.t('Copy as'));
  const form = request && (await askForm(prompter, copyForm, request));
  if (!form) return;
  const wasCopied = form === 'redacted' ? await copyRedacted(services, request) : await copyWithTokens(services, request, form);
  if (wasCopied) await copyForm.set(form);
};

async function copyWithTokens(services: CopiesRequest, request: RequestToCopy, form: CopyForm): Promise<boolean> {
  const { prompter, clipboard } = services;
  const { tokens, destination } = request;
  for (const tenant of new Set(tokens.map((one) => one.tenant))) {
    if (!(await confirmProduction(services, tenant, 'copy'))) return false;
    if (destination && !(await confirmDestination(services, tenant, [destination], 'copy'))) return false;
  }
  const accessTokens = new Map<string, string>();
  for (const one of tokens) {
    const access = await acquireAccessToken(services, one);
    if (!access) return false;
    accessTokens.set(one.token.id, access.token);
  }
  const command = written(
    request.filled(({ token }) => accessTokens.get(token.id) ?? ''),
    form,
  );
  for (const one of tokens) noteUse(services, one, 'copied');
  const done = vscode.l10n.t('{0} copied as {1}', request.label, rows()[form].label);
  copied(prompter, done, await clipboard.copy(command));
  return true;
}

/** Nothing is exchanged, and nothing in it has to be cleared from the clipboard. */
async function copyRedacted(services: CopiesRequest, request: RequestToCopy): Promise<boolean> {
  const { prompter, keptSecrets } = services;
  const title = vscode.l10n.t('Looking for tokens…');
  const secrets = await prompter.progress(title, (signal) => keptSecrets.finder(signal));
  if (!secrets) return false;
  const withoutTokens = (text: string): string => {
    const lines = text.split('\n');
    for (const { line, start, end, apiToken } of foundTokens(text, 'other', { ...services, secrets }).toReversed()) {
      const before = lines[line] ?? '';
      lines[line] = before.slice(0, start) + (apiToken === undefined ? ACCESS_TOKEN_HERE : API_TOKEN_HERE) + before.slice(end);
    }
    return lines.join('\n');
  };
  await vscode.env.clipboard.writeText(
    written(
      redacted(
        request.filled(() => ACCESS_TOKEN_HERE),
        withoutTokens,
      ),
      'curl-bash',
    ),
  );
  prompter.done(vscode.l10n.t('{0} copied without credentials', request.label));
  return true;
}

/** @throws AppError `not-quotable` */
function written(request: CommandRequest, form: CopyForm): string {
  try {
    return copyForms[form](request);
  } catch (error) {
    throw error instanceof UnquotableError ? new AppError('not-quotable', { why: error.why }) : error;
  }
}

/** Offers the forms, the one that was chosen last first. */
function askForm(prompter: Prompter, copyForm: LastForm, { label }: RequestToCopy): Promise<CopyForm | 'redacted' | undefined> {
  const all = Object.entries(rows()) as [CopyForm | 'redacted', Row][];
  const first = copyForm.value ?? (process.platform === 'win32' ? 'curl-powershell' : 'curl-bash');
  const choices: Choice<CopyForm | 'redacted'>[] = all
    .toSorted(([one], [other]) => Number(other === first) - Number(one === first))
    .map(([value, row]) => ({ ...row, value }));
  const placeholder = vscode.l10n.t('Choose what to copy {0} as', label);
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
    detail: vscode.l10n.t('cURL for tickets, without tokens and fields such as passwords; nothing is exchanged'),
  },
});
