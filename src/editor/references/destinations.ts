import type * as vscode from 'vscode';
import { findingRequestsAt, finish, Hosts, type Lines, type RequestBlock, type Work } from '../../httpFile/index.js';
import type { Destination } from '../../tenants/hostConsents.js';
import { dialectsHere } from './clients.js';
import { isMarkdown } from '../document.js';
import { toDestination } from './destination.js';
import type { Credential } from '../credentials.js';

/**
 * The destinations of several requests, without duplicates: as they were read, and as each installed client reads them, since any
 * of these may send them.
 */
export const destinationsOf = (document: vscode.TextDocument, lines: Lines, requests: readonly RequestBlock[]): Destination[] =>
  finish(findingDestinations(document, lines, requests));

/** {@link destinationsOf}, in pieces. */
export function* findingDestinations(
  document: vscode.TextDocument,
  lines: Lines,
  requests: readonly RequestBlock[],
): Work<Destination[]> {
  const hosts = new Hosts(lines);
  const options = { markdown: isMarkdown(document) };
  const found: Destination[] = [];
  const add = function* (request: RequestBlock): Work<void> {
    found.push(toDestination(document, request, yield* hosts.of(request)));
  };
  for (const request of requests) yield* add(request);
  for (const dialect of dialectsHere()) {
    const others = requests.filter((request) => request.dialect !== dialect).map(({ line }) => line);
    for (const { request } of yield* findingRequestsAt(lines, others, dialect, options)) if (request) yield* add(request);
  }
  return eachOnce(found);
}

/**
 * Finds the destinations of credentials in a document, without duplicates and without reading the document again. Credentials
 * with the same requests share one list.
 */
export function destinationsIn(document: vscode.TextDocument): (credential: Credential) => readonly Destination[] {
  const known = new Map<readonly RequestBlock[], readonly Destination[]>();
  return ({ match: { requests }, hosts }) => {
    const destinations =
      known.get(requests) ?? eachOnce(requests.map((request, index) => toDestination(document, request, hosts[index])));
    known.set(requests, destinations);
    return destinations;
  };
}

const eachOnce = (all: readonly Destination[]): Destination[] => [...new Map(all.map((one) => [one.key, one])).values()];
