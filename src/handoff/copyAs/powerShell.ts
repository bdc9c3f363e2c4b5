import { UnquotableError } from './request.js';
import { quotedForRuntime } from './windows.js';

/** The longest command line of a Windows process, with the zero at its end (`CreateProcessW`). */
const MAX_LENGTH = 32_767;

/**
 * A string of PowerShell. Its typographic single quotes end one as `'` does. A line break may stand in it; at a prompt, other
 * control characters edit the line, so those are escaped.
 */
export const powerShellString = (text: string): string =>
  /[\0-\x09\x0b-\x1f\x7f]/.test(text)
    ? `"${text.replaceAll(/[\0-\x1f\x7f`$"\u201c\u201d\u201e]/g, escaped)}"`
    : `'${text.replaceAll(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;

const NAMED: Readonly<Record<string, string>> = { '\n': '`n', '\r': '`r', '\t': '`t' };

function escaped(char: string): string {
  const code = char.charCodeAt(0);
  return NAMED[char] ?? (code < 0x20 || code === 0x7f ? `$([char]${code})` : `\`${char}`);
}

/**
 * A command that starts a program of Windows. From 7.3 on, PowerShell escapes a double quote and a backslash at the end of an
 * argument; before, it passes them on as they are. Where that matters, this quotes the arguments and has every version pass them on
 * (`$PSNativeCommandArgumentPassing` in about_Preference_Variables); the braces confine that to this command.
 * @param words not quoted
 * @throws UnquotableError `too-long`
 */
export function nativeCommand(program: string, words: readonly string[]): string {
  const length = words.reduce((sum, word) => sum + 1 + quotedForRuntime(word).length, program.length);
  if (length >= MAX_LENGTH) throw new UnquotableError('too-long');
  // PowerShell also takes a quoted `--%` for the end of its own syntax.
  const isEqual = words.every((word) => word !== '' && word !== '--%' && !word.includes('"') && !word.endsWith('\\'));
  const command = [program, ...words.map((word) => written(isEqual ? word : quotedForRuntime(word)))].join(' ');
  return isEqual ? command : `& { $PSNativeCommandArgumentPassing = 'Legacy'; ${command} }`;
}

/** An option may stand without quotes; `"--url"` is one that was quoted for the runtime. */
const written = (word: string): string => /^"?(--[a-z-]+)"?$/.exec(word)?.[1] ?? powerShellString(word);
