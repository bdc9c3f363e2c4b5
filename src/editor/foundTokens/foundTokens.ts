import {
  finish,
  literalTokens,
  referenceTo,
  tokenWords,
  type Dialect,
  type Lines,
  type LiteralShape,
  type Work,
} from '../../httpFile/index.js';
import type { SecretFinder } from '../../tokens/keptSecrets.js';
import { expiryIn, findCredentials, type KnownCredentials } from '../credentials.js';

/** An access token, an API token that is kept here, or text that looks like a token, in a request or anywhere else. */
export interface FoundToken {
  readonly line: number;
  /** Offsets in the line. */
  readonly start: number;
  readonly end: number;
  /** The tenant's name; undefined for text that only looks like a token. */
  readonly owner?: string;
  /** The name of the API token that it is a secret of. */
  readonly apiToken?: string;
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
  /** Without it, API tokens are not found. */
  readonly secrets?: SecretFinder;
};

/** The kind of a file that may contain tokens; undefined for other files. */
export function textKindOf(path: string): TextKind | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (/\.(http|rest)$/i.test(name)) return 'requests';
  if (/\.(md|markdown)$/i.test(name)) return 'markdown';
  return /^\.env|\.(env|json|code-workspace)$/i.test(name) ? 'other' : undefined;
}

/** The tokens in a text, in order: tokens from exchanges, API tokens, and text that looks like a token. */
export const foundTokens = (text: string, kind: TextKind, known: TokenKnowledge): FoundToken[] =>
  finish(findingTokens(text, kind, known));

/** {@link foundTokens}, in pieces. */
export function* findingTokens(text: string, kind: TextKind, known: TokenKnowledge): Work<FoundToken[]> {
  const lines = text.split(/\r\n|\r|\n/);
  const found: FoundToken[] = [];
  for (const [at, line] of lines.entries()) found.push(...(yield* inLine(line, at, known)));
  if (found.length === 0 || kind === 'other') return found;
  const replaceable = references(lines, kind, known);
  return found.map((one) => ({ ...one, ...replaceable.get(`${one.line}:${one.start}`) }));
}

/** Yields at each word: a file may be a single line. */
function* inLine(text: string, line: number, known: TokenKnowledge): Work<FoundToken[]> {
  const found: FoundToken[] = [];
  for (const { start, end, text: word } of tokenWords(text, (word) => ours(word, known) !== undefined)) {
    yield;
    const whole = ours(word, known);
    if (whole) found.push({ line, start, end, ...whole });
    else
      for (const inner of literalTokens(word)) {
        const what = ours(inner.text, known) ?? { shape: inner.shape, expiresAt: expiryIn(inner.text) };
        found.push({ line, start: start + inner.start, end: start + inner.end, ...what });
      }
  }
  return found;
}

/** What is known of a token of ours; undefined for other words. */
function ours(
  word: string,
  { issued, secrets, tenants: { all } }: TokenKnowledge,
): Pick<FoundToken, 'owner' | 'apiToken' | 'expiresAt'> | undefined {
  const ownerOf = (tenant: string): string => all.find(({ id }) => id === tenant)?.name ?? tenant;
  const access = issued.find(word);
  if (access) return { owner: ownerOf(access.tenant), expiresAt: access.expiresAt };
  const apiToken = secrets?.find(word);
  return apiToken && { owner: ownerOf(apiToken.tenant), apiToken: apiToken.name, expiresAt: null };
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
