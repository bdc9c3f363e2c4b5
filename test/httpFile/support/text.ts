import { LineIndex, type Lines, type TextEdit } from '../../../src/httpFile/index.js';

/** Splits a text into lines as an editor does. */
export function linesOf(text: string): Lines {
  const lines = text.split(/\r?\n/);
  return {
    lineCount: lines.length,
    lineAt(line) {
      const found = lines[line];
      if (found === undefined) throw new RangeError(`No line ${line}`);
      return found;
    },
  };
}

/** The lines of a text with their index, as an editor keeps it, and which of them were read since. */
export function watchedLines(text: string): { lines: Lines; seen: Set<number> } {
  const lines = linesOf(text);
  const seen = new Set<number>();
  const lineAt = (line: number) => {
    seen.add(line);
    return lines.lineAt(line);
  };
  return { lines: { lineCount: lines.lineCount, lineAt, index: new LineIndex(lines) }, seen };
}

/** Applies edits as an editor does: all at once, each line break like the one of the line it starts in. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const starts = lineStarts(text);
  const offset = (line: number, character: number) => starts[line]! + character;
  let result = text;
  let before = Infinity;
  for (const edit of edits.toReversed()) {
    const start = offset(edit.startLine, edit.startCharacter);
    const end = offset(edit.endLine, edit.endCharacter);
    if (start > end || end > before) throw new RangeError('The edits are out of order or overlap');
    before = start;
    result = result.slice(0, start) + edit.text.replaceAll('\n', eolAt(text, start)) + result.slice(end);
  }
  return result;
}

function lineStarts(text: string): number[] {
  return [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
}

/** The line break at the end of the line or, for the last one, of the line before. */
function eolAt(text: string, offset: number): string {
  const [next] = text.slice(offset).match(/\r?\n/) ?? [];
  return next ?? /\r\n[^\n]*$/.exec(text.slice(0, offset))?.[0].slice(0, 2) ?? '\n';
}
