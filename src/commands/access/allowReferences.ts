import * as vscode from 'vscode';
import type { Command, Uses } from '../command.js';
import { askToPublish } from './askToPublish.js';

/** Allows REST Client to resolve the references of open files, or stops it. */
export const allowReferences: Command<Uses<'prompter'>> = async ({ prompter }) => {
  await askToPublish(prompter, vscode.l10n.t('Don’t Allow'));
};
