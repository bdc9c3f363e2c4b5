import type { Credential } from './credentials.js';

/** A reference or one of our tokens in a request, to show above its request line. */
export interface RequestLens {
  readonly line: number;
  readonly credential: Credential;
}

/** Nobody reads more above one request. */
const MAX_LENSES = 16;

/** One for each request and token, in the order of the requests. Foreign tokens get none. */
export function requestLenses(all: readonly Credential[]): RequestLens[] {
  const shown = all.filter(({ match, referred }) => match.kind === 'reference' || referred !== undefined);
  const lenses = new Map<string, RequestLens>();
  // Many definitions may have the same requests.
  for (const [requests, credentials] of Map.groupBy(shown, ({ match }) => match.requests)) {
    const tokens = new Map<string, Credential>();
    for (const credential of credentials) {
      const { match, referred } = credential;
      const token = JSON.stringify([match.kind, referred?.token.id ?? match.text]);
      if (!tokens.has(token) && tokens.size < MAX_LENSES) tokens.set(token, credential);
    }
    for (const { line } of requests)
      for (const [token, credential] of tokens) {
        const key = `${line} ${token}`;
        if (!lenses.has(key)) lenses.set(key, { line, credential });
      }
  }
  return [...lenses.values()].sort(byPlace);
}

/** By request, then by the place of the reference or token. */
const byPlace = (one: RequestLens, { line, credential: { match } }: RequestLens): number =>
  one.line - line || one.credential.match.line - match.line || one.credential.match.start - match.start;
