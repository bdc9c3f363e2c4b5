/**
 * As much of the editor as ours needs, for tests and measurements without one: it stands in for the module `vscode` in this
 * process, and has to be imported before whatever imports that.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import Module from 'node:module';
import { dirname, join } from 'node:path';
import { Emitter } from '../../src/base/event.js';
import { FakeDocument, type Change, type DocumentOptions } from './document.js';
import * as types from './vscodeTypes.js';
import type { CodeLens, Diagnostic, MarkdownString, Range, Uri } from './vscodeTypes.js';
import { Position, Selection, TabInputText, type WorkspaceEdit } from './vscodeTypes.js';

const dispose = (): void => undefined;
const disposable = { dispose };

/** Whether a path matches a glob of VS Code's: names with an asterisk, in any folder, and alternatives in braces. */
function matches(path: string, glob: string): boolean {
  const alternatives = glob.replace(/^\{(.*)\}$/, '$1').split(',');
  const patterns = alternatives.map((one) =>
    one
      .split(/(\*\*\/|\/\*\*$|\*)/)
      .map(partOf)
      .join(''),
  );
  return patterns.some((pattern) => new RegExp(`^/${pattern}$`).test(path));
}

function partOf(part: string): string {
  if (part === '**/') return '(?:.*/)?';
  if (part === '/**') return '/.*';
  return part === '*' ? '[^/]*' : part.replaceAll('.', '\\.');
}

/** The sidebar of one tree: what a person sees and does of it. */
export class TreeView {
  visible = true;
  badge: { readonly value: number } | undefined;
  /** What was revealed last, and how. */
  revealed: { readonly row: unknown; readonly how: unknown } | undefined;
  /** The rows that a person has selected. */
  selection: readonly unknown[] = [];
  readonly provider: Rows | undefined;
  readonly shown = new Emitter<{ visible: boolean }>();
  readonly collapsed = new Emitter<{ element: unknown }>();
  readonly expanded = new Emitter<{ element: unknown }>();
  readonly onDidChangeVisibility = this.shown.event;
  readonly onDidCollapseElement = this.collapsed.event;
  readonly onDidExpandElement = this.expanded.event;
  readonly dispose = dispose;

  constructor(provider?: Rows) {
    this.provider = provider;
  }

  reveal(row: unknown, how: unknown): Promise<void> {
    this.revealed = { row, how };
    return Promise.resolve();
  }

  show(visible: boolean): void {
    this.visible = visible;
    this.shown.fire({ visible });
  }
}

/** As a tree provides its rows. */
interface Rows {
  getChildren(row?: unknown): readonly unknown[];
  getTreeItem(row: unknown): Item;
  /** What is only made when somebody points at the row. */
  resolveTreeItem(item: Item, row: unknown): Item;
}

interface Item extends types.TreeItem {
  readonly description?: string;
  readonly contextValue?: string;
  readonly iconPath?: types.Named;
  readonly tooltip?: string;
  readonly command?: { readonly command: string };
}

/** VS Code forwards every assignment: `told` counts them. */
export class StatusBarItem {
  text = '';
  tooltip: unknown;
  color: types.Named | undefined;
  backgroundColor: types.Named | undefined;
  reported = 0;
  isShown = false;
  accessibilityInformation: { readonly label: string } | undefined;

  constructor() {
    return new Proxy(this, {
      set: (item, key, value) => {
        if (key !== 'told' && key !== 'isShown') item.reported++;
        return Reflect.set(item, key, value, item);
      },
    });
  }

  show(): void {
    this.isShown = true;
  }

  hide(): void {
    this.isShown = false;
  }

  dispose = dispose;
}

/** A page: its HTML is what a person sees. */
export class Page {
  readonly viewType: string;
  readonly webview = { html: '' };
  readonly visible = true;
  title: string;
  readonly #closed = new Emitter<void>();
  readonly onDidDispose = this.#closed.event;
  readonly onDidChangeViewState = new Emitter<void>().event;
  readonly reveal = dispose;

  constructor(viewType: string, title: string) {
    this.viewType = viewType;
    this.title = title;
  }

  dispose(): void {
    state.pages.delete(this);
    this.#closed.fire();
  }
}

