import * as vscode from 'vscode';
import type { Command, Uses } from '../command.js';
import { confirmProduction, type ConfirmsProduction } from './confirmProduction.js';
import { askToPublish } from './askToPublish.js';

/**
 * Allows REST Client to resolve the references of open files, or stops it; with a production tenant, allows it to send that
 * tenant's tokens in requests that may change something.
 */
export const allowReferences: Command<ConfirmsProduction & Uses<'tenants'>> = async (services, target) => {
  const tenant = services.tenants.find(target.tenant);
  if (tenant?.production) await confirmProduction(services, tenant, 'publish');
  else await askToPublish(services.prompter, vscode.l10n.t('Don’t Allow'));
};
