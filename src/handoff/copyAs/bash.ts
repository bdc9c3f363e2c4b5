import { bashQuoted } from '../../httpFile/index.js';
import { UnquotableError } from './request.js';

/** What Linux allows for one argument: 128 KiB with the zero at its end (`MAX_ARG_STRLEN`). */
const MAX_BYTES = 128 * 1024 - 1;

/** At a prompt, a tab completes the line, and other control characters edit it. */
const EDITS_LINE = /[\0-\x09\x0b-\x1f\x7f]/;
/** Older versions of bash forget in the second line of a string that they are in quotes, and replace what `!` begins. */
const LATER_HISTORY = /\n[^]*!/;

/**
 * A word for bash and zsh. A line break may stand in quotes.
 * @throws UnquotableError `too-long`
 */
export function bashWord(text: string): string {
  if (Buffer.byteLength(text) > MAX_BYTES) throw new UnquotableError('too-long');
  const mustEscape = EDITS_LINE.test(text) || LATER_HISTORY.test(text);
  return mustEscape ? `$'${text.replaceAll(/[\0-\x1f\x7f'\\!]/g, escaped)}'` : bashQuoted(text);
}

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

const escaped = (char: string): string => NAMED[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
