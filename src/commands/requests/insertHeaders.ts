import * as vscode from 'vscode';
import type { Command } from '../command.js';
import { insertInto } from './insertion.js';
import { atCursors } from './requestAtCursor.js';

export const insertHeaders: Command = (services, target) =>
  insertInto(services, target, vscode.l10n.t('Insert Headers'), atCursors);
