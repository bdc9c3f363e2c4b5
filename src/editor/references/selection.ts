import * as vscode from 'vscode';
import { finish, firstSentLine, isBlank, RestClientRegions } from '../../httpFile/index.js';
import { isMarkdown, linesOf } from '../document.js';

/** A variable, or a file that is sent with its variables replaced. */
const MAY_HOLD_USE = /\{\{|^<@/m;

/**
 * The first line of the selected text that REST Client would send otherwise than without a selection: it sends the text as one
 * request, which goes where its first line says. Nothing changes if it begins as a region does, and ends with it.
 */
export function straySelection(): { readonly document: vscode.TextDocument; readonly line: number } | undefined {
  const { document, selection } = vscode.window.activeTextEditor ?? {};
  if (!document || !selection || selection.isEmpty || !MAY_HOLD_USE.test(document.getText(selection))) return undefined;
  const { start, end } = selection;
  const lines = linesOf(document);
  const lineAt = (line: number): string => lines.lineAt(line).slice(line === start.line ? start.character : 0);
  const last = end.character === 0 ? end.line - 1 : end.line;
  const first = finish(firstSentLine({ lineCount: lines.lineCount, lineAt }, start.line, last + 1));
  if (first === undefined) return undefined;
  const region = new RestClientRegions(lines, { markdown: isMarkdown(document) }).at(first);
  const isCut = first === start.line && !isBlank(lines.lineAt(first).slice(0, start.character));
  const isUsual = region !== undefined && !isCut && finish(firstSentLine(lines, region.start, region.end)) === first;
  for (let line = first; line <= last; line++) {
    const isSentAsUsual = isUsual && line < region.end;
    if (!isSentAsUsual && MAY_HOLD_USE.test(lineAt(line))) return { document, line };
  }
  return undefined;
}
