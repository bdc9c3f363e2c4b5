import * as vscode from 'vscode';
import { formatDuration } from '../../views/duration.js';
import type { FoundToken } from './foundTokens.js';

/** Whose token it is, and how long it is valid: `Acme · 27m left`. */
export function describeToken({ owner, apiToken, shape, expiresAt }: FoundToken, now: number): string {
  if (owner !== undefined && apiToken !== undefined) return vscode.l10n.t('API token “{0}” of {1}', apiToken, owner);
  const guess = shape === 'vidb' ? vscode.l10n.t('looks like an API token') : vscode.l10n.t('looks like an access token');
  const left = timeLeft(expiresAt, now);
  return [owner ?? guess, left].filter((part) => part !== undefined).join(' · ');
}

/** The tokens of a file, as a part of a sentence: `an access token of Acme (27m left)`. */
export function describeTokens(tokens: readonly FoundToken[], now: number): string {
  const [first] = tokens;
  if (!first || tokens.length > 1) return vscode.l10n.t('{0} tokens ({1})', tokens.length, owners(tokens));
  const left = timeLeft(first.expiresAt, now);
  const guess =
    first.shape === 'vidb' ? vscode.l10n.t('what looks like an API token') : vscode.l10n.t('what looks like an access token');
  const what = first.owner === undefined ? guess : vscode.l10n.t('an access token of {0}', first.owner);
  return left === undefined ? what : `${what} (${left})`;
}

const owners = (tokens: readonly FoundToken[]): string =>
  [...new Set(tokens.map(({ owner }) => owner ?? vscode.l10n.t('unknown')))].join(', ');

function timeLeft(expiresAt: number | null, now: number): string | undefined {
  if (expiresAt === null) return undefined;
  return expiresAt > now ? vscode.l10n.t('{0} left', formatDuration(expiresAt - now)) : vscode.l10n.t('expired');
}
