import { powerShellString } from './powerShell.js';
import { checked, type CommandRequest } from './request.js';

/** The methods of `-Method` in Windows PowerShell; others need PowerShell 6. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'OPTIONS', 'PATCH']);

/** Windows PowerShell accepts these headers as parameters only. */
const PARAMETERS: ReadonlyMap<string, string> = new Map([
  ['content-type', '-ContentType'],
  ['user-agent', '-UserAgent'],
]);

/**
 * A command of PowerShell, for Windows PowerShell 5.1 as well. It follows no redirect, because PowerShell takes headers along. A
 * text as a body would be encoded differently by the versions, so the command encodes it. For a body without a type PowerShell
 * chooses one.
 * @throws UnquotableError `no-form`
 */
export function invokeRestMethod(request: CommandRequest): string {
  const { method, url, body } = checked(request);
  const fields = fieldsOf(request);
  const headers = fields.filter(({ name }) => !PARAMETERS.has(name.toLowerCase()));
  const entries = headers.map(({ name, value }) => `${powerShellString(name)} = ${powerShellString(value)}`);
  return [
    'Invoke-RestMethod',
    METHODS.has(method) ? '-Method' : '-CustomMethod',
    powerShellString(method),
    '-Uri',
    powerShellString(url),
    ...(entries.length > 0 ? ['-Headers', `@{ ${entries.join('; ')} }`] : []),
    ...fields.flatMap(({ name, value }) => {
      const parameter = PARAMETERS.get(name.toLowerCase());
      return parameter ? [parameter, powerShellString(value)] : [];
    }),
    ...(body === undefined ? [] : ['-Body', `([Text.Encoding]::UTF8.GetBytes(${powerShellString(body)}))`]),
    '-MaximumRedirection 0',
  ].join(' ');
}

/** A hash table has each name once, in any case; the values of one header may be combined (RFC 9110 §5.3). */
function fieldsOf({ headers }: CommandRequest): CommandRequest['headers'] {
  const byName = Map.groupBy(headers, ({ name }) => name.toLowerCase());
  return [...byName.values()].flatMap((same) => {
    const [first] = same;
    return first
      ? [{ name: first.name, value: same.map(({ value }) => value).join(first.name.toLowerCase() === 'cookie' ? '; ' : ', ') }]
      : [];
  });
}
