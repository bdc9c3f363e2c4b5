import * as vscode from 'vscode';
import { AppError } from '../../base/errors.js';
import { Anchors } from '../../editor/anchors.js';
import { readDocument } from '../../editor/readings.js';
import { findingDestinations } from '../../editor/references/destinations.js';
import { applyEdits, isMarkdown, mayHoldRequests } from '../../editor/document.js';
import {
  findingMatches,
  findingRequestsAt,
  LineIndex,
  settingHeaders,
  type Lines,
  type RequestBlock,
  type TextEdit,
  type Work,
} from '../../httpFile/index.js';
import type { Header } from '../../platforms/platform.js';
import { credentialHeaders } from '../../platforms/index.js';
import type { Destination } from '../../tenants/hostConsents.js';
import { decide, refusalText } from '../../views/insertionQuestions.js';
import { about, type Command, type Target, type Uses } from '../command.js';
import { confirmProduction, type ConfirmsProduction } from '../access/confirmProduction.js';
import { chooseForm, insertableOf, type Form, type Insertable } from './insertForm.js';
import { confirmDestination, type ConfirmsHost } from './confirmDestination.js';
import { chooseFitting, fittingTokens } from './tenantOfRequest.js';
import { noteUse } from '../noteUse.js';
import { offerFixes, type Reading } from './insertionWarnings.js';
import { selectToken, type Chosen, type SelectsToken } from '../selectToken.js';
import type { ConfirmsDocument } from './documentConsents.js';
import { acquireAccessToken, type AcquiresToken } from '../access/acquireAccessToken.js';

/** The requests that get headers, and where they go. */
interface Blocks {
  readonly reading: Reading;
  readonly blocks: readonly RequestBlock[];
  readonly destinations: readonly Destination[];
}

/** Finds the requests that get headers. @throws AppError `edit-refused` */
export type FindBlocks = (reading: Reading, cursors: readonly number[]) => Work<readonly RequestBlock[]>;

/** What the commands of {@link inserting} use. */
export type InsertsHeaders = SelectsToken &
  ConfirmsProduction &
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
    const found = await findIn(services, editor, findBlocks, target.line);
    if (!found) return;
    const anchors = new Anchors(
      document,
      found.blocks.map(({ line }) => line),
    );
    try {
      const chosen = await chooseFor(services, target, title(), document, found);
      if (!chosen || !(await confirmProduction(services, chosen.tenant, 'insert', found.blocks))) return;
      const decided = await chooseForm(services, chosen.tenant, document, form);
      const access = decided && (await acquireAccessToken(services, chosen));
      if (!access) return;
      const insertable = insertableOf(services, chosen, decided, access);
      const follow = (lines: Lines): Work<Blocks> => following(document, { ...found.reading, lines }, anchors);
      // With its target, so that Copy Headers in the message copies those of this token.
      await about({ tenant: chosen.tenant.id, token: chosen.token.id }, insertAt(services, editor, chosen, insertable, follow));
    } finally {
      anchors.dispose();
    }
  };
}

/** @param line the one that counts instead of the cursors’. @returns undefined when the person cancelled */
async function findIn(
  { dialects }: Uses<'dialects'>,
  { document, selections }: vscode.TextEditor,
  findBlocks: FindBlocks,
  line: number | undefined,
): Promise<Blocks | undefined> {
  const options = { markdown: isMarkdown(document) };
  const cursors = new Anchors(document, line === undefined ? selections.map(({ active }) => active.line) : [line]);
  try {
    const dialect = await dialects.settle(document, () => linesAt(cursors));
    if (!dialect) return undefined;
    return await readDocument(document, function* (lines) {
      const reading = { lines, dialect, options };
      const blocks = yield* findBlocks(reading, linesAt(cursors));
      return { reading, blocks, destinations: yield* findingDestinations(document, lines, blocks) };
    });
  } finally {
    cursors.dispose();
  }
}

/** Reads the requests that still start at these lines. @throws AppError `document-changed` */
function* following(document: vscode.TextDocument, reading: Reading, anchors: Anchors): Work<Blocks> {
  const { lines, dialect, options } = reading;
  const starts = linesAt(anchors);
  const found = yield* findingRequestsAt(lines, starts, dialect, options);
  const blocks = found.flatMap(({ request }, index) => (request && request.line === starts[index] ? request : []));
  if (blocks.length < starts.length) throw new AppError('document-changed');
  return { reading, blocks, destinations: yield* findingDestinations(document, lines, blocks) };
}

