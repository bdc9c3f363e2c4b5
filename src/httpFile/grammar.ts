import type { Kind } from './lines.js';

/** Whose reading of the file counts: the client that will send the request. */
export type Dialect = 'rest-client' | 'httpyac' | 'jetbrains';

/**
 * What a line below the request line is to a client: part of the URL, a header, the next line of a folded value, a spread
 * of headers that a script made (`...name`), a line that is sent as a header without being one (`stray`), or the first line
 * of a body that no blank line announces.
 */
export type Role = 'comment' | 'url' | 'header' | 'fold' | 'spread' | 'stray' | 'body';

/** A header within one line, as offsets. */
export interface Field {
  readonly name: string;
  readonly nameStart: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** How a client reads single lines. Each rule is the client's own, however odd. */
export interface Grammar {
  readonly dialect: Dialect;
  readonly methods: ReadonlySet<string>;
  /** The client takes `get` for `GET`. */
  readonly anyCase: boolean;
  isSeparator(text: string): boolean;
  /** The kinds of lines in the index that are separators. */
  readonly separators: readonly Kind[];
  isDefinition(text: string): boolean;
  /** @param inUrl nothing but the URL and comments stands above */
  role(text: string, inUrl: boolean): Role;
  field(text: string): Field | undefined;
}

/** Splits `name: value`, where `start` matches the name and its colon. The value is without the whitespace around it. */
export function splitField(text: string, start: RegExp): Field | undefined {
  const match = start.exec(text);
  if (!match?.[1]) return undefined;
  const afterColon = match[0].length;
  const valueEnd = Math.max(text.trimEnd().length, afterColon);
  const valueStart = valueEnd - text.slice(afterColon, valueEnd).trimStart().length;
  return { name: match[1], nameStart: match[0].indexOf(match[1]), valueStart, valueEnd };
}

/** A header in a comment: its indentation, the name with its colon and the blanks after it, and the name. */
export const COMMENTED_HEADER = /^(\s*)(?:#+|\/{2,})\s*(([^\s:#/][^\s:]*)\s*:\s*)/;
