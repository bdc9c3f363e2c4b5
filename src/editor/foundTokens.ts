import { b64Words, literalTokens, referenceTo, type Dialect, type Lines, type LiteralShape } from '../httpFile/index.js';
import type { Issued } from '../tokens/issuedTokens.js';
import { expiryIn, findCredentials, type KnownCredentials } from './credentials.js';

/** An access token, or what looks like a token, in a text: in a request or anywhere else. */
export interface FoundToken {
  readonly line: number;
  /** Offsets in the line. */
  readonly start: number;
  readonly end: number;
  /** The tenant's name; undefined for what only looks like a token. */
  readonly owner?: string;
  /** What it looks like: `jwt` an access token, `vidb` an API token of Identity Services. */
  readonly shape?: LiteralShape;
  /** Epoch ms; null: it is not known. */
  readonly expiresAt: number | null;
  /** What can take its place: where a client resolves references, and its API token is still there. */
  readonly reference?: string;
}

/** How a file is read: as requests, as Markdown with requests in it, or as a text in which no client resolves references. */
export type TextKind = 'requests' | 'markdown' | 'other';

/** What tokens are found by. */
export type TokenKnowledge = KnownCredentials & {
  readonly dialects: { readonly current: Dialect };
};

/** The kind of a file in which people keep tokens; undefined for another one. */
export function textKindOf(path: string): TextKind | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (/\.(http|rest)$/i.test(name)) return 'requests';
  if (/\.(md|markdown)$/i.test(name)) return 'markdown';
  return /^\.env|\.(env|json|code-workspace)$/i.test(name) ? 'other' : undefined;
}

/** The access tokens in a text, in their order: those that exchanges brought, and what looks like one. */
export function foundTokens(text: string, kind: TextKind, known: TokenKnowledge): FoundToken[] {
  const lines = text.split(/\r\n|\r|\n/);
  const found = lines.flatMap((line, at) => inLine(line, at, known));
  if (found.length === 0 || kind === 'other') return found;
  const replaceable = references(lines, kind, known);
  return found.map((one) => ({ ...one, ...replaceable.get(`${one.line}:${one.start}`) }));
}

function inLine(text: string, line: number, { issued, tenants }: TokenKnowledge): FoundToken[] {
  const found: FoundToken[] = [];
  for (const { start, end, text: word } of b64Words(text)) {
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

/** The references for the tokens that clients would resolve, by their places. */
function references(
  texts: readonly string[],
  kind: TextKind,
  known: TokenKnowledge,
): Map<string, { readonly reference: string }> {
  const lines: Lines = { lineCount: texts.length, lineAt: (line) => texts[line] ?? '' };
  const recognized = findCredentials(lines, known.dialects.current, kind === 'markdown', known);
  return new Map(
    recognized.flatMap(({ occurrence, referred }) => {
      const name = occurrence.kind === 'literal' && referred ? known.names.nameOf(referred.token.id) : undefined;
      return name === undefined ? [] : [[`${occurrence.line}:${occurrence.start}`, { reference: referenceTo(name) }]];
    }),
  );
}
