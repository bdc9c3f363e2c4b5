import type { Lines, Span } from './lines.js';

const OPENING = /^```(http|rest)$/;
const CLOSING = /^```$/;

/**
 * The inside of the Markdown fence that holds the line, its delimiters counted to it. REST Client knows exactly
 * ```` ```http ```` and ```` ```rest ````, closed by ```` ``` ````.
 */
export function fenceAt(lines: Lines, line: number): Span | undefined {
  let start = line;
  if (CLOSING.test(lines.lineAt(line))) start--;
  while (start >= 0 && !OPENING.test(lines.lineAt(start))) {
    if (CLOSING.test(lines.lineAt(start))) return undefined;
    start--;
  }
  return start < 0 ? undefined : insideOf(lines, start);
}

/** The insides of all fences, in order. */
export function fences(lines: Lines): Span[] {
  const found: Span[] = [];
  for (let line = 0; line < lines.lineCount; line++) {
    const fence = OPENING.test(lines.lineAt(line)) ? insideOf(lines, line) : undefined;
    if (!fence) continue;
    found.push(fence);
    line = fence.end;
  }
  return found;
}

function insideOf(lines: Lines, opening: number): Span | undefined {
  for (let line = opening + 1; line < lines.lineCount; line++) {
    if (CLOSING.test(lines.lineAt(line))) return { start: opening + 1, end: line };
  }
  return undefined;
}
