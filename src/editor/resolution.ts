import { settings } from '../settings.js';
import { clientsHere } from './clients.js';

/** What becomes of a reference when the request is sent now. */
export type Resolution =
  | 'resolved'
  /** No client that resolves references runs here. */
  | 'no-client'
  /** REST Client needs the person's leave. */
  | 'not-allowed'
  /** A request in an open file would take the token to a host that it may not go to. */
  | 'withheld'
  /** There is a variable of this name that is not ours. */
  | 'clash'
  /** There is no usable access token at hand. */
  | 'not-published';

interface Ways {
  readonly httpYac: { readonly connected: boolean };
  readonly published: { isPublished(name: string): boolean; clash(name: string): boolean };
  readonly open: { withheldBy(name: string): object | undefined };
}

/** httpYac asks for tokens when it sends; to REST Client they have to be published before. */
export function resolutionOf(name: string, { httpYac, published, open }: Ways): Resolution {
  const clients = clientsHere();
  // It connects as soon as it is activated, which is before it sends anything.
  if (httpYac.connected || clients.httpYac) return 'resolved';
  if (!clients.restClient) return 'no-client';
  if (settings.publishReferences() !== true) return 'not-allowed';
  if (published.clash(name)) return 'clash';
  if (published.isPublished(name)) return 'resolved';
  return open.withheldBy(name) ? 'withheld' : 'not-published';
}