/** @throws AppError `document-changed` if one is gone */
function linesAt({ lines }: Anchors): readonly number[] {
  const there = lines.filter((line) => line !== undefined);
  if (there.length < lines.length) throw new AppError('document-changed');
  return there;
}

/**
 * The active editor; where a page is active, such as the walkthrough, the only one beside it that holds requests.
 * @throws AppError `no-editor`; `file-not-shown` if VS Code hides a large or binary file from extensions
 */
export function activeEditor(): vscode.TextEditor {
  const editor = vscode.window.activeTextEditor;
  if (editor && mayHoldRequests(editor.document)) return editor;
  const visible = vscode.window.visibleTextEditors.filter(({ document }) => mayHoldRequests(document));
  const [only, ...others] = visible;
  if (!editor && only && others.length === 0) return only;
  const isShown = vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputText;
  throw new AppError(!editor && isShown ? 'file-not-shown' : 'no-editor');
}

async function insertAt(
  services: ConfirmsHost & ConfirmsProduction & Uses<'history' | 'openReferences'>,
  editor: vscode.TextEditor,
  chosen: Chosen,
  { form, name, headers }: Insertable,
  follow: (lines: Lines) => Work<Blocks>,
): Promise<void> {
  const { document } = editor;
  const { tenant } = chosen;
  const credentials = credentialHeaders(services.tenants.all);
  const { reading, blocks, destinations, several, version } = await readDocument(document, function* (lines) {
    const found = yield* follow(lines);
    const edits = yield* settingHeaders(lines, found.blocks, headers, credentials);
    return { ...found, several: edits, version: document.version };
  });
  const use = form === 'reference' ? 'refer' : 'insert';
  if (!(await confirmDestination(services, tenant, destinations, use))) return;
  if (!(await confirmProduction(services, tenant, 'insert', blocks))) return;
  const decision = await decide(services.prompter, several);
  if (!decision) return;
  if (decision === 'atDefinition') {
    const edits = several.flatMap((one) => one.atDefinition ?? []);
    const users = await readDocument(document, (lines) =>
      findingUsers(document, { ...reading, lines }, edits, headers, credentials),
    );
    if (!(await confirmDestination(services, tenant, users.destinations, use))) return;
    if (!(await confirmProduction(services, tenant, 'insert', users.blocks))) return;
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

/** The requests that use the definitions in these edits. */
function* findingUsers(
  document: vscode.TextDocument,
  { lines, dialect, options }: Reading,
  edits: readonly TextEdit[],
  headers: readonly Header[],
  credentialNames: readonly string[],
): Work<Omit<Blocks, 'reading'>> {
  const within = edits.filter(({ startLine, endLine, text }) => startLine === endLine && !text.includes('\n'));
  const changed = Map.groupBy(within, ({ startLine }) => startLine);
  const edited = {
    lineCount: lines.lineCount,
    lineAt: (line: number): string =>
      (changed.get(line) ?? []).reduceRight(
        (text, one) => text.slice(0, one.startCharacter) + one.text + text.slice(one.endCharacter),
        lines.lineAt(line),
      ),
  };
  const index = yield* LineIndex.making(edited);
  const isToken = (word: string): boolean => headers.some(({ value }) => value.includes(word));
  const matches = yield* findingMatches({ ...edited, index }, dialect, { ...options, credentialNames, isToken });
  const lists = new Set(matches.filter(({ line }) => changed.has(line)).map(({ requests }) => requests));
  const blocks = [...new Set([...lists].flat())];
  return { blocks, destinations: yield* findingDestinations(document, lines, blocks) };
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
  // Whether it may change something was confirmed.
  openReferences.look(destinations.map((destination) => ({ name, place, destination, mayChange: false })));
  try {
    await applyEdits(editor, edits);
  } finally {
    openReferences.look();
  }
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
  { blocks, destinations }: Blocks,
): Promise<Chosen | undefined> {
  if (target.token !== undefined || target.tenant !== undefined) return selectToken(services, target, title);
  const fitting = fittingTokens(services, destinations);
  return fitting.length === 0 ? selectToken(services, target, title) : chooseFitting(services, title, document, blocks, fitting);
}
