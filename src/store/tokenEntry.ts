import * as z from 'zod/mini';
import { platformOf } from '../platforms/index.js';
import type { Tenant } from '../platforms/tenant.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

export const entrySchema = z.object({
  id: z.string(),
  tenant: z.string(),
  name: z.string(),
  /** Epoch ms. */
  addedAt: z.number(),
  /** The service exchanges it only once, so its access token is the only one. */
  singleUse: z.optional(z.boolean()),
  /** When it got its current name, epoch ms; missing: when it was added. */
  renamedAt: z.optional(z.number()),
});

/** The part of an API token that needs no access to the vault. It contains no secrets. */
export type TokenEntry = Readonly<z.infer<typeof entrySchema>>;

/** Whether a name in the tokens' folder may be a token's id. */
export const isId = (value: string): boolean => UUID.test(value);

/** @returns undefined for content that is missing, damaged, or of another token */
export function parseEntry(content: string | undefined, id: string): TokenEntry | undefined {
  try {
    const { data } = entrySchema.safeParse(JSON.parse(content ?? ''));
    return data?.id === id ? data : undefined;
  } catch {
    return undefined;
  }
}

/** The entry that was named later. Windows without a common folder may have renamed a token at the same time. */
export function laterOf(one: TokenEntry | undefined, other: TokenEntry | undefined): TokenEntry | undefined {
  if (!one || !other) return one ?? other;
  return namedAt(other) > namedAt(one) ? other : one;
}

/** When a token got its current name, epoch ms. */
export const namedAt = ({ addedAt, renamedAt }: TokenEntry): number => renamedAt ?? addedAt;

/** Whether an exchange costs a passcode or the token itself, so that it is never done unasked. */
export function isCostly(tenant: Tenant, token: TokenEntry | undefined): boolean {
  return token?.singleUse === true || platformOf(tenant).needsPasscode?.(tenant) === true;
}
