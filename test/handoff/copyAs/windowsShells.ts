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

/** A word of a PowerShell command: the value of a string, or text that stands for itself. */
export interface PowerShellWord {
  readonly kind: 'string' | 'bare';
  readonly text: string;
}

const SINGLE = `['\u2018\u2019\u201a\u201b]`;
const DOUBLE = `["\u201c\u201d\u201e]`;
const WORD = new RegExp(
  [
    '(?<blank>\\s+)',
    `${SINGLE}(?<single>(?:[^'\u2018\u2019\u201a\u201b]|${SINGLE}{2})*)${SINGLE}`,
    `${DOUBLE}(?<double>(?:[^"\u201c\u201d\u201e\`$]|\`.|\\$\\(\\[char\\]\\d+\\))*)${DOUBLE}`,
    '(?<bare>[@&]?[A-Za-z$.:\\d[\\]-]+|[@&]|[{}();=])',
  ].join('|'),
  'suy',
);
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** The words of a PowerShell command of bare words, punctuation and strings, whose quotes come in several forms. */
export function powerShellTokens(command: string): PowerShellWord[] {
  const found: PowerShellWord[] = [];
  for (let at = 0; at < command.length; at = WORD.lastIndex) {
    WORD.lastIndex = at;
    const { blank, single, double, bare } = WORD.exec(command)?.groups ?? {};
    // Of two quotes in a row the first is dropped.
    if (single !== undefined)
      found.push({ kind: 'string', text: single.replaceAll(new RegExp(`${SINGLE}(${SINGLE})`, 'gu'), '$1') });
    else if (double !== undefined)
      found.push({
        kind: 'string',
        text: double.replaceAll(/`(.)|\$\(\[char\](\d+)\)/gsu, (_, char?: string, code?: string) =>
          char === undefined ? String.fromCharCode(Number(code)) : (ESCAPES[char] ?? char),
        ),
      });
    else if (bare !== undefined) found.push({ kind: 'bare', text: bare });
    else if (blank === undefined) throw new Error(`Not a word: ${command.slice(at)}`);
  }
  return found;
}

const LEGACY = `& { $PSNativeCommandArgumentPassing = 'Legacy'; `;

/** The arguments of a native command, and whether it has PowerShell 7.3 and later pass them on as they are. */
function nativeWords(command: string): { readonly words: readonly string[]; readonly isLegacy: boolean } {
  const isLegacy = command.startsWith(LEGACY) && command.endsWith(' }');
  const words = powerShellTokens(isLegacy ? command.slice(LEGACY.length, -2) : command);
  return { words: words.map(({ text }) => text), isLegacy };
}

/** PowerShell 7.3 and later on Windows: each argument is quoted so that the runtime parses it back, unless told otherwise. */
export function powerShellArguments(command: string): string[] {
  const native = nativeWords(command);
  if (native.isLegacy) return legacyPowerShellArguments(command);
  const words = native.words.map((word) => {
    if (word !== '' && !/[\s"]/.test(word)) return word;
    return `"${word.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, '$&$&')}"`;
  });
  return runtimeArguments(words.join(' '));
}

/**
 * Windows PowerShell and PowerShell before 7.3: quotes around an argument with blanks that are not in quotes of its own
 * (`NeedQuotes` in `NativeCommandParameterBinder.cs` of PowerShell/PowerShell), without any escaping.
 */
export function legacyPowerShellArguments(command: string): string[] {
  const words = nativeWords(command).words.map((word) => (needsQuotes(word) ? `"${word}"` : word));
  return runtimeArguments(words.filter((word) => word !== '').join(' '));
}

function needsQuotes(word: string): boolean {
  let quotes = 0;
  return Array.from(word).some((char, at, all) => {
    if (char === '"' && all[at - 1] !== '\\') quotes++;
    return /\s/.test(char) && quotes % 2 === 0;
  });
}
