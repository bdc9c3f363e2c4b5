/** A part of a text that may be a token, with its offsets. */
export interface Literal {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export type LiteralShape = 'jwt' | 'vidb';

/** A literal that looks like a token in any place. */
export interface LiteralToken extends Literal {
  readonly shape: LiteralShape;
}

/**
 * A JSON Web Token (RFC 7519 §3) whose header and claims are objects, or a token of Identity Services. A match starts where a run
 * of base64url starts, so that no run is read twice.
 */
const SHAPES = /(?<![\w-])(?:eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+|vidb_[\w-]{40,})/g;

/** Finds tokens in a text by their shape, in linear time. */
export function literalTokens(text: string): LiteralToken[] {
  if (!text.includes('eyJ') && !text.includes('vidb_')) return [];
  return Array.from(text.matchAll(SHAPES), ({ 0: token, index: start }) => {
    return { start, end: start + token.length, text: token, shape: token.startsWith('eyJ') ? 'jwt' : 'vidb' };
  });
}

/** The characters of a bearer token (`b64token`, RFC 6750 §2.1), as a class of a regular expression. */
export const B64 = String.raw`\w\-.~+/`;

const WORDS = new RegExp(`[${B64}]+=*`, 'g');

/** Shorter words are schemes, versions and names. */
export const MIN_WORD = 16;

/** Finds the words of a text that can be a bearer token, whatever they look like, in linear time. */
export function* b64Words(text: string, minLength = MIN_WORD): Generator<Literal> {
  for (let at = 0; at + minLength <= text.length;) {
    // Another search may run between two words, so the position is kept here.
    WORDS.lastIndex = at;
    const match = WORDS.exec(text);
    if (!match) return;
    const [word] = match;
    at = WORDS.lastIndex;
    if (word.length >= minLength) yield { start: match.index, end: at, text: word };
  }
}
