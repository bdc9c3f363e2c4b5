import * as vscode from 'vscode';
import { tell } from '../views/ask.js';
import { formatDuration } from '../views/duration.js';

/** Says what was copied and, if so, after how many ms it is taken off the clipboard again. */
export function copied(what: string, clearedAfterMs: number): void {
  tell(clearedAfterMs > 0 ? vscode.l10n.t('{0}; the clipboard is cleared in {1}', what, formatDuration(clearedAfterMs)) : what);
}
