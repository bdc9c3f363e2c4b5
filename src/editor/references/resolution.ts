import { settings } from '../../settings.js';
import { clientsHere } from './clients.js';
import type { Culprit } from './judgement.js';

/** What REST Client does with a reference if it sends the request now. */
export type State =
  | 'resolved'
  /** The person has not allowed it. */
  | 'not-allowed'
  /** The person wants no token where REST Client finds it. */
  | 'refused'
  /** A use of the token in an open file may go to a destination that is not allowed. */
  | 'withheld'
  /** A use of the token in an open file changes something in production, and the person has not agreed to that. */
  | 'production'
  /** A foreign variable has this name. */
  | 'clash'
  /** No usable access token is at hand. */
  | 'not-published';

/** What each installed client does with a reference. */
export interface Resolution {
  /** httpYac resolves it. */
  readonly byHttpYac: boolean;
  /** undefined: REST Client is not installed. */
  readonly inRestClient: State | undefined;
}

/** How references are resolved, and which line causes one to be withheld. */
export interface Resolutions {
  resolution(name: string): Resolution;
  withheldBy(name: string): Culprit | undefined;
}

interface Ways {
  readonly httpYac: { readonly connected: boolean };
  readonly published: { isPublished(name: string): boolean; clash(name: string): boolean };
  readonly open: { withheldBy(name: string): Pick<Culprit, 'isProduction'> | undefined };
}

/** httpYac requests tokens when it sends; for REST Client they must be published beforehand. */
export function resolutionOf(name: string, ways: Ways): Resolution {
  const clients = clientsHere();
  // It connects on activation, before it sends anything.
  const byHttpYac = ways.httpYac.connected || clients.httpYac;
  return { byHttpYac, inRestClient: clients.restClient ? inRestClient(name, ways) : undefined };
}

function inRestClient(name: string, { published, open }: Ways): State {
  const isAllowed = settings.publishReferences();
  if (!isAllowed) return isAllowed === false ? 'refused' : 'not-allowed';
  if (published.clash(name)) return 'clash';
  if (published.isPublished(name)) return 'resolved';
  const culprit = open.withheldBy(name);
  if (!culprit) return 'not-published';
  return culprit.isProduction ? 'production' : 'withheld';
}
