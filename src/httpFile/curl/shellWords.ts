import type { Grammar } from '../dialects/grammar.js';
import type { Lines, Position } from '../lines.js';
import { placeholders, type Placeholder } from '../references.js';
import { isPause, type Work } from '../work.js';

/** One word of a command line: the text that the program receives, and the position of each character. */
export interface ShellWord {
  readonly text: string;
  readonly start: Position;
  readonly end: Position;
  /** `at[i]` is the position of `text[i]`. */
  readonly at: readonly Position[];
  /** The quotes around the whole word; empty for an unquoted word; undefined for a mixture. */
  readonly quote: '"' | "'" | '' | undefined;
}

/** The words of a command as bash splits them, and the line after it. */
export interface Command {
  readonly words: readonly ShellWord[];
  readonly endLine: number;
}

/**
 * Reads a command that may span several lines: inside quotes, after `\` (bash), `^` (cmd) or `` ` `` (PowerShell), and where the
 * next line is indented, since REST Client turns such a line break into a blank.
 */
export function* readingWords(lines: Lines, line: number, limit: number, grammar: Grammar): Work<Command> {
  const scanner = new Scanner();
  for (let current = line; ;) {
    yield;
    const isOpen = scanner.scan(lines.lineAt(current), current);
    const next = yield* nextLine(lines, current + 1, limit, grammar);
    if (next === undefined || !(isOpen || /^\s+\S/.test(lines.lineAt(next))))
      return { words: scanner.finish(), endLine: current + 1 };
    current = next;
  }
}

/** The next line that is not a comment, since REST Client removes those first; undefined at the end of the region. */
function* nextLine(lines: Lines, from: number, limit: number, grammar: Grammar): Work<number | undefined> {
  for (let line = from; line < limit; line++) {
    if (isPause(line)) yield;
    const text = lines.lineAt(line);
    if (grammar.isSeparator(text)) return undefined;
    if (grammar.role(text, false) !== 'comment') return line;
  }
  return undefined;
}

interface Word {
  text: string;
  readonly start: Position;
  end: Position;
  readonly at: Position[];
  quotes: string;
  bare: boolean;
}

class Scanner {
  private readonly words: ShellWord[] = [];
  private word: Word | undefined;
  private quote: '"' | "'" | '' = '';

  /** @returns whether the command continues in the next line */
  scan(text: string, line: number): boolean {
    const variables = new Map(variablesOf(text).map(({ start, end }) => [start, end]));
    const last = text.trimEnd().length - 1;
    for (let character = 0; character < text.length;) {
      if (this.quote === '' && character === last && /[\\^`]/.test(text.charAt(character))) {
        if (text[character] !== '\\') this.closeWord();
        return true;
      }
      const variableEnd = variables.get(character);
      if (variableEnd === undefined) character += this.take(text, { line, character });
      else for (; character < variableEnd; character++) this.takePlain(text.charAt(character), { line, character });
    }
    if (this.quote === '') this.closeWord();
    else this.add('\n', { line, character: text.length }, 1);
    return this.quote !== '';
  }

  finish(): readonly ShellWord[] {
    this.quote = '';
    this.closeWord();
    return this.words;
  }

  /** @returns how many characters it took */
  private take(text: string, at: Position): number {
    const char = text.charAt(at.character);
    const next = text.charAt(at.character + 1);
    if (this.quote === '' && /\s/.test(char)) {
      this.closeWord();
    } else if (this.quote === '' ? char === '"' || char === "'" : char === this.quote) {
      this.toggleQuote(char as '"' | "'", at);
    } else if (char === '\\' && next !== '' && (this.quote === '' || (this.quote === '"' && /["\\$`]/.test(next)))) {
      this.open(at).bare = true;
      this.open(at).quotes += '\\';
      this.add(next, at, 2);
      return 2;
    } else {
      this.takePlain(char, at);
    }
    return 1;
  }

  private takePlain(char: string, at: Position): void {
    if (this.quote === '') this.open(at).bare = true;
    this.add(char, at, 1);
  }

  private toggleQuote(char: '"' | "'", at: Position): void {
    const word = this.open(at);
    word.quotes += char;
    word.end = { line: at.line, character: at.character + 1 };
    this.quote = this.quote === '' ? char : '';
  }

  private open(at: Position): Word {
    this.word ??= { text: '', start: at, end: at, at: [], quotes: '', bare: false };
    return this.word;
  }

  private add(text: string, at: Position, width: number): void {
    const word = this.open(at);
    word.text += text;
    word.at.push(at);
    word.end = { line: at.line, character: at.character + width };
  }

  private closeWord(): void {
    if (!this.word) return;
    const { text, start, end, at, quotes, bare } = this.word;
    const around = quotes === `''` ? "'" : quotes === '""' ? '"' : undefined;
    const quote = quotes === '' ? '' : bare ? undefined : around;
    this.words.push({ text, start, end, at, quote });
    this.word = undefined;
  }
}

/** REST Client replaces variables before it reads the command, so blanks in them do not separate words. */
const variablesOf = (text: string): Placeholder[] => placeholders(text).filter(({ expression }) => !/["'\\]/.test(expression));

/** Quotes any text as one bash word. */
export const bashQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
