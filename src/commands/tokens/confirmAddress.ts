import * as vscode from 'vscode';
import type { Review } from '../../exchange/secretChanges.js';
import { differenceText } from '../../views/trustText.js';
import { about, type Command, type Uses } from '../command.js';
import { selectToken, type SelectsToken } from '../selectToken.js';

/** Shows what a token is bound to beside its tenant's current settings, and rebinds it if the person agrees. */
export const confirmAddress: Command<SelectsToken & Uses<'notes'>> = async (services, target) => {
  const chosen = await selectToken(services, target, vscode.l10n.t('Review Address'));
  if (!chosen) return;
  const { tenant, token } = chosen;
  const ids = { tenant: tenant.id, token: token.id };
  const review = await about(ids, services.broker.secrets.review(tenant, token.id));
  const { from, to, differences } = review;
  const isMoved = from !== to.boundTo;
  if (!isMoved && differences.length === 0) {
    services.prompter.done(vscode.l10n.t('API token “{0}” is already bound to the address of {1}', token.name, tenant.name));
    return;
  }
  const isAgreed = await services.prompter.confirm({
    message: isMoved
      ? vscode.l10n.t('Send the API token “{0}” to another address?', token.name)
      : vscode.l10n.t('Send the API token “{0}” with the changed settings?', token.name),
    detail: detailOf(review, isMoved),
    // Enter chooses the first option, so an accidental key press sends no token.
    options: [
      { label: vscode.l10n.t('Don’t Send'), value: false },
      { label: isMoved ? vscode.l10n.t('Send It There') : vscode.l10n.t('Send with These Settings'), value: true },
    ],
  });
  if (!isAgreed) return;
  await about(ids, services.broker.secrets.rebind(tenant, token.id, review));
  // The id belongs to the former service; at the new one it may be another token's.
  if (isMoved) await services.notes.note(token.id, { remoteId: undefined });
};

function detailOf({ from, to, differences }: Review, isMoved: boolean): string {
  const address = vscode.l10n.t('It was entered for\n{0}\n\nFrom now on it is sent to\n{1}', from, to.boundTo);
  return [
    ...(isMoved ? [address] : []),
    ...differences.map(differenceText),
    vscode.l10n.t(
      'Whoever runs an address, or has the key of a certificate that is trusted, can use the token. Confirm only if you changed the settings yourself.',
    ),
  ].join('\n\n');
}
