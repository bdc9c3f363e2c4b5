import * as vscode from 'vscode';
import { tenantHosts } from '../tenants/hosts.js';
import { formatTime } from '../views/format.js';
import { explain, subjectOf } from '../views/messages.js';
import type { Finding, FindingCode } from './findings.js';
import { placeText, problemText } from './references/referenceTexts.js';

const SEVERITIES: Readonly<Record<FindingCode, vscode.DiagnosticSeverity>> = {
  'expired-literal': vscode.DiagnosticSeverity.Warning,
  'unknown-reference': vscode.DiagnosticSeverity.Error,
  attention: vscode.DiagnosticSeverity.Warning,
  'foreign-host': vscode.DiagnosticSeverity.Warning,
  'literal-in-git': vscode.DiagnosticSeverity.Warning,
  'not-resolved': vscode.DiagnosticSeverity.Warning,
};

export function severityOf(finding: Finding): vscode.DiagnosticSeverity {
  const isGuess = finding.code === 'foreign-host' && finding.destinations.every(({ host }) => host === undefined);
  const isResolved = finding.code === 'not-resolved' && finding.byHttpYac;
  return isGuess || isResolved ? vscode.DiagnosticSeverity.Information : SEVERITIES[finding.code];
}

/** What is wrong, and what to do about it. */
export function findingText(finding: Finding): string {
  const { credential } = finding;
  switch (finding.code) {
    case 'expired-literal': {
      const time = formatTime(credential.expiresAt ?? 0);
      return credential.referred
        ? vscode.l10n.t('This access token of {0} expired ({1}). Update the header.', credential.referred.tenant.name, time)
        : vscode.l10n.t('This token expired ({0}). Replace it with a new one or with a reference.', time);
    }
    case 'unknown-reference':
      return problemText(credential);
    case 'attention':
      return explain(finding.error, subjectOf(finding.referred.tenant, finding.referred.token)).text;
    case 'foreign-host': {
      const { tenant } = finding.referred;
      const own = tenantHosts(tenant).join(', ');
      const hosts = finding.destinations.flatMap(({ host }) => host ?? []);
      return hosts.length > 0
        ? vscode.l10n.t('This request goes to {0}, but the token of {1} is for {2}.', hosts.join(', '), tenant.name, own)
        : vscode.l10n.t('The file does not say where this request goes. The token of {0} is for {1}.', tenant.name, own);
    }
    case 'literal-in-git':
      return credential.match.shape === 'vidb'
        ? vscode.l10n.t('This API token is in a file that git keeps. Add it to a tenant, and put a reference in its place.')
        : vscode.l10n.t('This access token is in a file that git keeps. Put a reference in its place.');
    case 'not-resolved':
      return finding.byHttpYac ? vscode.l10n.t('Resolved by httpYac. {0}', unresolvedText(finding)) : unresolvedText(finding);
  }
}

function unresolvedText({ credential, referred, why, culprit }: Extract<Finding, { code: 'not-resolved' }>): string {
  const name = credential.match.text;
  switch (why) {
    case 'not-allowed':
    case 'refused':
      return vscode.l10n.t('REST Client would send an empty value: it may not resolve {0} until you allow it.', name);
    case 'withheld':
      return vscode.l10n.t(
        'REST Client would send an empty value: {0} would send the token of {1} to another host, or to an unknown one.',
        culprit ? placeText(culprit) : vscode.l10n.t('a request in an open file'),
        referred.tenant.name,
      );
    case 'production':
      return vscode.l10n.t(
        'REST Client would send an empty value: {0} may change something at {1}, a production tenant, and you have not allowed that in this session.',
        culprit ? placeText(culprit) : vscode.l10n.t('a request in an open file'),
        referred.tenant.name,
      );
    case 'not-published':
      return vscode.l10n.t(
        'REST Client would send an empty value: there is no access token of {0}. Exchange its API token.',
        referred.tenant.name,
      );
    case 'clash':
      return vscode.l10n.t('Another program has set a variable {0}, whose value would be sent. Rename the API token.', name);
  }
}
