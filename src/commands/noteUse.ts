import type { Services } from './command.js';

interface Used {
  readonly tenant: { readonly id: string };
  readonly token: { readonly id: string };
}

/** For the history of a token: where its access token went. */
export function noteUse(
  { history }: Services,
  { tenant, token }: Used,
  what: 'copied' | 'inserted' | 'sent',
  host?: string,
): void {
  history.add({ tenant: tenant.id, token: token.id, what, ...(host !== undefined && { host }) });
}
