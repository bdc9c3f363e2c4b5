import { grammarOf } from '../dialects/dialects.js';
import { replacement, type TextEdit } from './edits.js';
import { fenceAt, fences } from '../fences.js';
import { readingRegionAt, type FindOptions } from '../find.js';
import type { Dialect, Grammar } from '../dialects/grammar.js';
import { indexed } from '../lineIndex.js';
import { isBlank, isComment, wholeOf, type Lines, type Span } from '../lines.js';
import { finish } from '../work.js';

/** An edit that writes a request, and the line where the request is then. */
export interface NewRequest extends TextEdit {
  readonly requestLine: number;
}

/**
 * Writes a request into the region at the cursor, below its comments and variables. Starts a new region if that one holds more
 * than comments and variables, or variables that other regions may use: in httpYac those above a request belong to it. In
 * Markdown, starts a new fence if the cursor is in none, or in one with a request: REST Client sends one request of each fence.
 */
export function newRequest(
  given: Lines,
  cursorLine: number,
  dialect: Dialect,
  options: FindOptions,
  { method, url }: { readonly method: string; readonly url: string },
): NewRequest {
  const lines = indexed(given);
  const cursor = Math.min(Math.max(cursorLine, 0), lines.lineCount - 1);
  const span = options.markdown ? fenceAt(fences(lines), cursor) : wholeOf(lines);
  const request = `${method} ${url}`;
  const grammar = grammarOf(dialect, options.markdown);
  if (!span || (options.markdown && holdsMore(lines, span, grammar))) return inNewFence(lines, cursor, request);
  const region = regionOf(lines, Math.min(Math.max(cursor, span.start), span.end), span, grammar);
  let last = region.end - 1;
  while (last >= region.start && isBlank(lines.lineAt(last))) last--;
  const isLast = region.end >= span.end;
  const below = (line: number) => (!isLast && line === region.end ? '\n' : '');
  if (last < 0) return inFirstLine(lines, request + below(1));
  const isWhole = isLast && region.start === span.start;
  const above = spaceBelow(lines, { start: region.start, end: last + 1 }, grammar, isWhole);
  return { ...inserted(lines, last, above + request + below(last + 1)), requestLine: last + above.split('\n').length - 1 };
}

/** The region at the cursor; empty between two adjacent separators. */
function regionOf(lines: Lines, cursor: number, span: Span, grammar: Grammar): Span {
  const isSeparator = (line: number) => line < span.end && grammar.isSeparator(lines.lineAt(line));
  const first = isSeparator(cursor) ? cursor + 1 : cursor;
  return first >= span.end || isSeparator(first)
    ? { start: first, end: first }
    : finish(readingRegionAt(lines, first, span, grammar));
}

/** Comments belong to the request below them. */
function spaceBelow(lines: Lines, span: Span, grammar: Grammar, isWhole: boolean): string {
  if (!hasLine(lines, span, (text) => !isBlank(text) && !isComment(text))) return '\n';
  return isWhole && !holdsMore(lines, span, grammar) ? '\n\n' : '\n\n###\n';
}

/** Whether there is anything but comments and definitions. */
const holdsMore = (lines: Lines, span: Span, grammar: Grammar): boolean =>
  hasLine(lines, span, (text) => !isBlank(text) && !isComment(text) && !grammar.isDefinition(text));

function hasLine(lines: Lines, { start, end }: Span, isMeant: (text: string) => boolean): boolean {
  for (let line = start; line < end; line++) if (isMeant(lines.lineAt(line))) return true;
  return false;
}

function inserted(lines: Lines, line: number, text: string): TextEdit {
  const at = { line, character: lines.lineAt(line).length };
  return replacement(at, at, text);
}

/** Keeps a byte order mark. */
function inFirstLine(lines: Lines, text: string): NewRequest {
  const first = lines.lineAt(0);
  const start = { line: 0, character: first.startsWith('\uFEFF') ? 1 : 0 };
  return { ...replacement(start, { line: 0, character: first.length }, text), requestLine: 0 };
}

/** Inserts below the cursor line, or above the code block at the cursor. */
function inNewFence(lines: Lines, cursor: number, request: string): NewRequest {
  const fence = `\`\`\`http\n${request}\n\`\`\``;
  const code = openingOfCode(lines, cursor);
  if (code !== undefined) {
    const at = { line: code, character: 0 };
    return { ...replacement(at, at, `${fence}\n\n`), requestLine: code + 1 };
  }
  const text = lines.lineAt(cursor);
  const isFollowed = cursor + 1 < lines.lineCount && !isBlank(lines.lineAt(cursor + 1));
  const end = isFollowed ? '\n' : '';
  if (!isBlank(text)) return { ...inserted(lines, cursor, `\n\n${fence}${end}`), requestLine: cursor + 3 };
  const whole = replacement({ line: cursor, character: 0 }, { line: cursor, character: text.length }, fence + end);
  return { ...whole, requestLine: cursor + 1 };
}

/** The line that opens the fenced code (CommonMark §4.5) around a line, if any. */
function openingOfCode(lines: Lines, line: number): number | undefined {
  let open: { readonly line: number; readonly marks: string } | undefined;
  for (let current = 0; current <= line; current++) {
    const [, marks = '', info = ''] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(lines.lineAt(current)) ?? [];
    if (!open && marks) open = { line: current, marks };
    else if (open && marks.startsWith(open.marks) && isBlank(info)) open = undefined;
  }
  return open?.line;
}
