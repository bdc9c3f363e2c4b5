import { valueOf } from './definitions.js';
import type { Lines } from './lines.js';
import { sameName } from './plan.js';
import { placeholders } from './references.js';
import type { RequestBlock } from './request.js';

/** Enough for any chain that a person writes, and an end for one that goes in circles. */
const MAX_STEPS = 32;

/**
 * Where a request goes, as `host` or `host:port` in lower case, without the port of https. Plain http
 * always has its port, `:80` included: a host that is meant with TLS is another one without. Undefined where that cannot
 * be known from the file: a token must not go anywhere on a guess.
 */
export function requestHost(lines: Lines, request: RequestBlock): string | undefined {
  const { url, headers } = request;
  if (!url.startsWith('/') && url !== '*') return hostOf(lines, request, url);
  const host = headers.find(({ name }) => sameName(name, 'Host'))?.value;
  if (host) return hostOf(lines, request, /:(8?443)$/.test(host) ? `https://${host}` : host);
  // httpYac puts the variable of this name before a relative URL.
  return request.dialect === 'httpyac' ? hostOf(lines, request, '{{host}}') : undefined;
}

function hostOf(lines: Lines, request: RequestBlock, url: string): string | undefined {
  const address = resolved(lines, request, url);
  if (!address) return undefined;
  const absolute = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`;
  if (!URL.canParse(absolute)) return undefined;
  const { protocol, port, host } = new URL(absolute);
  if (!host) return undefined;
  return protocol === 'http:' && !port ? `${host.toLowerCase()}:80` : host.toLowerCase();
}

/** The URL with the variables of its authority resolved; what follows the authority is left out. */
function resolved(lines: Lines, request: RequestBlock, url: string): string | undefined {
  let text = url;
  for (let step = 0; step < MAX_STEPS; step++) {
    const [placeholder] = placeholders(text);
    if (!placeholder) return text;
    const known = text.slice(0, placeholder.start);
    if (hasAuthority(known)) return known;
    const value = valueOf(lines, request, placeholder.expression);
    if (value === undefined) return undefined;
    text = known + value + text.slice(placeholder.end);
  }
  return undefined;
}

/** True if the authority is complete in the text, so that nothing after it can change it (RFC 3986 §3.2). */
const hasAuthority = (text: string): boolean => /^(?:[a-z][a-z0-9+.-]*:\/\/[^/\\?#]+|[^/\\?#:]+(?::\d+)?)[/\\?#]/i.test(text);
