import * as z from 'zod/mini';

const texts = z.record(z.string(), z.string());

const access = z.object({
  token: z.string(),
  /** When the exchange was sent, epoch ms. */
  exchangedAt: z.number(),
  /** Epoch ms; null: unknown. */
  expiresAt: z.nullable(z.number()),
  scope: z.optional(z.string()),
  /** When the API token itself expires, epoch ms, if the exchange reported it. */
  apiTokenExpiresAt: z.optional(z.number()),
  /** When the API token expires unless it is exchanged before, epoch ms, if the exchange reported it. */
  exchangeBy: z.optional(z.number()),
});

/**
 * What SecretStorage holds per API token, as one JSON value. It includes the access token, so that a reload or another
 * window needs no exchange of its own: single-use tokens and tokens behind a passcode depend on it.
 */
const record = z.object({
  v: z.literal(1),
  /** Counts the exchanges. If two records of a token differ, the one with the higher count is newer. */
  generation: z.number(),
  /** The URL that the secret was entered for; it is sent nowhere else. */
  boundTo: z.string(),
  /** {@link Trust}; added to records of version 0.1.0 at their next exchange. */
  trust: z.optional(z.record(z.string(), z.array(z.string()))),
  secret: texts,
  /** The secret that the last rotation replaced. `replacedAt` in epoch ms. */
  previous: z.optional(z.object({ secret: texts, replacedAt: z.number() })),
  access: z.optional(access),
  /** When this extension revoked the API token at its service, epoch ms. */
  revokedAt: z.optional(z.number()),
  /** Facts for the headers that the service returns without a secret. */
  discovered: z.optional(texts),
});

const laterVersion = z.object({ v: z.number().check(z.gt(1)) });

export type TokenRecord = Readonly<z.infer<typeof record>>;
export type Access = Readonly<z.infer<typeof access>>;

/**
 * Parses a stored value.
 * @returns `later` for a record of a later version, which must be neither read nor overwritten; undefined for a damaged
 * value
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
