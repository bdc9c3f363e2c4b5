import * as vscode from 'vscode';
import type { RemoteToken } from '../platforms/lifecycle.js';
import { formatDay } from './format.js';

/** Where a token is that no stored one is known to be. @param mayBeHere whether some stored one is not known at the service */
export function whereText(mayBeHere: boolean): string {
  return mayBeHere ? vscode.l10n.t('not matched to a token here') : vscode.l10n.t('only at the service');
}

/** The description of a token in a list of the service's tokens. @param now epoch ms */
export function describeRemote({ state, type, owner, endsAt, lastUsedAt }: RemoteToken, now: number): string {
  const parts = [
    stateText(state, endsAt, now),
    type,
    owner,
    lastUsedAt === undefined ? undefined : vscode.l10n.t('last used on {0}', formatDay(lastUsedAt)),
  ];
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}

function stateText(state: RemoteToken['state'], endsAt: number | null | undefined, now: number): string {
  if (state === 'revoked') return vscode.l10n.t('revoked');
  if (state === 'ended' || (typeof endsAt === 'number' && endsAt <= now)) return vscode.l10n.t('expired');
  if (endsAt === undefined) return vscode.l10n.t('active');
  return endsAt === null ? vscode.l10n.t('does not expire') : vscode.l10n.t('expires on {0}', formatDay(endsAt));
}
