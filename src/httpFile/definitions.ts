import { replacement, type TextEdit } from './insertion/edits.js';
import { indexOf } from './lineIndex.js';
import { wholeOf, type Lines } from './lines.js';
import { placeBy } from './ordered.js';
import { placeholders, referenceName } from './references.js';
import type { RequestBlock } from './request.js';
import { isPause, type Work } from './work.js';

/** A file variable, `@name = value`, and the offsets of its value. */
export interface Definition {
  readonly line: number;
  readonly name: string;
  readonly value: string;
  readonly valueStart: number;
  readonly valueEnd: number;
}

export function readDefinition(text: string, line: number): Definition | undefined {
  const upToValue = /^\s*@(?:global\.)?([^\s=:]+)\s*:?=\s*/.exec(text);
  if (!upToValue?.[1]) return undefined;
  const valueStart = upToValue[0].length;
  const valueEnd = Math.max(text.trimEnd().length, valueStart);
  return { line, name: upToValue[1], value: text.slice(valueStart, valueEnd), valueStart, valueEnd };
}

/** All definitions of a name, in order, and their value if they agree. */
interface Named {
  readonly definitions: Definition[];
  agreed: string | undefined;
}

/** The definitions of a document for httpYac and JetBrains, read once for many requests. Clients accept them anywhere. */
export class Definitions {
  readonly #byName = new Map<string, Named>();

  static *reading(lines: Lines): Work<Definitions> {
    const definitions = new Definitions();
    let count = 0;
    for (const line of indexOf(lines).lines('definition', wholeOf(lines))) {
      if (isPause(count++)) yield;
      const definition = readDefinition(lines.lineAt(line), line);
      if (definition) definitions.#add(definition);
    }
    return definitions;
  }

  /** The definitions of a name, in order. */
  of(name: string): readonly Definition[] {
    return this.#byName.get(name)?.definitions ?? [];
  }

  /**
   * The value of a variable when the request is sent; undefined if the document does not determine it. All definitions must
   * agree, except that in httpYac those in the request's own region win.
   */
  valueOf(name: string, { dialect, region }: RequestBlock): string | undefined {
    const named = this.#byName.get(name);
    if (!named || dialect !== 'httpyac') return named?.agreed;
    const { definitions, agreed } = named;
    const last = definitions[placeBy(definitions, region.end, ({ line }) => line) - 1];
    return last && last.line >= region.start ? last.value : agreed;
  }

  #add(definition: Definition): void {
    const { name, value } = definition;
    const named = this.#byName.get(name);
    if (!named) {
      this.#byName.set(name, { definitions: [definition], agreed: value });
      return;
    }
    named.definitions.push(definition);
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
export function definitionUpdate(definitions: Definitions, oldValue: string, newValue: string): DefinitionUpdate | undefined {
  const [placeholder, ...others] = placeholders(oldValue);
  if (!placeholder || others.length > 0) return undefined;
  const before = oldValue.slice(0, placeholder.start);
  const after = oldValue.slice(placeholder.end);
  const fits = newValue.length > before.length + after.length && newValue.startsWith(before) && newValue.endsWith(after);
  const { 0: definition, length } = definitions.of(placeholder.expression);
  if (!fits || !definition || length > 1) return undefined;
  if (placeholders(definition.value).some((reference) => !referenceName(reference))) return undefined;
  const value = newValue.slice(before.length, newValue.length - after.length);
  const { line, valueStart, valueEnd } = definition;
  const edit = replacement({ line, character: valueStart }, { line, character: valueEnd }, value);
  return { definition, edit: value === definition.value ? undefined : edit };
}
