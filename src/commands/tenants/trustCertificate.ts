import * as vscode from 'vscode';
import type { PresentedCertificate } from '../../net/http.js';
import { withTls } from '../../net/http.js';
import { platformOf } from '../../platforms/index.js';
import type { Tenant } from '../../platforms/tenant.js';
import { formatTime } from '../../views/format.js';
import type { Prompter } from '../../views/prompter.js';
import { changeTenant, failedToken } from './changeTenant.js';
import { about, type Command, type Target, type Uses } from '../command.js';
import { selectConfiguredTenant } from '../selectToken.js';

const MAX_NAME_LENGTH = 200;

/** Shows the certificate that a tenant's service presents, and pins it if the person trusts it. */
export const trustCertificate: Command<Uses<'broker' | 'prompter' | 'readCertificate' | 'tenants' | 'vault'>> = async (
  services,
  target,
) => {
  const { prompter } = services;
  const tenant = await selectConfiguredTenant(services, target, vscode.l10n.t('Trust Certificate'));
  if (!tenant) return;
  const url = platformOf(tenant).exchangeUrl(tenant);
  const { host, protocol } = new URL(url);
  if (protocol !== 'https:') {
    prompter.done(vscode.l10n.t('{0} has no certificate: it is on this machine, and reached without TLS', tenant.name));
    return;
  }
  const certificate = await about(
    { tenant: tenant.id },
    prompter.progress(vscode.l10n.t('Reading the certificate of {0}', host), (signal) =>
      services.readCertificate(withTls({ method: 'GET', url, headers: {} }, tenant), signal),
    ),
  );
  if (!certificate) return;
  const { pinnedCertificate: pinned } = tenant;
  if (pinned === undefined && certificate.problem === undefined)
    await offerToTry(
      prompter,
      vscode.l10n.t('The certificate of {0} is trusted already, by its authority.', host),
      target,
      tenant,
    );
  else if (pinned !== undefined && isSame(pinned, certificate.fingerprint))
    await offerToTry(prompter, vscode.l10n.t('The certificate of {0} is the one that you trust.', host), target, tenant);
  else if (await isTrusted(prompter, tenant, host, certificate)) await pin(services, target, tenant, certificate);
};

/** Pins a certificate, and tries again what has failed because of it. */
async function pin(
  services: Uses<'broker' | 'prompter' | 'tenants' | 'vault'>,
  target: Target,
  tenant: Tenant,
  { fingerprint }: PresentedCertificate,
): Promise<void> {
  const failed = failedToken(services, tenant, target);
  await changeTenant(services, tenant, { ...tenant, pinnedCertificate: fingerprint });
  services.prompter.done(vscode.l10n.t('{0} is recognized by this certificate from now on', tenant.name));
  if (failed) await vscode.commands.executeCommand('tenantTokens.exchange', { token: failed.id });
}

async function offerToTry(prompter: Prompter, message: string, { token }: Target, { id }: Tenant): Promise<void> {
  if (!(await prompter.notify('info', message, [{ label: vscode.l10n.t('Try Again'), value: true }]))) return;
  await vscode.commands.executeCommand(
    token === undefined ? 'tenantTokens.testTenant' : 'tenantTokens.exchange',
    token === undefined ? { tenant: id } : { token },
  );
}

/** Enter copies the fingerprint, so that trusting takes a deliberate choice. */
async function isTrusted(prompter: Prompter, tenant: Tenant, host: string, certificate: PresentedCertificate): Promise<boolean> {
  const message =
    tenant.pinnedCertificate === undefined
      ? vscode.l10n.t('Trust the certificate of {0}?', host)
      : vscode.l10n.t('The certificate of {0} has changed. Trust the new one?', host);
  const way = await prompter.confirm({
    message,
    detail: describe(tenant, certificate),
    options: [
      { label: vscode.l10n.t('Copy Fingerprint'), value: 'copy' },
      { label: vscode.l10n.t('Trust This Certificate'), value: 'trust' },
    ],
  });
  if (way === 'copy') {
    await vscode.env.clipboard.writeText(certificate.fingerprint);
    prompter.done(vscode.l10n.t('Fingerprint copied: compare it with the service’s administrator'));
  }
  return way === 'trust';
}

function describe({ name, pinnedCertificate }: Tenant, certificate: PresentedCertificate): string {
  const { subject, issuer, validFrom, validTo, fingerprint, problem } = certificate;
  return [
    vscode.l10n.t('SHA-256 fingerprint: {0}', fingerprint),
    ...(pinnedCertificate === undefined ? [] : [vscode.l10n.t('Trusted until now: {0}', pinnedCertificate)]),
    vscode.l10n.t('For: {0}', plain(subject)),
    vscode.l10n.t('Issued by: {0}', plain(issuer)),
    vscode.l10n.t('Valid from {0} to {1}', formatTime(validFrom), formatTime(validTo)),
    reason(problem),
    '',
    vscode.l10n.t(
      'Whoever has this certificate gets the API tokens of {0}. Ask the service’s administrator for its fingerprint by other means than this network, and trust it only if the two match. From then on only this certificate is accepted, whatever its names and dates.',
      name,
    ),
  ].join('\n');
}

/** Why no authority validates the certificate. @param problem Node's error code */
function reason(problem: string | undefined): string {
  switch (problem) {
    case undefined:
      return vscode.l10n.t('A trusted authority has issued it: you can clear “Pinned certificate” with Edit Tenant.');
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return vscode.l10n.t('Not trusted because it is self-signed.');
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return vscode.l10n.t('Not trusted because its issuer is not known here.');
    case 'CERT_HAS_EXPIRED':
      return vscode.l10n.t('Not trusted because it has expired.');
    case 'CERT_NOT_YET_VALID':
      return vscode.l10n.t('Not trusted because it is not valid yet.');
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return vscode.l10n.t('Not trusted because it is for another host name.');
    default:
      return vscode.l10n.t('Not trusted ({0}).', problem);
  }
}

/** A name on one line, shortened: a certificate can contain any text. */
function plain(name: string): string {
  return name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ', ').slice(0, MAX_NAME_LENGTH);
}

function isSame(one: string, other: string): boolean {
  const digits = (fingerprint: string): string => fingerprint.replaceAll(':', '').toLowerCase();
  return digits(one) === digits(other);
}
