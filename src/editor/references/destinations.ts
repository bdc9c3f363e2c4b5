import type * as vscode from 'vscode';
import { findRequest, hostFinder, type Lines, type RequestBlock } from '../../httpFile/index.js';
import type { Destination } from '../../tenants/hostConsents.js';
import { dialectsHere } from './clients.js';
import { isMarkdown } from '../document.js';
import { toDestination } from './destination.js';
import type { Credential } from '../credentials.js';

/**
 * The destinations of several requests, without duplicates: as they were read, and as each installed client reads them, since any
 * of these may send them.
 */
export function destinationsOf(document: vscode.TextDocument, lines: Lines, requests: readonly RequestBlock[]): Destination[] {
  const hostOf = hostFinder(lines);
  const options = { markdown: isMarkdown(document) };
  const readings = requests.flatMap((request) => {
    const others = dialectsHere().filter((dialect) => dialect !== request.dialect);
    return [request, ...others.flatMap((dialect) => findRequest(lines, request.line, dialect, options).request ?? [])];
  });
  return eachOnce(readings.map((request) => toDestination(document, request, hostOf(request))));
}

/** The destinations of a credential, without duplicates and without reading the document again. */
export function destinationsOfCredential(document: vscode.TextDocument, { match, hosts }: Credential): Destination[] {
  return eachOnce(match.requests.map((request, index) => toDestination(document, request, hosts[index])));
}

const eachOnce = (all: readonly Destination[]): Destination[] => [...new Map(all.map((one) => [one.key, one])).values()];
