import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { until as untilLimit } from '../../../workbench/until.js';

/** Less than a test may take, so that its failure says what was seen instead. */
const LIMIT_MS = 10_000;

/** Waits until `look` finds something that is neither nothing nor false. */
export const until = <T>(what: string, look: () => T | Promise<T>, seen: () => unknown) =>
  untilLimit(what, look, { limit: LIMIT_MS, seen });

/** A folder for the files of a suite, which are closed after each of its tests. */
export function useFiles() {
  const folder = mkdtempSync(path.join(tmpdir(), 'tenant-tokens-inside-'));
  afterEach(closeEditors);
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Shows a new file of these lines. */
  const open = async (name: string, ...lines: readonly string[]): Promise<vscode.TextEditor> => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, lines.join('\n'));
    return show(name);
  };
  /** As a person does: a document that an extension opens is kept for minutes after its editor was closed. */
  const show = async (name: string): Promise<vscode.TextEditor> => {
    const uri = vscode.Uri.file(path.join(folder, name));
    await vscode.commands.executeCommand('vscode.open', uri, { preview: false });
    const active = () => {
      const editor = vscode.window.activeTextEditor;
      return editor?.document.uri.fsPath === uri.fsPath && editor;
    };
    return until(`the editor of ${name}`, active, () => vscode.window.activeTextEditor?.document.uri.fsPath);
  };
  return { folder, open, show };
}

/** Closes all editors, and drops what was changed in them: what one test leaves open would be among what the next one sees. */
export async function closeEditors(): Promise<void> {
  for (const document of vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty)) {
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

export function putCursor(editor: vscode.TextEditor, line: number, character = 0): void {
  editor.selection = new vscode.Selection(line, character, line, character);
}

export interface Lens {
  readonly line: number;
  readonly title: string;
  readonly run: (() => Thenable<unknown>) | undefined;
}

const LENSES_RESOLVED = 100;
export const TRY = 'Try Request';

export async function lensesOf({ uri }: vscode.TextDocument): Promise<readonly Lens[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, LENSES_RESOLVED);
  // Those that have a command come before those that VS Code has yet to resolve.
  return lenses
    .toSorted((a, b) => a.range.start.line - b.range.start.line)
    .map(({ range, command }) => ({
      line: range.start.line,
      title: (command?.title ?? '').replaceAll('\u00a0', ' '),
      run: command?.command ? () => vscode.commands.executeCommand(command.command, ...argumentsOf(command)) : undefined,
    }));
}

/**
 * Waits for the lenses of a document, as a text for each line, without the one that tries a request, which each has. VS Code
 * gives those of a line in the order in which they were made.
 */
export async function lensesAre(document: vscode.TextDocument, ...wanted: readonly (string | RegExp)[]): Promise<void> {
  const shown = async (): Promise<string[]> => {
    const lenses = (await lensesOf(document)).filter(({ title }) => title !== TRY);
    const byLine = Map.groupBy(lenses, ({ line }) => line);
    return [...byLine.values()].map((lenses) =>
      lenses
        .map(({ title }) => title)
        .sort()
        .join(' | '),
    );
  };
  await until('the lenses', async () => fit(await shown(), wanted), shown);
}

const fit = (texts: readonly string[], wanted: readonly (string | RegExp)[]): boolean =>
  texts.length === wanted.length &&
  wanted.every((one, at) => (typeof one === 'string' ? texts[at] === one : one.test(texts[at] ?? '')));

/** Waits for the problems of a document, as `severity code line:column`, counted from one. */
export async function problemsAre({ uri }: vscode.TextDocument, ...wanted: readonly string[]): Promise<void> {
  const shown = (): string[] => problemsOf(uri).map(describe).sort();
  const expected = [...wanted].sort();
  await until('the problems', () => fit(shown(), expected), shown);
}

export const problemsOf = (uri: vscode.Uri): vscode.Diagnostic[] =>
  vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Tenant Tokens');

function describe({ severity, code, range: { start } }: vscode.Diagnostic): string {
  const word = vscode.DiagnosticSeverity[severity].toLowerCase();
  return `${word} ${code as string} ${start.line + 1}:${start.character + 1}`;
}

/** What a hover says at a place, as a person reads it. */
export async function hoverAt({ uri }: vscode.TextDocument, line: number, character: number) {
  const at = new vscode.Position(line, character);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri, at);
  const contents = hovers.flatMap(({ contents }) => contents as vscode.MarkdownString[]);
  return { contents, text: contents.map(({ value }) => value.replaceAll(/\\([!-/:-@[-`{-~])/g, '$1')).join('\n') };
}

/** What mends what is wrong at a place. */
export async function quickFixesAt({ uri }: vscode.TextDocument, line: number, character: number): Promise<vscode.CodeAction[]> {
  const range = new vscode.Range(line, character, line, character);
  const kind = vscode.CodeActionKind.QuickFix.value;
  return vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', uri, range, kind);
}

const argumentsOf = (command: vscode.Command): readonly unknown[] => command.arguments ?? [];

/** Does what a quick fix does. */
export async function apply({ edit, command }: vscode.CodeAction): Promise<void> {
  if (edit) await vscode.workspace.applyEdit(edit);
  if (command) await vscode.commands.executeCommand(command.command, ...argumentsOf(command));
}

/** Waits until a document holds a text. */
export async function textIs(document: vscode.TextDocument, ...lines: readonly string[]): Promise<void> {
  const wanted = lines.join('\n');
  await until(
    'the text',
    () => document.getText() === wanted,
    () => document.getText(),
  );
}

export const undo = (): Thenable<unknown> => vscode.commands.executeCommand('undo');

/** Closes questions and messages until a command ends that waits for an answer to them. */
export async function unanswered(command: Thenable<unknown>): Promise<void> {
  let hasEnded = false;
  const ended = Promise.resolve(command).finally(() => {
    hasEnded = true;
  });
  const close = async () => {
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    await vscode.commands.executeCommand('notifications.clearAll');
    return hasEnded;
  };
  await Promise.all([ended, until('the command to end', close, () => 'it still runs')]);
}

/** Takes what Enter takes in a question, as soon as there is one, until something comes of it. */
export const acceptUntil = (what: string, isSo: () => boolean, seen: () => unknown) =>
  doUntil('workbench.action.acceptSelectedQuickOpenItem', what, isSo, seen);

/** Presses the first button of a message, as soon as there is one, until something comes of it. */
export const pressUntil = (what: string, isSo: () => boolean, seen: () => unknown) =>
  doUntil('notification.acceptPrimaryAction', what, isSo, seen);

async function doUntil(command: string, what: string, isSo: () => boolean, seen: () => unknown): Promise<void> {
  const look = async () => {
    await vscode.commands.executeCommand(command);
    return isSo();
  };
  await until(what, look, seen);
}
