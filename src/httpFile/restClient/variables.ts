import { indexOf, requestsNamed } from '../lineIndex.js';
import type { Kind, LinesOfKind } from '../lines.js';
import { isBlank, wholeOf, type Lines } from '../lines.js';
import { addTo } from '../maps.js';
import { placeBy } from '../ordered.js';
import { masked, referenceName, type Placeholder } from '../references.js';
import { namesIn } from './requestNames.js';
import { mayBeFile } from './files.js';
import { isPause, type Work } from '../work.js';

/** Characters that end a line for some versions and parts of REST Client, but not for the editor. */
const INNER_END = /[\u2028\u2029]/;

/** A definition whose value may be below it in versions before 0.26. */
const OPEN = /^[ \t]*@([^\s=]+)[ \t]*=?[ \t]*$/;

/** A value that is replaced verbatim. `$` is special to the client when one variable goes into another. */
const PLAIN = /^[^\\$]*$/;

/** Stands for an access token in a text with replaced variables: no host contains this character. */
export const TOKEN_MARK = '\uFFFC';

/** Longer than any chain that a person writes; stops circular ones. */
const MAX_STEPS = 32;

/** A file variable, `@name = value`, that every version of REST Client reads alike. */
interface Definition {
  readonly line: number;
  readonly name: string;
  readonly value: string;
}

/**
 * The variables of a document as REST Client reads them (Huachao/vscode-restclient: `fileVariableProvider.ts`,
 * `requestVariableProvider.ts`), as far as they are certain. Versions before 0.26 continue a definition across line ends: the
 * lines after an open one may be its value.
 */
export class RestClientVariables {
  readonly definitions: Definition[] = [];
  /** Lines that may be the value of a definition above, whatever they look like, with the names of those definitions. */
  readonly unclear = new Map<number, string[]>();
  /** Definitions that may expand to anything. */
  readonly wild: number[] = [];
  readonly #values = new Map<string, string | undefined>();
  readonly #lines: Lines;
  readonly #index: LinesOfKind;
  /** The names of requests and prompts, by the kind of their lines. */
  readonly #taken = new Map<Kind, ReadonlySet<string>>();

  private constructor(lines: Lines) {
    this.#lines = lines;
    this.#index = indexOf(lines);
  }

  static *reading(lines: Lines): Work<RestClientVariables> {
    const variables = new RestClientVariables(lines);
    yield* variables.#read();
    return variables;
  }

  *#read(): Work<void> {
    const [lines, unclear] = [this.#lines, this.unclear];
    let count = 0;
    for (const line of this.#index.lines('definition', wholeOf(lines))) {
      if (isPause(count++)) yield;
      const text = lines.lineAt(line);
      const definition = readClosed(text, line);
      if (definition) this.definitions.push(definition);
      const open = definition ? undefined : OPEN.exec(text)?.[1];
      if (open !== undefined) {
        this.#values.set(open, undefined);
        for (const below of nextLines(lines, line)) addTo(unclear, below, open);
      } else if (definition ? isWild(definition.value) : !isProse(text)) this.wild.push(line);
    }
    for (const { line, name, value } of this.definitions) {
      if (isPause(count++)) yield;
      this.#define(name, unclear.has(line) ? undefined : plain(value));
    }
  }

  /** The name of the variable that a line defines. */
  definedAt(line: number): string | undefined {
    const definition = this.definitions[placeBy(this.definitions, line, (one) => one.line)];
    return definition?.line === line ? definition.name : undefined;
  }

  /** The value of a file variable, as written; undefined if it is not certain. It may contain variables and references. */
  valueOf(name: string): string | undefined {
    return this.#isTaken(rootOf(name)) ? undefined : this.#values.get(name);
  }

  /** Whether there is a file variable of this name, whatever its value. */
  defines(name: string): boolean {
    return this.#values.has(name) && !this.#isTaken(rootOf(name));
  }

