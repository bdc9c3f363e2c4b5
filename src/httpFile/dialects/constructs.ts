import type { Grammar } from './grammar.js';
import { indexOf } from '../lineIndex.js';
import type { Closer, Kind } from '../lines.js';
import { isBlank, type Lines } from '../lines.js';
import { isPause, type Work } from '../work.js';

/** A script of httpYac: `{{` or `{{@request` up to `}}`. */
const SCRIPT = /^\s*\{\{(@js\s+)?[+@]?(request|streaming|response|after|responseLogging)?\s*$/i;
const GRAPHQL = /^\s*(query|mutation|fragment\s+\S+\s+on\s)/;
/** Most lines start no construct, and this is all that is asked about them. */
const OPENER = /^\s*(?:\/\*|\{\{|[<>]|query|mutation|fragment|proto|gql|import|run)/;

/** Whether a construct may start in a line. */
export const mayOpen = (text: string): boolean => OPENER.test(text);

/**
 * The line after the construct that starts at `line`, if it is a construct other than a request: a script, a comment block, an
 * import. As in httpYac, a construct must be closed before the next separator; only a comment block may span separators.
 *
 * @param inBody a request stands above: `<` names a file to send, and only constructs that span lines matter
 */
export function* constructEnd(
  lines: Lines,
  line: number,
  limit: number,
  grammar: Grammar,
  inBody: boolean,
): Work<number | undefined> {
  const text = lines.lineAt(line);
  if (/^\s*\/\*$/.test(text)) return closedAt(lines, line + 1, limit, [], '*/');
  if (SCRIPT.test(text)) return closedAt(lines, line + 1, limit, grammar.separators, '}}');
  const isHttpYac = grammar.dialect === 'httpyac';
  if (isHttpYac && GRAPHQL.test(text)) return yield* queryEnd(lines, line + 1, limit, grammar);
  const trimmed = text.trim();
  if (/^[<>]\s+\{%/.test(trimmed) && !(inBody && trimmed.startsWith('<'))) {
    if (trimmed.endsWith('%}')) return line + 1;
    // httpYac wants the script to start in the next line.
    return isHttpYac && !trimmed.endsWith('{%') ? undefined : closedAt(lines, line + 1, limit, grammar.separators, '%}');
  }
  if (inBody) return undefined;
  if (/^proto\s+<\s+\S/.test(trimmed)) return yield* optionsEnd(lines, line + 1, limit, grammar);
  const single = isHttpYac ? /^gql\s.*<\s|^[<>]\s+[^\s{%}]+$/ : /^(import|run|<|>|<>)\s+[^\s{%}]+$/;
  return single.test(trimmed) ? line + 1 : undefined;
}

/** Uses the index instead of a search: there may be many openers that nothing closes. */
function closedAt(lines: Lines, from: number, limit: number, separators: readonly Kind[], closer: Closer): number | undefined {
  const index = indexOf(lines);
  const close = index.next(closer, from) ?? limit;
  const isCut = separators.some((kind) => (index.next(kind, from) ?? limit) < close);
  return close < limit && !isCut ? close + 1 : undefined;
}

/**
 * The line below the blank one that ends a query. httpYac treats a separator directly below a query as a part of it; nobody means
 * that.
 */
function* queryEnd(lines: Lines, from: number, limit: number, grammar: Grammar): Work<number> {
  for (let line = from; line < limit; line++) {
    if (isPause(line)) yield;
    const text = lines.lineAt(line);
    if (isBlank(text)) return line + 1;
    if (grammar.isSeparator(text)) return line;
  }
  return limit;
}

/** The options of a `proto <` import look like headers. */
function* optionsEnd(lines: Lines, from: number, limit: number, grammar: Grammar): Work<number> {
  let line = from;
  while (line < limit && ['header', 'comment'].includes(grammar.role(lines.lineAt(line), false))) if (isPause(line++)) yield;
  return line;
}
