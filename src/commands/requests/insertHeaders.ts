import * as vscode from 'vscode';
import { inserting } from './insertion.js';
import { atCursors, inFile } from './requestAtCursor.js';

export const insertHeaders = inserting(() => vscode.l10n.t('Insert Headers'), atCursors);

export const insertHeadersInFile = inserting(() => vscode.l10n.t('Insert Headers in File'), inFile);

/** Inserts auth headers with a reference: the file holds no token, and the HTTP client resolves it when it sends. */
export const insertReference = inserting(() => vscode.l10n.t('Insert Reference'), atCursors, 'reference');