/** An input or a list of choices, and what a person does with it. */
export class Quick {
  value = '';
  password = false;
  prompt: string | undefined;
  validationMessage: unknown;
  step: number | undefined;
  totalSteps: number | undefined;
  buttons: readonly unknown[] = [];
  items: readonly QuickItem[] = [];
  activeItems: readonly QuickItem[] = [];
  selectedItems: readonly QuickItem[] = [];
  isDisposed = false;
  readonly #changed = new Emitter<string>();
  readonly #accepted = new Emitter<void>();
  readonly #pressed = new Emitter<unknown>();
  readonly #pressedAt = new Emitter<{ readonly item: QuickItem; readonly button: unknown }>();
  readonly #looked = new Emitter<readonly QuickItem[]>();
  readonly #hidden = new Emitter<void>();
  readonly onDidChangeValue = this.#changed.event;
  readonly onDidAccept = this.#accepted.event;
  readonly onDidTriggerButton = this.#pressed.event;
  readonly onDidTriggerItemButton = this.#pressedAt.event;
  readonly onDidChangeActive = this.#looked.event;
  readonly onDidHide = this.#hidden.event;
  readonly show = dispose;

  type(text: string): void {
    this.value = text;
    this.#changed.fire(text);
  }

  accept(): void {
    this.#accepted.fire();
  }

  press(button: unknown): void {
    this.#pressed.fire(button);
  }

  pressAt(item: QuickItem, button: number): void {
    this.#pressedAt.fire({ item, button: item.buttons![button] });
  }

  look(item: QuickItem): void {
    this.#looked.fire([item]);
  }

  choose(item: QuickItem): void {
    this.selectedItems = [item];
    this.accept();
  }

  hide(): void {
    this.#hidden.fire();
  }

  dispose(): void {
    this.isDisposed = true;
  }
}

interface QuickItem {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly kind?: number;
  readonly iconPath?: types.Named;
  readonly buttons?: readonly unknown[];
}

/** All that were made. */
export const inputs: Quick[] = [];

function makeInput(): Quick {
  const input = new Quick();
  inputs.push(input);
  return input;
}

/** An editor that takes an edit as VS Code does: it changes the document, moves the cursors, and tells everybody. */
class Editor {
  readonly document: FakeDocument;
  selections: readonly Selection[] = [new Selection(0, 0, 0, 0)];
  /** When the last edit was submitted, as `performance.now()`. */
  submittedAt = 0;

  constructor(document: FakeDocument) {
    this.document = document;
  }

  get selection(): Selection {
    return this.selections[0]!;
  }

  set selection(selection: Selection) {
    this.selections = [selection];
    events.selection.fire({ textEditor: this });
  }

  edit(build: (builder: { replace(range: Range, text: string): void }) => void): Promise<boolean> {
    const changes: Change[] = [];
    build({ replace: (range, text) => void changes.push({ range, text }) });
    this.submittedAt = performance.now();
    apply(this.document, changes);
    return Promise.resolve(true);
  }
}

const events = {
  windowState: new Emitter<{ focused: boolean }>(),
  activeEditor: new Emitter<Editor | undefined>(),
  selection: new Emitter<{ readonly textEditor: Editor }>(),
  opened: new Emitter<FakeDocument>(),
  closed: new Emitter<FakeDocument>(),
  tabs: new Emitter<{ readonly closed: readonly Tab[] }>(),
  changed: new Emitter<{ readonly document: FakeDocument; readonly contentChanges: readonly Change[] }>(),
  configuration: new Emitter<{ affectsConfiguration(key: string): boolean }>(),
  extensions: new Emitter<void>(),
  trust: new Emitter<void>(),
};

interface LensProvider {
  provideCodeLenses(document: FakeDocument): Promise<readonly CodeLens[]>;
  resolveCodeLens(lens: CodeLens): CodeLens;
}

interface HoverProvider {
  provideHover(document: FakeDocument, place: Position): Promise<{ readonly given: readonly unknown[] } | undefined>;
}

/** A tab, in the group that holds all. */
interface Tab {
  readonly input: TabInputText;
  readonly group: { readonly viewColumn: number };
}

const tabOf = ({ uri }: FakeDocument): Tab => ({ input: new TabInputText(uri), group: { viewColumn: 1 } });

