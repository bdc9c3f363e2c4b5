import * as vscode from 'vscode';
import type { Command } from '../command.js';
import { insertInto } from './insertion.js';
import { inFile } from './requestAtCursor.js';

export const insertHeadersInFile: Command = (services, target) =>
  insertInto(services, target, vscode.l10n.t('Insert Headers in File'), inFile);
