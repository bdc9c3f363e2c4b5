import * as vscode from 'vscode';
import { AppError } from '../../base/errors.js';
import { Anchors } from '../../editor/anchors.js';
import { destinationsOf } from '../../editor/references/destinations.js';
import { applyEdits, isMarkdown, linesOf, mayHoldRequests } from '../../editor/document.js';
import { findRequest, credentialMatches, setHeaders, type RequestBlock, type TextEdit } from '../../httpFile/index.js';
import type { Header } from '../../platforms/platform.js';
import { credentialHeaders } from '../../platforms/index.js';
import type { Destination } from '../../tenants/hostConsents.js';
import { isAllowedHost } from '../../tenants/hosts.js';
import { decide, refusalText } from '../../views/insertionQuestions.js';
import { about, type Command, type Target, type Uses } from '../command.js';
import { chooseForm, insertableOf, type Form, type Insertable } from './insertForm.js';
import { confirmDestination, type ConfirmsHost } from './confirmDestination.js';
import { meant } from './tenantOfRequest.js';
import { noteUse } from '../noteUse.js';
import { offerFixes, type Reading } from './insertionWarnings.js';
import { allTokens, chooseToken, selectToken, type Chosen, type SelectsToken } from '../selectToken.js';
import type { ConfirmsDocument } from './documentConsents.js';
import { acquireAccessToken, type AcquiresToken } from '../access/acquireAccessToken.js';

type Blocks = Reading & { readonly blocks: readonly RequestBlock[] };

/** Finds the requests that get headers. @throws AppError `edit-refused` */
export type FindBlocks = (reading: Reading, cursors: readonly number[]) => readonly RequestBlock[];

/** What the commands of {@link inserting} use. */
export type InsertsHeaders = SelectsToken &
  AcquiresToken &
  ConfirmsHost &
  ConfirmsDocument &
  Uses<'credentials' | 'dialects' | 'history' | 'names' | 'openReferences' | 'sampleFolder'>;

/**
 * A command that sets the auth headers of a tenant in requests of the active editor, as one undo step. It determines the
 * requests when it starts, and follows them if the file is edited during the exchange. A reference exchanges too: this proves
 * that it works, and the token is ready when the request is sent.
 * @param form undefined: from the setting, or ask
 * @returns a command that throws AppError `no-editor`, `edit-refused`, `read-only`, `document-changed`
 */
export function inserting(title: () => string, findBlocks: FindBlocks, form?: Form): Command<InsertsHeaders> {
  return async (services, target) => {
    const editor = activeEditor();
    const { document } = editor;
    const cursors = editor.selections.map(({ active }) => active.line);
    const lines = linesOf(document);
    const options = { markdown: isMarkdown(document) };
    const dialect = await services.dialects.settle(lines, cursors, options);
    if (!dialect) return;
    const blocks = findBlocks({ lines, dialect, options }, cursors);
    const anchors = new Anchors(
      document,
      blocks.map(({ line }) => line),
    );
    try {
      const chosen = await chooseFor(services, target, title(), document, blocks);
      const decided = chosen && (await chooseForm(services, chosen.tenant, document, form));
      const access = decided && (await acquireAccessToken(services, chosen));
      if (!access) return;
      const insertable = insertableOf(services, chosen, decided, access);
      const read = (): Blocks => {
        const current = { lines: linesOf(document), dialect, options };
        return { ...current, blocks: anchors.lines.map((line) => requestOf(current, line)) };
      };
      // With its target, so that Copy Headers in the message copies those of this token.
      await about({ tenant: chosen.tenant.id, token: chosen.token.id }, insertAt(services, editor, chosen, insertable, read));
    } finally {
      anchors.dispose();
    }
  };
}

/** @throws AppError `no-editor`; `file-not-shown` if VS Code hides a large or binary file from extensions */
export function activeEditor(): vscode.TextEditor {
  const editor = vscode.window.activeTextEditor;
  if (editor && mayHoldRequests(editor.document)) return editor;
  const isShown = vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputText;
  throw new AppError(!editor && isShown ? 'file-not-shown' : 'no-editor');
}