interface ContentProvider {
  provideTextDocumentContent(uri: Uri): string;
  readonly onDidChange?: (listener: (uri: Uri) => void) => unknown;
}

const freshState = () => ({
  view: new TreeView(),
  items: new Map<string, StatusBarItem>(),
  terminals: [] as { readonly name: string; readonly env: Readonly<Record<string, string>> }[],
  /** The user settings by their full names. */
  settings: new Map<string, unknown>(),
  /** settings.json cannot be written. */
  isReadOnly: false,
  clipboard: '',
  /** The commands that were run, ours and others, with their arguments. */
  executed: [] as { readonly id: string; readonly args: readonly unknown[] }[],
  commands: new Map<string, (...args: readonly unknown[]) => unknown>(),
  /** Addresses that were opened in the browser. */
  browsed: [] as string[],
  extensions: new Map<string, unknown>(),
  documents: [] as FakeDocument[],
  active: undefined as Editor | undefined,
  /** Editors beside a page that is active. */
  beside: [] as readonly Editor[],
  pages: new Set<Page>(),
  /** The lines of output channels. */
  log: [] as string[],
  /** How often an output channel was shown. */
  logsShown: 0,
  contents: new Map<string, ContentProvider>(),
  lenses: undefined as LensProvider | undefined,
  hovers: undefined as HoverProvider | undefined,
  problems: new Map<string, readonly Diagnostic[]>(),
  /** The folder that is open in the window. */
  folder: undefined as string | undefined,
});

let state = freshState();

/** What was made last, and what a person does. */
export const editor = {
  get view() {
    return state.view;
  },
  get item() {
    return this.itemOf('activeToken');
  },
  /** An item of the status bar, by its id. */
  itemOf(id: string): StatusBarItem {
    return state.items.get(id) ?? new StatusBarItem();
  },
  get terminals() {
    return state.terminals;
  },
  get settings() {
    return state.settings;
  },
  get executed() {
    return state.executed;
  },
  get browsed() {
    return state.browsed;
  },
  get pages(): readonly Page[] {
    return [...state.pages];
  },
  get log() {
    return state.log;
  },
  get logsShown() {
    return state.logsShown;
  },
  get active() {
    return state.active;
  },
  get clipboard() {
    return state.clipboard;
  },
  set clipboard(text: string) {
    state.clipboard = text;
  },
  set isReadOnly(isReadOnly: boolean) {
    state.isReadOnly = isReadOnly;
  },

  /** Everything as in a window that was just opened. */
  reset(): void {
    state = freshState();
    vscode.window.state.focused = true;
  },

  focus(focused: boolean): void {
    vscode.window.state.focused = focused;
    events.windowState.fire({ focused });
  },

  /** A person writes settings.json. @param settings by their full names */
  set(settings: Readonly<Record<string, unknown>>): void {
    for (const [key, value] of Object.entries(settings)) {
      if (value === undefined) state.settings.delete(key);
      else state.settings.set(key, value);
    }
    const affectsConfiguration = (key: string): boolean =>
      Object.keys(settings).some((one) => one === key || one.startsWith(`${key}.`));
    events.configuration.fire({ affectsConfiguration });
  },

  /** Opens a folder of this machine in the window. */
  openFolder(path: string): void {
    state.folder = path;
  },

  /** Opens a document in an editor, with the cursor at the start. */
  open(text: string, options?: DocumentOptions): Editor {
    return this.show(new FakeDocument(text, options));
  },

  show(document: FakeDocument): Editor {
    opened(document);
    state.active = new Editor(document);
    events.activeEditor.fire(state.active);
    return state.active;
  },

  /** A page takes the place of the active editor, or is shown beside it. */
  showPage(where: 'instead' | 'beside'): void {
    state.beside = where === 'beside' && state.active ? [state.active] : [];
    state.active = undefined;
    events.activeEditor.fire(undefined);
  },

  close(document: FakeDocument): void {
    state.documents = state.documents.filter((one) => one !== document);
    document.isClosed = true;
    if (state.active?.document === document) state.active = undefined;
    events.closed.fire(document);
    events.tabs.fire({ closed: [tabOf(document)] });
  },

  install(id: string, extension: unknown = {}): void {
    state.extensions.set(id, extension);
    events.extensions.fire();
  },

  uninstall(id: string): void {
    state.extensions.delete(id);
    events.extensions.fire();
  },

  /** Runs a command as a person does, from the palette or a row. */
  execute: (id: string, ...args: readonly unknown[]): Promise<unknown> => vscode.commands.executeCommand(id, ...args),

  /** The titles of the lenses of a document. */
  async lenses(document: FakeDocument): Promise<string[]> {
    const lenses = (await state.lenses?.provideCodeLenses(document)) ?? [];
    return lenses.map((lens) => (state.lenses?.resolveCodeLens(lens).command as { readonly title: string }).title);
  },

  /** The lines of the hover at a place. */
  async hover(document: FakeDocument, place: Position): Promise<string[]> {
    const [contents] = (await state.hovers?.provideHover(document, place))?.given ?? [];
    return ((contents ?? []) as readonly MarkdownString[]).flatMap(({ value }) => value.split('  \n'));
  },

  problems: ({ uri }: FakeDocument): readonly Diagnostic[] => state.problems.get(uri.toString()) ?? [],

  /** The rows under a row of the tree, as they are drawn. */
  rows(under?: unknown) {
    const { provider } = state.view;
    return (provider?.getChildren(under) ?? []).map((row) => ({
      row,
      item: provider!.resolveTreeItem(provider!.getTreeItem(row), row),
    }));
  },
};

