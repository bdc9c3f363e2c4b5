import type { IncomingMessage } from 'node:http';
import { pairsOf } from './headers.js';

/** An answer of the gateway's own. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  /** @param message says what to do */
  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

const METHOD = /^(GET|HEAD|POST|PUT|PATCH|DELETE|QUERY|PROPFIND|REPORT|SEARCH)$/;

/**
 * Lets in what a program on this machine sends, and no page of a browser.
 * @param authority the gateway's own `host:port`: another one is that of a forwarded port, or of a rebound name
 * @throws Refusal
 */
export function requireLocal({ rawHeaders, method = '' }: IncomingMessage, authority: string): void {
  const headers = pairsOf(rawHeaders).map(([name, value]) => [name.toLowerCase(), value] as const);
  const hosts = headers.filter(([name]) => name === 'host');
  if (hosts.length !== 1 || hosts[0]?.[1] !== authority)
    throw new Refusal(
      421,
      'wrong-host',
      `Call the gateway as ${authority}, on the machine where it runs. Forwarded ports and other names are not accepted.`,
    );
  const isOfPage = headers.some(
    ([name, value]) => name === 'origin' || name === 'referer' || (name === 'sec-fetch-site' && value !== 'none'),
  );
  if (isOfPage) throw new Refusal(403, 'from-a-page', 'The gateway does not answer pages of a browser.');
  if (!METHOD.test(method)) throw new Refusal(405, 'wrong-method', 'The gateway does not forward this method.');
}

export const isReading = (method: string): boolean => method === 'GET' || method === 'HEAD';
