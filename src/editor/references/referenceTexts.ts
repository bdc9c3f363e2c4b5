import * as vscode from 'vscode';
import { MINUTE_MS } from '../../base/time.js';
import type { Referred } from '../../tokens/referenceNames.js';
import type { TokenStatus } from '../../exchange/status.js';
import { formatDuration } from '../../views/duration.js';
import { describeStatus, STATE_ICONS } from '../../views/format.js';
import type { Place } from './judgement.js';
import type { Credential } from '../credentials.js';
import type { State } from './resolution.js';

/** The title of a lens. With time, it changes once a minute. */
export function lensTitle(
  { match, referred, problem }: Credential,
  status: TokenStatus | undefined,
  now: number,
  inRestClient?: string,
): string {
  if (!referred || !status) return `$(question)\u00a0${problemTitle(match.text, problem)}`;
  const icon = status.state === 'attention' || status.state === 'exchanging' ? STATE_ICONS[status.state][0] : 'key';
  const facts = [
    ...(referred.tenant.production ? [vscode.l10n.t('production')] : []),
    inMinutes(status, now),
    ...(inRestClient ? [withoutIcons(inRestClient)] : []),
  ];
  return `$(${icon})\u00a0${withoutIcons(nameOf(referred))} — ${facts.join(' · ')}`;
}

export const nameOf = ({ tenant, token }: Referred): string => `${tenant.name} · ${token.name}`;

/** A name in a label must not turn into an icon. */
const withoutIcons = (text: string): string => text.replaceAll('$(', '$ (');

function problemTitle(name: string, problem: Credential['problem']): string {
  return problem === 'ambiguous'
    ? vscode.l10n.t('{0} — fits several tokens', name)
    : vscode.l10n.t('{0} — unknown reference', name);
}

/** What REST Client does with a reference. */
export function restClientText(state: State, culprit: Place | undefined): string {
  switch (state) {
    case 'resolved':
      return vscode.l10n.t('REST Client: resolved');
    case 'not-allowed':
    case 'refused':
      return vscode.l10n.t('REST Client: not allowed');
    case 'withheld':
      return culprit ? vscode.l10n.t('REST Client: withheld, {0}', placeText(culprit)) : vscode.l10n.t('REST Client: withheld');
    case 'production':
      return vscode.l10n.t('REST Client: not allowed in production');
    case 'clash':
      return vscode.l10n.t('REST Client: another variable of this name');
    case 'not-published':
      return vscode.l10n.t('REST Client: no access token');
  }
}

export function placeText({ uri, line }: Place): string {
  return vscode.l10n.t('line {0} of {1}', line + 1, vscode.workspace.asRelativePath(uri));
}

/** What is wrong with a reference, and what to do about it. */
export function problemText({ match, problem }: Credential): string {
  return problem === 'ambiguous'
    ? vscode.l10n.t('{0} fits several API tokens, so it stands for none. Use the reference of one of them.', match.text)
    : vscode.l10n.t('No API token has the reference {0}. Choose a tenant, or add its API token.', match.text);
}

/** {@link describeStatus} without seconds, which a lens does not show. */
function inMinutes(status: TokenStatus, now: number): string {
  const { state, access } = status;
  if (state === 'expired') return vscode.l10n.t('expired');
  const isCounting = (state === 'valid' || state === 'expiring') && access?.expiresAt;
  if (!isCounting) return describeStatus(status, now);
  const left = isCounting - now;
  if (left < MINUTE_MS) return vscode.l10n.t('less than a minute left');
  return vscode.l10n.t('{0} left', left < 2 * MINUTE_MS ? '1m' : formatDuration(left));
}

/** The time until the title of a lens changes, ms, for a token that expires at `expiresAt`. */
export const untilNextTitle = (expiresAt: number, now: number): number => ((expiresAt - now) % MINUTE_MS) + 1;
