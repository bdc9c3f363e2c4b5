import * as vscode from 'vscode';
import { AppError } from '../../base/errors.js';
import { isMarkdown, mayHoldRequests } from '../../editor/document.js';
import { readDocument } from '../../editor/readings.js';
import { findingRequestsAt, readPlainRequest, type PlainRequest, type RequestBlock } from '../../httpFile/index.js';
import { CODINGS } from '../../net/keptBody.js';
import { USER_AGENT, withTls, type HeaderPair, type StreamRequest } from '../../net/http.js';
import { credentialHeaders } from '../../platforms/index.js';
import type { Tenant } from '../../platforms/tenant.js';
import { isAllowedHost, tenantHosts } from '../../tenants/hosts.js';
import { obstacleText } from '../../views/answers/obstacleText.js';
import { acquireAccessToken, type AcquiresToken } from '../access/acquireAccessToken.js';
import { confirmProduction, type ConfirmsProduction } from '../access/confirmProduction.js';
import { referredBy } from '../access/resolveReference.js';
import type { Target, Uses } from '../command.js';
import { selectToken, type Chosen, type SelectsToken } from '../selectToken.js';
import { confirmDestination, type ConfirmsHost } from './confirmDestination.js';
import { destinationOf, distinct, filledRequest, hasCredentials, withAuthHeaders } from './filledRequest.js';
import { activeEditor, refuse } from './insertion.js';
import { chooseFitting, fittingTokens } from './tenantOfRequest.js';

/** A request of a file with its access tokens, which may go to its host. */
export interface RequestToTry {
  readonly request: StreamRequest;
  readonly host: string;
  /** The tenants that it is sent as, or whose host it goes to. */
  readonly tenants: readonly Tenant[];
  readonly tokens: readonly TokenToSend[];
  /** Whether an access token of ours that stands in the file has expired. */
  readonly hasExpired: boolean;
  /** Everything that its answer must not show. */
  readonly secrets: readonly string[];
}

export interface TokenToSend {
  readonly chosen: Chosen;
  readonly accessToken: string;
}

/** What {@link requestToTry} uses. */
export type PreparesRequest = SelectsToken &
  AcquiresToken &
  ConfirmsHost &
  ConfirmsProduction &
  Uses<'credentials' | 'dialects' | 'names' | 'sampleFolder'>;

/** Names of headers whose values are hidden, beside those that carry a credential on some platform. */
const SECRET_HEADER = /token|secret|key|auth|cookie|session|passw/i;

/**
 * Prepares the request at the cursor: with the access tokens that it refers to, or as written if it has credentials of its own,
 * or else with the headers of the tenant at its host, if there is one.
 * @returns undefined when the person cancelled
 * @throws AppError `no-editor`, `no-request`, `edit-refused`, `not-plain`, `reference-unknown`, `reference-ambiguous`; TargetedError
 */
export async function requestToTry(services: PreparesRequest, target: Target, title: string): Promise<RequestToTry | undefined> {
  const place = await placeOf(services, target);
  if (!place) return undefined;
  const { document, block, plain } = place;
  const destination = destinationOf(plain);
  const { host } = destination;
  const written = await writtenTokens(services, document, block);
  const byName = new Map(plain.references.map((name) => [name, referredBy(services, name)]));
  const isOpen = byName.size === 0 && !hasCredentials(services.tenants.all, plain);
  const own = isOpen ? await ownToken(services, target, title, place) : 'none';
  if (own === undefined) return undefined;
  const chosen = distinct(own === 'none' ? byName.values() : [own]);
  for (const tenant of new Set([...written.map((one) => one.tenant), ...chosen.map((one) => one.tenant)]))
    if (!(await confirmDestination(services, tenant, [destination], 'refer'))) return undefined;
  const tenants = [...new Set([...chosen.map((one) => one.tenant), ...written.map((one) => one.tenant)])];
  const atHost = tenantsAt(services, host);
  for (const tenant of tenants.length > 0 ? tenants : atHost)
    if (!(await confirmProduction(services, tenant, 'send', [plain]))) return undefined;
  const tokens: TokenToSend[] = [];
  for (const one of chosen) {
    const access = await acquireAccessToken(services, one);
    if (!access) return undefined;
    tokens.push({ chosen: one, accessToken: access.token });
  }
  const tokenOf = ({ token: { id } }: Chosen): string => tokens.find(({ chosen }) => chosen.token.id === id)?.accessToken ?? '';
  const filled = filledRequest(plain, byName, tokenOf);
  const headers =
    own === 'none'
      ? filled.headers
      : withAuthHeaders(filled.headers, services.broker.headers(own.tenant, own.token.id, tokenOf(own)));
  const served = [...tenants, ...atHost].find((tenant) => isAllowedHost(tenant, host));
  const request = { ...filled, headers: withDefaults(headers.map(({ name, value }): HeaderPair => [name, value])) };
  return {
    request: served ? withTls(request, tlsFor(served, host)) : request,
    host,
    tenants: [...tenants, ...atHost],
    tokens,
    hasExpired: written.some(({ hasExpired }) => hasExpired),
    secrets: [...tokens.map(({ accessToken }) => accessToken), ...secretsIn(services, headers)],
  };
}

