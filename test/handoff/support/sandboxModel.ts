import { AppError } from '../../../src/base/errors.js';
import type { ReferenceSource } from '../../../src/handoff/httpYacPlugin.js';
import { Sender } from '../../../src/net/send.js';
import { platformOf } from '../../../src/platforms/index.js';
import type { SandboxTenant } from '../../../src/sandbox/index.js';
import { isAllowedHost } from '../../../src/tenants/hosts.js';
import { Tenants } from '../../../src/tenants/tenants.js';
import { ReferenceNames, type Referred } from '../../../src/tokens/referenceNames.js';
import { ownTimersClock } from '../../support/clock.js';
import { memoryWindow } from '../../support/memory.js';

/** Sandbox tenants with one token each, in the parts of the extension that resolve references. */
export function modelOf(sandboxTenants: readonly SandboxTenant[]) {
  const tenants = new Tenants(() => []);
  tenants.setOutside(sandboxTenants.map(({ tenant }) => tenant));
  const sender = new Sender();
  const { vault, broker } = memoryWindow({ clock: ownTimersClock, send: sender.send });
  for (const { tenant: raw, tokens } of sandboxTenants) {
    const tenant = tenants.get(String(raw['id']));
    const { name, secret } = tokens[0]!;
    vault.addForSession({ tenant: tenant.id, name, boundTo: platformOf(tenant).exchangeUrl(tenant), secret });
  }
  const names = new ReferenceNames(tenants, vault);
  const find = (name: string): Referred => {
    const found = names.find(name);
    if (!found || found === 'ambiguous') throw new AppError('reference-unknown', { name });
    return found;
  };
  const passcodeOf = (id: string) => sandboxTenants.find(({ tenant }) => tenant['id'] === id)?.tokens[0]?.passcode;

  /** The plugin's questions, and the answers. */
  const asked: string[] = [];
  const source: ReferenceSource = {
    access: async (name) => {
      const { tenant, token } = find(name);
      const passcode = passcodeOf(tenant.id);
      return (await broker.access(tenant, token.id, passcode === undefined ? {} : { passcode })).token;
    },
    confirmSending: (name, readers) => {
      const { tenant } = find(name);
      const foreign = readers.filter(({ host, options }) => options ?? !isAllowedHost(tenant, host));
      asked.push(...foreign.map(({ host }) => `${name} to ${host}`));
      return Promise.resolve(foreign.length === 0);
    },
    sent: () => undefined,
    refused: (name, accessToken) => broker.refused(find(name).token.id, accessToken),
    failed: (name) => asked.push(`${name} failed`),
  };
  return { tenants, vault, broker, names, source, asked, dispose: () => sender.dispose() };
}
