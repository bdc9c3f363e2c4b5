/** Stands for `vscode` in what is bundled to be measured: as much of it as an insertion and REST Client's lenses need. */
import type { FakeDocument } from './fakeDocument.js';

type Listener = (event: unknown) => void;

export class Position {
  readonly line: number;
  readonly character: number;

  constructor(line: number, character: number) {
    this.line = line;
    this.character = character;
  }

  isEqual({ line, character }: Position): boolean {
    return this.line === line && this.character === character;
  }

  isBefore({ line, character }: Position): boolean {
    return this.line < line || (this.line === line && this.character < character);
  }

  with({ line = this.line, character = this.character }: { line?: number; character?: number }): Position {
    return new Position(line, character);
  }
}

export class Range {
  readonly start: Position;
  readonly end: Position;

  constructor(startLine: number, startCharacter: number, endLine: number, endCharacter: number) {
    this.start = new Position(startLine, startCharacter);
    this.end = new Position(endLine, endCharacter);
  }
}

export class Selection extends Range {
  get active(): Position {
    return this.end;
  }
}

export class CodeLens {
  readonly range: Range;
  readonly command: unknown;

  constructor(range: Range, command: unknown) {
    this.range = range;
    this.command = command;
  }
}

const listeners = new Set<Listener>();

/** An editor that takes an edit as VS Code does: it changes the document, and tells everybody. */
export class Editor {
  readonly document: FakeDocument;
  selections: readonly Selection[] = [];
  /** When the last edit was submitted, as `performance.now()`. */
  submittedAt = 0;

  constructor(document: FakeDocument) {
    this.document = document;
  }

  edit(build: (builder: { replace(range: Range, text: string): void }) => void): Promise<boolean> {
    const changes: { readonly range: Range; readonly text: string }[] = [];
    build({ replace: (range, text) => void changes.unshift({ range, text }) });
    this.submittedAt = performance.now();
    this.document.change(changes as never);
    for (const listener of listeners) listener({ document: this.document, contentChanges: changes });
    return Promise.resolve(true);
  }
}

export const window = {
  activeTextEditor: undefined as Editor | undefined,
};

export const workspace = {
  textDocuments: [] as readonly FakeDocument[],
  onDidChangeTextDocument(listener: Listener) {
    listeners.add(listener);
    return { dispose: () => listeners.delete(listener) };
  },
  getConfiguration: () => ({ inspect: (key: string) => ({ globalValue: key === 'insertAs' ? 'token' : undefined }) }),
};

/** Both clients are installed, so that a request is read as each of them does. */
export const extensions = { getExtension: () => ({}) };

export const l10n = {
  t: (message: string, ...values: readonly unknown[]): string =>
    message.replace(/\{(\d)\}/g, (_, at) => String(values[Number(at)])),
};
