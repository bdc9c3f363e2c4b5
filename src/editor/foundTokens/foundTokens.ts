import { literalTokens, referenceTo, tokenWords, type Dialect, type Lines, type LiteralShape } from '../../httpFile/index.js';
import type { Issued } from '../../tokens/issuedTokens.js';
import { expiryIn, findCredentials, type KnownCredentials } from '../credentials.js';

/** An access token, or text that looks like a token, in a request or anywhere else. */
export interface FoundToken {
  readonly line: number;
  /** Offsets in the line. */
  readonly start: number;
  readonly end: number;
  /** The tenant's name; undefined for text that only looks like a token. */
  readonly owner?: string;
  /** Its shape: `jwt` for an access token, `vidb` for an API token of Identity Services. */
  readonly shape?: LiteralShape;
  /** Epoch ms; null: unknown. */
  readonly expiresAt: number | null;
  /** The reference that can replace it, if a client resolves references there and its API token still exists. */
  readonly reference?: string;
}

/** How to read a file: as requests, as Markdown with requests in it, or as text in which no client resolves references. */
export type TextKind = 'requests' | 'markdown' | 'other';

/** What is needed to find tokens. */
export type TokenKnowledge = KnownCredentials & {
  readonly dialects: { readonly current: Dialect };
};

/** The kind of a file that may contain tokens; undefined for other files. */
export function textKindOf(path: string): TextKind | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (/\.(http|rest)$/i.test(name)) return 'requests';
  if (/\.(md|markdown)$/i.test(name)) return 'markdown';
  return /^\.env|\.(env|json|code-workspace)$/i.test(name) ? 'other' : undefined;
}

/** The access tokens in a text, in order: tokens from exchanges, and text that looks like a token. */
export function foundTokens(text: string, kind: TextKind, known: TokenKnowledge): FoundToken[] {
  const lines = text.split(/\r\n|\r|\n/);
  const found = lines.flatMap((line, at) => inLine(line, at, known));
  if (found.length === 0 || kind === 'other') return found;
  const replaceable = references(lines, kind, known);
  return found.map((one) => ({ ...one, ...replaceable.get(`${one.line}:${one.start}`) }));
}

function inLine(text: string, line: number, { issued, tenants }: TokenKnowledge): FoundToken[] {
  const found: FoundToken[] = [];
  for (const { start, end, text: word } of tokenWords(text, (word) => issued.find(word) !== undefined)) {
    const ours = issued.find(word);
    if (ours) found.push({ line, start, end, ...ownerOf(ours, tenants) });
    else
      for (const inner of literalTokens(word)) {
        const known = issued.find(inner.text);
        const what = known ? ownerOf(known, tenants) : { shape: inner.shape, expiresAt: expiryIn(inner.text) };
        found.push({ line, start: start + inner.start, end: start + inner.end, ...what });
      }
  }
  return found;
}

function ownerOf(
  { tenant, expiresAt }: Issued,
  { all }: KnownCredentials['tenants'],
): Pick<FoundToken, 'expiresAt'> & { readonly owner: string } {
  return { owner: all.find(({ id }) => id === tenant)?.name ?? tenant, expiresAt };
}

/** The references that clients would resolve in place of the tokens, by position. */
function references(
  texts: readonly string[],
  kind: TextKind,
  known: TokenKnowledge,
): Map<string, { readonly reference: string }> {
  const lines: Lines = { lineCount: texts.length, lineAt: (line) => texts[line] ?? '' };
  const credentials = findCredentials(lines, known.dialects.current, kind === 'markdown', known);
  return new Map(
    credentials.flatMap(({ match, referred }) => {
      const name = match.kind === 'literal' && referred ? known.names.nameOf(referred.token.id) : undefined;
      return name === undefined ? [] : [[`${match.line}:${match.start}`, { reference: referenceTo(name) }]];
    }),
  );
}
