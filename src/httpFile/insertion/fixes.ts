import { deletions, inOrder, replacement, type TextEdit } from './edits.js';
import { COMMENTED_HEADER } from '../dialects/grammar.js';
import type { Lines } from '../lines.js';
import { KNOWN_METHODS } from '../dialects/methods.js';
import { oneLine, sameName, type HeaderToSet } from './plan.js';
import type { RequestBlock } from '../request.js';
import { setHeaders } from './setHeaders.js';

/**
 * Edits that put a header in the place of the comment that held it, and remove it elsewhere. Where no header can stand (above a
 * line that continues the URL), the comment goes and the header is inserted where new ones go. Empty if there is no such comment.
 */
export function uncommentHeader(lines: Lines, request: RequestBlock, header: HeaderToSet, commentLine: number): TextEdit[] {
  const { name, value } = oneLine(header);
  const isBelow = request.kind === 'request' && commentLine > request.line && commentLine < request.headersEnd;
  const commented = isBelow ? lines.lineAt(commentLine) : '';
  const [upToValue, indentation = '', named = '', nameThere = ''] = COMMENTED_HEADER.exec(commented) ?? [];
  if (upToValue === undefined || !sameName(nameThere, name)) return [];
  if (commentLine < request.insertAfter) {
    const comment = deletions(lines, [{ line: commentLine, endLine: commentLine }]);
    return inOrder([...comment, ...setHeaders(lines, request, [header], []).edits]);
  }
  // JetBrains treats an indented line as a continuation of the one above.
  const start = request.dialect === 'jetbrains' ? named : indentation + named;
  const text = `${start}${named.endsWith(':') ? ' ' : ''}${value}`;
  const uncommented = replacement({ line: commentLine, character: 0 }, { line: commentLine, character: commented.length }, text);
  const others = request.headers.filter((other) => sameName(other.name, name));
  return inOrder([uncommented, ...deletions(lines, others)]);
}

/** An edit that puts the method of a request line in upper case, as httpYac and JetBrains require. */
export function upperCaseMethod(lines: Lines, requestLine: number): TextEdit[] {
  const [before = '', method = ''] = /^\s*([A-Za-z][A-Za-z-]*)(?=\s+\S)/.exec(lines.lineAt(requestLine)) ?? [];
  const upper = method.toUpperCase();
  if (method === upper || !KNOWN_METHODS.has(upper)) return [];
  const start = { line: requestLine, character: before.length - method.length };
  return [replacement(start, { line: requestLine, character: before.length }, upper)];
}
