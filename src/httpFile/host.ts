import { Definitions } from './definitions.js';
import { hostWithPort } from './hostWithPort.js';
import type { Lines } from './lines.js';
import { sameName } from './insertion/plan.js';
import { placeholders } from './references.js';
import type { RequestBlock } from './request.js';
import { restClientRequest } from './restClient/request.js';
import { RestClientVariables } from './restClient/variables.js';
import { finish } from './work.js';

/** Longer than any chain that a person writes; stops circular ones. */
const MAX_STEPS = 32;

/**
 * Finds where requests go, as `host` or `host:port` in lower case, without the port of https. Plain http always has its port,
 * even `:80`, so that it never equals a host that is reached with TLS. Undefined if the file does not determine it: a token must
 * not be sent on a guess.
 *
 * @returns the host of a request in these lines. Reads definitions once, and only if needed.
 */
export function hostFinder(lines: Lines): (request: RequestBlock) => string | undefined {
  const definitions = once(() => new Definitions(lines));
  const variables = once(() => finish(RestClientVariables.reading(lines)));
  return (request) => {
    if (request.dialect !== 'rest-client') return hostOfRequest(definitions, request);
    const sent = restClientRequest(lines, request.region, variables());
    return sent?.line === request.line ? sent.host : undefined;
  };
}

/** {@link hostFinder} for a single request. */
export const requestHost = (lines: Lines, request: RequestBlock): string | undefined => hostFinder(lines)(request);

function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= make());
}

function hostOfRequest(definitions: () => Definitions, request: RequestBlock): string | undefined {
  const { url, method } = request;
  // A variable in front may hold the URL, and make this one a part of its query.
  if (placeholders(method).length > 0) return undefined;
  if (!url.startsWith('/') && url !== '*') return hostOf(definitions, request, url);
  const [host, ...others] = request.headers.filter(({ name }) => sameName(name, 'Host'));
  if (others.length > 0) return undefined;
  if (host) return hostOf(definitions, request, /:(8?443)$/.test(host.value) ? `https://${host.value}` : host.value);
  // httpYac prefixes a relative URL with the variable of this name.
  return request.dialect === 'httpyac' ? hostOf(definitions, request, '{{host}}') : undefined;
}

function hostOf(definitions: () => Definitions, request: RequestBlock, url: string): string | undefined {
  const address = resolved(definitions, request, url) ?? '';
  const [, scheme = '', authority = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?([^/?#]*)/i.exec(address) ?? [];
  // Clients differ in how they read a backslash or a blank, and a relative URL from a variable.
  if (!/^[^\\\s]+$/.test(authority)) return undefined;
  const parsed = URL.parse(scheme ? address : `http://${address}`);
  return parsed ? hostWithPort(parsed) : undefined;
}

/** The URL with the variables of its authority resolved; the rest is left out. */
function resolved(definitions: () => Definitions, request: RequestBlock, url: string): string | undefined {
  let text = url;
  let known: Definitions | undefined;
  for (let step = 0; step < MAX_STEPS; step++) {
    const [placeholder] = placeholders(text);
    if (!placeholder) return text;
    const before = text.slice(0, placeholder.start);
    if (hasAuthority(before)) return before;
    const value = (known ??= definitions()).valueOf(placeholder.expression, request);
    if (value === undefined) return undefined;
    text = before + value + text.slice(placeholder.end);
  }
  return undefined;
}

/** True if the authority is complete in the text, so that nothing after it can change it (RFC 3986 §3.2). */
const hasAuthority = (text: string): boolean => /^(?:[a-z][a-z0-9+.-]*:\/\/[^/\\?#]+|[^/\\?#:]+(?::\d+)?)[/\\?#]/i.test(text);
