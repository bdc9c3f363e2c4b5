import { curlOptions, type CurlOption } from './curlOptions.js';
import { headerOf } from './curlRequest.js';
import { inOrder, replacement, type TextEdit } from '../insertion/edits.js';
import type { Lines } from '../lines.js';
import { planOf, type HeaderToSet } from '../insertion/plan.js';
import { overwriteQuestion, type Question } from '../insertion/questions.js';
import { masked, placeholders } from '../references.js';
import type { RequestBlock } from '../request.js';
import { restClientInFence } from '../dialects/restClient.js';
import type { HeaderEdits } from '../insertion/headerEdits.js';
import { bashQuoted, readingWords, type ShellWord } from './shellWords.js';
import type { Work } from '../work.js';

/** Options that make their own `Authorization` header; REST Client even prefers that of `-u` to ours. */
const CREDENTIAL_OPTIONS: readonly string[] = ['user', 'oauth2-bearer'];

/** A header of the command and its option. */
interface CurlHeader {
  readonly name: string;
  readonly value: string;
  readonly option: CurlOption;
}

/**
 * Sets the headers of a cURL command as `-H` options: replaces existing ones in place, and inserts the others right after `curl`.
 */
export function* settingCurlHeaders(
  lines: Lines,
  request: RequestBlock,
  wanted: readonly HeaderToSet[],
  credentialNames: readonly string[],
): Work<HeaderEdits> {
  // Its end is known, so no search for a separator is needed.
  const { words } = yield* readingWords(lines, request.line, request.headersEnd, restClientInFence);
  const options = curlOptions(words);
  const plan = planOf(options.flatMap(curlHeader), wanted, credentialNames);
  const duplicates = plan.duplicates.map(({ name, option }) => ({ kind: 'duplicate-header', name, option }) as const);
  const credentials = [
    ...plan.otherCredentials.map(({ name, option }) => ({ name, option })),
    ...options.filter(({ name }) => CREDENTIAL_OPTIONS.includes(name)).map((option) => ({ name: option.written, option })),
  ].map((removed) => ({ kind: 'other-credential', ...removed }) as const);
  const removed = [...duplicates, ...credentials];
  const edits = [
    ...plan.replaced.map(({ existing, value }) => valueEdit(existing, value)),
    ...removed.map(({ option }) => replacement(option.from, option.to, '')),
    ...insertions(words, plan.missing),
  ];
  const questions = [
    ...plan.replaced.flatMap(({ existing, value }) => question(existing, value) ?? []),
    ...removed.map(({ kind, name, option }): Question => ({ kind, name, line: lineOf(option) })),
  ].toSorted((a, b) => a.line - b.line);
  return { edits: inOrder(edits), questions, warnings: request.warnings };
}

function curlHeader(option: CurlOption): CurlHeader[] {
  const header = headerOf(option);
  return header ? [{ name: header.name, value: header.value, option }] : [];
}

const lineOf = ({ word }: CurlOption): number => word.start.line;

function question({ name, value, option }: CurlHeader, newValue: string): Question | undefined {
  const kind = overwriteQuestion(value, newValue);
  return kind && { kind, name, line: lineOf(option) };
}

/** Keeps the existing quotes if the value can stand in them; otherwise quotes the word anew. */
function valueEdit({ name, value, option: { word, offset } }: CurlHeader, newValue: string): TextEdit {
  const start = word.text.lastIndexOf(value);
  const from = word.at[start];
  const to = word.at[start + value.length - 1];
  if (from && to && value !== '' && canStandIn(word, newValue)) {
    return replacement(from, { line: to.line, character: to.character + 1 }, newValue);
  }
  return replacement(word.start, word.end, word.text.slice(0, offset) + bashQuoted(`${name}: ${newValue}`));
}

/** REST Client replaces variables before it reads the command, so their characters do not matter. */
function canStandIn({ quote }: ShellWord, value: string): boolean {
  if (quote === "'") return !value.includes("'");
  return quote === '"' && !/["\\$`!]/.test(masked(value, placeholders(value), 'x'));
}

function insertions([curl]: readonly ShellWord[], missing: readonly HeaderToSet[]): TextEdit[] {
  if (!curl || missing.length === 0) return [];
  const options = missing.map(({ name, value }) => ` -H ${bashQuoted(`${name}: ${value}`)}`);
  return [replacement(curl.end, curl.end, options.join(''))];
}
