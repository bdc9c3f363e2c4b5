import * as vscode from 'vscode';
import type { Command } from '../command.js';
import { askToPublish } from './askToPublish.js';

/** Allows REST Client to resolve the references of open files, or stops it. */
export const allowReferences: Command = async ({ prompter }) => {
  await askToPublish(prompter, vscode.l10n.t('Don’t Allow'));
};
