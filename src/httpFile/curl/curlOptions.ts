import type { Position } from '../lines.js';
import type { ShellWord } from './shellWords.js';

/** An option of cURL that takes a value, or (with an empty `name`) a plain argument. */
export interface CurlOption {
  /** `header` for both `-H` and `--header`. */
  readonly name: string;
  /** As written: `-H`, `--header`. */
  readonly written: string;
  readonly value: string;
  /** The word that contains the value, and the offset of the value in its text. */
  readonly word: ShellWord;
  readonly offset: number;
  /** The range of the option with its value and the blanks before it. */
  readonly from: Position;
  readonly to: Position;
}

/** Our names of the short options with a value (`curl --help all`). */
const SHORT: Readonly<Record<string, string>> = { H: 'header', u: 'user', X: 'request', d: 'data', e: 'referer', x: 'proxy' };
const SHORT_WITH_VALUE = 'AbcCdDeEFhHKmoPQrtTuUwxXyYz';

/** Long options without a value that are common in pasted commands. All others are assumed to have one. */
const LONG_FLAGS: ReadonlySet<string> = new Set(
  (
    'anyauth basic compressed digest disable fail fail-early fail-with-body form-escape get globoff head http1.0 http1.1 http2 ' +
    'http2-prior-knowledge http3 include insecure ipv4 ipv6 junk-session-cookies location location-trusted negotiate ' +
    'netrc no-buffer no-keepalive no-progress-meter ntlm parallel path-as-is progress-bar raw remote-name ' +
    'remote-header-name show-error silent ssl ssl-reqd sslv2 sslv3 tcp-nodelay tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 verbose'
  ).split(' '),
);

/** The options of a cURL command with their values, and its arguments, in order. */
export function curlOptions(words: readonly ShellWord[]): CurlOption[] {
  const found: CurlOption[] = [];
  for (let index = 1; index < words.length; index++) {
    const option = optionAt(words, index);
    if (!option) continue;
    found.push(option);
    if (option.word !== words[index]) index++;
  }
  return found;
}

function optionAt(words: readonly ShellWord[], index: number): CurlOption | undefined {
  const word = words[index];
  const before = words[index - 1];
  if (!word || !before) return undefined;
  const option = (name: string, written: string, valueWord: ShellWord, offset: number): CurlOption => {
    return { name, written, value: valueWord.text.slice(offset), word: valueWord, offset, from: before.end, to: valueWord.end };
  };
  const next = words[index + 1];
  if (word.text.startsWith('--')) {
    const [written = '', ...rest] = word.text.split('=');
    const name = written.slice(2);
    if (rest.length > 0) return option(name, written, word, written.length + 1);
    if (LONG_FLAGS.has(name) || !next || next.text.startsWith('-')) return undefined;
    return option(name, written, next, 0);
  }
  if (!word.text.startsWith('-')) return option('', '', word, 0);
  const letter = letterWithValue(word.text);
  if (letter < 0) return undefined;
  const flag = word.text.charAt(letter);
  const name = SHORT[flag] ?? flag;
  const own =
    letter + 1 < word.text.length ? option(name, `-${flag}`, word, letter + 1) : next && option(name, `-${flag}`, next, 0);
  // Keep the flags before it in the same word (`-sSu`).
  return own && letter > 1 ? { ...own, from: word.at[letter] ?? own.from } : own;
}

function letterWithValue(word: string): number {
  for (let letter = 1; letter < word.length; letter++) if (SHORT_WITH_VALUE.includes(word.charAt(letter))) return letter;
  return -1;
}
