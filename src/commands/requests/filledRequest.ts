import type { CommandRequest } from '../../handoff/copyAs/request.js';
import { hostWithPort, planOf, withTokens, type PlainRequest } from '../../httpFile/index.js';
import { credentialHeaders } from '../../platforms/index.js';
import type { Header } from '../../platforms/platform.js';
import type { Tenant } from '../../platforms/tenant.js';
import type { Destination } from '../../tenants/hostConsents.js';
import type { Referred } from '../../tokens/referenceNames.js';

/** Where a request goes. */
export function destinationOf({ url }: PlainRequest): Destination & { readonly host: string } {
  const host = hostWithPort(new URL(url)) ?? '';
  return { host, label: host, key: host };
}

export function hasCredentials(tenants: readonly Tenant[], { headers }: PlainRequest): boolean {
  const names = credentialHeaders(tenants);
  return headers.some(({ name }) => names.includes(name.toLowerCase()));
}

/** A request with its tokens in the place of its references. @param byName what the references stand for */
export function filledRequest(
  { method, url, headers, body }: PlainRequest,
  byName: ReadonlyMap<string, Referred>,
  tokenOf: (referred: Referred) => string,
): CommandRequest {
  const fill = (text: string): string =>
    withTokens(text, (name) => {
      const referred = byName.get(name);
      return referred ? tokenOf(referred) : '';
    });
  return {
    method,
    url,
    headers: headers.map(({ name, value }) => ({ name, value: fill(value) })),
    ...(body !== undefined && { body: fill(body) }),
  };
}

/** Headers as *Insert Headers* would leave them. */
export function withAuthHeaders(written: PlainRequest['headers'], auth: readonly Header[]): PlainRequest['headers'] {
  const { replaced, missing } = planOf(written, auth, []);
  const kept = written.map((header) => ({
    name: header.name,
    value: replaced.find(({ existing }) => existing === header)?.value ?? header.value,
  }));
  return [...kept, ...missing.map(({ name, value }) => ({ name, value }))];
}

/** Each token once. */
export const distinct = <T extends { readonly token: { readonly id: string } }>(all: Iterable<T>): readonly T[] => [
  ...new Map(Array.from(all, (one) => [one.token.id, one] as const)).values(),
];