  /** Whether a request or a prompt has the name: those take precedence over file variables. */
  #isTaken(name: string): boolean {
    const kind = requestsNamed(name);
    const known = this.#taken.get(kind);
    const taken =
      known ?? new Set(this.#index.lines(kind, wholeOf(this.#lines)).flatMap((line) => namesIn(this.#lines.lineAt(line))));
    this.#taken.set(kind, taken);
    return taken.has(name);
  }

  /** The client decides which of several definitions wins, so all must agree. */
  #define(name: string, value: string | undefined): void {
    if (!this.#values.has(name)) this.#values.set(name, value);
    else if (this.#values.get(name) !== value) this.#values.set(name, undefined);
  }

  /**
   * The text with its variables replaced; undefined if not all are certain.
   * @param isEnough called with the text up to a variable: if true, the rest does not matter and is left out
   */
  resolve(given: string, isEnough: (text: string) => boolean = () => false): string | undefined {
    let text = given;
    for (let step = 0; step < MAX_STEPS; step++) {
      const [variable] = restClientPlaceholders(text);
      if (!variable) return text;
      const before = text.slice(0, variable.start);
      if (isEnough(before)) return before;
      const value = referenceName(variable) ? TOKEN_MARK : this.valueOf(variable.expression);
      if (value === undefined) return undefined;
      text = before + value + text.slice(variable.end);
    }
    return undefined;
  }
}

/** The name of a request in `name.request.headers.x`, which REST Client tries before any file variable. */
export const rootOf = (expression: string): string => expression.split('.', 1)[0] ?? '';

const NONE: readonly Placeholder[] = [];

/** The `{{…}}` of a line as REST Client finds them: at least one character between the braces, and none that ends a line. */
export function restClientPlaceholders(text: string): readonly Placeholder[] {
  if (!text.includes('{{')) return NONE;
  const found: Placeholder[] = [];
  let offset = 0;
  for (const part of INNER_END.test(text) ? text.split(INNER_END) : [text]) {
    for (let start = part.indexOf('{{'); start >= 0;) {
      const close = part.indexOf('}}', start + 3);
      if (close < 0) break;
      const expression = part.slice(start + 2, close).trim();
      found.push({ start: offset + start, end: offset + close + 2, expression });
      start = part.indexOf('{{', close + 2);
    }
    offset += part.length + 1;
  }
  return found;
}

function readClosed(text: string, line: number): Definition | undefined {
  const [upToValue, name] = /^[ \t]*@([^\s=]+)[ \t]*=/.exec(text) ?? [];
  const value = upToValue === undefined ? '' : text.slice(upToValue.length).trim();
  return name === undefined || value === '' || INNER_END.test(text) ? undefined : { line, name, value };
}

/** `@media screen` and the like: no version reads it as the start of a definition. */
const isProse = (text: string): boolean => !INNER_END.test(text) && /^[ \t]*@(?:[ \t=]|$|[^\s=]+[ \t]+[^\s=])/.test(text);

function plain(value: string): string | undefined {
  const references = restClientPlaceholders(value).filter(referenceName);
  return PLAIN.test(masked(value, references, TOKEN_MARK)) ? value : undefined;
}

/**
 * Whether a variable changes the structure around it: by a line break in its value, or as the start of `<@ file`, whose `@` may
 * follow it. The client removes backslashes before it looks for variables, so `$process\Env` counts as one.
 */
function isWild(value: string): boolean {
  if (!value.includes('\\') && !value.includes('<')) return false;
  const read = value.replaceAll('\\', '');
  return /\\[nr]/.test(value) || mayBeFile(`${read}@`) || (read !== value && read.includes('$processEnv'));
}

/** The next two lines that are not blank: the `=` and the value. */
function nextLines(lines: Lines, line: number): number[] {
  const found: number[] = [];
  for (let below = line + 1; below < lines.lineCount && found.length < 2; below++)
    if (!isBlank(lines.lineAt(below))) found.push(below);
  return found;
}