function opened(document: FakeDocument): void {
  if (state.documents.includes(document)) return;
  state.documents.push(document);
  events.opened.fire(document);
}

/** Makes edits that do not touch each other: the last one first, as an editor does. */
function apply(document: FakeDocument, changes: readonly Change[]): void {
  if (document.isReadOnly || changes.length === 0) return;
  const contentChanges = changes.toSorted((a, b) => (a.range.start.isBefore(b.range.start) ? 1 : -1));
  document.change(contentChanges);
  const { active } = state;
  if (active?.document === document) active.selections = active.selections.map((one) => moved(one, contentChanges));
  events.changed.fire({ document, contentChanges });
}

/** A cursor goes along with what is inserted before it or where it is. */
function moved({ start, end }: Selection, changes: readonly Change[]): Selection {
  const after = (at: Position): Position =>
    changes.reduce((now, { range, text }) => {
      if (now.isBefore(range.start) || now.isBefore(range.end)) return now;
      const added = text.split('\n');
      const line = now.line - range.end.line + range.start.line + added.length - 1;
      if (now.line > range.end.line) return new Position(line, now.character);
      const from = (added.length === 1 ? range.start.character : 0) + added.at(-1)!.length;
      return new Position(line, from + now.character - range.end.character);
    }, at);
  return new Selection(after(start), after(end));
}

async function documentOf(uri: Uri): Promise<FakeDocument> {
  const open = state.documents.find((one) => one.uri.toString() === uri.toString());
  if (open) return open;
  const provided = state.contents.get(uri.scheme)?.provideTextDocumentContent(uri);
  const document = new FakeDocument(provided ?? (await readFile(uri.fsPath, 'utf8')), { uri });
  opened(document);
  return document;
}

/** A document has other content, which its provider gives. */
function provideAgain(uri: Uri, provider: ContentProvider): void {
  const document = state.documents.find((one) => one.uri.toString() === uri.toString());
  const end = document?.lineAt(document.lineCount - 1).range.end;
  if (document && end)
    document.change([{ range: new Selection(0, 0, end.line, end.character), text: provider.provideTextDocumentContent(uri) }]);
}

interface Property {
  readonly default?: unknown;
}
const manifest = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as {
  readonly contributes: { readonly configuration: { readonly properties: Readonly<Record<string, Property>> } };
};

function configurationOf(section: string) {
  const nameOf = (key: string): string => `${section}.${key}`;
  return {
    inspect: (key: string) => ({
      globalValue: state.settings.get(nameOf(key)),
      defaultValue: manifest.contributes.configuration.properties[nameOf(key)]?.default,
    }),
    update(key: string, value: unknown): Promise<void> {
      if (state.isReadOnly) return Promise.reject(new Error('settings.json cannot be written'));
      editor.set({ [nameOf(key)]: structuredClone(value) });
      return Promise.resolve();
    },
  };
}

