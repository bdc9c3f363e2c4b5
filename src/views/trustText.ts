import * as vscode from 'vscode';
import type { Difference } from '../store/binding.js';

/** The name of a setting in messages and questions. @param setting of a {@link Difference} */
export function trustSettingText(setting: string): string {
  switch (setting as Difference['setting']) {
    case 'urls':
      return vscode.l10n.t('Further addresses that the API token is sent to');
    case 'hosts':
      return vscode.l10n.t('Further hosts that access tokens go to without a question');
    case 'pinnedCertificate':
      return vscode.l10n.t('Pinned certificate');
    case 'caFile':
      return vscode.l10n.t('Certificate authority');
    case 'clientCertificateFile':
      return vscode.l10n.t('Client certificate');
  }
}

/** The approved and the current value of a setting, under its name. */
export function differenceText({ setting, from, to }: Difference): string {
  const values = (all: readonly string[]): string =>
    all.map((one) => valueText(setting, one)).join(', ') || vscode.l10n.t('none');
  return [
    trustSettingText(setting),
    vscode.l10n.t('  until now: {0}', values(from)),
    vscode.l10n.t('  in the settings: {0}', values(to)),
  ].join('\n');
}

function valueText(setting: Difference['setting'], value: string): string {
  if (setting !== 'caFile' && setting !== 'clientCertificateFile') return value;
  const [digest = ''] = value.split(' ', 1);
  return vscode.l10n.t('{0} (SHA-256 {1})', value.slice(digest.length + 1), digest);
}
