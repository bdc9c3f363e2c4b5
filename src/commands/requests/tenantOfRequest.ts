import * as vscode from 'vscode';
import type { RequestBlock } from '../../httpFile/index.js';
import { platformOf } from '../../platforms/index.js';
import type { Destination } from '../../tenants/hostConsents.js';
import { isAllowedHost } from '../../tenants/hosts.js';
import type { Uses } from '../command.js';
import { allTokens, chooseToken, type Chosen, type SelectsToken } from '../selectToken.js';

/** Path segments that precede the name of an organization or tenant, as in `/tenant/acme/` and `/api/org/<id>`. */
const BEFORE_NAME = new Set(['tenant', 't', 'org', 'orgs', 'organization', 'organizations']);
/** Cloud Director's header with the id of the request's organization. */
const CONTEXT_HEADER = 'x-vmware-vcloud-tenant-context';

/** The tokens that may go to all these hosts without asking, as they are their tenants' own. */
export function fittingTokens(services: Uses<'tenants' | 'vault'>, destinations: readonly Destination[]): Chosen[] {
  return allTokens(services).filter(({ tenant }) =>
    destinations.every(({ host }) => host !== undefined && isAllowedHost(tenant, host)),
  );
}

/** Chooses among the tokens, without asking where the request shows which tenant is meant; prefers the active token. */
export async function chooseFitting(
  services: SelectsToken & Uses<'credentials' | 'sampleFolder'>,
  title: string,
  document: vscode.TextDocument,
  blocks: readonly RequestBlock[],
  fitting: readonly Chosen[],
): Promise<Chosen | undefined> {
  const own = await meant(services, document, blocks, fitting);
  const active = own?.find(({ token }) => token.id === services.active.id);
  const obvious = active ?? (own?.length === 1 ? own[0] : undefined);
  return obvious ?? chooseToken(services, own ?? fitting, title);
}

/**
 * Selects the tokens of the tenant that the requests are for: the only candidate, the one that the requests name, or the one
 * that the rest of the document shows.
 * @param candidates tokens that may go to the hosts of the requests
 * @returns undefined if several tenants are possible
 */
async function meant(
  { credentials, sampleFolder }: Uses<'credentials' | 'sampleFolder'>,
  document: vscode.TextDocument,
  blocks: readonly RequestBlock[],
  candidates: readonly Chosen[],
): Promise<readonly Chosen[] | undefined> {
  const names = new Set(blocks.flatMap(namesIn));
  if (isOneTenant(candidates)) return candidates;
  const byName = candidates.filter(({ tenant }) =>
    platformOf(tenant)
      .names?.(tenant)
      .some((name) => names.has(name.toLowerCase())),
  );
  const shown = new Set((await credentials.of(document)).map(({ referred }) => referred?.tenant.id));
  const sampleOf = (id: string): string => vscode.Uri.joinPath(sampleFolder, `${id}.http`).toString();
  const byDocument = candidates.filter(({ tenant: { id } }) => shown.has(id) || sampleOf(id) === document.uri.toString());
  const chosen = names.size > 0 ? byName : byDocument;
  return isOneTenant(chosen) ? chosen : undefined;
}

const isOneTenant = (all: readonly Chosen[]): boolean => new Set(all.map(({ tenant }) => tenant.id)).size === 1;

/** The names in a request's path and context header, in lower case. */
function namesIn({ url, headers }: RequestBlock): readonly string[] {
  const segments = url
    .replace(/[?#].*/s, '')
    .toLowerCase()
    .split('/');
  const inPath = segments.filter((_, at) => BEFORE_NAME.has(segments[at - 1] ?? '')).map(decoded);
  const inHeader = headers
    .filter(({ name }) => name.toLowerCase() === CONTEXT_HEADER)
    .map(({ value }) => value.trim().toLowerCase());
  return [...inPath, ...inHeader].filter((name) => name !== '').map((name) => name.replace(/^urn:vcloud:org:/, ''));
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment).toLowerCase();
  } catch {
    return segment;
  }
}
