import * as vscode from 'vscode';
import type { Command } from '../command.js';
import { insertInto } from './insertion.js';
import { atCursors } from './requestAtCursor.js';

/** Auth headers whose token the HTTP client fills in when it sends the request: the file holds none. */
export const insertReference: Command = (services, target) =>
  insertInto(services, target, vscode.l10n.t('Insert Reference'), atCursors, 'reference');
