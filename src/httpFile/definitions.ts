import { replacement, type TextEdit } from './edits.js';
import { indexOf } from './lineIndex.js';
import { isBlank, wholeOf, type Lines } from './lines.js';
import { placeholders, referenceName } from './references.js';
import type { RequestBlock } from './request.js';

/** A file variable, `@name = value`, with the offsets of its value. */
export interface Definition {
  readonly line: number;
  readonly name: string;
  readonly value: string;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** The definitions of a name in the whole file: clients take them from anywhere in it. */
export function definitionsOf(lines: Lines, name: string): Definition[] {
  const found: Definition[] = [];
  for (const line of definitionLines(lines)) {
    const definition = readDefinition(lines.lineAt(line), line);
    if (definition?.name === name) found.push(definition);
  }
  return found;
}

const definitionLines = (lines: Lines): readonly number[] => indexOf(lines).lines('definition', wholeOf(lines));

export function readDefinition(text: string, line: number): Definition | undefined {
  const upToValue = /^\s*@(?:global\.)?([^\s=:]+)\s*:?=\s*/.exec(text);
  if (!upToValue?.[1]) return undefined;
  const valueStart = upToValue[0].length;
  const valueEnd = Math.max(text.trimEnd().length, valueStart);
  return { line, name: upToValue[1], value: text.slice(valueStart, valueEnd), valueStart, valueEnd };
}

/** Where REST Client ends a line as well, when it looks for definitions, and the editor and httpYac do not. */
const INNER_END = /[\u2028\u2029]/;

/**
 * Lines from which REST Client takes the value of a definition that does not start there, as far as the editor shows: of one
 * that goes on over the ends of lines, or that stands after a line separator of Unicode, in a comment perhaps.
 */
export function valuesOfRestClient(lines: Lines): ReadonlySet<number> {
  const found = new Set<number>();
  const below = (line: number): number => {
    while (line < lines.lineCount && isBlank(lines.lineAt(line))) line++;
    return line;
  };
  for (const line of definitionLines(lines)) {
    const parts = lines.lineAt(line).split(INNER_END);
    if (parts.length > 1) found.add(line);
    const [, equals] = /^@[^\s=]+\s*(=?)$/.exec(parts.at(-1)?.trim() ?? '') ?? [];
    if (equals === undefined) continue;
    let value = below(line + 1);
    if (value < lines.lineCount && equals === '') {
      const text = lines.lineAt(value).trim();
      if (!text.startsWith('=')) continue;
      if (text === '=') value = below(value + 1);
    }
    if (value < lines.lineCount) found.add(value);
  }
  return found;
}

/** What the lines of a document define, read once for many requests. */
export class Definitions {
  readonly #byName = new Map<string, Definition[]>();
  /** Those that are something else, or more, to REST Client. */
  readonly #otherInRestClient = new Set<string>();

  constructor(lines: Lines) {
    for (const line of definitionLines(lines)) this.#read(lines.lineAt(line), line);
    for (const line of valuesOfRestClient(lines)) this.#addOthers(lines.lineAt(line), line);
  }

  /**
   * What a variable is when the request is sent; undefined where that cannot be told. Clients differ on which of several
   * definitions holds, so they must agree, except that in httpYac those of the request's own region come last.
   */
  valueOf(name: string, { dialect, region }: RequestBlock): string | undefined {
    const all = this.#byName.get(name) ?? [];
    const own = all.filter(({ line }) => line >= region.start && line < region.end);
    if (dialect === 'httpyac' && own.length > 0) return own.at(-1)?.value;
    if (dialect === 'rest-client' && this.#otherInRestClient.has(name)) return undefined;
    return all.every(({ value }) => value === all[0]?.value) ? all[0]?.value : undefined;
  }

  /**
   * REST Client knows neither `@global.` nor `:=`, and takes a definition on over the ends of its lines: `@name`, then
   * `= value` below; an empty value is the line that follows.
   */
  #read(text: string, line: number): void {
    const name = /^\s*@([^\s=:]+)/.exec(text)?.[1];
    if (name === undefined) return;
    const definition = readDefinition(text, line);
    const isItsOwn = definition?.name === name && definition.value !== '' && /^\s*@[^\s=:]+\s*=/.test(text);
    if (!isItsOwn) this.#otherInRestClient.add(definition?.name ?? name);
    if (!definition) return;
    const others = this.#byName.get(definition.name);
    if (others) others.push(definition);
    else this.#byName.set(definition.name, [definition]);
  }

  /** What looks like a definition and is the value of another, and what does not look like one and is. */
  #addOthers(text: string, line: number): void {
    for (const part of text.split(INNER_END)) {
      const name = readDefinition(part, line)?.name ?? /^\s*@([^\s=:]+)/.exec(part)?.[1];
      if (name !== undefined) this.#otherInRestClient.add(name);
    }
  }
}

/** The definition behind a header value, and what would make the header what it should be. */
export interface DefinitionUpdate {
  readonly definition: Definition;
  /** Undefined where the definition is right already. */
  readonly edit: TextEdit | undefined;
}

/**
 * Finds the one definition behind a value such as `Bearer {{token}}`. There is none where it would not be enough to change
 * it, where several could hold, and where it refers to something itself.
 */
export function definitionUpdate(lines: Lines, oldValue: string, newValue: string): DefinitionUpdate | undefined {
  const [placeholder, ...others] = placeholders(oldValue);
  if (!placeholder || others.length > 0) return undefined;
  const before = oldValue.slice(0, placeholder.start);
  const after = oldValue.slice(placeholder.end);
  const fits = newValue.length > before.length + after.length && newValue.startsWith(before) && newValue.endsWith(after);
  const [definition, ...more] = definitionsOf(lines, placeholder.expression);
  if (!fits || !definition || more.length > 0) return undefined;
  if (placeholders(definition.value).some((reference) => !referenceName(reference))) return undefined;
  const value = newValue.slice(before.length, newValue.length - after.length);
  const { line, valueStart, valueEnd } = definition;
  const edit = replacement({ line, character: valueStart }, { line, character: valueEnd }, value);
  return { definition, edit: value === definition.value ? undefined : edit };
}
