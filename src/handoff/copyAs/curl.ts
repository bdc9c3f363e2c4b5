import { bashWord } from './bash.js';
import { cmdWord } from './cmd.js';
import { nativeCommand } from './powerShell.js';
import { checked, headerOf, UnquotableError, type CommandRequest } from './request.js';

/**
 * The limit of the Command Prompt
 * (https://learn.microsoft.com/troubleshoot/windows-client/shell-experience/command-line-string-limitation).
 */
const CMD_MAX_LENGTH = 8191;

/**
 * A cURL command to paste at the prompt of bash or zsh. cURL receives exactly this method, URL, headers and body, whatever their
 * characters.
 * @throws UnquotableError `too-long`, `no-form`
 */
export const curlForBash = (request: CommandRequest): string => shellLine(request, bashWord);

/** {@link curlForBash} for cmd.exe. @throws UnquotableError also `line-break` */
export function curlForCmd(request: CommandRequest): string {
  const line = shellLine(request, cmdWord);
  if (line.length > CMD_MAX_LENGTH) throw new UnquotableError('too-long');
  return line;
}

/** {@link curlForBash} for all versions of PowerShell on Windows, where `curl` alone may be an alias of Invoke-WebRequest. */
export const curlForPowerShell = (request: CommandRequest): string => nativeCommand('curl.exe', argumentsOf(request));

const shellLine = (request: CommandRequest, quoted: (text: string) => string): string =>
  ['curl', ...argumentsOf(request).map((word) => (OPTIONS.has(word) ? word : quoted(word)))].join(' ');

const OPTIONS: ReadonlySet<string> = new Set(['--head', '--request', '--globoff', '--url', '--header', '--data-raw']);

function argumentsOf(request: CommandRequest): readonly string[] {
  const { url, headers, body } = checked(request);
  return [
    ...methodOptions(request),
    // cURL expands brackets and braces in a URL unless globbing is off.
    ...(/[[\]{}]/.test(url) ? ['--globoff'] : []),
    '--url',
    url,
    ...headers.flatMap(({ name, value }) => ['--header', headerArgument(name, value)]),
    // cURL adds one of its own for a body.
    ...(body !== undefined && headerOf(request, 'content-type') === undefined ? ['--header', 'Content-Type:'] : []),
    ...(body === undefined ? [] : ['--data-raw', body]),
  ];
}

function methodOptions({ method, body }: CommandRequest): readonly string[] {
  if (method === 'GET' && body === undefined) return [];
  if (method !== 'HEAD') return ['--request', method];
  if (body !== undefined) throw new UnquotableError('no-form');
  return ['--head'];
}

/** cURL sends `name;` as a header without a value; `name:` would remove the header. */
const headerArgument = (name: string, value: string): string => (value.trim() === '' ? `${name};` : `${name}: ${value}`);
