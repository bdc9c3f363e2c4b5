import { AppError } from '../errors.js';
import { showError } from '../views/messages.js';
import { TargetedError, type Services, type Target } from './command.js';

/** Tells the person about an error, with the name of the tenant that it is about. @throws what is no AppError */
export async function tellError(services: Services, target: Target, error: unknown): Promise<void> {
  const told = error instanceof TargetedError ? { ...target, ...error.target } : target;
  const tenant = told.tenant ?? services.vault.find(told.token)?.tenant;
  const known = error instanceof TargetedError ? error.error : error;
  if (!(known instanceof AppError)) throw error;
  const name = services.tenants.entries.find(({ id }) => id === tenant)?.name ?? tenant ?? '';
  await showError(known, name, { ...told, ...(tenant !== undefined && { tenant }) });
}
