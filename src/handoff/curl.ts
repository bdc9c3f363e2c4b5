import { bashQuoted } from '../httpFile/index.js';

/** The shell to paste a command line into. */
export type Shell = 'bash' | 'cmd' | 'powershell';

/** The request that cURL should send. */
export interface CurlRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/** A text that no quoting passes through the shell unchanged. The error does not contain the text, which may be a token. */
export class UnquotableError extends Error {
  override readonly name = 'UnquotableError';
  readonly shell: Shell;

  constructor(shell: Shell) {
    super(`No safe form for ${shell}`);
    this.shell = shell;
  }
}

/**
 * The limit of the Command Prompt
 * (https://learn.microsoft.com/troubleshoot/windows-client/shell-experience/command-line-string-limitation).
 */
const CMD_MAX_LENGTH = 8191;

/**
 * A cURL command line to paste at the prompt of a shell. cURL receives exactly this method, URL and headers, whatever their
 * characters.
 *
 * The cmd form is for the prompt: a batch file would need each `%` twice.
 * @throws UnquotableError for control characters; for cmd, if the line is too long; for PowerShell, for text that its versions
 * pass on differently (a double quote, a trailing backslash)
 */
export function curlCommand({ method, url, headers }: CurlRequest, shell: Shell): string {
  const quoted = (text: string) => quoters[shell](printable(text, shell));
  const options = [
    ...methodOptions(method).map(quoted),
    // cURL expands brackets and braces in a URL unless globbing is off.
    ...(/[[\]{}]/.test(url) ? ['--globoff'] : []),
    `--url ${quoted(url)}`,
    ...headers.map((header) => `--header ${quoted(headerArgument(header, shell))}`),
  ];
  const command = [shell === 'powershell' ? 'curl.exe' : 'curl', ...options].join(' ');
  if (shell === 'cmd' && command.length > CMD_MAX_LENGTH) throw new UnquotableError(shell);
  return command;
}

function methodOptions(method: string): readonly string[] {
  if (method === 'GET') return [];
  return method === 'HEAD' ? ['--head'] : ['--request', method];
}

/** cURL sends `name;` as a header without a value; `name:` would remove the header, and `@name` would read a file. */
function headerArgument({ name, value }: { readonly name: string; readonly value: string }, shell: Shell): string {
  if (!/^[!#$%&'*+\-.^_`|~\w]+$/.test(name)) throw new UnquotableError(shell);
  return value.trim() === '' ? `${name};` : `${name}: ${value}`;
}

/** At a prompt, a line break ends the command, a tab completes it, and other control characters edit it. */
function printable(text: string, shell: Shell): string {
  if (/[\0-\x1f\x7f]/.test(text)) throw new UnquotableError(shell);
  return text;
}

const quoters: Readonly<Record<Shell, (text: string) => string>> = {
  bash: bashQuoted,
  cmd: (text) => escapedForCmd(quotedForRuntime(text)),
  powershell: quotedForPowerShell,
};

/**
 * Quotes one argument for the C runtime, which treats backslashes as escapes only before a quote.
 * @see https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments
 */
const quotedForRuntime = (text: string): string => `"${text.replaceAll(/(\\*)("|$)/g, doubled)}"`;

const doubled = (_: string, backslashes: string, quote: string): string => backslashes.repeat(2) + (quote && '\\"');

/**
 * Puts a caret before each special character of cmd, quotes too: cmd is then never inside quotes, where it would keep carets. cmd
 * expands `%NAME%` and `%NAME:~1,2%` first, inside and outside quotes. A caret after the `%` turns the name into another one,
 * which is undefined; at the prompt cmd leaves an undefined name as it is, and drops the carets afterwards.
 */
const escapedForCmd = (text: string): string => text.replaceAll(/[()%!^"<>&|]/g, '^$&').replaceAll(/\^%(?!\^)/g, '^%^');

/**
 * `curl` alone is an alias of Invoke-WebRequest in Windows PowerShell. PowerShell's typographic single quotes end a string as `'`
 * does. Versions before 7.3 pass a double quote on unescaped, and do not double a backslash before the quotes that they add; no
 * form is right in all versions.
 */
function quotedForPowerShell(text: string): string {
  if (text.includes('"') || text.endsWith('\\')) throw new UnquotableError('powershell');
  return `'${text.replaceAll(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;
}
