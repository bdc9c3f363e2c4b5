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
export const SHAPES = /(?<![\w-])(?:eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+|vidb_[\w-]{40,})/g;

const NONE: readonly LiteralToken[] = [];

/** Finds tokens in a text by their shape, in linear time. */
export function literalTokens(text: string): readonly LiteralToken[] {
  if (!text.includes('.eyJ') && !text.includes('vidb_')) return NONE;
  return Array.from(text.matchAll(SHAPES), ({ 0: token, index: start }) => {
    return { start, end: start + token.length, text: token, shape: token.startsWith('eyJ') ? 'jwt' : 'vidb' };
  });
}

/** The characters of a bearer token (`b64token`, RFC 6750 §2.1), as a class of a regular expression. */
const B64 = String.raw`\w\-.~+/`;

const WORDS = new RegExp(`[${B64}]+=*`, 'g');

/** All characters of access tokens. Some also separate tokens from other text. */
export const TOKEN = `${B64}!#%^|:*@,;=`;

/** Whether a run has characters that bearer tokens do not have. */
const IS_UNUSUAL = new RegExp(`[^${B64}=]|=[^=]`);

/** Shorter words are schemes, versions and names. */
export const MIN_WORD = 16;

const RUNS = new RegExp(`[${TOKEN}]{${MIN_WORD},}`, 'g');

/**
 * Finds the words of a text that can be an access token, in linear time: those that can be a bearer token, and those with other
 * characters if they are known.
 */
export function tokenWords(text: string, isKnown: (word: string) => boolean): Literal[] {
  const found: Literal[] = [];
  for (const { 0: run, index } of text.matchAll(RUNS)) {
    const known = IS_UNUSUAL.test(run) ? knownIn(run, isKnown) : undefined;
    for (const word of known ? [known] : b64Words(run))
      found.push({ text: word.text, start: index + word.start, end: index + word.end });
  }
  return found;
}

/** A known token that is all of a run, or all but a name before it (`token=…`) and punctuation behind it. */
function knownIn(run: string, isKnown: (word: string) => boolean): Literal | undefined {
  const [name = ''] = /^[\w.-]*[=:]/.exec(run) ?? [];
  let bare = run.length;
  while (bare > name.length && ',;:'.includes(run.charAt(bare - 1))) bare--;
  for (const start of new Set([0, name.length]))
    for (const end of new Set([run.length, bare])) {
      const text = run.slice(start, end);
      if (text.length >= MIN_WORD && isKnown(text)) return { start, end, text };
    }
  return undefined;
}

/** Finds the words of a text that can be a bearer token, whatever they look like, in linear time. */
function b64Words(text: string): Literal[] {
  const found: Literal[] = [];
  for (const { 0: word, index } of text.matchAll(WORDS))
    if (word.length >= MIN_WORD) found.push({ start: index, end: index + word.length, text: word });
  return found;
}
