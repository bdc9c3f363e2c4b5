import { referenceTo } from '../httpFile/index.js';
import { headerStyleOf, platformOf } from '../platforms/index.js';
import { isAllowedHost } from '../tenants/hosts.js';
import type { Referred } from '../tokens/referenceNames.js';

/** Where a completion goes in a line, and what it is to be. */
export interface CompletionPlace {
  /** A reference alone, or the whole value of the header. */
  readonly kind: 'reference' | 'value';
  /** In lower case; of a value. */
  readonly header: string;
  readonly start: number;
  /** As far as a completion reaches that leaves what follows the cursor. */
  readonly end: number;
  /** As far as one reaches that replaces it. */
  readonly replaceEnd: number;
}

/**
 * What can be completed at a place in a line: the inside of `{{`, as far as it can become a reference, and the value of a
 * header that carries credentials.
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
    // Braces that the editor has closed by itself belong to it, and so does what is left of a reference within them.
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

/** A reference that fits a place, as the text to write there. */
export interface Suggestion {
  readonly named: Named;
  readonly text: string;
  /** The request goes to a host of the tenant. */
  readonly fits: boolean;
}

export type Named = Referred & { readonly name: string };

/** What can be written at a place, the tenants first that are at the request's host. */
export function suggestionsFor(place: CompletionPlace, all: readonly Named[], host: string | undefined): Suggestion[] {
  return all
    .flatMap((named) => {
      const text = textFor(place, named);
      return text === undefined ? [] : [{ named, text, fits: host !== undefined && isAllowedHost(named.tenant, host) }];
    })
    .sort((one, other) => Number(other.fits) - Number(one.fits));
}

/** Undefined where the tenant has no such header. */
function textFor({ kind, header }: CompletionPlace, { tenant, name }: Named): string | undefined {
  if (kind === 'reference') return referenceTo(name);
  const headers = platformOf(tenant).headers(tenant, referenceTo(name), headerStyleOf(tenant), {});
  return headers.find((one) => one.name.toLowerCase() === header)?.value;
}
