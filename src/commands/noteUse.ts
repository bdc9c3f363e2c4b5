import type { HistoryEvent } from '../tokens/history.js';
import type { Uses } from './command.js';

interface Used {
  readonly tenant: { readonly id: string };
  readonly token: { readonly id: string };
}

/** Adds a use of a token to its history. */
export function noteUse({ history }: Uses<'history'>, { tenant, token }: Used, what: HistoryEvent['what'], host?: string): void {
  history.add({ tenant: tenant.id, token: token.id, what, ...(host !== undefined && { host }) });
}
