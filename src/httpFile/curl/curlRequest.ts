import { curlOptions, type CurlOption } from './curlOptions.js';
import type { Grammar } from '../dialects/grammar.js';
import type { Lines } from '../lines.js';
import type { HeaderLine, RequestHead } from '../request.js';
import { readingWords } from './shellWords.js';
import type { Work } from '../work.js';

/** Reads a cURL command as a request, with its `-H` options as headers at their places in the command. */
export function* readingCurlHead(lines: Lines, line: number, limit: number, grammar: Grammar): Work<RequestHead> {
  const { words, endLine } = yield* readingWords(lines, line, limit, grammar);
  const options = curlOptions(words);
  return {
    kind: 'curl',
    dialect: grammar.dialect,
    line,
    method: methodOf(
      options,
      words.map(({ text }) => text),
    ),
    url: urlOf(options),
    headers: options.flatMap((option) => headerOf(option) ?? []),
    insertAfter: line,
    headersEnd: endLine,
    warnings: [],
  };
}

function methodOf(options: readonly CurlOption[], words: readonly string[]): string {
  const asked = options.findLast(({ name }) => name === 'request')?.value;
  if (asked) return asked.toUpperCase();
  if (words.includes('-I') || words.includes('--head')) return 'HEAD';
  return options.some(({ name }) => name.startsWith('data') || name === 'json' || name === 'F') ? 'POST' : 'GET';
}

/** Empty unless there is exactly one: a wrong guess could send a token to the wrong host. */
function urlOf(options: readonly CurlOption[]): string {
  const urls = options.filter(({ name }) => name === '' || name === 'url');
  return urls.length === 1 ? (urls[0]?.value ?? '') : '';
}

/** The header that the option sets; undefined for other options. */
export function headerOf({ name, value, word, offset }: CurlOption): HeaderLine | undefined {
  const colon = value.indexOf(':');
  if (name !== 'header' || colon < 0 || value.includes('\n')) return undefined;
  const text = value.slice(colon + 1);
  const valueStart = offset + colon + 1 + (text.trim() === '' ? 0 : text.length - text.trimStart().length);
  const valueEnd = Math.max(offset + value.trimEnd().length, valueStart);
  const characterAt = (index: number) => word.at[index]?.character ?? word.end.character - (word.quote ? 1 : 0);
  const { line } = word.at[offset] ?? word.start;
  return {
    line,
    endLine: line,
    name: value.slice(0, colon).trim(),
    value: word.text.slice(valueStart, valueEnd),
    nameStart: characterAt(offset + value.length - value.trimStart().length),
    valueStart: characterAt(valueStart),
    valueEnd: characterAt(valueEnd),
  };
}
