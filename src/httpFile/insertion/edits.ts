import type { Lines, Position } from '../lines.js';

/** Replaces a range by a text. Line breaks in the text are `\n`; whoever applies it uses those of the document. */
export interface TextEdit {
  readonly startLine: number;
  readonly startCharacter: number;
  readonly endLine: number;
  readonly endCharacter: number;
  readonly text: string;
}

export function replacement(start: Position, end: Position, text: string): TextEdit {
  return { startLine: start.line, startCharacter: start.character, endLine: end.line, endCharacter: end.character, text };
}

/** Edits that remove whole lines, each with the line break after it; at the end of the document, with the one before. */
export function deletions(lines: Lines, doomed: readonly { readonly line: number; readonly endLine: number }[]): TextEdit[] {
  const runs: { from: number; to: number }[] = [];
  for (const { line, endLine } of doomed.toSorted((a, b) => a.line - b.line)) {
    const last = runs.at(-1);
    if (last && line <= last.to + 1) last.to = endLine;
    else runs.push({ from: line, to: endLine });
  }
  return runs.map(({ from, to }) => {
    if (to + 1 < lines.lineCount) return replacement({ line: from, character: 0 }, { line: to + 1, character: 0 }, '');
    const before = { line: from - 1, character: lines.lineAt(from - 1).length };
    return replacement(before, { line: to, character: lines.lineAt(to).length }, '');
  });
}

/** Sorts edits into document order and merges adjacent ones: an editor may refuse an insertion at the start of a deletion. */
export function inOrder(edits: readonly TextEdit[]): TextEdit[] {
  const result: TextEdit[] = [];
  for (const edit of edits.toSorted(byPlace)) {
    const last = result.at(-1);
    if (last?.endLine === edit.startLine && last.endCharacter === edit.startCharacter) {
      result[result.length - 1] = { ...edit, ...startOf(last), text: last.text + edit.text };
    } else {
      result.push(edit);
    }
  }
  return result;
}

/** By start, then by end: an insertion comes before a deletion at the same start. */
const byPlace = (a: TextEdit, b: TextEdit): number =>
  a.startLine - b.startLine || a.startCharacter - b.startCharacter || a.endLine - b.endLine || a.endCharacter - b.endCharacter;

const startOf = ({ startLine, startCharacter }: TextEdit) => ({ startLine, startCharacter });
