import { settings } from '../../settings.js';
import { clientsHere } from './clients.js';
import type { Place } from './judgement.js';

/** What happens to a reference if a client sends the request now. */
export type State =
  | 'resolved'
  /** No client that resolves references runs here. */
  | 'no-client'
  /** The person has not allowed it for REST Client. */
  | 'not-allowed'
  /** A use of the token in an open file may go to a destination that is not allowed. */
  | 'withheld'
  /** A foreign variable has this name. */
  | 'clash'
  /** No usable access token is at hand. */
  | 'not-published';

/** How the installed clients resolve a reference. */
export interface Resolution {
  /** httpYac resolves it, whatever REST Client does. */
  readonly byHttpYac: boolean;
  /** The state in REST Client if it is installed; otherwise whether any client resolves it. */
  readonly state: State;
}

/** How references are resolved, and which line causes one to be withheld. */
export interface Resolutions {
  resolution(name: string): Resolution;
  withheldBy(name: string): Place | undefined;
}

interface Ways {
  readonly httpYac: { readonly connected: boolean };
  readonly published: { isPublished(name: string): boolean; clash(name: string): boolean };
  readonly open: { withheldBy(name: string): object | undefined };
}

/** httpYac requests tokens when it sends; for REST Client they must be published beforehand. */
export function resolutionOf(name: string, ways: Ways): Resolution {
  const clients = clientsHere();
  // It connects on activation, before it sends anything.
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
