import * as vscode from 'vscode';
import { formatDuration } from '../../views/duration.js';
import type { Prompter } from '../../views/prompter.js';

/** Says what was copied and, if so, after how many ms it is taken off the clipboard again. */
export function copied(prompter: Prompter, what: string, clearedAfterMs: number): void {
  prompter.done(
    clearedAfterMs > 0 ? vscode.l10n.t('{0}; the clipboard is cleared in {1}', what, formatDuration(clearedAfterMs)) : what,
  );
}
