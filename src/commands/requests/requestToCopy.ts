import * as vscode from 'vscode';
import { AppError } from '../../base/errors.js';
import { isMarkdown, mayHoldRequests } from '../../editor/document.js';
import { readDocument } from '../../editor/readings.js';
import { findingRequestsAt, readPlainRequest, type PlainRequest, type RequestBlock } from '../../httpFile/index.js';
import type { CommandRequest } from '../../handoff/copyAs/request.js';
import { firstUrl } from '../../platforms/index.js';
import type { Destination } from '../../tenants/hostConsents.js';
import { referredBy } from '../access/resolveReference.js';
import type { Target, Uses } from '../command.js';
import { selectToken, type Chosen, type SelectsToken } from '../selectToken.js';
import { destinationOf, distinct, filledRequest, hasCredentials, withAuthHeaders } from './filledRequest.js';
import { chooseFitting, fittingTokens } from './tenantOfRequest.js';

const MAX_LABEL = 80;

/** A request, before its tokens are exchanged. */
export interface RequestToCopy {
  /** Its method and address, for display. */
  readonly label: string;
  /** The tokens that it needs. */
  readonly tokens: readonly Chosen[];
  /** Undefined for the tenant's own address. */
  readonly destination: Destination | undefined;
  /** The request with these tokens. */
  readonly filled: (tokenOf: (chosen: Chosen) => string) => CommandRequest;
}

/** What {@link requestToCopy} uses. */
export type FindsRequest = SelectsToken & Uses<'broker' | 'consents' | 'credentials' | 'dialects' | 'names' | 'sampleFolder'>;

/**
 * The request at the cursor: with the tokens that it refers to, or as it is if it has credentials of its own, or else with the
 * headers of the tenant at its host. Without one, or if it is not for the target, a request to the address of a tenant.
 * @returns undefined when the person cancelled
 * @throws AppError `edit-refused` if only an HTTP client understands the request, `reference-unknown`, `reference-ambiguous`
 */
export async function requestToCopy(services: FindsRequest, target: Target, title: string): Promise<RequestToCopy | undefined> {
  const isFor = target.token ?? target.tenant;
  const place = await placeAtCursor(services, isFor !== undefined);
  if (place === 'cancelled') return undefined;
  if (place && isFor === undefined) return atPlace(services, place, title);
  const chosen = await selectToken(services, target, title);
  if (!chosen) return undefined;
  if (place && isMeantFor(services, place, chosen)) return withOwnToken(services, place, chosen);
  return toTenant(services, chosen);
}

interface Place {
  readonly document: vscode.TextDocument;
  readonly block: RequestBlock;
  readonly plain: PlainRequest;
  readonly destination: Destination;
}

/** Undefined without a request at the cursor. @param isOptional also undefined for one that cannot be read */
async function placeAtCursor({ dialects }: Uses<'dialects'>, isOptional: boolean): Promise<Place | 'cancelled' | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (!editor || !mayHoldRequests(editor.document)) return undefined;
  const { document, selection } = editor;
  const { line } = selection.active;
  const options = { markdown: isMarkdown(document) };
  const dialect = isOptional ? dialects.current : await dialects.settle(document, () => [line]);
  if (!dialect) return 'cancelled';
  const read = await readDocument(document, function* (lines) {
    const [found] = yield* findingRequestsAt(lines, [line], dialect, options);
    const block = found?.request;
    return block ? { block, ...readPlainRequest(lines, block, options) } : false;
  });
  if (!read) return undefined;
  if (read.request) {
    const { block, request: plain } = read;
    return { document, block, plain, destination: destinationOf(plain) };
  }
  if (isOptional) return undefined;
  const reason = vscode.l10n.t(
    'Line {0} needs an HTTP client, so this request cannot be copied as a command. Copy the headers instead.',
    read.obstacle.line + 1,
  );
  throw new AppError('edit-refused', { reason });
}

/** A row's token goes into the request at the cursor only if that can be meant for its tenant. */
function isMeantFor(services: FindsRequest, { plain, destination }: Place, { tenant, token }: Chosen): boolean {
  const isOther = plain.references.some((name) => {
    const referred = services.names.find(name);
    return typeof referred !== 'object' || referred.token.id !== token.id;
  });
  return !isOther && services.consents.allows(tenant, destination);
}

async function atPlace(services: FindsRequest, place: Place, title: string): Promise<RequestToCopy | undefined> {
  const { document, block, plain, destination } = place;
  if (plain.references.length > 0 || hasCredentials(services.tenants.all, plain)) return asWritten(services, place);
  const fitting = fittingTokens(services, [destination]);
  if (fitting.length === 0) return asWritten(services, place);
  const chosen = await chooseFitting(services, title, document, [block], fitting);
  return chosen && withOwnToken(services, place, chosen);
}

/** With the tokens that the request refers to. */
function asWritten(services: FindsRequest, { plain, destination }: Place): RequestToCopy {
  const byName = new Map(plain.references.map((name) => [name, referredBy(services, name)]));
  return {
    label: labelOf(plain.method, plain.url),
    tokens: distinct(byName.values()),
    destination,
    filled: (tokenOf) => filledRequest(plain, byName, tokenOf),
  };
}

/** With the headers of a token, as *Insert Headers* would set them, and what else the request refers to. */
function withOwnToken(services: FindsRequest, place: Place, chosen: Chosen): RequestToCopy {
  const { tenant, token } = chosen;
  const written = asWritten(services, place);
  if (written.tokens.length > 0) return written;
  return {
    ...written,
    tokens: [chosen],
    filled: (tokenOf) => {
      const request = written.filled(tokenOf);
      const auth = services.broker.headers(tenant, token.id, tokenOf(chosen));
      return { ...request, headers: withAuthHeaders(request.headers, auth) };
    },
  };
}

function toTenant({ broker }: Uses<'broker'>, chosen: Chosen): RequestToCopy {
  const { tenant, token } = chosen;
  const url = firstUrl(tenant);
  return {
    label: labelOf('GET', url),
    tokens: [chosen],
    destination: undefined,
    filled: (tokenOf) => ({ method: 'GET', url, headers: broker.headers(tenant, token.id, tokenOf(chosen)) }),
  };
}

function labelOf(method: string, url: string): string {
  const { host, pathname } = new URL(url);
  const label = `${method} ${host}${pathname}`;
  return label.length > MAX_LABEL ? `${label.slice(0, MAX_LABEL)}…` : label;
}
