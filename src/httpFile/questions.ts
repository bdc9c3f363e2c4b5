import type { Definition } from './definitions.js';
import { placeholders, referenceName } from './references.js';

/** Something that the person put there and an edit would take away. `name` is the header's, or the option's of cURL. */
export type Question =
  /** A further header of the same name: removed. */
  | { readonly kind: 'duplicate-header'; readonly line: number; readonly name: string }
  /** Another credential that would be sent beside ours: removed. */
  | { readonly kind: 'other-credential'; readonly line: number; readonly name: string }
  /** A reference that is not ours: overwritten, or with `atDefinition` kept and its definition updated. */
  | { readonly kind: 'foreign-reference'; readonly line: number; readonly name: string; readonly definition?: Definition }
  /** `oauth2 …` or `openid …`, with which httpYac gets a token itself: overwritten. */
  | { readonly kind: 'oauth2-directive'; readonly line: number; readonly name: string }
  /** Credentials of another scheme (Basic, Digest, AWS), which the client may compute: overwritten. */
  | { readonly kind: 'scheme-change'; readonly line: number; readonly name: string };

export type OverwriteKind = 'foreign-reference' | 'oauth2-directive' | 'scheme-change';

/** What is to be asked before one header value gives way to another, if anything. */
export function overwriteQuestion(oldValue: string, newValue: string): OverwriteKind | undefined {
  if (placeholders(oldValue).some((reference) => !referenceName(reference))) return 'foreign-reference';
  if (/^(oauth2|openid)(\s|$)/i.test(oldValue)) return 'oauth2-directive';
  const scheme = schemeOf(oldValue);
  return scheme !== undefined && scheme !== schemeOf(newValue) ? 'scheme-change' : undefined;
}

/** `scheme credentials` (RFC 9110 §11.4); a single word has no scheme, nor has a list of media types. */
const schemeOf = (value: string): string | undefined => /^([A-Za-z][\w-]*)\s+\S/.exec(value)?.[1]?.toLowerCase();
