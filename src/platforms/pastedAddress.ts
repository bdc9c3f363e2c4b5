/** An address as people paste it, in parts: the query and the fragment belong to the page, not to the service. */
export interface PastedAddress {
  /** Scheme, host and port as they are written. */
  readonly origin: string;
  /** The segments of the path as they are written. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

/** Begins like a URL, also one whose slashes are missing: that is not a host name. */
const WITH_SCHEME = /^(?:[a-z][a-z0-9+.-]*:\/\/|(?:https?|ftp|file|data|javascript):)/i;
/** A host name with a dot or a port, so that a single word does not count as an address. */
const HOST_FIRST = /^(?:[^\s/?#:@.]+\.[^\s/?#@]+|localhost|[^\s/?#:@]+:\d{1,5})(?:[/?#]|$)/i;

/**
 * @returns the text with `https://` before a host name that has no scheme. Any other text stays as it is: the schema says what
 * is wrong with it.
 */
export function withScheme(text: string): string {
  return !WITH_SCHEME.test(text) && HOST_FIRST.test(text) ? `https://${text}` : text;
}

/** @returns undefined if the text has no scheme and host */
export function partsOf(text: string): PastedAddress | undefined {
  const [, origin, path = '', query = ''] = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]+)(?:\/([^?#]*))?(?:\?([^#]*))?/i.exec(text) ?? [];
  return origin === undefined ? undefined : { origin, path: path.split('/').filter(Boolean), query: new URLSearchParams(query) };
}

/**
 * Cuts an address before the first segment of the service's own, as in `https://host/prefix/api/versions`.
 * @param isOwn whether the service or its portal answers at a segment, in lower case
 * @returns the address of the service, and the segments that were cut, decoded
 */
export function cutAt(
  { origin, path }: PastedAddress,
  isOwn: (segment: string, next: string) => boolean,
): { readonly url: string; readonly rest: readonly string[] } {
  const lower = path.map((segment) => segment.toLowerCase());
  const at = lower.findIndex((segment, index) => isOwn(segment, lower[index + 1] ?? ''));
  const kept = at < 0 ? path : path.slice(0, at);
  return { url: [origin, ...kept].join('/'), rest: at < 0 ? [] : path.slice(at).map(decoded) };
}

/** A segment that is not encoded correctly stays as it is. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
