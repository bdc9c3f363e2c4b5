import type { Kind } from '../lines.js';

/** The client that will send the request, whose reading of the file counts. */
export type Dialect = 'rest-client' | 'httpyac' | 'jetbrains';

/**
 * How a client reads a line below the request line: as part of the URL, a header, a continuation of a folded value, a spread of
 * headers from a script (`...name`), a line that is sent as a header without being one (`stray`), or the first line of a body
 * without a blank line before it.
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
  /** The client accepts `get` as `GET`. */
  readonly anyCase: boolean;
  isSeparator(text: string): boolean;
  /** The kinds of indexed lines that are separators. */
  readonly separators: readonly Kind[];
  isDefinition(text: string): boolean;
  /** @param inUrl only the URL and comments stand above */
  role(text: string, inUrl: boolean): Role;
  field(text: string): Field | undefined;
}

/** Splits `name: value`, where `start` matches the name and its colon. The value excludes surrounding whitespace. */
export function splitField(text: string, start: RegExp): Field | undefined {
  const match = start.exec(text);
  if (!match?.[1]) return undefined;
  const afterColon = match[0].length;
  const valueEnd = Math.max(text.trimEnd().length, afterColon);
  const valueStart = valueEnd - text.slice(afterColon, valueEnd).trimStart().length;
  return { name: match[1], nameStart: match[0].indexOf(match[1]), valueStart, valueEnd };
}

/** A header in a comment. Groups: the indentation, the name with its colon and the blanks after it, and the name. */
export const COMMENTED_HEADER = /^(\s*)(?:#+|\/{2,})\s*(([^\s:#/][^\s:]*)\s*:\s*)/;
