import type * as vscode from 'vscode';

type Change = Pick<vscode.TextDocumentContentChangeEvent, 'range' | 'text'>;

/**
 * A document as the extension host keeps one, at its cost: an array of lines, each with a string of its own because it came over
 * a wire; a line is had at once, and the whole text by joining all of them. Counts what is read.
 */
export class FakeDocument {
  readonly uri = { scheme: 'file', path: '/requests.http', toString: () => 'file:///requests.http' };
  readonly languageId: string;
  readonly isUntitled = false;
  readonly eol = 1;
  version = 1;
  /** How often the whole text was asked for. */
  wholeReads = 0;
  charactersRead = 0;
  #lines: string[];

  constructor(text: string, languageId = 'http') {
    this.languageId = languageId;
    this.#lines = JSON.parse(JSON.stringify(text.split('\n'))) as string[];
  }

  get lineCount(): number {
    return this.#lines.length;
  }

  lineAt(at: number): { readonly text: string; readonly firstNonWhitespaceCharacterIndex: number } {
    const text = this.#lines[at];
    if (text === undefined) throw new RangeError(`there is no line ${at}`);
    this.charactersRead += text.length;
    return new FakeLine(text);
  }

  /** As {@link lineAt}, without being counted. */
  peek(line: number): string {
    return this.#lines[line] ?? '';
  }

  getText(range?: vscode.Range): string {
    if (range) throw new TypeError('nobody is known to ask for a part');
    this.wholeReads++;
    return this.#lines.join('\n');
  }

  /** Changes the text, from the last change to the first, as an editor does for edits that were made at once. */
  change(changes: readonly Change[]): void {
    for (const { range, text } of changes) {
      const { start, end } = range;
      const before = this.peek(start.line).slice(0, start.character);
      const after = this.peek(end.line).slice(end.character);
      this.#lines.splice(start.line, end.line - start.line + 1, ...`${before}${text}${after}`.split('\n'));
    }
    this.version++;
  }
}

class FakeLine {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  get firstNonWhitespaceCharacterIndex(): number {
    return this.text.length - this.text.trimStart().length;
  }
}
