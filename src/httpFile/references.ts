/** A `{{…}}` in a text: the offsets of its braces, and the text between them. */
export interface Placeholder {
  readonly start: number;
  readonly end: number;
  readonly expression: string;
}

/** Every `{{…}}` of one line. Searches with `indexOf`: a regular expression is quadratic on a line of opening braces. */
export function placeholders(text: string): Placeholder[] {
  const found: Placeholder[] = [];
  for (let start = text.indexOf('{{'); start >= 0;) {
    const close = text.indexOf('}}', start + 2);
    if (close < 0) break;
    const end = close + 2;
    found.push({ start, end, expression: text.slice(start + 2, close).trim() });
    start = text.indexOf('{{', end);
  }
  return found;
}

/** Replaces each character in the given parts by `mask`, so that all others keep their offsets. */
export function masked(text: string, parts: readonly { readonly start: number; readonly end: number }[], mask: string): string {
  if (parts.length === 0) return text;
  const pieces: string[] = [];
  let from = 0;
  for (const { start, end } of parts) {
    pieces.push(text.slice(from, start), mask.repeat(end - start));
    from = end;
  }
  return pieces.join('') + text.slice(from);
}

/**
 * The environment name of a reference of this extension, as written; undefined for any other placeholder. REST Client requires
 * exactly one whitespace character before the name and cuts the name at the first non-word character; `%` names a variable that
 * holds the name.
 */
export function referenceName({ expression }: Placeholder): string | undefined {
  const name = /^\$processEnv\s(\w+)$/.exec(expression)?.[1];
  return name && /^TENANT_TOKEN_\w/i.test(name) ? name : undefined;
}

/** The reference to an environment name: the same text for all clients. */
export const referenceTo = (name: string): string => `{{$processEnv ${name}}}`;
