import * as vscode from 'vscode';
import type { Tenant } from '../../platforms/tenant.js';
import { mayChange } from '../../tenants/productionConsents.js';
import { inert } from '../../views/format.js';
import { confirmed } from '../../views/prompts.js';
import type { Uses } from '../command.js';

/** What {@link confirmProduction} uses. */
export type ConfirmsProduction = Uses<'production' | 'prompter'>;

/** How a tenant's access token is handed out: into a file, to the clipboard, with a request, or for all that REST Client sends. */
export type ProductionUse = 'insert' | 'copy' | 'send' | 'publish';

/**
 * The gate in front of everything that hands out an access token: asks before a production tenant's token may change something,
 * once in a session for each tenant. Call it before anything is exchanged.
 * @param requests that get the token; GET and HEAD need no question. Left out: it may be used for any request.
 * @returns false when the person cancelled
 */
export async function confirmProduction(
  { production, prompter }: ConfirmsProduction,
  tenant: Tenant,
  use: ProductionUse,
  requests?: readonly { readonly method: string }[],
): Promise<boolean> {
  const changing = requests?.filter(mayChange);
  if (production.allows(tenant) || changing?.length === 0) return true;
  const { question, yes } = wordsFor(use, inert(tenant.name), inert(changing?.[0]?.method ?? ''));
  const detail = vscode.l10n.t('You are asked once in a session, and never before a GET or HEAD request.');
  const isAgreed = await confirmed(prompter, question, detail, yes);
  if (isAgreed) production.give(tenant);
  return isAgreed;
}

function wordsFor(use: ProductionUse, tenant: string, method: string): { readonly question: string; readonly yes: string } {
  switch (use) {
    case 'insert':
      return {
        question: vscode.l10n.t('{0} is a production tenant. Insert its headers into a {1} request?', tenant, method),
        yes: vscode.l10n.t('Insert'),
      };
    case 'copy':
      return {
        question: vscode.l10n.t('{0} is a production tenant. Copy its access token?', tenant),
        yes: vscode.l10n.t('Copy'),
      };
    case 'send':
      return {
        question: vscode.l10n.t('{0} is a production tenant. Send a {1} request to it?', tenant, method),
        yes: vscode.l10n.t('Send'),
      };
    case 'publish':
      return {
        question: vscode.l10n.t(
          '{0} is a production tenant. Let REST Client send requests to it that may change something?',
          tenant,
        ),
        yes: vscode.l10n.t('Allow'),
      };
  }
}
