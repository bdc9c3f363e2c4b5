import { bashQuoted } from '../httpFile/index.js';

/** A shell that a command line is pasted into. */
export type Shell = 'bash' | 'cmd' | 'powershell';

/** A request as cURL is to send it. */
export interface CurlRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/** A text that has no form that the shell passes on unchanged. It does not say which: it may be a token. */
export class UnquotableError extends Error {
  override readonly name = 'UnquotableError';
  readonly shell: Shell;

  constructor(shell: Shell) {
    super(`No safe form for ${shell}`);
    this.shell = shell;
  }
}

/** What the Command Prompt takes (https://learn.microsoft.com/troubleshoot/windows-client/shell-experience/command-line-string-limitation). */
const CMD_MAX_LENGTH = 8191;

/**
 * A cURL command line to paste at the prompt of a shell. cURL receives exactly the method, the URL and the headers, whatever
 * is in them.
 *
 * For cmd the line is for the prompt: a batch file would need each `%` twice.
 * @throws UnquotableError for control characters; for cmd, where the line is too long for it; for PowerShell, for what its
 * versions pass on differently (a double quote, a backslash at the end)
 */
export function curlCommand({ method, url, headers }: CurlRequest, shell: Shell): string {
  const quoted = (text: string) => quoters[shell](printable(text, shell));
  const options = [
    ...methodOptions(method).map(quoted),
    // Brackets and braces in a URL are patterns to cURL, unless told otherwise.
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

/** `name;` is how cURL sends a header without a value; `name:` would remove it, and `@name` read a file. */
function headerArgument({ name, value }: { readonly name: string; readonly value: string }, shell: Shell): string {
  if (!/^[!#$%&'*+\-.^_`|~\w]+$/.test(name)) throw new UnquotableError(shell);
  return value.trim() === '' ? `${name};` : `${name}: ${value}`;
}

/** A line break ends the command at a prompt, a tab completes it, and others edit it. */
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
 * One argument as the C runtime splits a command line: backslashes count only before a quote.
 * @see https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments
 */
const quotedForRuntime = (text: string): string => `"${text.replaceAll(/(\\*)("|$)/g, doubled)}"`;

const doubled = (_: string, backslashes: string, quote: string): string => backslashes.repeat(2) + (quote && '\\"');

/**
 * A caret before each character that cmd takes for more than itself, quotes too: cmd is then never inside quotes, where a
 * caret would be kept. cmd expands `%NAME%` and `%NAME:~1,2%` first, in quotes and out of them. A caret behind the `%` makes
 * the name another, which is not defined; at the prompt cmd leaves it as it is, and drops the carets afterwards.
 * @see https://learn.microsoft.com/archive/blogs/twistylittlepassagesallalike/everyone-quotes-command-line-arguments-the-wrong-way
 */
const escapedForCmd = (text: string): string => text.replaceAll(/[()%!^"<>&|]/g, '^$&').replaceAll(/\^%(?!\^)/g, '^%^');

/**
 * `curl` alone is an alias of Invoke-WebRequest in Windows PowerShell. Its typographic single quotes end a string as `'`
 * does. Before 7.3 it passes a double quote on unescaped, and does not double a backslash before the quotes that it adds; no
 * form is right in all versions.
 * @see https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_parsing
 */
function quotedForPowerShell(text: string): string {
  if (text.includes('"') || text.endsWith('\\')) throw new UnquotableError('powershell');
  return `'${text.replaceAll(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;
}
