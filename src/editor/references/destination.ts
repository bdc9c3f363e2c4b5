import type * as vscode from 'vscode';
import type { RequestBlock } from '../../httpFile/index.js';
import type { Destination } from '../../tenants/hostConsents.js';

const MAX_LABEL = 80;

/** Where a request goes. An unknown host, as in `{{base}}/x`, counts for this file only. */
export function toDestination(
  { uri }: Pick<vscode.TextDocument, 'uri'>,
  request: Pick<RequestBlock, 'url'>,
  host: string | undefined,
): Destination {
  if (host !== undefined) return { host, label: host, key: host };
  const authority = /^(?:[a-z][a-z0-9+.-]*:\/\/)?[^/?#]*/i.exec(request.url)?.[0] ?? '';
  // Without a variable it looks like a host, but the request goes to another one: the request is not understood.
  const shown = authority.includes('{{') ? authority : '';
  // The author of the file controls this text: it must not affect the words around it.
  const label = shown.replaceAll(/[\p{C}\p{Z}]+/gu, ' ').slice(0, MAX_LABEL);
  return { host, label, key: `${uri.toString()} ${authority}` };
}