async function insertAt(
  services: ConfirmsHost & Uses<'history' | 'openReferences'>,
  editor: vscode.TextEditor,
  chosen: Chosen,
  { form, name, headers }: Insertable,
  read: () => Blocks,
): Promise<void> {
  const { document } = editor;
  const { tenant } = chosen;
  const { blocks, ...reading } = read();
  const { lines } = reading;
  const { version } = document;
  const destinations = destinationsOf(document, lines, blocks);
  const use = form === 'reference' ? 'refer' : 'insert';
  if (!(await confirmDestination(services, tenant, destinations, use))) return;
  const credentials = credentialHeaders(services.tenants.all);
  const several = blocks.map((block) => setHeaders(lines, block, headers, credentials));
  const decision = await decide(services.prompter, several);
  if (!decision) return;
  if (decision === 'atDefinition') {
    const edits = several.flatMap((one) => one.atDefinition ?? []);
    const users = usersOf(reading, edits, headers, credentials);
    if (!(await confirmDestination(services, tenant, destinationsOf(document, lines, users), use))) return;
  }
  if (document.version !== version) throw new AppError('document-changed');
  const edits = several.flatMap((one) => (decision === 'atDefinition' ? (one.atDefinition ?? one.edits) : one.edits));
  // Requests that refer to one definition share its edit.
  const distinct = [...new Map(edits.map((edit) => [JSON.stringify(edit), edit])).values()];
  const warnings = several.flatMap((one) => one.warnings);
  const anchors = new Anchors(
    document,
    warnings.map(({ line }) => line),
  );
  try {
    if (distinct.length > 0) await write(services, editor, distinct, form === 'reference' ? { name, destinations } : undefined);
    if (form === 'token') noteUse(services, chosen, 'inserted');
    services.prompter.done(vscode.l10n.t('{0} of {1} inserted', headers.map(({ name }) => name).join(', '), tenant.name));
    await offerFixes(services.prompter, document, reading, warnings, anchors, headers);
  } finally {
    anchors.dispose();
  }
}

/** All requests that use the definitions in these edits. */
function usersOf(
  { lines, dialect, options }: Reading,
  edits: readonly TextEdit[],
  headers: readonly Header[],
  credentialNames: readonly string[],
): readonly RequestBlock[] {
  const within = edits.filter(({ startLine, endLine, text }) => startLine === endLine && !text.includes('\n'));
  const lineAt = (line: number): string =>
    within
      .filter(({ startLine }) => startLine === line)
      .reduceRight(
        (text, one) => text.slice(0, one.startCharacter) + one.text + text.slice(one.endCharacter),
        lines.lineAt(line),
      );
  const isToken = (word: string): boolean => headers.some(({ value }) => value.includes(word));
  const found = credentialMatches({ lineCount: lines.lineCount, lineAt }, dialect, { ...options, credentialNames, isToken });
  const changed = new Set(within.map(({ startLine }) => startLine));
  return found.filter(({ line }) => changed.has(line)).flatMap(({ requests }) => requests);
}

/** @param reference published before it is written, because REST Client may send the request at once */
async function write(
  { openReferences }: Uses<'openReferences'>,
  editor: vscode.TextEditor,
  edits: readonly TextEdit[],
  reference: { readonly name: string; readonly destinations: readonly Destination[] } | undefined,
): Promise<void> {
  if (!reference) return applyEdits(editor, edits);
  const { name, destinations } = reference;
  const place = { uri: editor.document.uri, line: edits[0]?.startLine ?? 0 };
  openReferences.look(destinations.map((destination) => ({ name, place, destination })));
  try {
    await applyEdits(editor, edits);
  } finally {
    openReferences.look();
  }
}

/** The request that still starts at this line. @throws AppError `document-changed` */
function requestOf({ lines, dialect, options }: Reading, line: number | undefined): RequestBlock {
  const { request } = line === undefined ? {} : findRequest(lines, line, dialect, options);
  if (!request || request.line !== line) throw new AppError('document-changed');
  return request;
}

export function refuse(reason: Parameters<typeof refusalText>[0]): never {
  throw new AppError(reason === 'no-request' ? 'no-request' : 'edit-refused', { reason: refusalText(reason) });
}

/** Chooses the token without asking where the request shows which tenant is meant; prefers the active token. */
async function chooseFor(
  services: SelectsToken & Uses<'credentials' | 'sampleFolder'>,
  target: Target,
  title: string,
  document: vscode.TextDocument,
  blocks: readonly RequestBlock[],
): Promise<Chosen | undefined> {
  if (target.token !== undefined || target.tenant !== undefined) return selectToken(services, target, title);
  const destinations = destinationsOf(document, linesOf(document), blocks);
  const fitting = allTokens(services).filter(({ tenant }) =>
    destinations.every(({ host }) => host !== undefined && isAllowedHost(tenant, host)),
  );
  if (fitting.length === 0) return selectToken(services, target, title);
  const own = await meant(services, document, blocks, fitting);
  const active = own?.find(({ token }) => token.id === services.active.id);
  const obvious = active ?? (own?.length === 1 ? own[0] : undefined);
  return obvious ?? chooseToken(services, own ?? fitting, title);
}
