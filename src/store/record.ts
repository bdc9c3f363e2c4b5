import * as z from 'zod/mini';

const texts = z.record(z.string(), z.string());

const access = z.object({
  token: z.string(),
  /** When the exchange was sent, epoch ms. */
  exchangedAt: z.number(),
  /** Epoch ms; null: unknown. */
  expiresAt: z.nullable(z.number()),
  scope: z.optional(z.string()),
  /** When the API token itself ends, epoch ms, where the exchange told. */
  apiTokenExpiresAt: z.optional(z.number()),
  /** When it ends unless it is exchanged again before, epoch ms, where the exchange told. */
  exchangeBy: z.optional(z.number()),
});

/**
 * What SecretStorage holds per API token, as one JSON value. The access token is kept beside the secret so that a reload or
 * a second window needs no exchange of its own: tokens of a single use and those behind a passcode depend on it.
 */
const record = z.object({
  v: z.literal(1),
  /** Counts the exchanges: of two records of a token, the higher one is the newer one. */
  generation: z.number(),
  /** The URL that the secret was entered for. It is sent nowhere else. */
  boundTo: z.string(),
  /** {@link Trust}; records of version 0.1.0 get it with their next exchange. */
  trust: z.optional(z.record(z.string(), z.array(z.string()))),
  secret: texts,
  /** The secret that the last rotation replaced, epoch ms. */
  previous: z.optional(z.object({ secret: texts, replacedAt: z.number() })),
  access: z.optional(access),
  /** When this extension has revoked the API token at its service, epoch ms. */
  revokedAt: z.optional(z.number()),
  /** What the service told without a secret and the headers need. */
  discovered: z.optional(texts),
});

const laterVersion = z.object({ v: z.number().check(z.gt(1)) });

export type TokenRecord = Readonly<z.infer<typeof record>>;
export type Access = Readonly<z.infer<typeof access>>;

/**
 * Undefined for a value that this version cannot read: a damaged one, or a `later` version's, which is neither read nor
 * written over.
 */
export function parseRecord(value: string | undefined): TokenRecord | 'later' | undefined {
  try {
    const json: unknown = JSON.parse(value ?? '');
    const parsed = record.safeParse(json);
    if (parsed.success) return parsed.data;
    return laterVersion.safeParse(json).success ? 'later' : undefined;
  } catch {
    return undefined;
  }
}
