import * as vscode from 'vscode';
import type { RemoteToken } from '../platforms/lifecycle.js';
import { DAY_MS, HOUR_MS } from '../base/time.js';
import { dueDays, expiryOf, reminderDays, type ApiTokenExpiry } from '../tokens/apiTokenExpiry.js';
import type { NotedEnd, TokenNote } from '../tokens/tokenNotes.js';
import { formatDay } from './format.js';

/** Timers stand still while the machine sleeps, so an expiry that is days ahead is checked at least this often. */
export const MAX_WAIT_MS = HOUR_MS;

/** The expiry of an API token: its time, `never`, or undefined if unknown. */
export type End = ReturnType<typeof expiryOf>;

/** The BCP 47 language of the texts composed here: English without a translation. */
export const textLanguage = (): string => (vscode.l10n.bundle ? vscode.env.language : 'en');

/** `in 71 days`, `in 5 hours`, `3 days ago`. Minutes are not counted, because the text would change all the time. */
export function formatDistance(ms: number): string {
  const size = Math.abs(ms);
  const words = new Intl.RelativeTimeFormat(textLanguage(), { numeric: 'always' });
  if (size >= 2 * DAY_MS) return words.format(Math.trunc(ms / DAY_MS), 'day');
  if (size >= HOUR_MS) return words.format(Math.trunc(ms / HOUR_MS), 'hour');
  return ms > 0 ? vscode.l10n.t('within the hour') : vscode.l10n.t('less than an hour ago');
}

/** When a token expires, in words. @param now epoch ms */
export function endText(end: End, now: number): string {
  if (end === undefined) return vscode.l10n.t('unknown');
  if (end === 'never') return vscode.l10n.t('never');
  return `${formatDay(end.at)}, ${formatDistance(end.at - now)}`;
}

/** The expiry that a service reports. */
export function remoteEnd(endsAt: RemoteToken['endsAt']): End {
  if (endsAt === undefined) return undefined;
  return endsAt === null ? 'never' : { at: endsAt, kind: 'end' };
}

/** Where the expiry of a token comes from. */
export function sourceText(from: NotedEnd['from']): string {
  switch (from) {
    case 'created':
      return vscode.l10n.t('chosen when it was created');
    case 'exchange':
      return vscode.l10n.t('reported by the last exchange');
    case 'service':
      return vscode.l10n.t('reported by the service');
    case 'jwt':
      return vscode.l10n.t('stated in the token itself');
    case 'entered':
      return vscode.l10n.t('entered by you');
  }
}

/** The expiry in rows and the status bar once a reminder is due: `API token expires in 6d`. */
export function shortEndText({ at, kind }: ApiTokenExpiry, now: number): string {
  if (at <= now) return vscode.l10n.t('API token expired');
  const left = shortLeft(at - now);
  return kind === 'end'
    ? vscode.l10n.t('API token expires in {0}', left)
    : vscode.l10n.t('exchange the API token within {0}', left);
}

/** `6d`, `5h`, and in the last hour `<1h`. */
export function shortLeft(ms: number): string {
  if (ms >= DAY_MS) return `${Math.floor(ms / DAY_MS)}d`;
  return ms >= HOUR_MS ? `${Math.floor(ms / HOUR_MS)}h` : '<1h';
}

/** The expiry of a token if a reminder is due, with the threshold in days that it has passed. */
export function dueEnd(
  note: TokenNote,
  days: readonly number[],
  now: number,
): (ApiTokenExpiry & { readonly days: number }) | undefined {
  const end = expiryOf(note);
  if (end === undefined || end === 'never') return undefined;
  const due = dueDays(end, days, now);
  return due === undefined ? undefined : { ...end, days: due };
}

/** Milliseconds until {@link shortEndText} of a token changes or first appears; Infinity: never. */
export function untilShortEndText(note: TokenNote, days: readonly number[], now: number): number {
  const end = expiryOf(note);
  if (end === undefined || end === 'never' || end.at <= now) return Infinity;
  const left = end.at - now;
  const first = Math.max(...reminderDays(end, days)) * DAY_MS;
  if (left > first) return left - first;
  if (left < HOUR_MS) return left;
  return (left % (left >= DAY_MS ? DAY_MS : HOUR_MS)) + 1;
}
