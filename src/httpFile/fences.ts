import { indexOf } from './lineIndex.js';
import { wholeOf, type Lines, type Span } from './lines.js';

const OPENING = /^```(http|rest)$/;
const CLOSING = /^```$/;

/**
 * The inside of the Markdown fence at the line, which may be one of its delimiters. REST Client knows exactly ```` ```http ````
 * and ```` ```rest ````, closed by ```` ``` ````.
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
  let opening: number | undefined;
  for (const line of indexOf(lines).lines('fence', wholeOf(lines))) {
    const text = lines.lineAt(line);
    // REST Client starts anew here and ignores what stands above: otherwise we would read another request than the one it sends.
    if (OPENING.test(text)) opening = line;
    if (opening === undefined || !CLOSING.test(text)) continue;
    found.push({ start: opening + 1, end: line });
    opening = undefined;
  }
  return found;
}

function insideOf(lines: Lines, opening: number): Span | undefined {
  for (let line = opening + 1; line < lines.lineCount; line++) {
    if (CLOSING.test(lines.lineAt(line))) return { start: opening + 1, end: line };
  }
  return undefined;
}
