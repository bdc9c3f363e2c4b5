import { AppError } from '../errors.js';
import type { ReferenceSource } from '../handoff/httpYacPlugin.js';
import type { Referred } from '../tokens/referenceNames.js';
import type { Services } from './command.js';
import { mayGo } from './mayGo.js';
import { noteUse } from './noteUse.js';
import { takeAccess } from './takeAccess.js';
import { tellError } from './tellError.js';

/** What httpYac asks for while it sends a request that holds references. */
export function referenceSource(services: Services): ReferenceSource {
  return {
    access: async (name) => (await takeAccess(services, referredBy(services, name)))?.token,
    async mayGoTo(name, host) {
      const referred = referredBy(services, name);
      const isAllowed = await mayGo(services, referred.tenant, [{ host, label: host, key: host }], 'refer');
      if (isAllowed) noteUse(services, referred, 'sent', host);
      return isAllowed;
    },
    refused(name, accessToken) {
      const referred = services.names.find(name);
      if (typeof referred === 'object') services.broker.refused(referred.token.id, accessToken);
    },
    failed(name, error) {
      const referred = services.names.find(name);
      const target = typeof referred === 'object' ? { tenant: referred.tenant.id, token: referred.token.id } : {};
      // What is no error of ours has no sentence either: httpYac shows that the request was not sent.
      tellError(services, target, error).catch(() => services.log.warn('a reference could not be resolved'));
    },
  };
}

/** @throws AppError `reference-unknown`, `reference-ambiguous` */
function referredBy({ names }: Services, name: string): Referred {
  const referred = names.find(name);
  if (referred === undefined) throw new AppError('reference-unknown', { name });
  if (referred === 'ambiguous') throw new AppError('reference-ambiguous', { name });
  return referred;
}
