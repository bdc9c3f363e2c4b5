import * as vscode from 'vscode';
import { AppError } from '../../base/errors.js';
import type { ReferenceSource } from '../../handoff/httpYacPlugin.js';
import type { Reader } from '../../handoff/httpYacWire.js';
import type { Destination } from '../../tenants/hostConsents.js';
import type { Referred } from '../../tokens/referenceNames.js';
import { TargetedError, type Uses } from '../command.js';
import { confirmDestination, type ConfirmsHost } from '../requests/confirmDestination.js';
import { noteUse } from '../noteUse.js';
import { confirmProduction, type ConfirmsProduction } from './confirmProduction.js';
import { acquireAccessToken, type AcquiresToken } from './acquireAccessToken.js';
import { showError } from '../showError.js';

/** Answers httpYac's calls while it sends a request with references. */
export function referenceSource(
  services: AcquiresToken & ConfirmsHost & ConfirmsProduction & Uses<'history' | 'log' | 'names' | 'vault'>,
): ReferenceSource {
  return {
    async access(name) {
      try {
        return (await acquireAccessToken(services, referredBy(services, name)))?.token;
      } catch (error) {
        throw error instanceof TargetedError ? error.error : error;
      }
    },
    async confirmSending(name, readers, method) {
      const { tenant } = referredBy(services, name);
      const isAllowed = await confirmDestination(services, tenant, readers.map(destinationOf), 'refer');
      return isAllowed && confirmProduction(services, tenant, 'send', [{ method }]);
    },
    sent: (name, host) => noteUse(services, referredBy(services, name), 'sent', host),
    refused(name, accessToken) {
      const referred = services.names.find(name);
      if (typeof referred === 'object') services.broker.refused(referred.token.id, accessToken);
    },
    failed(name, error) {
      const referred = services.names.find(name);
      const target = typeof referred === 'object' ? { tenant: referred.tenant.id, token: referred.token.id } : {};
      // Other errors have no message of ours; httpYac shows that the request was not sent.
      showError(services, target, error).catch(() => services.log.warn('a reference could not be resolved'));
    },
  };
}

/** If httpYac's options let others than the host read a request, no setting can store the answer. */
function destinationOf({ host, options }: Reader): Destination {
  if (!options) return { host, label: host, key: host };
  const names = options.join(', ');
  return {
    host: undefined,
    label: vscode.l10n.t('anyone on the way to {0}, or in its place (httpYac’s options: {1})', host, names),
    key: `${host} ${names}`,
  };
}

/** @throws AppError `reference-unknown`, `reference-ambiguous` */
export function referredBy({ names }: Uses<'names'>, name: string): Referred {
  const referred = names.find(name);
  if (referred === undefined) throw new AppError('reference-unknown', { name });
  if (referred === 'ambiguous') throw new AppError('reference-ambiguous', { name });
  return referred;
}
