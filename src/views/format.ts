import * as vscode from 'vscode';
import type { AppError } from '../base/errors.js';
import type { Tenant } from '../platforms/tenant.js';
import type { TokenStatus } from '../exchange/status.js';
import { formatDuration, formatUtc, untilNextText } from './duration.js';

/** Epoch ms as local time, with the date unless it is today. */
export function formatTime(time: number): string {
  const date = new Date(time);
  const isToday = date.toDateString() === new Date().toDateString();
  return date.toLocaleString(undefined, { timeStyle: 'short', ...(!isToday && { dateStyle: 'medium' }) });
}

/** When an access token expires, in local time and UTC. @param time epoch ms */
export function expiresText(time: number): string {
  return vscode.l10n.t('Expires: {0} ({1})', formatTime(time), formatUtc(time));
}

/** Text without links, which could run commands, and without icons: names may come from a service. */
export function inert(text: string): string {
  return text.replaceAll('](', '] (').replaceAll('$(', '$ (');
}

/** Epoch ms as local date and time. */
export function formatMoment(time: number): string {
  return new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** Epoch ms as the local date. */
export function formatDay(time: number): string {
  return new Date(time).toLocaleDateString(undefined, { dateStyle: 'medium' });
}

/** The status that the tree and the pickers show beside a token. */
export function describeStatus({ state, access, error }: TokenStatus, now: number): string {
  switch (state) {
    case 'unknown':
      return vscode.l10n.t('not exchanged yet');
    case 'exchanging':
      return vscode.l10n.t('exchanging…');
    case 'expired':
      return vscode.l10n.t('access token expired');
    case 'attention':
      return error ? briefly(error) : vscode.l10n.t('needs attention');
    case 'valid':
    case 'expiring':
      return access?.expiresAt
        ? vscode.l10n.t('{0} left', formatDuration(access.expiresAt - now))
        : vscode.l10n.t('no expiry known');
  }
}

/** Milliseconds until {@link describeStatus} changes if nothing happens; Infinity: never. */
export function untilNextStatus({ state, access }: TokenStatus, now: number): number {
  const counts = state === 'valid' || state === 'expiring';
  const left = counts && access?.expiresAt ? access.expiresAt - now : 0;
  return left > 0 ? untilNextText(left) : Infinity;
}

/** What went wrong, in a few words. */
export function briefly({ code }: Pick<AppError, 'code'>): string {
  switch (code) {
    case 'address-changed':
      return vscode.l10n.t('address changed');
    case 'trust-changed':
      return vscode.l10n.t('settings changed');
    case 'secret-lost':
    case 'store-emptied':
      return vscode.l10n.t('token lost');
    case 'secret-unreadable':
      return vscode.l10n.t('token not readable');
    case 'secret-not-kept':
      return vscode.l10n.t('token not saved');
    case 'api-token-refused':
      return vscode.l10n.t('API token refused');
    case 'token-revoked':
      return vscode.l10n.t('API token revoked');
    case 'single-use-spent':
      return vscode.l10n.t('used up');
    case 'unreachable':
    case 'timed-out':
    case 'connection-lost':
      return vscode.l10n.t('service not reached');
    case 'busy-elsewhere':
      return vscode.l10n.t('in use in another window');
    case 'renewed-elsewhere':
    case 'window-outdated':
      return vscode.l10n.t('reload this window');
    case 'renewal-uncertain':
      return vscode.l10n.t('renewal uncertain');
    case 'certificate-refused':
      return vscode.l10n.t('certificate not trusted');
    case 'certificate-changed':
      return vscode.l10n.t('certificate changed');
    case 'client-certificate-needed':
    case 'client-certificate-refused':
      return vscode.l10n.t('client certificate not accepted');
    case 'proxy-invalid':
    case 'proxy-failed':
    case 'proxy-unauthorized':
    case 'proxy-refused':
      return vscode.l10n.t('proxy failed');
    case 'rate-limited':
      return vscode.l10n.t('too many requests');
    default:
      return vscode.l10n.t('exchange failed');
  }
}

/** The id of a tenant's theme color; undefined: it has none. Production is red unless the settings say otherwise. */
export function colorOf({ color, production }: Tenant): string | undefined {
  const name = color ?? (production ? 'red' : undefined);
  return name && `charts.${name}`;
}

export const STATE_ICONS = {
  unknown: ['circle-outline', undefined],
  exchanging: ['sync~spin', undefined],
  valid: ['pass', 'testing.iconPassed'],
  expiring: ['warning', 'list.warningForeground'],
  expired: ['circle-slash', 'descriptionForeground'],
  attention: ['error', 'list.errorForeground'],
} as const satisfies Record<TokenStatus['state'], readonly [icon: string, color: string | undefined]>;

export function stateIcon(state: TokenStatus['state']): vscode.ThemeIcon {
  const [icon, color] = STATE_ICONS[state];
  return new vscode.ThemeIcon(icon, color && new vscode.ThemeColor(color));
}
