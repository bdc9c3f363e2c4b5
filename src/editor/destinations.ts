import type * as vscode from 'vscode';
import { requestHost, type Lines, type RequestBlock } from '../httpFile/index.js';
import type { Destination } from '../tenants/hostConsents.js';

/** Where a request of a document goes. A host that the file does not tell, as in `{{base}}/x`, counts for this file only. */
export function destinationOf({ uri }: vscode.TextDocument, lines: Lines, request: RequestBlock): Destination {
  const host = requestHost(lines, request);
  if (host !== undefined) return { host, label: host, key: host };
  const label = /^(?:[a-z][a-z0-9+.-]*:\/\/)?[^/?#]*/i.exec(request.url)?.[0] ?? '';
  return { host, label, key: `${uri.toString()} ${label}` };
}

/** The destinations of several requests, each once. */
export function destinationsOf(document: vscode.TextDocument, lines: Lines, requests: readonly RequestBlock[]): Destination[] {
  return [...new Map(requests.map((request) => destinationOf(document, lines, request)).map((one) => [one.key, one])).values()];
}
