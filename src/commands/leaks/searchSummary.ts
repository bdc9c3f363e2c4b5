import * as vscode from 'vscode';
import { EXCLUDED, MAX_FILES, type Searched } from './tokenSearch.js';

const MAX_ENDINGS = 5;

/** What was searched for tokens, and what was not. */
export function searchSummary({ files, endings, tooLarge, isCut }: Searched): string {
  const shown = endings.slice(0, MAX_ENDINGS).join(', ') + (endings.length > MAX_ENDINGS ? ', …' : '');
  const large = tooLarge === 1 ? vscode.l10n.t('1 file over 1 MB') : vscode.l10n.t('{0} files over 1 MB', tooLarge);
  const skipped = [
    EXCLUDED,
    ...(tooLarge > 0 ? [large] : []),
    ...(isCut ? [vscode.l10n.t('files after the first {0} of a kind', MAX_FILES)] : []),
  ];
  return files === 1
    ? vscode.l10n.t('Searched 1 file ({0}), skipped {1}.', shown, skipped.join(', '))
    : vscode.l10n.t('Searched {0} files ({1}), skipped {2}.', files, shown, skipped.join(', '));
}
