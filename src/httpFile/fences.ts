import { indexOf } from './lineIndex.js';
import { wholeOf, type Lines, type Span } from './lines.js';
import { placeBy } from './ordered.js';

const OPENING = /^```(http|rest)$/;
const CLOSING = /^```$/;

/** The inside of the fence at the line, which may be one of its delimiters. */
export function fenceAt(all: readonly Span[], line: number): Span | undefined {
  const fence = all[placeBy(all, line, ({ end }) => end)];
  return fence && fence.start - 1 <= line ? fence : undefined;
}

/**
 * The insides of all Markdown fences, in order. REST Client knows exactly ```` ```http ```` and ```` ```rest ````, closed by
 * ```` ``` ````.
 */
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
