import * as vscode from 'vscode';
import { AppError } from '../errors.js';
import { explain } from '../views/messages.js';
import { TargetedError, type Services, type Target } from './command.js';

/** Shows an error with its buttons, and the name of the tenant that it is about. @throws what is no AppError */
export async function tellError(services: Services, target: Target, error: unknown): Promise<void> {
  const told = error instanceof TargetedError ? { ...target, ...error.target } : target;
  const tenant = told.tenant ?? services.vault.find(told.token)?.tenant;
  const known = error instanceof TargetedError ? error.error : error;
  if (!(known instanceof AppError)) throw error;
  const name = services.tenants.entries.find(({ id }) => id === tenant)?.name ?? tenant ?? '';
  const { text, actions } = explain(known, name);
  const options = actions.map(({ title, command }) => ({ label: title, value: command }));
  const command = await services.prompter.notify('error', text, options);
  if (command !== undefined) await vscode.commands.executeCommand(command, { ...told, ...(tenant !== undefined && { tenant }) });
}
