import * as vscode from 'vscode';
import type { Review } from '../../exchange/secretChanges.js';
import { isCostly } from '../../store/tokenEntry.js';
import { differenceText } from '../../views/trustText.js';
import { about, type Command, type Uses } from '../command.js';
import { selectToken, type Chosen, type SelectsToken } from '../selectToken.js';

export const confirmAddress: Command<SelectsToken & Uses<'notes'>> = async (services, target) => {
  const chosen = await selectToken(services, target, vscode.l10n.t('Review Address'));
  if (chosen) await reviewAddress(services, chosen);
};

/**
 * Shows what a token is bound to beside its tenant's current settings, and rebinds it if the person agrees, with all tokens of
 * the tenant that differ in the same way. Then it is exchanged, unless it has an access token or that costs something.
 */
export async function reviewAddress(services: Uses<'broker' | 'notes' | 'prompter'>, { tenant, token }: Chosen): Promise<void> {
  const ids = { tenant: tenant.id, token: token.id };
  const review = await about(ids, services.broker.secrets.review(tenant, token.id));
  const { tokens, from, to, differences } = review;
  const isMoved = from !== to.boundTo;
  if (!isMoved && differences.length === 0) {
    services.prompter.done(vscode.l10n.t('API token “{0}” is already bound to the address of {1}', token.name, tenant.name));
    return;
  }
  const answer = await services.prompter.confirm<'send' | 'replace' | 'keep'>({
    message: questionOf(review, tenant.name, isMoved),
    detail: detailOf(review, isMoved),
    // Enter chooses the first option, so an accidental key press sends no token.
    options: isMoved
      ? [
          { label: vscode.l10n.t('Enter Token Again'), value: 'replace' },
          { label: vscode.l10n.t('Send It There'), value: 'send' },
        ]
      : [
          { label: vscode.l10n.t('Don’t Send'), value: 'keep' },
          { label: vscode.l10n.t('Send with These Settings'), value: 'send' },
        ],
  });
  if (answer === 'replace') await vscode.commands.executeCommand('tenantTokens.replaceToken', ids);
  if (answer !== 'send') return;
  for (const { id } of tokens) {
    await about({ tenant: tenant.id, token: id }, services.broker.secrets.rebind(tenant, id, review));
    // The id belongs to the former service; at the new one it may be another token's.
    if (isMoved) await services.notes.note(id, { remoteId: undefined });
  }
  const { state } = services.broker.status(tenant, token.id);
  const isUsable = state === 'valid' || state === 'expiring';
  if (!isUsable && !isCostly(tenant, token)) await vscode.commands.executeCommand('tenantTokens.exchange', ids);
}

function questionOf({ tokens }: Review, tenant: string, isMoved: boolean): string {
  const [first] = tokens;
  if (tokens.length === 1)
    return isMoved
      ? vscode.l10n.t('Send the API token “{0}” to the new address?', first?.name ?? '')
      : vscode.l10n.t('Send the API token “{0}” with the changed settings?', first?.name ?? '');
  return isMoved
    ? vscode.l10n.t('Send {0} API tokens of {1} to the new address?', tokens.length, tenant)
    : vscode.l10n.t('Send {0} API tokens of {1} with the changed settings?', tokens.length, tenant);
}

function detailOf({ tokens, from, to, differences }: Review, isMoved: boolean): string {
  const isOne = tokens.length === 1;
  const names = tokens.map(({ name }) => name).join(', ');
  const address = isOne
    ? vscode.l10n.t('It was entered for\n{0}\n\nFrom now on it is sent to\n{1}', from, to.boundTo)
    : vscode.l10n.t('They were entered for\n{0}\n\nFrom now on they are sent to\n{1}', from, to.boundTo);
  return [
    ...(isOne ? [] : [vscode.l10n.t('API tokens: {0}', names)]),
    ...(isMoved ? [address] : []),
    ...differences.map(differenceText),
    isOne
      ? vscode.l10n.t(
          'Whoever runs an address, or has the key of a certificate that is trusted, can use the token. Confirm only if you changed the settings yourself.',
        )
      : vscode.l10n.t(
          'Whoever runs an address, or has the key of a certificate that is trusted, can use the tokens. Confirm only if you changed the settings yourself.',
        ),
  ].join('\n\n');
}
