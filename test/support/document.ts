import type { Position } from './vscodeTypes.js';
import { Range, Uri } from './vscodeTypes.js';

/** An edit of a document: what is in the range becomes the text. */
export interface Change {
  readonly range: Range;
  readonly text: string;
}

export interface DocumentOptions {
  readonly uri?: Uri;
  readonly languageId?: string;
  readonly isReadOnly?: boolean;
}

const LANGUAGES: Readonly<Record<string, string>> = { http: 'http', rest: 'http', md: 'markdown', json: 'jsonc' };

/**
 * A document as the extension host keeps one, at its cost: an array of lines, each with a string of its own because it came over
 * a wire; a line is had at once, and the whole text by joining all of them. Counts what is read.
 */
export class FakeDocument {
  readonly uri: Uri;
  readonly languageId: string;
  readonly isUntitled: boolean;
  readonly isReadOnly: boolean;
  readonly eol = 1;
  version = 1;
  isDirty = false;
  isClosed = false;
  /** How often the whole text was asked for. */
  wholeReads = 0;
  charactersRead = 0;
  #lines: string[];

  constructor(text: string, { uri = Uri.file('/requests.http'), languageId, isReadOnly = false }: DocumentOptions = {}) {
    this.uri = uri;
    this.languageId = languageId ?? LANGUAGES[/[^.]*$/.exec(uri.path)![0]] ?? 'plaintext';
    this.isUntitled = uri.scheme === 'untitled';
    this.isReadOnly = isReadOnly;
    this.#lines = JSON.parse(JSON.stringify(text.split('\n'))) as string[];
  }

  get fileName(): string {
    return this.uri.fsPath;
  }

  get lineCount(): number {
    return this.#lines.length;
  }

  lineAt(at: number | Position): FakeLine {
    const line = typeof at === 'number' ? at : at.line;
    const text = this.#lines[line];
    if (text === undefined) throw new RangeError(`there is no line ${line}`);
    this.charactersRead += text.length;
    return new FakeLine(line, text);
  }

  /** As {@link lineAt}, without being counted. */
  peek(line: number): string {
    return this.#lines[line] ?? '';
  }

  getText(range?: Range): string {
    if (range) return partOf(this.#lines, range);
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
    this.isDirty = true;
  }
}

function partOf(lines: readonly string[], { start, end }: Range): string {
  const part = lines.slice(start.line, end.line + 1);
  const last = part.length - 1;
  part[last] = part[last]!.slice(0, end.character);
  part[0] = part[0]!.slice(start.character);
  return part.join('\n');
}

class FakeLine {
  readonly lineNumber: number;
  readonly text: string;

  constructor(lineNumber: number, text: string) {
    this.lineNumber = lineNumber;
    this.text = text;
  }

  get firstNonWhitespaceCharacterIndex(): number {
    return this.text.length - this.text.trimStart().length;
  }

  get range(): Range {
    return new Range(this.lineNumber, 0, this.lineNumber, this.text.length);
  }
}
