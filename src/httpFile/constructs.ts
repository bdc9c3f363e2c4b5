import type { Grammar } from './grammar.js';
import { isBlank, type Lines } from './lines.js';

/** A script of httpYac: `{{` or `{{@request` up to `}}`. */
const SCRIPT = /^\s*\{\{(@js\s+)?[+@]?(request|streaming|response|after|responseLogging)?\s*$/i;
const GRAPHQL = /^\s*(query|mutation|fragment\s+\S+\s+on\s)/;

/**
 * The line after the construct that starts at `line`, if one does that is no request: a script, a comment block, an import.
 * As in httpYac, one that is not closed before the next separator is none; only a comment block runs past separators.
 *
 * @param inBody a request stands above: `<` names a file to send, and only what spans lines matters
 */
export function constructEnd(lines: Lines, line: number, limit: number, grammar: Grammar, inBody: boolean): number | undefined {
  const text = lines.lineAt(line);
  if (/^\s*\/\*$/.test(text)) return commentEnd(lines, line + 1, limit);
  if (SCRIPT.test(text)) return closedAt(lines, line + 1, limit, grammar, isScriptEnd);
  const isHttpYac = grammar.dialect === 'httpyac';
  if (isHttpYac && GRAPHQL.test(text))
    return closedAt(lines, line + 1, limit, grammar, isBlank) ?? limitOf(lines, line, limit, grammar);
  const trimmed = text.trim();
  if (/^[<>]\s+\{%/.test(trimmed) && !(inBody && trimmed.startsWith('<'))) {
    if (trimmed.endsWith('%}')) return line + 1;
    // httpYac wants the script to start in the next line.
    return isHttpYac && !trimmed.endsWith('{%') ? undefined : closedAt(lines, line + 1, limit, grammar, isHandlerEnd);
  }
  if (inBody) return undefined;
  if (/^proto\s+<\s+\S/.test(trimmed)) return optionsEnd(lines, line + 1, limit, grammar);
  const single = isHttpYac ? /^gql\s.*<\s|^[<>]\s+[^\s{%}]+$/ : /^(import|run|<|>|<>)\s+[^\s{%}]+$/;
  return single.test(trimmed) ? line + 1 : undefined;
}

const isScriptEnd = (text: string): boolean => text.trim() === '}}';
const isHandlerEnd = (text: string): boolean => text.trim() === '%}';

function commentEnd(lines: Lines, from: number, limit: number): number | undefined {
  for (let line = from; line < limit; line++) if (lines.lineAt(line).trim() === '*/') return line + 1;
  return undefined;
}

function closedAt(
  lines: Lines,
  from: number,
  limit: number,
  grammar: Grammar,
  isEnd: (text: string) => boolean,
): number | undefined {
  for (let line = from; line < limit; line++) {
    const text = lines.lineAt(line);
    if (isEnd(text)) return line + 1;
    if (grammar.isSeparator(text)) return undefined;
  }
  return undefined;
}

/** httpYac takes the separator below a query without a blank line for a part of it; nobody means that. */
function limitOf(lines: Lines, from: number, limit: number, grammar: Grammar): number {
  let line = from;
  while (line < limit && !grammar.isSeparator(lines.lineAt(line))) line++;
  return line;
}

/** The options of a `proto <` import look like headers. */
function optionsEnd(lines: Lines, from: number, limit: number, grammar: Grammar): number {
  let line = from;
  while (line < limit && ['header', 'comment'].includes(grammar.role(lines.lineAt(line), false))) line++;
  return line;
}
