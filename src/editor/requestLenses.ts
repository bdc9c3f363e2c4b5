import type { Credential } from './credentials.js';

/** A reference or one of our tokens in a request, to show above its request line. */
export interface RequestLens {
  readonly line: number;
  readonly recognized: Credential;
}

/** One for each request and token, in the order of the requests. Foreign tokens get none. */
export function requestLenses(all: readonly Credential[]): RequestLens[] {
  const lenses = new Map<string, RequestLens>();
  for (const recognized of all) {
    const { occurrence, referred } = recognized;
    if (occurrence.kind === 'literal' && !referred) continue;
    for (const { line } of occurrence.requests) {
      const key = JSON.stringify([line, occurrence.kind, referred?.token.id ?? occurrence.text]);
      if (!lenses.has(key)) lenses.set(key, { line, recognized });
    }
  }
  return [...lenses.values()].sort((one, other) => one.line - other.line);
}
