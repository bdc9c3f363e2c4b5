import { settings } from '../settings.js';
import { clientsHere } from './clients.js';
import type { Place } from './judgement.js';

/** What becomes of a reference when a client sends the request now. */
export type State =
  | 'resolved'
  /** No client that resolves references runs here. */
  | 'no-client'
  /** REST Client needs the person's leave. */
  | 'not-allowed'
  /** A use of the token in an open file is not certain to go where it may go. */
  | 'withheld'
  /** There is a variable of this name that is not ours. */
  | 'clash'
  /** There is no usable access token at hand. */
  | 'not-published';

/** What becomes of a reference, by each of the clients that are installed. */
export interface Resolution {
  /** httpYac resolves it, whatever becomes of it in REST Client. */
  readonly byHttpYac: boolean;
  /** In REST Client where it is installed; otherwise whether any client resolves it. */
  readonly state: State;
}

/** What becomes of references, and the line because of which one is withheld. */
export interface Resolutions {
  resolution(name: string): Resolution;
  withheldBy(name: string): Place | undefined;
}

interface Ways {
  readonly httpYac: { readonly connected: boolean };
  readonly published: { isPublished(name: string): boolean; clash(name: string): boolean };
  readonly open: { withheldBy(name: string): object | undefined };
}

/** httpYac asks for tokens when it sends; to REST Client they have to be published before. */
export function resolutionOf(name: string, ways: Ways): Resolution {
  const clients = clientsHere();
  // It connects as soon as it is activated, which is before it sends anything.
  const byHttpYac = ways.httpYac.connected || clients.httpYac;
  if (!clients.restClient) return { byHttpYac, state: byHttpYac ? 'resolved' : 'no-client' };
  return { byHttpYac, state: inRestClient(name, ways) };
}

function inRestClient(name: string, { published, open }: Ways): State {
  if (settings.publishReferences() !== true) return 'not-allowed';
  if (published.clash(name)) return 'clash';
  if (published.isPublished(name)) return 'resolved';
  return open.withheldBy(name) ? 'withheld' : 'not-published';
}
