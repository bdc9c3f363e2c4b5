import { settingCurlHeaders } from '../curl/curlHeaders.js';
import { Definitions, definitionUpdate, type DefinitionUpdate } from '../definitions.js';
import type { HeaderEdits } from './headerEdits.js';
import { deletions, inOrder, replacement, type TextEdit } from './edits.js';
import { COMMENTED_HEADER } from '../dialects/grammar.js';
import { indexed } from '../lineIndex.js';
import { indentationOf, type Lines } from '../lines.js';
import { oneLine, planOf, sameName, type HeaderToSet } from './plan.js';
import { overwriteQuestion, type Question } from './questions.js';
import type { HeaderLine, RequestBlock, Warning } from '../request.js';
import { finish, isPause, type Work } from '../work.js';

/**
 * Edits that give the request each header exactly once, with this value, and no other credential. They change nothing else, and
 * setting the same headers again changes nothing. An existing header keeps its line, its name as written and its indentation; the
 * others go below the URL in the given order. No edit reaches below the headers.
 *
 * @param credentialNames headers that must not stay beside those that are set
 * @throws RangeError if a header is not one line
 */
export const setHeaders = (
  lines: Lines,
  request: RequestBlock,
  headers: readonly HeaderToSet[],
  credentialNames: readonly string[],
): HeaderEdits => finish(new HeaderSetter(lines, headers, credentialNames).set(request));

/** {@link setHeaders} for several requests, in pieces. */
export function* settingHeaders(
  lines: Lines,
  requests: readonly RequestBlock[],
  headers: readonly HeaderToSet[],
  credentialNames: readonly string[],
): Work<HeaderEdits[]> {
  const setter = new HeaderSetter(lines, headers, credentialNames);
  const edits: HeaderEdits[] = [];
  for (const request of requests) {
    yield;
    edits.push(yield* setter.set(request));
  }
  return edits;
}

class HeaderSetter {
  readonly #lines: Lines;
  readonly #wanted: readonly HeaderToSet[];
  readonly #credentialNames: readonly string[];
  /** Read once, and only if a header refers to one. */
  #definitions: Definitions | undefined;

  constructor(lines: Lines, headers: readonly HeaderToSet[], credentialNames: readonly string[]) {
    this.#lines = indexed(lines);
    this.#wanted = headers.map(oneLine);
    this.#credentialNames = credentialNames;
  }

  *set(request: RequestBlock): Work<HeaderEdits> {
    return yield* request.kind === 'curl'
      ? settingCurlHeaders(this.#lines, request, this.#wanted, this.#credentialNames)
      : this.#setLines(request);
  }

  *#setLines(request: RequestBlock): Work<HeaderEdits> {
    const lines = this.#lines;
    const { replaced, missing, duplicates, otherCredentials } = planOf(request.headers, this.#wanted, this.#credentialNames);
    const overwrites: Overwrite[] = [];
    for (const { existing, value } of replaced) {
      const one = yield* this.#overwrite(existing, value);
      if (one) overwrites.push(one);
    }
    const questions = [
      ...overwrites.flatMap(({ question }) => question ?? []),
      ...duplicates.map(({ line, name }): Question => ({ kind: 'duplicate-header', line, name })),
      ...otherCredentials.map(({ line, name }): Question => ({ kind: 'other-credential', line, name })),
    ].toSorted((a, b) => a.line - b.line);
    const others = [...insertions(lines, request, missing), ...deletions(lines, [...duplicates, ...otherCredentials])];
    const edits = inOrder([...others, ...overwrites.map(({ edit }) => edit)]);
    const warnings = [...request.warnings, ...(yield* commentedHeaders(lines, request, missing))];
    if (overwrites.every(({ atDefinition }) => !atDefinition)) return { edits, questions, warnings };
    const atDefinition = inOrder([...others, ...overwrites.map(({ edit, atDefinition }) => atDefinition ?? edit)]);
    return { edits, atDefinition, questions, warnings };
  }

  /** Undefined if the header refers to a definition that already has the value. */
  *#overwrite(header: HeaderLine, value: string): Work<Overwrite | undefined> {
    const edit = valueEdit(this.#lines, header, value);
    const kind = overwriteQuestion(header.value, value);
    if (!kind) return { edit };
    const { line, name } = header;
    const update = kind === 'foreign-reference' ? yield* this.#definitionUpdate(header.value, value) : undefined;
    if (!update) return { edit, question: { kind, line, name } };
    if (!update.edit) return undefined;
    const question = { kind: 'foreign-reference', line, name, definition: update.definition } as const;
    return { edit, atDefinition: update.edit, question };
  }

  *#definitionUpdate(oldValue: string, newValue: string): Work<DefinitionUpdate | undefined> {
    this.#definitions ??= yield* Definitions.reading(this.#lines);
    return definitionUpdate(this.#definitions, oldValue, newValue);
  }
}

interface Overwrite {
  readonly edit: TextEdit;
  readonly atDefinition?: TextEdit;
  readonly question?: Question;
}

function valueEdit(lines: Lines, { line, endLine, valueStart, valueEnd }: HeaderLine, value: string): TextEdit {
  const text = lines.lineAt(line);
  const isEmpty = text.slice(valueStart).trim() === '' && text[valueStart - 1] === ':';
  return replacement({ line, character: valueStart }, { line: endLine, character: valueEnd }, isEmpty ? ` ${value}` : value);
}

function insertions(lines: Lines, request: RequestBlock, missing: readonly HeaderToSet[]): TextEdit[] {
  if (missing.length === 0) return [];
  const [first] = request.headers;
  const indentation = first ? indentationOf(lines.lineAt(first.line)) : '';
  const at = { line: request.insertAfter, character: lines.lineAt(request.insertAfter).length };
  return [replacement(at, at, missing.map(({ name, value }) => `\n${indentation}${name}: ${value}`).join(''))];
}

function* commentedHeaders(lines: Lines, request: RequestBlock, missing: readonly HeaderToSet[]): Work<Warning[]> {
  const found: Warning[] = [];
  for (let line = request.line + 1; line < request.headersEnd; line++) {
    if (isPause(line)) yield;
    const name = COMMENTED_HEADER.exec(lines.lineAt(line))?.[3];
    if (name && missing.some((header) => sameName(header.name, name))) found.push({ kind: 'commented-header', line });
  }
  return found;
}
