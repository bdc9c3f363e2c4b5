/**
 * Models of how Windows makes arguments of a command line, since there is no Windows here to ask. Written from what Microsoft
 * documents:
 *
 * - the C runtime: https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments
 * - `CommandLineToArgvW`: https://learn.microsoft.com/windows/win32/api/shellapi/nf-shellapi-commandlinetoargvw
 * - cmd.exe: https://learn.microsoft.com/windows-server/administration/windows-commands/cmd, and how its phases follow each
 *   other: https://stackoverflow.com/a/4095133
 * - PowerShell: about_Quoting_Rules, about_Parsing and `$PSNativeCommandArgumentPassing` in about_Preference_Variables, all at
 *   https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/
 * - .NET, which PowerShell 7.3 and later leave the quoting to: `PasteArguments.cs` of dotnet/runtime
 */

/** The variables of a machine; the text of the tested commands must not be expanded as one. */
const ENVIRONMENT: Readonly<Record<string, string>> = { PATH: 'C:\\"evil" & calc', '20b': 'x', a: 'y', '1': 'z', '': 'w' };

/** Splits as the C runtime does: backslashes count before a quote only, and `""` in quotes is a quote. */
export function runtimeArguments(line: string): string[] {
  const found: string[] = [];
  let argument: string | undefined;
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    if (char === '\\') {
      const [run = ''] = /^\\+/.exec(line.slice(at)) ?? [];
      const beforeQuote = line[at + run.length] === '"';
      argument = (argument ?? '') + '\\'.repeat(beforeQuote ? Math.floor(run.length / 2) : run.length);
      at += run.length - 1;
      if (beforeQuote && run.length % 2 === 1) {
        argument += '"';
        at++;
      }
    } else if (char === '"') {
      argument ??= '';
      if (quoted && line[at + 1] === '"') argument += line.charAt(at++);
      else quoted = !quoted;
    } else if ((char === ' ' || char === '\t') && !quoted) {
      if (argument !== undefined) found.push(argument);
      argument = undefined;
    } else {
      argument = (argument ?? '') + char;
    }
  }
  return argument === undefined ? found : [...found, argument];
}

/** What a program receives from a line at the prompt of cmd: first `%` is expanded, then carets and quotes are read. */
export function cmdArguments(line: string): string[] {
  return runtimeArguments(withoutCarets(expanded(line)));
}

/** At the prompt, unlike in a batch file, an undefined name stays as it is, and so does `%%`. */
function expanded(line: string): string {
  let result = '';
  let at = 0;
  while (at < line.length) {
    const close = line.charAt(at) === '%' ? line.indexOf('%', at + 1) : -1;
    const [name = ''] = line.slice(at + 1, close < 0 ? undefined : close).split(':');
    const value = close < 0 || close === at + 1 ? undefined : ENVIRONMENT[name];
    result += value ?? line.charAt(at);
    at = value === undefined ? at + 1 : close + 1;
  }
  return result;
}

/** Outside quotes, a caret escapes the next character; an unescaped special character would start another command. */
function withoutCarets(line: string): string {
  let result = '';
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    if (char === '^' && !quoted) {
      at++;
      if (at >= line.length) throw new Error('The line goes on');
      result += line.charAt(at);
      continue;
    }
    if (char === '"') quoted = !quoted;
    if (!quoted && /[&|<>()]/.test(char)) throw new Error(`Another command after ${result}`);
    result += char;
  }
  return result;
}

/** The words of a PowerShell command of bare words and strings in single quotes, which come in five forms. */
function powerShellWords(command: string): string[] {
  const quote = `['\u2018\u2019\u201a\u201b]`;
  const word = new RegExp(
    `\\s*(?:([A-Za-z][\\w.]*|--?\\w+)(?=\\s|$)|${quote}((?:[^'\u2018\u2019\u201a\u201b]|${quote}{2})*)${quote}(?=\\s|$))`,
    'uy',
  );
  const found: string[] = [];
  while (word.lastIndex < command.length) {
    const match = word.exec(command);
    if (!match) throw new Error(`Not a word: ${command}`);
    // Of two quotes in a row the first is dropped.
    found.push(match[1] ?? (match[2] ?? '').replaceAll(new RegExp(`${quote}(${quote})`, 'gu'), '$1'));
  }
  return found;
}

/** PowerShell 7.3 and later on Windows: each argument is quoted so that the runtime parses it back. */
export function powerShellArguments(command: string): string[] {
  const words = powerShellWords(command).map((word) => {
    if (word !== '' && !/[\s"]/.test(word)) return word;
    return `"${word.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, '$&$&')}"`;
  });
  return runtimeArguments(words.join(' '));
}

/** Windows PowerShell and PowerShell before 7.3: quotes around an argument with blanks, without any escaping. */
export function legacyPowerShellArguments(command: string): string[] {
  const words = powerShellWords(command).map((word) => (/\s/.test(word) ? `"${word}"` : word));
  return runtimeArguments(words.filter((word) => word !== '').join(' '));
}
