import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { AppError } from '../errors.js';
import { applyEdits, installedDialect, isMarkdown, linesOf, mayHoldRequests } from '../editor/document.js';
import { requestHost, setHeaders, type HeaderEdits, type Lines, type RequestBlock } from '../httpFile/index.js';
import { credentialHeaders } from '../platforms/index.js';
import type { Header, Tenant } from '../platforms/platform.js';
import { settings } from '../settings.js';
import { mayGoTo, tenantHosts } from '../tenants/hosts.js';
import { tell } from '../views/ask.js';
import { askHost, decide, refusalText, UNKNOWN_HOST, warningText } from '../views/insertionQuestions.js';
import { about, type Services, type Target } from './command.js';
import { allTokens, chooseToken, pickToken, type Chosen } from './pick.js';
import { takeHeaders } from './takeAccess.js';

/** The requests of an editor that get headers. @throws AppError `edit-refused` */
export type FindBlocks = (lines: Lines, editor: vscode.TextEditor) => readonly RequestBlock[];

/**
 * Sets the auth headers of a tenant in requests of the active editor, as one undo step. The requests are found again after
 * the exchange: if the file was edited meanwhile, the headers land in the request that the cursor is in then.
 * @throws AppError `no-editor`, `edit-refused`, `read-only`, `document-changed`
 */
export async function insertInto(services: Services, target: Target, title: string, findBlocks: FindBlocks): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor || !mayHoldRequests(editor.document)) throw new AppError('no-editor');
  const lines = linesOf(editor.document);
  const chosen = await chooseFor(services, target, title, hostsOf(lines, findBlocks(lines, editor)));
  const headers = chosen && (await takeHeaders(services, chosen));
  if (!headers) return;

  const current = linesOf(editor.document);
  const { version } = editor.document;
  const blocks = findBlocks(current, editor);
  if (!(await mayInsert(services, chosen.tenant, hostsOf(current, blocks)))) return;
  const credentials = credentialHeaders(services.tenants.all);
  const several = blocks.map((block) => setHeaders(current, block, headers, credentials));
  const decision = await decide(several);
  if (!decision) return;
  if (editor.document.version !== version) throw new AppError('document-changed');
  const edits = several.flatMap((one) => (decision === 'atDefinition' ? (one.atDefinition ?? one.edits) : one.edits));
  // Requests that refer to one definition have its update in common.
  const distinct = edits.filter((edit, at) => edits.findIndex((other) => isDeepStrictEqual(edit, other)) === at);
  // With its target, so that the headers of this token are copied where they cannot be inserted.
  await about({ tenant: chosen.tenant.id, token: chosen.token.id }, apply(editor, distinct));
  report(chosen.tenant, headers, several);
}

/** For `findBlocks`: what to look with, for this editor. */
export function lookup(editor: vscode.TextEditor): {
  readonly dialect: ReturnType<typeof installedDialect>;
  readonly markdown: boolean;
} {
  return { dialect: installedDialect(), markdown: isMarkdown(editor.document) };
}

export function refuse(reason: Parameters<typeof refusalText>[0]): never {
  throw new AppError('edit-refused', { reason: refusalText(reason) });
}

/** Without asking where the request's host says which tenant is meant; the active token first. */
async function chooseFor(
  services: Services,
  target: Target,
  title: string,
  hosts: readonly string[],
): Promise<Chosen | undefined> {
  if (target.token !== undefined || target.tenant !== undefined) return pickToken(services, target, title);
  const fitting = allTokens(services).filter(({ tenant }) =>
    hosts.every((host) => host !== UNKNOWN_HOST && mayGoTo(tenant, host)),
  );
  const active = fitting.find(({ token }) => token.id === services.active.id);
  const obvious = active ?? (fitting.length === 1 ? fitting[0] : undefined);
  if (obvious) return obvious;
  return fitting.length > 1 ? chooseToken(services, fitting, title) : pickToken(services, target, title);
}

function hostsOf(lines: Lines, blocks: readonly RequestBlock[]): readonly string[] {
  return [...new Set(blocks.map((block) => requestHost(lines, block) ?? UNKNOWN_HOST))];
}

/** A token goes to its tenant's hosts; anywhere else only when the person says so. */
async function mayInsert(services: Services, tenant: Tenant, hosts: readonly string[]): Promise<boolean> {
  const foreign = hosts.filter((host) => host === UNKNOWN_HOST || !mayGoTo(tenant, host));
  if (foreign.length === 0) return true;
  const isOwn = services.tenants.isInSettings(tenant.id);
  const answer = await askHost(tenant.name, foreign, tenantHosts(tenant).join(', '), isOwn);
  if (answer === 'always') await settings.changeTenant(tenant, { ...tenant, hosts: [...(tenant.hosts ?? []), ...foreign] });
  return answer !== undefined;
}

async function apply(editor: vscode.TextEditor, edits: HeaderEdits['edits']): Promise<void> {
  if (edits.length > 0) await applyEdits(editor, edits);
}

function report(tenant: Tenant, headers: readonly Header[], several: readonly HeaderEdits[]): void {
  const warning = warningText(several.flatMap(({ warnings }) => warnings));
  const names = headers.map(({ name }) => name).join(', ');
  if (warning) void vscode.window.showWarningMessage(warning);
  tell(vscode.l10n.t('{0} of {1} inserted', names, tenant.name));
}
