import type { HistoryEvent } from '../tokens/history.js';
import type { Services } from './command.js';

interface Used {
  readonly tenant: { readonly id: string };
  readonly token: { readonly id: string };
}

/** For the history of a token: what was done with it, or where its access token went. */
export function noteUse({ history }: Services, { tenant, token }: Used, what: HistoryEvent['what'], host?: string): void {
  history.add({ tenant: tenant.id, token: token.id, what, ...(host !== undefined && { host }) });
}
