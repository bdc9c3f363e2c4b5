import { UnquotableError } from './request.js';
import { quotedForRuntime } from './windows.js';

/**
 * A word for the prompt of cmd; a batch file would need each `%` twice. A line break ends the command there, and a tab completes
 * it.
 * @throws UnquotableError `line-break`, `no-form`
 */
export function cmdWord(text: string): string {
  if (/[\r\n]/.test(text)) throw new UnquotableError('line-break');
  if (/[\0-\x1f\x7f]/.test(text)) throw new UnquotableError('no-form');
  return escapedForCmd(quotedForRuntime(text));
}

/**
 * Puts a caret before each special character of cmd, quotes too: cmd is then never inside quotes, where it would keep carets. cmd
 * expands `%NAME%` and `%NAME:~1,2%` first, inside and outside quotes. A caret after the `%` turns the name into another one,
 * which is undefined; at the prompt cmd leaves an undefined name as it is, and drops the carets afterwards.
 */
const escapedForCmd = (text: string): string => text.replaceAll(/[()%!^"<>&|]/g, '^$&').replaceAll(/\^%(?!\^)/g, '^%^');