interface Place {
  readonly document: vscode.TextDocument;
  readonly block: RequestBlock;
  readonly plain: PlainRequest;
}

/** The place that a lens names, or the cursor. @throws AppError `no-editor` */
function cursorOf(target: Target): { readonly document: vscode.TextDocument; readonly line: number } {
  if (target.document === undefined) {
    const { document, selection } = activeEditor();
    return { document, line: selection.active.line };
  }
  const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === target.document);
  if (!document || !mayHoldRequests(document)) throw new AppError('no-editor');
  return { document, line: target.line ?? 0 };
}

async function placeOf({ dialects }: Uses<'dialects'>, target: Target): Promise<Place | undefined> {
  const { document, line } = cursorOf(target);
  const options = { markdown: isMarkdown(document) };
  const dialect = await dialects.settle(document, () => [line]);
  if (!dialect) return undefined;
  return readDocument(document, function* (lines) {
    const [found] = yield* findingRequestsAt(lines, [line], dialect, options);
    const block = found?.request ?? refuse(found?.refused ?? 'no-request');
    const { request: plain, obstacle } = readPlainRequest(lines, block, options);
    if (obstacle) throw new AppError('not-plain', { reason: obstacleText(obstacle) });
    return { document, block, plain };
  });
}

/** The access tokens of ours that stand in the request. */
async function writtenTokens(
  { credentials }: Uses<'credentials'>,
  document: vscode.TextDocument,
  { line }: RequestBlock,
): Promise<readonly { readonly tenant: Tenant; readonly hasExpired: boolean }[]> {
  const all = await credentials.of(document);
  const inRequest = all.filter(({ match }) => match.kind === 'literal' && match.requests.some((one) => one.line === line));
  return inRequest.flatMap(({ referred, expiresAt }) =>
    referred ? [{ tenant: referred.tenant, hasExpired: (expiresAt ?? Infinity) <= Date.now() }] : [],
  );
}

/** The token to add; `none` for a host of no tenant with a token: such a request is sent without. */
async function ownToken(
  services: PreparesRequest,
  target: Target,
  title: string,
  { document, block, plain }: Place,
): Promise<Chosen | 'none' | undefined> {
  if (target.token !== undefined || target.tenant !== undefined) return selectToken(services, target, title);
  const fitting = fittingTokens(services, [destinationOf(plain)]);
  return fitting.length === 0 ? 'none' : chooseFitting(services, title, document, [block], fitting);
}

function withDefaults(headers: readonly HeaderPair[]): readonly HeaderPair[] {
  const usual: readonly HeaderPair[] = [
    ['User-Agent', USER_AGENT],
    ['Accept', '*/*'],
    ['Accept-Encoding', CODINGS],
  ];
  return [...headers, ...usual.filter(([name]) => !headers.some(([other]) => other.toLowerCase() === name.toLowerCase()))];
}

const tenantsAt = ({ tenants }: Uses<'tenants'>, host: string): readonly Tenant[] =>
  tenants.all.filter((tenant) => isAllowedHost(tenant, host));

/** A certificate is pinned, or presented, at the tenant's own host only; its authority may have issued those of others, too. */
function tlsFor(tenant: Tenant, host: string): Parameters<typeof withTls>[1] {
  if (tenantHosts(tenant)[0] === host) return tenant;
  return { caFile: tenant.caFile };
}

function secretsIn({ tenants }: Uses<'tenants'>, headers: PlainRequest['headers']): readonly string[] {
  const names = credentialHeaders(tenants.all);
  return headers
    .filter(({ name }) => names.includes(name.toLowerCase()) || SECRET_HEADER.test(name))
    .map(({ value }) => value.replace(/^(?:basic|bearer)\s+/i, ''));
}