/** What asks people is answered by a script (scriptedPrompter.ts). */
function nobody(...asked: readonly unknown[]): Promise<unknown> {
  throw new Error(`nobody is there to be asked: ${String(asked[0])}`);
}

const line = (text: string): void => void state.log.push(text);

export const vscode = {
  ...types,
  ThemeIcon: types.Named,
  ThemeColor: types.Named,
  DataTransferItem: types.Handed,
  Hover: types.Handed,
  CompletionItem: types.Handed,
  CodeAction: types.Handed,
  EventEmitter: Emitter,
  TreeItemCollapsibleState: { None: 0, Collapsed: 1, Expanded: 2 },
  StatusBarAlignment: { Left: 1, Right: 2 },
  DiagnosticSeverity: { Error: 0, Warning: 1, Information: 2, Hint: 3 },
  CompletionItemKind: { Variable: 5 },
  InputBoxValidationSeverity: { Info: 1, Warning: 2, Error: 3 },
  ProgressLocation: { Notification: 15 },
  QuickInputButtons: { Back: { tooltip: 'Back' } },
  QuickPickItemKind: { Separator: -1 },
  CodeActionKind: { QuickFix: 'quickfix' },
  ConfigurationTarget: { Global: 1 },
  ViewColumn: { Active: -1, Beside: -2 },
  UIKind: { Desktop: 1, Web: 2 },
  Disposable: {
    from: (...all: readonly { dispose(): void }[]) => ({ dispose: () => all.forEach((one) => one.dispose()) }),
  },
  l10n: {
    bundle: undefined,
    t: (text: string, ...values: readonly unknown[]) =>
      text.replaceAll(/\{(\d+)\}/g, (_, at: string) => String(values[Number(at)])),
  },
  env: {
    language: 'en',
    uiKind: 1,
    clipboard: {
      readText: () => Promise.resolve(state.clipboard),
      writeText(text: string) {
        state.clipboard = text;
        return Promise.resolve();
      },
    },
    openExternal(uri: Uri) {
      state.browsed.push(uri.toString());
      return Promise.resolve(true);
    },
  },
  commands: {
    registerCommand(id: string, run: (...args: readonly unknown[]) => unknown) {
      state.commands.set(id, run);
      return { dispose: () => state.commands.delete(id) };
    },
    executeCommand(id: string, ...args: readonly unknown[]): Promise<unknown> {
      state.executed.push({ id, args });
      return Promise.resolve(state.commands.get(id)?.(...args));
    },
  },
  window: {
    state: { focused: true },
    onDidChangeWindowState: events.windowState.event,
    onDidChangeActiveTextEditor: events.activeEditor.event,
    onDidChangeTextEditorSelection: events.selection.event,
    get activeTextEditor() {
      return state.active;
    },
    get visibleTextEditors() {
      return state.active ? [state.active] : state.beside;
    },
    get tabGroups() {
      const activeTab = state.active && tabOf(state.active.document);
      return {
        all: [{ tabs: state.documents.map(tabOf) }],
        activeTabGroup: { activeTab },
        onDidChangeTabs: events.tabs.event,
        close(tabs: readonly Tab[]) {
          for (const { input } of tabs) editor.close(state.documents.find(({ uri }) => uri === input.uri)!);
          return Promise.resolve(true);
        },
      };
    },
    createTreeView: (_: string, { treeDataProvider }: { readonly treeDataProvider?: Rows } = {}) =>
      (state.view = new TreeView(treeDataProvider)),
    createStatusBarItem: (id: string) => {
      const item = new StatusBarItem();
      state.items.set(id, item);
      return item;
    },
    createTerminal: (options: (typeof state.terminals)[number]) => {
      state.terminals.push(options);
      return { show: () => undefined };
    },
    createWebviewPanel(viewType: string, title: string) {
      const page = new Page(viewType, title);
      state.pages.add(page);
      return page;
    },
    createOutputChannel: () => ({ info: line, warn: line, error: line, debug: line, show: () => state.logsShown++, dispose }),
    createInputBox: makeInput,
    createQuickPick: makeInput,
    showInformationMessage: nobody,
    showWarningMessage: nobody,
    showErrorMessage: nobody,
    setStatusBarMessage: () => disposable,
    withProgress: (_: unknown, work: (progress: { report(): void }, token: unknown) => unknown) =>
      work({ report: dispose }, { isCancellationRequested: false, onDidCancellationRequested: () => disposable }),
    showTextDocument: (
      document: FakeDocument,
      { selection, preserveFocus }: { readonly selection?: Range; readonly preserveFocus?: boolean } = {},
    ) => {
      if (preserveFocus) return Promise.resolve(new Editor(document));
      const shown = editor.show(document);
      if (selection) shown.selection = new Selection(selection.start, selection.end);
      return Promise.resolve(shown);
    },
  },
  workspace: {
    isTrusted: true,
    get workspaceFolders() {
      return state.folder === undefined ? undefined : [{ uri: types.Uri.file(state.folder) }];
    },
    findFiles(include: string, exclude: string, max: number, { isCancellationRequested }: { isCancellationRequested: boolean }) {
      const names = readdirSync(state.folder ?? '', { recursive: true, withFileTypes: true }).flatMap((one) =>
        one.isFile() ? join(one.parentPath, one.name) : [],
      );
      const found = names.filter((name) => matches(name, include) && !matches(name, exclude)).slice(0, max);
      return Promise.resolve(isCancellationRequested ? [] : found.map((name) => types.Uri.file(name)));
    },
    onDidOpenTextDocument: events.opened.event,
    onDidCloseTextDocument: events.closed.event,
    onDidChangeTextDocument: events.changed.event,
    onDidChangeConfiguration: events.configuration.event,
    onDidGrantWorkspaceTrust: events.trust.event,
    get textDocuments(): readonly FakeDocument[] {
      return state.documents;
    },
    getConfiguration: configurationOf,
    openTextDocument: (what: Uri) => documentOf(what),
    async applyEdit({ edits }: WorkspaceEdit): Promise<boolean> {
      for (const [, of] of Map.groupBy(edits, ({ uri }) => uri.toString())) apply(await documentOf(of[0]!.uri), of);
      return true;
    },
    registerTextDocumentContentProvider(scheme: string, provider: ContentProvider) {
      state.contents.set(scheme, provider);
      provider.onDidChange?.((uri) => provideAgain(uri, provider));
      return disposable;
    },
    // A folder of everything, but for one that is elsewhere.
    getWorkspaceFolder: ({ scheme, path }: Uri) => (scheme === 'file' && !path.startsWith('/elsewhere/') ? {} : undefined),
    asRelativePath: ({ path }: Uri) => path,
    decode: (bytes: Uint8Array) => Promise.resolve(new TextDecoder().decode(bytes)),
    fs: {
      isWritableFileSystem: (scheme: string) => scheme !== 'git',
      readFile: ({ fsPath }: Uri) => readFile(fsPath),
      stat: ({ fsPath }: Uri) => stat(fsPath),
      async writeFile({ fsPath }: Uri, content: Uint8Array) {
        await mkdir(dirname(fsPath), { recursive: true });
        await writeFile(fsPath, content);
      },
    },
  },
  languages: {
    match: (_: unknown, { uri, languageId }: FakeDocument) =>
      ['http', 'markdown'].includes(languageId) || /\.(http|rest)$/.test(uri.path) ? 10 : 0,
    setTextDocumentLanguage(document: FakeDocument, languageId: string) {
      Object.assign(document, { languageId });
      return Promise.resolve(document);
    },
    registerCodeLensProvider(_: unknown, provider: LensProvider) {
      state.lenses = provider;
      return disposable;
    },
    registerHoverProvider(_: unknown, provider: HoverProvider) {
      state.hovers = provider;
      return disposable;
    },
    registerCompletionItemProvider: () => disposable,
    registerCodeActionsProvider: () => disposable,
    createDiagnosticCollection: () => ({
      set: (uri: Uri, problems: readonly Diagnostic[]) => state.problems.set(uri.toString(), problems),
      delete: (uri: Uri) => state.problems.delete(uri.toString()),
      clear: dispose,
      dispose,
    }),
  },
  extensions: {
    onDidChange: events.extensions.event,
    getExtension: (id: string) => state.extensions.get(id),
  },
};

type Load = (request: string, ...rest: readonly unknown[]) => unknown;
const loader = Module as unknown as { _load: Load };
const load = loader._load;
loader._load = (request, ...rest) => (request === 'vscode' ? vscode : load(request, ...rest));
