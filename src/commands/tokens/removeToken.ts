import * as vscode from 'vscode';
import { AppError } from '../../base/errors.js';
import { byAge } from '../../tokens/referenceNames.js';
import type { TokenEntry } from '../../store/tokenEntry.js';
import type { Option } from '../../views/prompter.js';
import type { Command, Uses } from '../command.js';
import { selectToken, type SelectsToken } from '../selectToken.js';
import { forget, isRevocable, revokeToken } from '../service/revokeToken.js';
import type { SignsIn } from '../service/signIn.js';

/** Also removes tokens whose tenant is missing or invalid; the question then shows the tenant's id. */
export const removeToken: Command<SignsIn & SelectsToken & Uses<'history' | 'notes'>> = async (services, target) => {
  const token =
    target.token === undefined
      ? (await selectToken(services, target, vscode.l10n.t('Remove API Token')))?.token
      : services.vault.find(target.token);
  if (!token) {
    if (target.token !== undefined) throw new AppError('token-unknown');
    return;
  }
  const tenant = services.tenants.find(token.tenant)?.name ?? token.tenant;
  const detail = vscode.l10n.t(
    'It is deleted from this machine’s key store, with its access token, and cannot be shown again. At the service it stays valid until it is revoked there.',
  );
  const remove: Option<'remove' | 'revoke'> = { label: vscode.l10n.t('Remove'), value: 'remove' };
  const revoke: Option<'remove' | 'revoke'> = { label: vscode.l10n.t('Revoke at Service…'), value: 'revoke' };
  const way = await services.prompter.confirm({
    message: vscode.l10n.t('Remove the API token “{0}” of {1}?', token.name, tenant),
    detail: [detail, ...succession(services, token, tenant)].join('\n\n'),
    options: isRevocable(services, token) ? [remove, revoke] : [remove],
  });
  if (way === undefined) return;
  // Revoking asks for the name, then whether to remove it here, too.
  if (way === 'revoke') return revokeToken(services, { tenant: token.tenant, token: token.id });
  await forget(services, token.id);
  services.prompter.done(vscode.l10n.t('API token “{0}” removed', token.name));
};

/** A reference to the tenant alone means its first token. After the removal, such requests use the next token. */
function succession({ vault }: Uses<'vault'>, token: TokenEntry, tenant: string): string[] {
  const [first, next] = byAge(vault.of(token.tenant));
  if (first?.id !== token.id || !next) return [];
  return [vscode.l10n.t('From then on, references to {0} that name no token refer to “{1}”.', tenant, next.name)];
}
