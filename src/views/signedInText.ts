import * as vscode from 'vscode';
import { subjectOf } from '../platforms/claims.js';
import { platformOf } from '../platforms/index.js';
import type { Tenant } from '../platforms/tenant.js';
import { formatDuration } from './duration.js';

/** Organizations are also named by such ids, which tell a person nothing. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Whom an access token is for, as far as its own claims and the settings tell, and how long it lasts: `Acme: signed in as ada,
 * organization acme, 59m left`.
 * @param access `expiresAt` and `now` in epoch ms
 */
export function signedInText(
  tenant: Tenant,
  { token, expiresAt }: { readonly token: string; readonly expiresAt: number | null },
  now: number,
): string {
  const { user, organization } = subjectOf(token);
  const [own] = platformOf(tenant).names?.(tenant) ?? [];
  const where = own ?? organization.map(plain).find((name) => !UUID.test(name));
  const parts = [
    user[0] === undefined
      ? vscode.l10n.t('{0}: signed in', tenant.name)
      : vscode.l10n.t('{0}: signed in as {1}', tenant.name, plain(user[0])),
    ...(where === undefined ? [] : [vscode.l10n.t('organization {0}', where)]),
    expiresAt === null ? vscode.l10n.t('no expiry known') : vscode.l10n.t('{0} left', formatDuration(expiresAt - now)),
  ];
  return parts.join(', ');
}

/** On one line: a claim may be any text. */
const plain = (name: string): string => name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
