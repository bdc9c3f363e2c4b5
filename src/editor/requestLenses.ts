import type { Credential } from './credentials.js';

/** A reference or one of our tokens in a request, to show above its request line. */
export interface RequestLens {
  readonly line: number;
  readonly credential: Credential;
}

/** One for each request and token, in the order of the requests. Foreign tokens get none. */
export function requestLenses(all: readonly Credential[]): RequestLens[] {
  const lenses = new Map<string, RequestLens>();
  for (const credential of all) {
    const { match, referred } = credential;
    if (match.kind === 'literal' && !referred) continue;
    for (const { line } of match.requests) {
      const key = JSON.stringify([line, match.kind, referred?.token.id ?? match.text]);
      if (!lenses.has(key)) lenses.set(key, { line, credential });
    }
  }
  return [...lenses.values()].sort((one, other) => one.line - other.line);
}
