import { Definitions } from './definitions.js';
import type { Lines } from './lines.js';
import { sameName } from './plan.js';
import { placeholders, referenceName } from './references.js';
import type { HeaderLine, RequestBlock } from './request.js';

/** Enough for any chain that a person writes, and an end for one that goes in circles. */
const MAX_STEPS = 32;

/**
 * Where a request goes, as `host` or `host:port` in lower case, without the port of https. Plain http
 * always has its port, `:80` included: a host that is meant with TLS is another one without. Undefined where that cannot
 * be known from the file: a token must not go anywhere on a guess.
 *
 * @param definitions of the lines; asked for only where they are needed
 */
export function requestHost(
  lines: Lines,
  request: RequestBlock,
  definitions = (): Definitions => new Definitions(lines),
): string | undefined {
  const { url, method, warnings } = request;
  // What a variable in front stands for may be the URL, and make this one a part of its query.
  if (placeholders(method).length > 0 || warnings.some(({ kind }) => kind === 'sent-as-url')) return undefined;
  if (!url.startsWith('/') && url !== '*') return hostOf(definitions, request, url);
  const host = hostHeader(request);
  if (host) return hostOf(definitions, request, /:(8?443)$/.test(host) ? `https://${host}` : host);
  // httpYac puts the variable of this name before a relative URL.
  return request.dialect === 'httpyac' && host === undefined ? hostOf(definitions, request, '{{host}}') : undefined;
}

/** Empty where it cannot be told: REST Client joins several with commas, and a variable of it may bring line ends with it. */
function hostHeader({ dialect, url, headers }: RequestBlock): string | undefined {
  const isHost = ({ name }: HeaderLine): boolean => sameName(name, 'Host');
  const [host, ...others] = headers.filter(isHost);
  const texts = [url, ...headers.filter((header) => !isHost(header)).flatMap(({ name, value }) => [name, value])];
  const hasVariable = texts.flatMap(placeholders).some((placeholder) => !referenceName(placeholder));
  return others.length > 0 || (dialect === 'rest-client' && hasVariable) ? '' : host?.value;
}

function hostOf(definitions: () => Definitions, request: RequestBlock, url: string): string | undefined {
  const address = resolved(definitions, request, url) ?? '';
  const [, scheme = '', authority = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?([^/?#]*)/i.exec(address) ?? [];
  // A backslash or blank is one thing to one client and another to the next, and so is a relative URL from a variable.
  if (!/^[^\\\s]+$/.test(authority)) return undefined;
  const parsed = URL.parse(scheme ? address : `http://${address}`);
  return parsed ? hostWithPort(parsed) : undefined;
}

/** {@link requestHost} for several requests, for which the definitions are read once and only where they are needed. */
export function hostFinder(lines: Lines): (request: RequestBlock) => string | undefined {
  let definitions: Definitions | undefined;
  const once = (): Definitions => (definitions ??= new Definitions(lines));
  return (request) => requestHost(lines, request, once);
}

/** The host of a URL as {@link requestHost} gives it. */
export function hostWithPort({ protocol, port, host }: URL): string | undefined {
  if (!host) return undefined;
  const isPlain = protocol === 'http:' || protocol === 'ws:';
  return isPlain && !port ? `${host.toLowerCase()}:80` : host.toLowerCase();
}

/** The URL with the variables of its authority resolved; what follows the authority is left out. */
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
