import type * as vscode from 'vscode';
import { hostFinder, type Lines, type RequestBlock } from '../httpFile/index.js';
import type { Destination } from '../tenants/hostConsents.js';
import type { Recognized } from './recognize.js';

const MAX_LABEL = 80;

/** Where a request goes. A host that the file does not tell, as in `{{base}}/x`, counts for this file only. */
function toDestination({ uri }: vscode.TextDocument, request: RequestBlock, host: string | undefined): Destination {
  if (host !== undefined) return { host, label: host, key: host };
  const authority = /^(?:[a-z][a-z0-9+.-]*:\/\/)?[^/?#]*/i.exec(request.url)?.[0] ?? '';
  // Whoever wrote the file has chosen it: it must not reach into the words around it.
  const label = authority.replaceAll(/[\p{C}\p{Z}]+/gu, ' ').slice(0, MAX_LABEL);
  return { host, label, key: `${uri.toString()} ${authority}` };
}

/** The destinations of several requests, each once. */
export function destinationsOf(document: vscode.TextDocument, lines: Lines, requests: readonly RequestBlock[]): Destination[] {
  const hostOf = hostFinder(lines);
  return eachOnce(requests.map((request) => toDestination(document, request, hostOf(request))));
}

/** The destinations of what stands in a document, each once, without reading the document again. */
export function destinationsOfRecognized(document: vscode.TextDocument, { occurrence, hosts }: Recognized): Destination[] {
  return eachOnce(occurrence.requests.map((request, index) => toDestination(document, request, hosts[index])));
}

const eachOnce = (all: readonly Destination[]): Destination[] => [...new Map(all.map((one) => [one.key, one])).values()];
