import { REST_CLIENT_METHODS } from '../dialects/methods.js';

export interface CurlParts {
  readonly method: string;
  readonly url: string;
  /** Each as `name: value`. */
  readonly headers: readonly string[];
}

const HEADER = ['-H', '--header'];
const URL_OPTION = '--url';
const METHOD = ['-X', '--request'];
const COOKIE = ['-b', '--cookie'];
/** These make it a POST request unless it names a method. */
const BODY = ['-d', '--data', '--data-raw', '--data-ascii', '--data-binary'];
/** After these flags, REST Client reads the next word as the URL if it does not look like an option. */
const URL_FLAGS = ['-L', '--location', '--compressed'];
/** After any other flag it would drop that word. */
const FLAGS = [
  ...URL_FLAGS,
  '-k',
  '--insecure',
  '-s',
  '--silent',
  '-v',
  '--verbose',
  '-i',
  '--include',
  '-f',
  '--fail',
  '-g',
  '--globoff',
];

/** REST Client rewrites these before it reads anything, even in the middle of a word. */
const REWRITTEN = new RegExp(String.raw`-X(?:${[...REST_CLIENT_METHODS].join('|')})|(?:-I|--head)(?!\S)`);

/** A word that the client and a shell read alike: unquoted or double-quoted without a backslash, or single-quoted. */
const WORD = /^(?:'[^']*'|"[^"\\]*"|[^\s'"\\-][^\s'"\\]*)$/;

/**
 * The parts of a cURL command in the few forms that REST Client (`curlRequestParser.ts`, yargs-parser) reads as everybody does:
 * each option and its value as separate words, exactly one URL, and lines that end with ` \`.
 *
 * @param text with its variables replaced
 * @returns undefined for any other form
 */
export function curlParts(text: string): CurlParts | undefined {
  if (/[^ \t]\\\n/.test(text) || REWRITTEN.test(text)) return undefined;
  const line = text
    .trim()
    .replaceAll('\\\n', '')
    .replaceAll(/\s{2,}/g, ' ');
  const words = Array.from(line.matchAll(/(?:'[^']*'|"[^"]*"|[^ '"])+/g), ([word]) => word);
  if (words[0] !== 'curl' || words.join(' ') !== line) return undefined;
  const urls: string[] = [];
  const headers: string[] = [];
  let method: string | undefined;
  for (let at = 1; at < words.length; at++) {
    const word = words[at] ?? '';
    const next = words[at + 1];
    const value = next !== undefined && WORD.test(next) ? unquoted(next) : undefined;
    const isFlag = FLAGS.includes(word);
    if (isFlag && (next === undefined || next.startsWith('-'))) continue;
    if (WORD.test(word)) {
      urls.push(unquoted(word));
      continue;
    }
    at++;
    if (value === undefined) return undefined;
    if (HEADER.includes(word)) headers.push(value);
    else if (word === URL_OPTION || URL_FLAGS.includes(word)) urls.push(value);
    else if (METHOD.includes(word) && /^[A-Z]+$/.test(value)) method = value;
    else if (BODY.includes(word)) method ??= 'POST';
    else if (!COOKIE.includes(word)) return undefined;
  }
  const [url, ...others] = urls;
  return url === undefined || others.length > 0 ? undefined : { method: method ?? 'GET', url, headers };
}

const unquoted = (word: string): string => (/^['"]/.test(word) ? word.slice(1, -1) : word);
