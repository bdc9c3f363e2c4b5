import * as vscode from 'vscode';
import { platformOf } from '../platforms/index.js';
import type { Platform } from '../platforms/platform.js';
import type { Tenant } from '../platforms/tenant.js';

/** An operation on API tokens at their service, or its portal. */
export type Act = 'create' | 'list' | 'inspect' | 'update' | 'revoke' | 'regenerate' | 'revokeByValue' | 'portal';

const ACTS: readonly Act[] = ['create', 'list', 'inspect', 'update', 'revoke', 'regenerate', 'revokeByValue', 'portal'];

/** Cached per tenant object, because rows ask for thousands repeatedly. Changed settings create new tenant objects. */
const known = new WeakMap<Tenant, readonly Act[]>();

/** Whether the platform has an API for it and this tenant is set up for that. Only the service knows the user's rights. */
export function can(tenant: Tenant, act: Act): boolean {
  return actsOf(tenant).includes(act);
}

function actsOf(tenant: Tenant): readonly Act[] {
  let acts = known.get(tenant);
  if (!acts) known.set(tenant, (acts = ACTS.filter((act) => offers(tenant, act))));
  return acts;
}

function offers(tenant: Tenant, act: Act): boolean {
  const platform = platformOf(tenant);
  if (act === 'portal') return platform.portal !== undefined;
  const { lifecycle } = platform;
  // Creating the conversation sends nothing.
  if (act === 'inspect') return lifecycle?.inspect?.(tenant, {}) !== undefined;
  if (act === 'revokeByValue') return lifecycle?.revokeByValue?.(tenant, {}) !== undefined;
  return lifecycle !== undefined && act in lifecycle;
}

/**
 * The `contextValue` that menus match: `token.active.list.revoke`.
 * @param marks the state of the row
 */
export function contextValueOf(kind: string, tenant: Tenant, marks: readonly string[] = []): string {
  return [kind, ...marks, ...actsOf(tenant)].join('.');
}

/** A sentence that says why an act is not available, and what to do instead. */
export function cannot(platform: Platform, act: Exclude<Act, 'create' | 'revokeByValue' | 'portal'>): string {
  const { label } = platform;
  const sentence = (): string => {
    switch (act) {
      case 'list':
        return vscode.l10n.t('{0} has no API that lists API tokens.', label);
      case 'inspect':
        return vscode.l10n.t('{0} has no API that describes an API token.', label);
      case 'update':
        return vscode.l10n.t('{0} has no API that changes API tokens.', label);
      case 'revoke':
        return vscode.l10n.t('{0} has no API that revokes API tokens.', label);
      case 'regenerate':
        return vscode.l10n.t('{0} has no API that gives an API token a new value.', label);
    }
  };
  return platform.portal ? `${sentence()} ${vscode.l10n.t('Do it in its portal.')}` : sentence();
}
