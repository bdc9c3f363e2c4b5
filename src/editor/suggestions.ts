import { referenceTo } from '../httpFile/index.js';
import { headerStyleOf, platformOf } from '../platforms/index.js';
import { isAllowedHost } from '../tenants/hosts.js';
import type { Referred } from '../tokens/referenceNames.js';

/** Where a completion goes in a line, and what it contains. */
export interface CompletionPlace {
  /** A reference alone, or the whole value of the header. */
  readonly kind: 'reference' | 'value';
  /** For a value, the header name in lower case. */
  readonly header: string;
  readonly start: number;
  /** The end for a completion that keeps the text after the cursor. */
  readonly end: number;
  /** The end for a completion that replaces it. */
  readonly replaceEnd: number;
}

/**
 * What can be completed at a place in a line: the inside of `{{`, if it can become a reference, or the value of a credential
 * header.
 */
export function completionPlace(
  text: string,
  character: number,
  credentialNames: readonly string[],
): CompletionPlace | undefined {
  const before = text.slice(0, character);
  const after = text.slice(character);
  const open = before.lastIndexOf('{{');
  if (open > before.lastIndexOf('}}')) {
    if (!/^\s*(?:\$processEnv\s+)?[$\w]*$/.test(before.slice(open + 2))) return undefined;
    // Include braces that the editor has closed automatically, and the rest of a reference within them.
    const end = character + (/^\$?\w*(?:\s\w+)?\s*\}\}|^\}?/.exec(after)?.[0].length ?? 0);
    return { kind: 'reference', header: '', start: open, end, replaceEnd: end };
  }
  const [upToValue, name = ''] = /^\s*([^\s:]+)\s*:\s*/.exec(before) ?? [];
  const header = name.toLowerCase();
  if (upToValue === undefined || !credentialNames.includes(header) || before.includes('}}')) return undefined;
  return {
    kind: 'value',
    header,
    start: upToValue.length,
    end: character,
    replaceEnd: Math.max(character, text.trimEnd().length),
  };
}

/** A reference that fits a place, and the text to insert. */
export interface Suggestion {
  readonly named: Named;
  readonly text: string;
  /** Whether the request goes to a host of the tenant. */
  readonly fits: boolean;
}

export type Named = Referred & { readonly name: string };

/** The suggestions for a place, beginning with tenants whose hosts include the request's. */
export function suggestionsFor(place: CompletionPlace, all: readonly Named[], host: string | undefined): Suggestion[] {
  return all
    .flatMap((named) => {
      const text = textFor(place, named);
      return text === undefined ? [] : [{ named, text, fits: host !== undefined && isAllowedHost(named.tenant, host) }];
    })
    .sort((one, other) => Number(other.fits) - Number(one.fits));
}

/** Undefined if the tenant has no such header. */
function textFor({ kind, header }: CompletionPlace, { tenant, name }: Named): string | undefined {
  if (kind === 'reference') return referenceTo(name);
  const headers = platformOf(tenant).headers(tenant, referenceTo(name), headerStyleOf(tenant), {});
  return headers.find((one) => one.name.toLowerCase() === header)?.value;
}
