import * as vscode from 'vscode';
import { applyEdits, isMarkdown, linesOf } from '../../editor/document.js';
import { newRequest as requestEdit } from '../../httpFile/index.js';
import { firstUrl } from '../../platforms/index.js';
import type { Command } from '../command.js';
import { activeEditor, type InsertsHeaders } from './insertion.js';
import { insertHeaders } from './insertHeaders.js';
import { selectToken } from '../selectToken.js';

/** Writes a new request to the tenant at the cursor, with auth headers. */
export const newRequest: Command<InsertsHeaders> = async (services, target) => {
  const editor = activeEditor();
  const { document, selection } = editor;
  const chosen = await selectToken(services, target, vscode.l10n.t('New Request'));
  if (!chosen) return;
  const { tenant, token } = chosen;
  const url = firstUrl(tenant);
  const options = { markdown: isMarkdown(document) };
  const added = requestEdit(linesOf(document), selection.active.line, services.dialects.current, options, { method: 'GET', url });
  await applyEdits(editor, [added]);
  const { range } = document.lineAt(added.requestLine);
  editor.selection = new vscode.Selection(range.end, range.end);
  await insertHeaders(services, { tenant: tenant.id, token: token.id });
};
