import * as vscode from 'vscode';
import type { AppError } from '../errors.js';
import type { TokenStatus } from '../tokens/broker.js';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Below this the seconds are shown. */
const SECONDS_BELOW_MS = 2 * MINUTE_MS;

/** A duration in ms in its two largest units: `3d 4h`, `1h 5m`, `27m`, and in the last two minutes `1m 35s`, `45s`. */
export function formatDuration(ms: number): string {
  const left = Math.max(0, ms);
  if (left >= DAY_MS) return `${Math.floor(left / DAY_MS)}d ${Math.floor((left % DAY_MS) / HOUR_MS)}h`;
  if (left >= HOUR_MS) return `${Math.floor(left / HOUR_MS)}h ${Math.floor((left % HOUR_MS) / MINUTE_MS)}m`;
  if (left >= SECONDS_BELOW_MS) return `${Math.floor(left / MINUTE_MS)}m`;
  const seconds = Math.floor(left / SECOND_MS);
  return seconds >= 60 ? `${Math.floor(seconds / 60)}m ${seconds % 60}s` : `${seconds}s`;
}

/** In how many ms {@link formatDuration} of a time that is `ms` ahead will read differently. */
export function untilNextText(ms: number): number {
  const step = ms > SECONDS_BELOW_MS ? MINUTE_MS : SECOND_MS;
  return (ms % step) + 1;
}

/** Epoch ms as local date and time. */
export function formatTime(time: number): string {
  return new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** Epoch ms as UTC, to the second. */
export function formatUtc(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** What the tree and the pickers say beside a token. */
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

function briefly(error: AppError): string {
  switch (error.code) {
    case 'address-changed':
      return vscode.l10n.t('address changed');
    case 'secret-lost':
      return vscode.l10n.t('token lost');
    case 'secret-unreadable':
      return vscode.l10n.t('token not readable');
    case 'secret-not-kept':
      return vscode.l10n.t('token not saved');
    case 'api-token-refused':
      return vscode.l10n.t('API token refused');
    case 'single-use-spent':
      return vscode.l10n.t('used up');
    case 'unreachable':
    case 'timed-out':
    case 'connection-lost':
      return vscode.l10n.t('service not reached');
    case 'rate-limited':
      return vscode.l10n.t('too many requests');
    default:
      return vscode.l10n.t('exchange failed');
  }
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
