import { replacement, type TextEdit } from './insertion/edits.js';
import { indexOf } from './lineIndex.js';
import { wholeOf, type Lines } from './lines.js';
import { placeIn } from './ordered.js';
import { placeholders, referenceName } from './references.js';
import type { RequestBlock } from './request.js';

/** A file variable, `@name = value`, and the offsets of its value. */
export interface Definition {
  readonly line: number;
  readonly name: string;
  readonly value: string;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** The definitions of a name in the whole file: clients accept them anywhere. */
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

/** All definitions of a name, in order, and their value if they agree. */
interface Named {
  readonly lines: number[];
  readonly values: string[];
  agreed: string | undefined;
}

/** The definitions of a document for httpYac and JetBrains, read once for many requests. */
export class Definitions {
  readonly #byName = new Map<string, Named>();

  constructor(lines: Lines) {
    for (const line of definitionLines(lines)) {
      const definition = readDefinition(lines.lineAt(line), line);
      if (definition) this.#add(definition);
    }
  }

  /**
   * The value of a variable when the request is sent; undefined if the document does not determine it. All definitions must
   * agree, except that in httpYac those in the request's own region win.
   */
  valueOf(name: string, { dialect, region }: RequestBlock): string | undefined {
    const named = this.#byName.get(name);
    const last = named ? placeIn(named.lines, region.end) - 1 : -1;
    const isOwn = dialect === 'httpyac' && (named?.lines[last] ?? -1) >= region.start;
    return isOwn ? named?.values[last] : named?.agreed;
  }

  #add({ name, line, value }: Definition): void {
    const named = this.#byName.get(name);
    if (!named) {
      this.#byName.set(name, { lines: [line], values: [value], agreed: value });
      return;
    }
    named.lines.push(line);
    named.values.push(value);
    if (named.agreed !== value) named.agreed = undefined;
  }
}

/** The definition behind a header value, and the edit that gives the header the wanted value. */
export interface DefinitionUpdate {
  readonly definition: Definition;
  /** Undefined if the definition already has the value. */
  readonly edit: TextEdit | undefined;
}

/**
 * Finds the definition behind a value such as `Bearer {{token}}`. Undefined if changing it would not be enough, if there are
 * several, or if it contains a reference itself.
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
