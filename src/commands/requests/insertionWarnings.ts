import * as vscode from 'vscode';
import type { Anchors } from '../../editor/anchors.js';
import { applyToDocument, linesOf } from '../../editor/document.js';
import {
  findRequest,
  uncommentHeader,
  upperCaseMethod,
  type Dialect,
  type FindOptions,
  type Lines,
  type TextEdit,
  type Warning,
} from '../../httpFile/index.js';
import type { Header } from '../../platforms/platform.js';
import { warningText } from '../../views/insertionQuestions.js';
import type { Prompter } from '../../views/prompter.js';

/** How a document is read for an insertion. */
export interface Reading {
  readonly lines: Lines;
  readonly dialect: Dialect;
  readonly options: FindOptions;
}

interface Fix {
  readonly title: string;
  /** @param line the current line of the warning */
  readonly edits: (reading: Reading, line: number) => readonly TextEdit[];
}

/**
 * Shows the first warning about the changed requests, with a fix if there is one. The anchors follow the warnings' lines until
 * the message is closed.
 */
export async function offerFixes(
  prompter: Prompter,
  document: vscode.TextDocument,
  { dialect, options }: Omit<Reading, 'lines'>,
  [warning]: readonly Warning[],
  anchors: Anchors,
  headers: readonly Header[],
): Promise<void> {
  const lineNow = anchors.lines[0];
  if (!warning || lineNow === undefined) return;
  const fix = fixOf(warning, headers);
  const mend = fix ? [{ label: fix.title, value: fix }] : [];
  const chosen = await prompter.notify('warning', warningText({ ...warning, line: lineNow }), mend);
  const line = anchors.lines[0];
  if (!chosen || line === undefined) return;
  const edits = chosen.edits({ lines: linesOf(document), dialect, options }, line);
  if (edits.length > 0) await applyToDocument(document, edits);
}

function fixOf({ kind }: Warning, headers: readonly Header[]): Fix | undefined {
  if (kind === 'lower-case-method')
    return { title: vscode.l10n.t('Write It in Upper Case'), edits: ({ lines }, line) => upperCaseMethod(lines, line) };
  if (kind !== 'commented-header') return undefined;
  return {
    title: vscode.l10n.t('Uncomment It Instead'),
    edits: ({ lines, dialect, options }, line) => {
      const { request } = findRequest(lines, line, dialect, options);
      return request ? headers.flatMap((header) => uncommentHeader(lines, request, header, line)) : [];
    },
  };
}
