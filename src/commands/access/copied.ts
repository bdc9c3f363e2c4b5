import * as vscode from 'vscode';
import { formatDuration } from '../../views/duration.js';
import type { Prompter } from '../../views/prompter.js';

/** Reports what was copied and when the clipboard is cleared. @param clearedAfterMs 0: never */
export function copied(prompter: Prompter, what: string, clearedAfterMs: number): void {
  prompter.done(
    clearedAfterMs > 0 ? vscode.l10n.t('{0}; the clipboard is cleared in {1}', what, formatDuration(clearedAfterMs)) : what,
  );
}
