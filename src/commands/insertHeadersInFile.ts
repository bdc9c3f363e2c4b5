import * as vscode from 'vscode';
import { findRequests } from '../httpFile/index.js';
import type { Command } from './command.js';
import { insertInto, lookup, refuse } from './insertion.js';

export const insertHeadersInFile: Command = (services, target) =>
  insertInto(services, target, vscode.l10n.t('Insert Headers in File'), (lines, editor) => {
    const { dialect, markdown } = lookup(editor);
    const blocks = findRequests(lines, dialect, { markdown });
    if (blocks.length === 0) refuse('no-request');
    return blocks;
  });
