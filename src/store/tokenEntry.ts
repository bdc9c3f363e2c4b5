import * as z from 'zod/mini';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

export const entrySchema = z.object({
  id: z.string(),
  tenant: z.string(),
  name: z.string(),
  /** Epoch ms. */
  addedAt: z.number(),
  /** The service exchanges it once; its access token is all there will be. */
  singleUse: z.optional(z.boolean()),
  /** When it got its name, epoch ms; missing: when it was added. */
  renamedAt: z.optional(z.number()),
});

/** What may be known of an API token without opening the vault. Nothing in it is secret. */
export type TokenEntry = Readonly<z.infer<typeof entrySchema>>;

/** Whether a name in the folder of the tokens may be the id of one. */
export const isId = (value: string): boolean => UUID.test(value);

/** @returns undefined for what is missing or damaged, or belongs to another token */
export function parseEntry(content: string | undefined, id: string): TokenEntry | undefined {
  try {
    const { data } = entrySchema.safeParse(JSON.parse(content ?? ''));
    return data?.id === id ? data : undefined;
  } catch {
    return undefined;
  }
}

/** Of two entries of a token the one that was named later: windows without a folder in common may have renamed it at once. */
export function laterOf(one: TokenEntry | undefined, other: TokenEntry | undefined): TokenEntry | undefined {
  if (!one || !other) return one ?? other;
  return namedAt(other) > namedAt(one) ? other : one;
}

/** When a token got its name, epoch ms. */
export const namedAt = ({ addedAt, renamedAt }: TokenEntry): number => renamedAt ?? addedAt;
