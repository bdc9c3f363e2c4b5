import { Definitions } from './definitions.js';
import { hostWithPort } from './hostWithPort.js';
import type { Lines } from './lines.js';
import { sameName } from './insertion/plan.js';
import { placeholders } from './references.js';
import type { RequestBlock } from './request.js';
import { readingRequest } from './restClient/request.js';
import { RestClientVariables } from './restClient/variables.js';
import { finish, type Work } from './work.js';

/** Longer than any chain that a person writes; stops circular ones. */
const MAX_STEPS = 32;

/**
 * Finds where requests go, as `host` or `host:port` in lower case, without the port of https. Plain http always has its port,
 * even `:80`, so that it never equals a host that is reached with TLS. Undefined if the file does not determine it: a token must
 * not be sent on a guess. Reads each request and the definitions once, and only if needed.
 */
export class Hosts {
  readonly #lines: Lines;
  readonly #known = new Map<RequestBlock, string | undefined>();
  #definitions: Definitions | undefined;
  #variables: RestClientVariables | undefined;

  constructor(lines: Lines) {
    this.#lines = lines;
  }

  /** @param request in these lines */
  *of(request: RequestBlock): Work<string | undefined> {
    if (!this.#known.has(request)) this.#known.set(request, yield* this.#read(request));
    return this.#known.get(request);
  }

  *#read(request: RequestBlock): Work<string | undefined> {
    if (request.dialect !== 'rest-client') return hostIn(yield* this.#resolved(request, addressIn(request)));
    this.#variables ??= yield* RestClientVariables.reading(this.#lines);
    const sent = yield* readingRequest(this.#lines, request.region, this.#variables);
    return sent?.line === request.line ? sent.host : undefined;
  }

  /** The address with the variables of its authority resolved; the rest is left out. */
  *#resolved(request: RequestBlock, address: string | undefined): Work<string | undefined> {
    let text = address;
    for (let step = 0; step < MAX_STEPS && text !== undefined; step++) {
      const [placeholder] = placeholders(text);
      if (!placeholder) return text;
      const before = text.slice(0, placeholder.start);
      if (hasAuthority(before)) return before;
      this.#definitions ??= yield* Definitions.reading(this.#lines);
      const value = this.#definitions.valueOf(placeholder.expression, request);
      text = value === undefined ? undefined : before + value + text.slice(placeholder.end);
    }
    return undefined;
  }
}

/** The host of a single request, as of {@link Hosts}. */
export const requestHost = (lines: Lines, request: RequestBlock): string | undefined => finish(new Hosts(lines).of(request));

/** What determines the host of a request. */
function addressIn({ url, method, headers, dialect }: RequestBlock): string | undefined {
  // A variable in front may hold the URL, and make this one a part of its query.
  if (placeholders(method).length > 0) return undefined;
  if (!url.startsWith('/') && url !== '*') return url;
  const [host, ...others] = headers.filter(({ name }) => sameName(name, 'Host'));
  if (others.length > 0) return undefined;
  if (host) return /:(8?443)$/.test(host.value) ? `https://${host.value}` : host.value;
  // httpYac prefixes a relative URL with the variable of this name.
  return dialect === 'httpyac' ? '{{host}}' : undefined;
}

function hostIn(address = ''): string | undefined {
  const [, scheme = '', authority = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?([^/?#]*)/i.exec(address) ?? [];
  // Clients differ in how they read a backslash or a blank, and a relative URL from a variable.
  if (!/^[^\\\s]+$/.test(authority)) return undefined;
  const parsed = URL.parse(scheme ? address : `http://${address}`);
  return parsed ? hostWithPort(parsed) : undefined;
}

/** True if the authority is complete in the text, so that nothing after it can change it (RFC 3986 §3.2). */
const hasAuthority = (text: string): boolean => /^(?:[a-z][a-z0-9+.-]*:\/\/[^/\\?#]+|[^/\\?#:]+(?::\d+)?)[/\\?#]/i.test(text);
