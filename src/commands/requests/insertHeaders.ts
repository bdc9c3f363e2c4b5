import * as vscode from 'vscode';
import type { Command } from '../command.js';
import { insertInto, type InsertsHeaders } from './insertion.js';
import { atCursors, inFile } from './requestAtCursor.js';

export const insertHeaders: Command<InsertsHeaders> = (services, target) =>
  insertInto(services, target, vscode.l10n.t('Insert Headers'), atCursors);

export const insertHeadersInFile: Command<InsertsHeaders> = (services, target) =>
  insertInto(services, target, vscode.l10n.t('Insert Headers in File'), inFile);

/** Inserts auth headers with a reference: the file holds no token, and the HTTP client resolves it when it sends. */
export const insertReference: Command<InsertsHeaders> = (services, target) =>
  insertInto(services, target, vscode.l10n.t('Insert Reference'), atCursors, 'reference');
