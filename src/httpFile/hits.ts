import { literalTokens, MIN_WORD, tokenWords, type LiteralShape } from './literals.js';
import { placeholders, referenceName } from './references.js';

/** A reference of this extension in a line, or what may be an access token. */
export interface Hit {
  readonly kind: 'reference' | 'literal';
  readonly line: number;
  /** Offsets in the line, of `{{…}}` with its braces or of the token alone. */
  readonly start: number;
  readonly end: number;
  /** For a reference, the environment name as written; for a literal, the token. */
  readonly text: string;
  /** The shape of a literal that looks like a token in any place. */
  readonly shape: LiteralShape | undefined;
}

/** The range of a value in a line that may be a token as a whole. */
export interface ValueRange {
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** Whether a word that does not look like a token is one; without it, every word is. */
export type IsToken = ((word: string) => boolean) | undefined;

/** The shortest text with the shape of a token. */
const MIN_SHAPED = 'eyJa.eyJb.c'.length;

/**
 * The references and possible tokens of a line, in order.
 * @param values in order
 */
export function hitsIn(text: string, line: number, values: readonly ValueRange[], isToken?: IsToken): Hit[] {
  const hits: Hit[] = [];
  const reader = new LiteralReader(text, line, values, isToken, hits);
  let outside = 0;
  for (const placeholder of placeholders(text)) {
    const { start, end } = placeholder;
    reader.read(outside, start);
    outside = end;
    const name = referenceName(placeholder);
    if (name !== undefined) hits.push({ kind: 'reference', line, start, end, text: name, shape: undefined });
  }
  reader.read(outside, text.length);
  return hits;
}

/** Finds the literals between placeholders, from left to right. */
class LiteralReader {
  readonly #text: string;
  readonly #line: number;
  readonly #values: readonly ValueRange[];
  readonly #isToken: IsToken;
  readonly #hits: Hit[];
  #nextValue = 0;

  constructor(text: string, line: number, values: readonly ValueRange[], isToken: IsToken, hits: Hit[]) {
    this.#text = text;
    this.#line = line;
    this.#values = values;
    this.#isToken = isToken;
    this.#hits = hits;
  }

  read(from: number, to: number): void {
    if (to - from < MIN_SHAPED) return;
    let outside = from;
    for (const { start, end, text, shape } of literalTokens(this.#text.slice(from, to))) {
      this.#readWords(outside, from + start);
      outside = from + end;
      this.#hits.push({ kind: 'literal', line: this.#line, start: from + start, end: outside, text, shape });
    }
    this.#readWords(outside, to);
  }

  #readWords(from: number, to: number): void {
    for (;;) {
      const value = this.#values[this.#nextValue];
      if (!value || value.valueStart >= to) return;
      this.#readWordsOf(Math.max(from, value.valueStart), Math.min(to, value.valueEnd));
      if (value.valueEnd > to) return;
      this.#nextValue++;
    }
  }

  #readWordsOf(from: number, to: number): void {
    if (to - from < MIN_WORD) return;
    const isKnown = this.#isToken ?? (() => false);
    for (const { start, end, text } of tokenWords(this.#text.slice(from, to), isKnown))
      if (!this.#isToken || this.#isToken(text))
        this.#hits.push({ kind: 'literal', line: this.#line, start: from + start, end: from + end, text, shape: undefined });
  }
}
