import type { Definition } from '../definitions.js';
import { placeholders, referenceName } from '../references.js';

/** Something that the person wrote and an edit would remove. `name` is that of the header or of the cURL option. */
export type Question =
  /** A further header of the same name: removed. */
  | { readonly kind: 'duplicate-header'; readonly line: number; readonly name: string }
  /** Another credential that would be sent in addition to ours: removed. */
  | { readonly kind: 'other-credential'; readonly line: number; readonly name: string }
  /** A reference that is not ours: overwritten or, with `atDefinition`, kept while its definition is updated. */
  | { readonly kind: 'foreign-reference'; readonly line: number; readonly name: string; readonly definition?: Definition }
  /** `oauth2 …` or `openid …`, which makes httpYac get a token itself: overwritten. */
  | { readonly kind: 'oauth2-directive'; readonly line: number; readonly name: string }
  /** Credentials of another scheme (Basic, Digest, AWS), which the client may compute: overwritten. */
  | { readonly kind: 'scheme-change'; readonly line: number; readonly name: string };

export type OverwriteKind = 'foreign-reference' | 'oauth2-directive' | 'scheme-change';

/** The question to ask before one header value replaces another, if any. */
export function overwriteQuestion(oldValue: string, newValue: string): OverwriteKind | undefined {
  if (placeholders(oldValue).some((reference) => !referenceName(reference))) return 'foreign-reference';
  if (/^(oauth2|openid)(\s|$)/i.test(oldValue)) return 'oauth2-directive';
  const scheme = schemeOf(oldValue);
  return scheme !== undefined && scheme !== schemeOf(newValue) ? 'scheme-change' : undefined;
}

/** `scheme credentials` (RFC 9110 §11.4); a single word has no scheme, and neither has a list of media types. */
const schemeOf = (value: string): string | undefined => /^([A-Za-z][\w-]*)\s+\S/.exec(value)?.[1]?.toLowerCase();
