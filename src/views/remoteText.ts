import * as vscode from 'vscode';
import type { RemoteToken } from '../platforms/lifecycle.js';
import { formatDay } from './format.js';

/** What a list says of a token at its service. `now` in epoch ms. */
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
  if (state === 'ended' || (typeof endsAt === 'number' && endsAt <= now)) return vscode.l10n.t('ended');
  if (endsAt === undefined) return vscode.l10n.t('active');
  return endsAt === null ? vscode.l10n.t('does not end') : vscode.l10n.t('ends on {0}', formatDay(endsAt));
}
