import { findRequests, finish, Hosts, type Dialect, type Lines } from '../httpFile/index.js';
import { credentialHeaders } from '../platforms/index.js';
import type { Tenant } from '../platforms/tenant.js';
import { isAllowedHost } from '../tenants/hosts.js';
import type { Credential } from './credentials.js';

/** A request to the host of a tenant, without any credential. */
export interface BareRequest {
  readonly line: number;
  /** Those whose host it is. */
  readonly tenants: readonly Tenant[];
}

/**
 * The requests that lack headers which we can insert.
 * @param tenants those with API tokens
 * @param credentials what was found in the same lines
 */
export function bareRequests(
  lines: Lines,
  dialect: Dialect,
  markdown: boolean,
  tenants: readonly Tenant[],
  credentials: readonly Credential[],
): BareRequest[] {
  const names = credentialHeaders(tenants).map((name) => name.toLowerCase());
  const supplied = new Set(credentials.flatMap(({ match }) => match.requests.map(({ line }) => line)));
  const hosts = new Hosts(lines);
  return findRequests(lines, dialect, { markdown }).flatMap((request) => {
    if (supplied.has(request.line) || request.headers.some(({ name }) => names.includes(name.toLowerCase()))) return [];
    const host = finish(hosts.of(request));
    const fitting = host === undefined ? [] : tenants.filter((tenant) => isAllowedHost(tenant, host));
    return fitting.length > 0 ? [{ line: request.line, tenants: fitting }] : [];
  });
}
