import * as vscode from 'vscode';
import type { KnownCredentials } from '../../editor/credentials.js';
import type { HistoryFile } from '../../handoff/restClientHistory.js';
import type { Prompter } from '../../views/prompter.js';
import { confirmed } from '../../views/prompts.js';
import type { Command, Uses } from '../command.js';
import { credentialsText, inspectHistories, scrubHistories, totalOf } from './historyScrubbing.js';

/** Removes credentials from REST Client's history, which keeps the last 50 requests in clear, and from files that show it. */
export const scrubHistory: Command<KnownCredentials & Uses<'prompter'>> = async (services) => {
  const { prompter } = services;
  const before = await inspectHistories(services);
  const { replaced, removed } = totalOf(before);
  if (replaced + removed === 0) {
    if (before.some((one) => 'problem' in one)) showProblems(prompter, before);
    else void prompter.notify('info', nothingText(before));
    return;
  }
  const yes = await confirmed(
    prompter,
    vscode.l10n.t('Scrub REST Client’s history?'),
    vscode.l10n.t(
      'The history, and the temporary files that it was shown in, hold {0} from sent requests. Your access tokens become references ({1}); all others are removed ({2}). The requests stay.',
      credentialsText(replaced + removed),
      replaced,
      removed,
    ),
    vscode.l10n.t('Scrub'),
  );
  if (!yes) return;
  const after = await scrubHistories(services);
  showProblems(prompter, after);
  const done = totalOf(after);
  if (done.replaced + done.removed > 0)
    prompter.done(vscode.l10n.t('{0} replaced, {1} removed', credentialsText(done.replaced), done.removed));
};

const nothingText = (histories: readonly HistoryFile[]): string =>
  histories.length === 0
    ? vscode.l10n.t('REST Client has no history on this machine.')
    : vscode.l10n.t('REST Client’s history holds no credentials.');

function showProblems(prompter: Prompter, histories: readonly HistoryFile[]): void {
  for (const one of histories) {
    if (!('problem' in one)) continue;
    const text =
      one.problem === 'unreadable'
        ? vscode.l10n.t('{0} is not what REST Client writes, so it was left as it is. Delete it if you do not need it.', one.file)
        : vscode.l10n.t(
            '{0} could not be replaced: it is write-protected, or REST Client was busy with it. Try again.',
            one.file,
          );
    void prompter.notify('error', text);
  }
}
