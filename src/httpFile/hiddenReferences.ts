import { valuesOfRestClient } from './definitions.js';
import type { FindOptions } from './find.js';
import { fences } from './fences.js';
import { indexOf } from './lineIndex.js';
import { wholeOf, type Lines } from './lines.js';
import type { Occurrence } from './occurrences.js';

/** A name that REST Client would look up; undefined where any may be meant. */
export interface HiddenReference {
  readonly name: string | undefined;
  readonly line: number;
}

/**
 * Environment names of ours that REST Client would look up though `occurrences`, read as its own, tells no request of them:
 * it searches the inside of the braces for `$processEnv NAME`, whatever else is there, and its variables may be named
 * `global.x` and `x:`. Without a name where that stands in its settings (`{{$processEnv %key}}`).
 */
export function hiddenReferences(lines: Lines, told: readonly Occurrence[], { markdown }: FindOptions): HiddenReference[] {
  const hidden: HiddenReference[] = [];
  const known = new Set(told.flatMap((one) => nameIn(lines, one) ?? []));
  const index = indexOf(lines);
  const values = valuesOfRestClient(lines);
  const spans = markdown ? fences(lines) : [wholeOf(lines)];
  // It takes definitions from anywhere in a document.
  const anywhere = [...values, ...(markdown ? index.lines('definition', wholeOf(lines)) : [])];
  for (const line of new Set([...spans.flatMap((span) => index.lines('placeholder', span)), ...anywhere])) {
    const text = lines.lineAt(line);
    if (!text.includes('$processEnv')) continue;
    if (/\$processEnv\s%(?!TENANT_TOKEN_)/i.test(text)) hidden.push({ name: undefined, line });
    for (const { 0: name, index } of text.matchAll(/TENANT_TOKEN_\w+/gi))
      if (values.has(line) || !known.has(placeOf(line, index))) hidden.push({ name, line });
  }
  return hidden;
}

const placeOf = (line: number, character: number): string => `${line}:${character}`;

function nameIn(lines: Lines, { kind, line, start, text }: Occurrence): string | undefined {
  const content = lines.lineAt(line);
  return kind === 'reference' && !isOtherDefinition(content) ? placeOf(line, content.indexOf(text, start)) : undefined;
}

/** A definition under another name in REST Client than in httpYac. */
const isOtherDefinition = (text: string): boolean => /^\s*@(global\.|[^\s=]*:)/.test(text);
