import * as vscode from 'vscode';
import { findRequest, type RequestBlock } from '../httpFile/index.js';
import type { Command } from './command.js';
import { insertInto, lookup, refuse } from './insertion.js';

/** At each cursor's request; two cursors in one request count once. */
export const insertHeaders: Command = (services, target) =>
  insertInto(services, target, vscode.l10n.t('Insert Headers'), (lines, editor) => {
    const { dialect, markdown } = lookup(editor);
    const blocks = new Map<number, RequestBlock>();
    for (const { active } of editor.selections) {
      const { request, refused } = findRequest(lines, active.line, dialect, { markdown });
      if (refused) refuse(refused);
      blocks.set(request.line, request);
    }
    return [...blocks.values()];
  });
